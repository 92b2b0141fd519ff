using System.Collections.Frozen;
using Llmc.Artifact;

namespace Llmc.Checkpoints;

/// <summary>Hugging Face's words for what llmc has enumerations of.</summary>
static class Spellings
{
    internal static readonly FrozenDictionary<string, Activation> Activations = new Dictionary<string, Activation>
    {
        ["silu"] = Activation.Silu,
        ["swish"] = Activation.Silu,
        ["gelu"] = Activation.Gelu,
        ["gelu_new"] = Activation.GeluTanh,
        ["gelu_fast"] = Activation.GeluTanh,
        ["gelu_pytorch_tanh"] = Activation.GeluTanh,
        ["relu"] = Activation.Relu,
        ["relu2"] = Activation.ReluSquared,
    }.ToFrozenDictionary();

    internal static readonly FrozenDictionary<string, LayerType> LayerTypes = new Dictionary<string, LayerType>
    {
        ["full_attention"] = LayerType.Full,
        ["sliding_attention"] = LayerType.Sliding,
    }.ToFrozenDictionary();

    internal static readonly FrozenDictionary<string, RopeType> RopeTypes = new Dictionary<string, RopeType>
    {
        ["default"] = RopeType.Default,
        ["linear"] = RopeType.Linear,
        ["dynamic"] = RopeType.Dynamic,
        ["yarn"] = RopeType.Yarn,
        ["longrope"] = RopeType.LongRope,
        ["su"] = RopeType.LongRope,
        ["llama3"] = RopeType.Llama3,
    }.ToFrozenDictionary();

    internal static readonly FrozenDictionary<string, RouterScoring> RouterScorings = new Dictionary<string, RouterScoring>
    {
        ["softmax"] = RouterScoring.Softmax,
        ["sigmoid"] = RouterScoring.Sigmoid,
    }.ToFrozenDictionary();

    internal static readonly FrozenDictionary<string, RouterSelection> RouterSelections = new Dictionary<string, RouterSelection>
    {
        ["greedy"] = RouterSelection.Greedy,
        ["group_limited_greedy"] = RouterSelection.GroupLimited,
        ["noaux_tc"] = RouterSelection.BiasCorrected,
    }.ToFrozenDictionary();

    internal static readonly FrozenDictionary<string, DType> DTypes = new Dictionary<string, DType>
    {
        ["bfloat16"] = DType.BF16,
        ["float16"] = DType.F16,
        ["float32"] = DType.F32,
        ["float64"] = DType.F64,
        ["float8_e4m3fn"] = DType.F8E4M3,
        ["float8_e5m2"] = DType.F8E5M2,
    }.ToFrozenDictionary();
}
