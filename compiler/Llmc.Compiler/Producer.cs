namespace Llmc.Compiler;

/// <summary>Who writes engines.</summary>
static class Producer
{
    /// <summary>Name and version.</summary>
    public static string Name { get; } = $"llmc {typeof(Producer).Assembly.GetName().Version!.ToString(3)}";
}
