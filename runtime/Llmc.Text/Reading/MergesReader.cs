using System.Text.Json;
using Llmc.Artifact;
using Llmc.Text.Models;

namespace Llmc.Text.Reading;

/// <summary>Reads merges, as pairs <c>["a", "b"]</c> or, in older files, as texts <c>"a b"</c>.</summary>
ref struct MergesReader
{
    readonly record struct Merge(int Left, int Right, int Rank, int Merged);

    readonly string file;
    readonly Vocabulary vocabulary;
    readonly int prefixLength;
    readonly List<Merge> merges = [];
    readonly Span<char> buffer;
    Utf8JsonReader reader;
    int index, lastMerged = -1;

    MergesReader(string file, Utf8JsonReader reader, Vocabulary vocabulary, int prefixLength, Span<char> buffer)
    {
        (this.file, this.vocabulary, this.prefixLength) = (file, vocabulary, prefixLength);
        this.reader = reader;
        this.buffer = buffer;
    }

    /// <param name="file">For messages.</param>
    /// <param name="reader">At the list; afterwards at its end.</param>
    /// <param name="vocabulary">Has the tokens that merge and those that come of it.</param>
    /// <param name="prefixLength">How many UTF-16 units of a right-hand token do not reappear in the merged one.</param>
    public static MergeTable Read(string file, ref Utf8JsonReader reader, Vocabulary vocabulary, int prefixLength)
    {
        var longest = 2 * vocabulary.All.Select(entry => entry.Token.Length).DefaultIfEmpty().Max() + 1;
        var merges = new MergesReader(file, reader, vocabulary, prefixLength, new char[Math.Max(longest, 64)]);
        merges.ReadAll();
        reader = merges.reader;
        return merges.Tabulate();
    }

    readonly MergeTable Tabulate()
    {
        var table = new MergeTable(merges.Count);
        foreach (var merge in merges) table.Add(merge.Left, merge.Right, merge.Rank, merge.Merged);
        return table;
    }

    void ReadAll()
    {
        for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
        {
            if (reader.TokenType == JsonTokenType.String) ReadText();
            else if (reader.TokenType == JsonTokenType.StartArray) ReadPair();
            else throw NotAMerge();
        }
    }

    void ReadText()
    {
        var length = Copy(0);
        var text = buffer[..length];
        if (text.StartsWith("#version")) return;
        var space = text.IndexOf(' ');
        if (space < 0 || text[(space + 1)..].Contains(' ')) throw NotAMerge();
        text[(space + 1)..].CopyTo(text[space..]);
        Add(space, length - 1);
    }

    void ReadPair()
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.String) throw NotAMerge();
        var left = Copy(0);
        if (!reader.Read() || reader.TokenType != JsonTokenType.String) throw NotAMerge();
        var length = left + Copy(left);
        if (!reader.Read() || reader.TokenType != JsonTokenType.EndArray) throw NotAMerge();
        Add(left, length);
    }

    // A text longer than any two tokens cannot be a merge of this vocabulary.
    readonly int Copy(int start)
    {
        if (reader.ValueSpan.Length > 6 * (buffer.Length - start)) throw NotAMerge();
        if (reader.ValueSpan.Length <= buffer.Length - start) return reader.CopyString(buffer[start..]);
        var text = reader.GetString()!;
        if (text.Length > buffer.Length - start) throw NeedsToken(text);
        text.CopyTo(buffer[start..]);
        return text.Length;
    }

    // The buffer holds the two tokens one after the other.
    void Add(int leftLength, int length)
    {
        var (left, right) = (Find(buffer[..leftLength]), Find(buffer[leftLength..length]));
        if (prefixLength > 0) buffer[(leftLength + prefixLength)..length].CopyTo(buffer[leftLength..]);
        lastMerged = FindMerged(buffer[..(length - prefixLength)]);
        merges.Add(new(left, right, merges.Count, lastMerged));
    }

    // As a rule merges come in the order of what they make, so that is looked for first.
    readonly int FindMerged(ReadOnlySpan<char> token) =>
        token.SequenceEqual(vocabulary.TokenOf(lastMerged + 1)) ? lastMerged + 1
            : token.SequenceEqual(vocabulary.TokenOf(lastMerged)) ? lastMerged : Find(token);

    readonly int Find(ReadOnlySpan<char> token) => vocabulary.Find(token) is >= 0 and var id ? id : throw NeedsToken(token.ToString());

    readonly LlmcException NeedsToken(string token) =>
        Diagnostics.MergeNamesUnknownToken.With(file, index, System.Text.Encoding.UTF8.GetString(reader.ValueSpan), token);

    readonly LlmcException NotAMerge() =>
        Diagnostics.TokenizerFieldWrong.With(file, "model", $"merges[{index}]", "two tokens", reader.TokenType == JsonTokenType.String ? reader.GetString() : reader.TokenType);
}
