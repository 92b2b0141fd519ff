using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>An engine's machine code for this processor, mapped read-execute until disposal.</summary>
public sealed unsafe class CodeImage : IDisposable
{
    const int EntryAlignment = 64;
    readonly Dictionary<string, nint> _entries = [];
    readonly NativeMemory? _memory;

    /// <summary>No code: kernels run as ordinary C#.</summary>
    public static CodeImage Empty { get; } = new([], _ => default, InstructionSet.Portable);

    /// <summary>Copies the pieces that <paramref name="set"/> can run next to each other and makes them executable.</summary>
    /// <param name="code">Table of the pieces, from the manifest.</param>
    /// <param name="read">Bytes of a file of the table; checked against its hash by the caller.</param>
    /// <param name="set">Layer chosen for this machine.</param>
    /// <exception cref="LlmcException">LLMC0451 when a piece lies outside its file.</exception>
    public CodeImage(IReadOnlyList<CodeManifest> code, Func<string, ReadOnlyMemory<byte>> read, InstructionSet set)
    {
        var usable = code.Where(piece => IsUsable(piece, set)).ToList();
        if (usable.Count == 0) return;
        _memory = new NativeMemory(usable.Sum(piece => (long)Aligned(piece.Length)));
        var at = _memory.Address;
        foreach (var file in usable.GroupBy(piece => piece.File))
        {
            var bytes = read(file.Key).Span;
            foreach (var piece in file)
            {
                if (piece.Offset < 0 || piece.Length <= 0 || (long)piece.Offset + piece.Length > bytes.Length)
                    throw Diagnostics.CodeOutsideFile.With(piece.File, piece.Name, piece.Offset, piece.Length, bytes.Length);
                bytes.Slice(piece.Offset, piece.Length).CopyTo(new Span<byte>(at, piece.Length));
                _entries[piece.Name] = (nint)at;
                at += Aligned(piece.Length);
            }
        }
        _memory.SealAsCode();
    }

    /// <summary>Names of the mapped pieces.</summary>
    public IReadOnlyCollection<string> Names => _entries.Keys;

    /// <summary>Address of a piece; null when the engine has none for this machine.</summary>
    internal void* Find(string name) => _entries.TryGetValue(name, out var address) ? (void*)address : null;

    public void Dispose() => _memory?.Dispose();

    static bool IsUsable(CodeManifest piece, InstructionSet set) =>
        Enum.TryParse<InstructionSet>(piece.InstructionSet, ignoreCase: true, out var needed) && needed <= set;

    static int Aligned(int bytes) => (bytes + EntryAlignment - 1) / EntryAlignment * EntryAlignment;
}
