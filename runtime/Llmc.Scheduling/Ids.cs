namespace Llmc.Scheduling;

/// <summary>A KV block of the paged cache, from 0; the same number on every rank.</summary>
public readonly record struct BlockId(int Value);

/// <summary>A request, unique while the engine lives.</summary>
public readonly record struct RequestId(long Value);
