using System.Text;
using Llmc.Text.Unicode;

namespace Llmc.Text.Normalizers;

/// <summary>BERT's cleaning: controls and odd spaces, spaces around ideographs, accents, case.</summary>
sealed class BertNormalizer(bool cleanText, bool separateIdeographs, bool stripAccents, bool lowercase) : INormalizer
{
    readonly UnicodeForm? decompose = stripAccents ? new UnicodeForm(NormalizationForm.FormD) : null;
    readonly Cleaning cleaning = new();
    readonly MarkRemoval markRemoval = new();

    public void Normalize(NormalizedText text)
    {
        if (cleanText) cleaning.Normalize(text);
        if (separateIdeographs) Separate(text);
        if (stripAccents)
        {
            decompose!.Normalize(text);
            markRemoval.Normalize(text);
        }
        if (lowercase) text.Become(Lowercase.Lower(text.Text));
    }

    static void Separate(NormalizedText text)
    {
        var written = new StringBuilder(text.Text.Length);
        foreach (var rune in text.Text.EnumerateRunes())
            if (CodePoints.IsBertIdeograph(rune.Value)) written.Append(' ').Append(rune).Append(' ');
            else written.Append(rune);
        text.Become(written.ToString());
    }

    sealed class Cleaning : CharacterNormalizer
    {
        protected override int Map(int codePoint) =>
            CodePoints.IsBertControl(codePoint) ? -1 : CodePoints.IsWhiteSpace(codePoint) ? ' ' : codePoint;
    }

    sealed class MarkRemoval : CharacterNormalizer
    {
        protected override int Map(int codePoint) => CodePoints.IsNonSpacingMark(codePoint) ? -1 : codePoint;
    }
}
