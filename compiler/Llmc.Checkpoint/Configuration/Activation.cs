namespace Llmc.Checkpoints;

/// <summary>Activation functions of MLPs.</summary>
public enum Activation
{
    /// <summary>x · sigmoid(x)</summary>
    Silu,
    /// <summary>x · Φ(x), with the error function</summary>
    Gelu,
    /// <summary>0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³)))</summary>
    GeluTanh,
    /// <summary>max(x, 0)</summary>
    Relu,
    /// <summary>max(x, 0)²</summary>
    ReluSquared,
}
