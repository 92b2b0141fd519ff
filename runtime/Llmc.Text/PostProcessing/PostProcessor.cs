namespace Llmc.Text.PostProcessing;

/// <summary>The special tokens around a text.</summary>
/// <param name="Before">Ids before the text's, the begin token as a rule.</param>
/// <param name="After">Ids behind them.</param>
sealed record PostProcessor(IReadOnlyList<int> Before, IReadOnlyList<int> After)
{
    public static PostProcessor None { get; } = new([], []);

    public bool AddsNothing => Before.Count == 0 && After.Count == 0;
}
