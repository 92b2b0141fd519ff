using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Llmc.Scheduling;

/// <summary>
/// Identity of a full KV block: SHA-256 over the hash of the block before it and its own tokens, so that equal hashes mean
/// equal prefixes. A cryptographic hash, because a tenant who could make two prefixes collide would read another's cache.
/// </summary>
readonly record struct BlockHash(UInt128 High, UInt128 Low)
{
    /// <summary>What the first block of a sequence follows; another salt makes every block of the sequence another one.</summary>
    public static BlockHash Root(string? salt)
    {
        if (string.IsNullOrEmpty(salt)) return default;
        var root = default(BlockHash);
        SHA256.HashData(Encoding.UTF8.GetBytes(salt), BytesOf(ref root));
        return root;
    }

    /// <summary>The block of <paramref name="tokens"/> that follows this one.</summary>
    [SkipLocalsInit]
    public BlockHash Next(ReadOnlySpan<int> tokens)
    {
        var parent = this;
        var tokenBytes = MemoryMarshal.AsBytes(tokens);
        Span<byte> message = stackalloc byte[Unsafe.SizeOf<BlockHash>() + tokenBytes.Length];
        BytesOf(ref parent).CopyTo(message);
        tokenBytes.CopyTo(message[Unsafe.SizeOf<BlockHash>()..]);
        SHA256.HashData(message, BytesOf(ref parent));
        return parent;
    }

    static Span<byte> BytesOf(ref BlockHash hash) => MemoryMarshal.AsBytes(new Span<BlockHash>(ref hash));
}
