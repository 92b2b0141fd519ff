namespace Llmc.Graph;

/// <summary>How a model is divided among ranks.</summary>
/// <param name="Tp">Ranks that share attention and dense layers (Megatron-style column and row parallel).</param>
/// <param name="Ep">Groups among which whole experts are divided; the ranks of a group split each expert's width.</param>
/// <remarks>
/// The world is the larger of the two. With ep below tp an expert is split inside over tp/ep ranks; with ep above tp the
/// tp groups repeat attention and the experts are spread over all of them.
/// </remarks>
public sealed record Plan(int Tp = 1, int Ep = 1)
{
    /// <summary>Number of ranks.</summary>
    public int World => Math.Max(Tp, Ep);

    /// <summary><c>tp 4</c>, with <c>ep 2</c> where there is expert parallelism.</summary>
    public string Text => Ep == 1 ? $"tp {Tp}" : $"tp {Tp}, ep {Ep}";

    /// <summary>Ranks that split one expert.</summary>
    public int ExpertTp => World / Ep;

    /// <summary>Size of a mesh dimension.</summary>
    public int Size(Mesh mesh) => mesh switch { Mesh.Tp => Tp, Mesh.Ep => Ep, Mesh.ExpertTp => ExpertTp, _ => World };

    /// <summary>A rank's coordinate in a mesh dimension.</summary>
    public int Coordinate(Mesh mesh, int rank) => mesh switch
    {
        Mesh.Tp => rank % Tp,
        Mesh.Ep => rank / ExpertTp,
        Mesh.ExpertTp => rank % ExpertTp,
        _ => rank,
    };

    /// <summary>The ranks that exchange with <paramref name="rank"/> over a mesh dimension, ascending.</summary>
    public IReadOnlyList<int> Group(Mesh mesh, int rank) => mesh == Mesh.Tp
        ? [.. Enumerable.Range(rank / Tp * Tp, Tp)]
        : [.. Enumerable.Range(0, World)];
}

/// <summary>Dimensions of the mesh of ranks.</summary>
public enum Mesh
{
    /// <summary>Tensor parallel.</summary>
    Tp,
    /// <summary>Expert parallel.</summary>
    Ep,
    /// <summary>Inside one expert.</summary>
    ExpertTp,
    /// <summary>All ranks: where experts' partial sums meet.</summary>
    World,
}

/// <summary>Spellings of <see cref="Mesh"/>.</summary>
public static class Meshes
{
    /// <summary>The word in printed forms: <c>tp</c>, <c>expert_tp</c>.</summary>
    public static string Text(this Mesh mesh) => mesh == Mesh.ExpertTp ? "expert_tp" : mesh.ToString().ToLowerInvariant();
}
