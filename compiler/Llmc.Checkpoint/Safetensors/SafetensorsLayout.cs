using System.Globalization;
using Llmc.Artifact;

namespace Llmc.Checkpoints;

/// <summary>The rule that the tensors of a file cover its data once, without gap or overlap.</summary>
static class SafetensorsLayout
{
    /// <summary>Checks the rows of a header whose data begins at byte <paramref name="dataOffset"/> of the file.</summary>
    internal static void Check(string path, IReadOnlyList<TensorEntry> entries, long dataOffset, long fileLength)
    {
        foreach (var entry in entries) CheckSize(path, entry);
        var covered = (UInt128)CheckCover(path, entries) + (UInt128)dataOffset;
        if (covered != (UInt128)fileLength) throw Diagnostics.WeightsLength.With(path, covered, fileLength);
    }

    static void CheckSize(string path, TensorEntry entry)
    {
        var found = entry.End - entry.Begin;
        if (found < 0) throw Diagnostics.TensorOffsets.With(path, entry.Name, entry.Begin, entry.End);
        var expected = TensorEntry.ByteCountOf(entry.DType, entry.Shape);
        if (expected == found) return;
        var takes = expected?.ToString(CultureInfo.InvariantCulture) ?? "no possible number of";
        throw Diagnostics.TensorSize.With(path, entry.Name, entry.DType.Text(), TensorEntry.Text(entry.Shape), takes, found);
    }

    /// <summary>The end of the last tensor.</summary>
    static long CheckCover(string path, IReadOnlyList<TensorEntry> entries)
    {
        TensorEntry? before = null;
        foreach (var entry in entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            var covered = before?.End ?? 0;
            if (entry.Begin < covered) throw Diagnostics.TensorOverlap.With(path, entry.Name, entry.Begin, before!.Name, covered);
            if (entry.Begin > covered) throw Diagnostics.WeightsGap.With(path, covered, entry.Begin);
            before = entry;
        }
        return before?.End ?? 0;
    }
}
