using Llmc.Text;

namespace Llmc.CommandLine;

/// <summary>Text of an answer up to the first stop string; what may be the beginning of one is held back.</summary>
/// <param name="stops">Not part of the text.</param>
sealed class StopText(IncrementalDetokenizer detokenizer, IReadOnlyList<string> stops)
{
    string _held = "";

    /// <summary>A stop string has been found; nothing follows.</summary>
    public bool Stopped { get; private set; }

    /// <summary>Text that is certain after another token.</summary>
    public string Append(int id) => Stopped ? "" : Release(detokenizer.Append(id), atEnd: false);

    /// <summary>The rest.</summary>
    public string Flush() => Stopped ? "" : Release(detokenizer.Flush(), atEnd: true);

    string Release(string piece, bool atEnd)
    {
        var text = _held + piece;
        var found = stops.Where(s => s.Length > 0).Select(s => text.IndexOf(s, StringComparison.Ordinal)).Where(at => at >= 0).DefaultIfEmpty(-1).Min();
        Stopped = found >= 0;
        var certain = Stopped ? found : atEnd ? text.Length : text.Length - LongestBeginning(text);
        _held = Stopped ? "" : text[certain..];
        return text[..certain];
    }

    /// <summary>Length of the longest end of the text with which a stop string begins.</summary>
    int LongestBeginning(string text)
    {
        for (var length = Math.Min(text.Length, stops.Max(s => (int?)s.Length - 1) ?? 0); length > 0; length--)
            if (stops.Any(s => s.Length > length && text.EndsWith(s[..length], StringComparison.Ordinal))) return length;
        return 0;
    }
}
