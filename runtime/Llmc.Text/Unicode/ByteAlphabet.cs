using System.Text;

namespace Llmc.Text.Unicode;

/// <summary>
/// The alphabet of byte-level tokenizers: 256 printable characters, one a byte. Bytes that print stand for themselves,
/// the others for U+0100 and on, in order (GPT-2's encoder).
/// </summary>
static class ByteAlphabet
{
    /// <summary>The character of each byte.</summary>
    public static ReadOnlySpan<char> Characters => Table;

    const string Table =
        "ĀāĂăĄąĆćĈĉĊċČčĎďĐđĒēĔĕĖėĘęĚěĜĝĞğĠ!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~" +
        "ġĢģĤĥĦħĨĩĪīĬĭĮįİıĲĳĴĵĶķĸĹĺĻļĽľĿŀŁł¡¢£¤¥¦§¨©ª«¬Ń®¯°±²³´µ¶·¸¹º»¼½¾¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ";

    /// <summary>The byte that a character stands for, or -1.</summary>
    public static int ByteOf(char character) => character switch
    {
        >= '!' and <= '~' or >= '\u00A1' and <= '\u00AC' or >= '\u00AE' and <= '\u00FF' => character,
        >= '\u0100' and <= '\u0120' => character - 0x100,
        >= '\u0121' and <= '\u0142' => character - 0x121 + 0x7F,
        '\u0143' => 0xAD,
        _ => -1,
    };

    /// <summary>Appends the characters of the text's UTF-8 bytes.</summary>
    public static void Append(ReadOnlySpan<char> text, StringBuilder written)
    {
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is > ' ' and < 0x7F)
            {
                written.Append((char)rune.Value);
                continue;
            }
            foreach (var value in bytes[..rune.EncodeToUtf8(bytes)]) written.Append(Table[value]);
        }
    }
}
