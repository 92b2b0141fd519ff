using System.Text;
using Llmc.Text.Patterns;

namespace Llmc.Text.Normalizers;

/// <summary>Puts fixed content in place of every match.</summary>
sealed class Replace(Pattern pattern, string content) : INormalizer
{
    public void Normalize(NormalizedText text)
    {
        if (pattern is LiteralPattern { Literal.Length: 1 } literal)
        {
            text.Become(text.Text.Replace(literal.Literal, content, StringComparison.Ordinal), keepsStart: content.Length > 0 || !text.Text.StartsWith(literal.Literal[0]));
            return;
        }
        var stretches = new List<Stretch>();
        pattern.Cover(text.Text, stretches);
        if (!stretches.Exists(stretch => stretch.IsMatch)) return;
        text.Become(Rewrite(text.Text, stretches), KeepsStart(text.Text, stretches[0]));
    }

    /// <summary>The text with its matches replaced.</summary>
    public string Rewrite(string text)
    {
        var stretches = new List<Stretch>();
        pattern.Cover(text, stretches);
        return Rewrite(text, stretches);
    }

    string Rewrite(string text, List<Stretch> stretches)
    {
        var written = new StringBuilder(text.Length);
        foreach (var (start, end, isMatch) in stretches)
            if (isMatch) written.Append(content);
            else written.Append(text, start, end - start);
        return written.ToString();
    }

    // What replaces a match counts as coming from the match's last character.
    bool KeepsStart(string text, Stretch first) =>
        !first.IsMatch || first.End == 0 || content.Length > 0 && first.End <= (char.IsHighSurrogate(text[0]) ? 2 : 1);
}
