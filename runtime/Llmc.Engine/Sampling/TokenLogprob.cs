namespace Llmc.Engine.Sampling;

/// <summary>A token and the natural logarithm of its probability.</summary>
public readonly record struct TokenLogprob(int Id, float Logprob);
