using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Llmc.Text.Unicode;

namespace Llmc.Text.Normalizers;

/// <summary>
/// Sentencepiece's precompiled character map: a double-array trie (Darts) from UTF-8 to places in a pool of
/// zero-terminated replacements. Layout: u32 bytes of trie, trie as u32 units, pool; all little-endian.
/// </summary>
sealed class Precompiled : INormalizer
{
    readonly uint[] units;
    readonly byte[] pool;

    /// <exception cref="InvalidDataException">The map is truncated or its trie leads out of itself.</exception>
    public Precompiled(ReadOnlySpan<byte> map)
    {
        if (map.Length < 4 || BinaryPrimitives.ReadUInt32LittleEndian(map) is var trieBytes && (trieBytes > map.Length - 4 || trieBytes % 4 != 0 || trieBytes == 0))
            throw new InvalidDataException("its trie is longer than the map");
        units = new uint[trieBytes / 4];
        for (var i = 0; i < units.Length; i++) units[i] = BinaryPrimitives.ReadUInt32LittleEndian(map[(4 + 4 * i)..]);
        pool = map[(4 + (int)trieBytes)..].ToArray();
    }

    public void Normalize(NormalizedText text)
    {
        var source = text.Text;
        var written = new StringBuilder(source.Length);
        for (int at = 0, length; at < source.Length; at += length)
        {
            length = StringInfo.GetNextTextElementLength(source, at);
            var cluster = source.AsSpan(at, length);
            if (Encoding.UTF8.GetByteCount(cluster) < 6 && Find(cluster) is { } replacement) written.Append(replacement);
            else AppendEachCharacter(cluster, written);
        }
        text.Become(written.ToString());
    }

    void AppendEachCharacter(ReadOnlySpan<char> cluster, StringBuilder written)
    {
        for (int at = 0, length; at < cluster.Length; at += length)
        {
            CodePoints.At(cluster, at, out length);
            var character = cluster.Slice(at, length);
            if (Find(character) is { } replacement) written.Append(replacement);
            else written.Append(character);
        }
    }

    /// <summary>The replacement of the shortest key that the text begins with.</summary>
    string? Find(ReadOnlySpan<char> text)
    {
        Span<byte> bytes = stackalloc byte[8];
        bytes = bytes[..Encoding.UTF8.GetBytes(text, bytes)];
        var node = Offset(units[0]);
        foreach (var label in bytes)
        {
            if (label == 0) return null;
            node ^= label;
            if (node >= units.Length || (units[node] & 0x8000_00FF) != label) return null;
            var unit = units[node];
            node ^= Offset(unit);
            if ((unit >> 8 & 1) != 0) return node < units.Length ? Replacement(units[node] & 0x7FFF_FFFF) : null;
        }
        return null;
    }

    string? Replacement(uint start)
    {
        if (start > pool.Length) return null;
        var rest = pool.AsSpan((int)start);
        var end = rest.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]);
    }

    static uint Offset(uint unit) => unit >> 10 << (int)((unit & 0x200) >> 6);
}
