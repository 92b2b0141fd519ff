using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Llmc.Artifact;
using Llmc.Text;

namespace Llmc.CommandLine;

/// <summary><c>llmc tokenize PATH</c>: JSON lines in, JSON lines out.</summary>
static class TokenizeCommand
{
    static readonly JsonWriterOptions AsItIs = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create()
    {
        var path = Options.Path("PATH", "An engine, or a folder with tokenizer.json.");
        var command = new Command("tokenize", """
            Tokenizes texts: lines {"text"} on standard input, lines {"ids", "ids_plain", "decoded", "decoded_skip", "stream"} out.

            Example:
              echo '{"text": "In the beginning"}' | llmc tokenize engine
            """)
        {
            path,
        };
        command.SetAction(parsed =>
        {
            var tokenizer = HuggingFaceTokenizer.Load(parsed.GetRequiredValue(path));
            using var output = Console.OpenStandardOutput();
            using var input = new StreamReader(Console.OpenStandardInput(), new System.Text.UTF8Encoding(false, throwOnInvalidBytes: true));
            for (var number = 1; input.ReadLine() is { } line; number++)
                if (line.Length > 0) Write(output, tokenizer, TextOf(line, number));
            return Invocation.Done;
        });
        return command;
    }

    static string TextOf(string line, int number)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.GetProperty("text").GetString() ?? throw new JsonException("text is null");
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw Diagnostics.LineNotText.Because(failure, number, failure.Message);
        }
    }

    static void Write(Stream output, HuggingFaceTokenizer tokenizer, string text)
    {
        var (ids, plain) = (tokenizer.Encode(text, addSpecialTokens: true), tokenizer.Encode(text, addSpecialTokens: false));
        using (var json = new Utf8JsonWriter(output, AsItIs))
        {
            json.WriteStartObject();
            WriteIds(json, "ids", ids);
            WriteIds(json, "ids_plain", plain);
            json.WriteString("decoded", tokenizer.Decode(ids, skipSpecialTokens: false));
            json.WriteString("decoded_skip", tokenizer.Decode(ids, skipSpecialTokens: true));
            json.WriteStartArray("stream");
            var detokenizer = tokenizer.CreateDetokenizer(skipSpecialTokens: false);
            for (var i = 0; i < plain.Length; i++)
                json.WriteStringValue(detokenizer.Append(plain[i]) + (i == plain.Length - 1 ? detokenizer.Flush() : ""));
            json.WriteEndArray();
            json.WriteEndObject();
        }
        output.WriteByte((byte)'\n');
        output.Flush();
    }

    static void WriteIds(Utf8JsonWriter json, string name, int[] ids)
    {
        json.WriteStartArray(name);
        foreach (var id in ids) json.WriteNumberValue(id);
        json.WriteEndArray();
    }
}
