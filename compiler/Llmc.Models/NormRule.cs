using Llmc.Artifact;

namespace Llmc.Models;

/// <summary>The norm that a model uses throughout.</summary>
sealed record NormRule(NormKind Kind, float Epsilon);
