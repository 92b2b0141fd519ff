namespace Llmc.Text.Normalizers;

/// <summary>A text on its way through the normalizers.</summary>
sealed class NormalizedText(string text, bool startsAtOrigin)
{
    public string Text { get; private set; } = text;

    /// <summary>
    /// Whether the first character comes from the first of the user's text. Metaspace with the scheme "first" asks:
    /// it puts its mark there only, and not where normalization removed what the text began with.
    /// </summary>
    public bool StartsAtOrigin { get; private set; } = startsAtOrigin;

    public void Become(string text, bool keepsStart = true)
    {
        Text = text;
        StartsAtOrigin &= keepsStart;
    }
}

/// <summary>A step that rewrites a text before it is split.</summary>
interface INormalizer
{
    void Normalize(NormalizedText text);
}

/// <summary>One normalizer after the other.</summary>
sealed class NormalizerSequence(IReadOnlyList<INormalizer> normalizers) : INormalizer
{
    public void Normalize(NormalizedText text)
    {
        foreach (var normalizer in normalizers) normalizer.Normalize(text);
    }
}
