using System.Text;

namespace Llmc.Text.Models;

/// <summary>The tokens <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c> that spell what the vocabulary lacks.</summary>
sealed class ByteFallback
{
    readonly int[] idOfByte = new int[256];

    public ByteFallback(Vocabulary vocabulary)
    {
        for (var value = 0; value < 256; value++) idOfByte[value] = vocabulary.Find($"<0x{value:X2}>");
    }

    /// <summary>Writes the ids of the text's UTF-8 bytes and says how many; 0 when one of the bytes has no token.</summary>
    /// <param name="text">At most four bytes for each id that fits.</param>
    /// <param name="ids">Room for 3 ids for each UTF-16 unit.</param>
    public int Spell(ReadOnlySpan<char> text, Span<int> ids)
    {
        Span<byte> utf8 = stackalloc byte[4];
        var count = 0;
        foreach (var rune in text.EnumerateRunes())
            foreach (var value in utf8[..rune.EncodeToUtf8(utf8)])
            {
                if (idOfByte[value] < 0) return 0;
                ids[count++] = idOfByte[value];
            }
        return count;
    }
}
