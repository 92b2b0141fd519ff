namespace Llmc.Text.Models;

/// <summary>
/// Remembers the ids of short pieces. A slot a hash, the last piece with that hash stays: bounded, without locks, and a
/// reader sees either the old entry or the new one, never a mixture.
/// </summary>
sealed class PieceCache
{
    const int Slots = 1 << 14, LongestPiece = 64;
    readonly Entry?[] entries = new Entry?[Slots];

    sealed record Entry(string Piece, int[] Ids);

    public bool TryAppend(ReadOnlySpan<char> piece, List<int> ids)
    {
        if (piece.Length > LongestPiece) return false;
        var entry = Volatile.Read(ref entries[SlotOf(piece)]);
        if (entry is null || !piece.SequenceEqual(entry.Piece)) return false;
        ids.AddRange(entry.Ids.AsSpan());
        return true;
    }

    public void Remember(ReadOnlySpan<char> piece, ReadOnlySpan<int> ids)
    {
        if (piece.Length <= LongestPiece) Volatile.Write(ref entries[SlotOf(piece)], new(piece.ToString(), ids.ToArray()));
    }

    static int SlotOf(ReadOnlySpan<char> piece) => string.GetHashCode(piece) & (Slots - 1);
}
