using System.Text;
using System.Text.Json;
using Llmc.Artifact;

namespace Llmc.Checkpoints;

/// <summary>A small JSON file whose top is an object, read whole.</summary>
static class ConfigFile
{
    /// <summary>The file's fields, or null where there is no such file.</summary>
    internal static ConfigFields? Read(string path)
    {
        if (Reading.AllOrNone(path) is not { } bytes) return null;
        var root = Parse(path, bytes);
        return root.ValueKind == JsonValueKind.Object
            ? new(path, "", root)
            : throw Diagnostics.ConfigFieldType.With(path, "the whole file", "an object", root.ValueKind);
    }

    static JsonElement Parse(string path, byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes, new() { AllowDuplicateProperties = false });
            RequireText(document.RootElement);
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            var line = (int)(e.LineNumber ?? 0);
            throw Diagnostics.ConfigSyntax.Because(e, path, line + 1, Reason(e), Line(bytes, line));
        }
        catch (InvalidOperationException e)
        {
            throw Diagnostics.ConfigSyntax.Because(e, path, 1, e.Message, Line(bytes, 0));
        }
    }

    /// <summary>Throws where a name or a string is not Unicode text, so that no later access can.</summary>
    static void RequireText(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String) element.GetString();
        else if (element.ValueKind == JsonValueKind.Array)
            foreach (var entry in element.EnumerateArray()) RequireText(entry);
        else if (element.ValueKind == JsonValueKind.Object)
            foreach (var field in element.EnumerateObject())
            {
                _ = field.Name;
                RequireText(field.Value);
            }
    }

    /// <summary>The parser's sentence without the position that it appends.</summary>
    static string Reason(JsonException e) => e.Message.Split(" LineNumber:")[0].TrimEnd('.');

    static string Line(byte[] bytes, int line)
    {
        var text = Encoding.UTF8.GetString(bytes).Split('\n').ElementAtOrDefault(line)?.Trim() ?? "";
        return text.Length > 80 ? text[..80] + "…" : text;
    }
}
