namespace Llmc.Scheduling;

public enum SequenceState
{
    Waiting,
    Running,
    Finished,
}

/// <summary>Why a sequence ended.</summary>
public enum FinishReason
{
    /// <summary>It sampled one of its stop tokens.</summary>
    Stop,
    /// <summary>It has as many tokens as it asked for.</summary>
    Length,
    /// <summary>Its caller did not want more.</summary>
    Cancelled,
    /// <summary>The model or the engine failed.</summary>
    Failed,
}

/// <summary>What a sequence asks of the scheduler.</summary>
/// <param name="MaxTokens">Tokens to generate at most; 0 computes the prompt alone.</param>
public sealed record SequenceOptions(int MaxTokens)
{
    /// <summary>Tokens that end the sequence when sampled.</summary>
    public IReadOnlyList<int> StopTokens { get; init; } = [];

    /// <summary>Lower runs earlier; among equals, first come, first served.</summary>
    public int Priority { get; init; }

    /// <summary>Sequences share cached blocks only with sequences of the same salt.</summary>
    public string? Salt { get; init; }

    /// <summary>First position whose logits are wanted; null for those that a token is sampled from, alone.</summary>
    public int? LogitsFrom { get; init; }
}

/// <summary>A token stream on its way through the engine: the tokens known so far, and where their keys and values are.</summary>
public sealed class Sequence
{
    readonly int[] _tokens;
    readonly int[] _stopTokens;
    readonly BlockId[] _blocks;
    readonly BlockHash[] _hashes;
    readonly int _blockSize;
    int _blockCount;
    int _hashCount;

    internal Sequence(RequestId id, ReadOnlySpan<int> prompt, SequenceOptions options, int blockSize)
    {
        (Id, PromptLength, Length, MaxTokens, Priority) = (id, prompt.Length, prompt.Length, options.MaxTokens, options.Priority);
        _blockSize = blockSize;
        _tokens = new int[prompt.Length + options.MaxTokens];
        prompt.CopyTo(_tokens);
        _stopTokens = [.. options.StopTokens];
        _blocks = new BlockId[MaxBlocks];
        _hashes = new BlockHash[_tokens.Length / blockSize];
        Root = BlockHash.Root(options.Salt);
        LogitsFrom = options.LogitsFrom ?? (options.MaxTokens > 0 ? PromptLength - 1 : PromptLength);
    }

    public RequestId Id { get; }
    public int PromptLength { get; }
    public int MaxTokens { get; }
    public SequenceState State { get; internal set; }

    /// <summary>Why it ended; null before.</summary>
    public FinishReason? FinishReason { get; internal set; }

    /// <summary>Tokens known: prompt and generated.</summary>
    public int Length { get; private set; }

    public int Generated => Length - PromptLength;

    /// <summary>Leading tokens whose keys and values are in the cache.</summary>
    public int Computed { get; internal set; }

    /// <summary>Leading tokens that were in the cache when the sequence first ran.</summary>
    public int CachedTokens { get; internal set; }

    /// <summary>First position whose logits are still wanted.</summary>
    public int LogitsFrom { get; internal set; }

    /// <summary>Prompt and generated tokens, by position.</summary>
    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, Length);

    /// <summary>Block table: where positions 0.., <c>blockSize</c> at a time, stand. Only grows while <see cref="BlocksVersion"/> stays.</summary>
    public ReadOnlySpan<BlockId> Blocks => _blocks.AsSpan(0, _blockCount);

    /// <summary>Changes when the block table starts anew.</summary>
    public int BlocksVersion { get; private set; }

    internal int Priority { get; }
    internal BlockHash Root { get; }
    /// <summary>Order of submission.</summary>
    internal long Arrival { get; set; }
    internal bool HasStarted { get; set; }
    /// <summary>Tokens given to the sequence in the step that is being planned.</summary>
    internal int Scheduled { get; set; }
    /// <summary>Blocks that admission promised and that were not taken yet.</summary>
    internal int Promised { get; set; }
    /// <summary>Leading blocks that can be found by their hash.</summary>
    internal int Published { get; set; }

    /// <summary>Tokens known but not computed.</summary>
    internal int Remaining => Length - Computed;

    /// <summary>Blocks for all tokens that the sequence can ever compute: the last one sampled is never fed.</summary>
    internal int MaxBlocks => BlocksFor(PromptLength + Math.Max(0, MaxTokens - 1));

    /// <summary>Whether computing one more token takes a block that admission did not promise.</summary>
    internal bool NeedsUnpromisedBlock => Promised == 0 && BlocksFor(Computed + 1) > _blockCount;

    internal int BlocksFor(int tokens) => (tokens + _blockSize - 1) / _blockSize;

    internal void AddBlock(BlockId block) => _blocks[_blockCount++] = block;

    internal void ClearBlocks()
    {
        (_blockCount, Published, Computed) = (0, 0, 0);
        BlocksVersion++;
    }

    internal void Append(int token)
    {
        _tokens[Length++] = token;
        if (_stopTokens.AsSpan().Contains(token)) FinishReason = Scheduling.FinishReason.Stop;
        else if (Generated == MaxTokens) FinishReason = Scheduling.FinishReason.Length;
    }

    /// <summary>Hash of full block <paramref name="index"/>; each is computed once.</summary>
    internal BlockHash Hash(int index)
    {
        for (; _hashCount <= index; _hashCount++)
        {
            var parent = _hashCount == 0 ? Root : _hashes[_hashCount - 1];
            _hashes[_hashCount] = parent.Next(_tokens.AsSpan(_hashCount * _blockSize, _blockSize));
        }
        return _hashes[index];
    }
}
