using System.Text;
using Llmc.Artifact;
using Llmc.Text.Unicode;

namespace Llmc.Text.Normalizers;

/// <summary>NFC, NFD, NFKC or NFKD, as Unicode 12 defines them: the version that Hugging Face's tables have.</summary>
sealed class UnicodeForm : INormalizer
{
    readonly NormalizationForm form;

    /// <exception cref="LlmcException">LLMC0608 when this process cannot normalize: under invariant globalization .NET leaves text as it is.</exception>
    public UnicodeForm(NormalizationForm form)
    {
        this.form = form;
        if ("e\u0301".Normalize(NormalizationForm.FormC) != "\u00E9") throw Diagnostics.NormalizationUnavailable.With();
    }

    public void Normalize(NormalizedText text)
    {
        if (!Ascii.IsValid(text.Text)) text.Become(Normalize(text.Text));
    }

    public string Normalize(string text)
    {
        StringBuilder? written = null;
        var done = 0;
        for (var at = 0; at < text.Length;)
        {
            var codePoint = CodePoints.At(text, at, out var length);
            if (codePoint >= 0x32FF && OlderUnicode.Contains(OlderUnicode.NotNormalized, codePoint))
            {
                written ??= new StringBuilder(text.Length);
                written.Append(text[done..at].Normalize(form)).Append(text, at, length);
                done = at + length;
            }
            at += length;
        }
        return written is null ? text.Normalize(form) : written.Append(text[done..].Normalize(form)).ToString();
    }
}
