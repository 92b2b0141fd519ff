namespace Llmc.Artifact;

// LLMC02xx: config.json and the model it describes.
public static partial class Diagnostics
{
    /// <summary>Arguments: folder.</summary>
    public static Diagnostic ConfigMissing { get; } = new("LLMC0201",
        "{0}: holds no config.json.",
        "Name the folder of a Hugging Face checkpoint.");

    /// <summary>Arguments: file, line number from 1, the parser's reason, the line.</summary>
    public static Diagnostic ConfigSyntax { get; } = new("LLMC0202",
        "{0}: line {1} is not JSON: {3} ({2})");

    /// <summary>Arguments: file, field.</summary>
    public static Diagnostic ConfigFieldMissing { get; } = new("LLMC0203",
        "{0}: '{1}' is missing.");

    /// <summary>Arguments: file, field, type expected, JSON found.</summary>
    public static Diagnostic ConfigFieldType { get; } = new("LLMC0204",
        "{0}: '{1}' should be {2} but is {3}.");

    /// <summary>Arguments: file, field, values allowed, value found.</summary>
    public static Diagnostic ConfigFieldRange { get; } = new("LLMC0205",
        "{0}: '{1}' should be {2} but is {3}.");

    /// <summary>Arguments: file, field, its value, the divisor and where it comes from.</summary>
    public static Diagnostic ConfigNotAMultiple { get; } = new("LLMC0206",
        "{0}: '{1}' is {2} but should be a multiple of {3}.");

    /// <summary>Arguments: file, field, entries expected, what an entry stands for, entries found.</summary>
    public static Diagnostic ConfigListLength { get; } = new("LLMC0207",
        "{0}: '{1}' should have {2} entries, one for each {3}, but has {4}.");

    /// <summary>Arguments: file, field, value found, values known.</summary>
    public static Diagnostic ConfigValueUnknown { get; } = new("LLMC0208",
        "{0}: '{1}' is '{2}'; known are {3}.",
        "A newer version of llmc may know it.");

    /// <summary>Arguments: file, method found, methods known.</summary>
    public static Diagnostic QuantizationUnknown { get; } = new("LLMC0209",
        "{0}: the checkpoint is quantized by '{1}'; llmc reads {2}.",
        "Build from the unquantized checkpoint, and let llmc quantize.");

    /// <summary>Arguments: file, layer.</summary>
    public static Diagnostic ConfigWindowMissing { get; } = new("LLMC0210",
        "{0}: 'layer_types' gives layer {1} a sliding window, but 'sliding_window' says no size.");

    /// <summary>Arguments: file, architecture found, architectures known.</summary>
    public static Diagnostic ArchitectureUnknown { get; } = new("LLMC0230",
        "{0}: the architecture '{1}' is not known; known are {2}.",
        "Models of another architecture under a new name often work: compare their config.json with a known one's.");

    /// <summary>Arguments: rope type.</summary>
    public static Diagnostic RopeScalingUnsupported { get; } = new("LLMC0231",
        "config.json: rotary embeddings of type '{0}' are not built; default, linear and llama3 are.");

    /// <summary>Arguments: architecture, model type.</summary>
    public static Diagnostic ExpertsMissing { get; } = new("LLMC0232",
        "config.json: the architecture '{0}' has experts, but a config of model_type '{1}' describes none.",
        "'architectures' and 'model_type' should be of the same family.");

    static IReadOnlyList<Diagnostic> Configuration =>
    [
        ConfigMissing, ConfigSyntax, ConfigFieldMissing, ConfigFieldType, ConfigFieldRange, ConfigNotAMultiple,
        ConfigListLength, ConfigValueUnknown, QuantizationUnknown, ConfigWindowMissing, ArchitectureUnknown, RopeScalingUnsupported,
        ExpertsMissing,
    ];
}
