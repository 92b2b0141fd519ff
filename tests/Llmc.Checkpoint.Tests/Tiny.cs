using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using Llmc.Artifact;

namespace Llmc.Checkpoints.Tests;

/// <summary>Checkpoints and files small enough to check by hand.</summary>
static class Tiny
{
    internal const string Llama = """
        {
          "model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": 8, "intermediate_size": 12,
          "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 1, "vocab_size": 10,
          "max_position_embeddings": 64, "rms_norm_eps": 1e-5, "bos_token_id": 1, "eos_token_id": 2
        }
        """;

    /// <summary>The tiny llama's config with fields replaced; a value of null removes the field, "null" writes null.</summary>
    internal static string LlamaWith(params (string Name, string? Json)[] changes) => With(Llama, changes);

    internal static string With(string config, params (string Name, string? Json)[] changes)
    {
        var json = JsonNode.Parse(config)!.AsObject();
        foreach (var (name, value) in changes)
            if (value is null) json.Remove(name);
            else json[name] = JsonNode.Parse(value);
        return json.ToJsonString();
    }

    /// <summary>What the reader makes of a config.json with this text.</summary>
    internal static ModelConfig Read(string config)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["config.json"], config);
        return ModelConfig.Read(folder.Path);
    }

    /// <summary>A safetensors file of a header, as it stands, and data of that many bytes.</summary>
    internal static byte[] Safetensors(string header, int dataBytes) => Safetensors(Encoding.UTF8.GetBytes(header), dataBytes);

    internal static byte[] Safetensors(byte[] header, int dataBytes)
    {
        var file = new byte[8 + header.Length + dataBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(file, (ulong)header.Length);
        header.CopyTo(file, 8);
        return file;
    }

    /// <summary>Writes float32 tensors [2] with the values 1, 2.</summary>
    internal static void WriteTensors(string path, params string[] names)
    {
        using var writer = SafetensorsWriter.Create(path, names.Select(name => new TensorDeclaration(name, DType.F32, 2)));
        foreach (var name in names) writer.Write<float>(name, [1, 2]);
    }

    /// <summary>The diagnostic that <paramref name="action"/> must end in, checked to be this row.</summary>
    internal static string Refusal(Diagnostic expected, Action action)
    {
        var thrown = Assert.Throws<LlmcException>(action);
        Assert.Equal(expected.Id, thrown.Diagnostic.Id);
        return thrown.Message;
    }
}
