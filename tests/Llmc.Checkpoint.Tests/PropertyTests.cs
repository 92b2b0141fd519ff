using System.Text;
using CsCheck;
using Llmc.Artifact;

namespace Llmc.Checkpoints.Tests;

public sealed class PropertyTests
{
    const string Meaningful = "{}[]\",:-019.eE\\ ";

    static readonly Gen<(DType Type, long[] Shape)> Tensors =
        Gen.Select(Gen.Enum<DType>(), Gen.Long[0, 5].Array[0, 4])
            .Where(tensor => tensor.Item1 != DType.F4E2M1 || tensor.Item2.Any(size => size % 2 == 0));

    [Fact]
    public void Whatever_is_written_is_read_back() =>
        Gen.Select(Tensors.Array[0, 8], Gen.Int).Sample((tensors, seed) =>
        {
            using var folder = new TemporaryFolder();
            var declared = tensors.Select((tensor, i) => new TensorDeclaration($"tensor \"{i}\" ü", tensor.Type, tensor.Shape)).ToArray();
            var written = declared.ToDictionary(tensor => tensor.Name, tensor => RandomBytes(tensor, seed));
            using (var writer = SafetensorsWriter.Create(folder["x.safetensors"], declared))
                foreach (var (name, bytes) in written) writer.Write<byte>(name, bytes);

            using var file = SafetensorsFile.Open(folder["x.safetensors"]);

            Assert.Equal(declared.Length, file.Tensors.Count);
            foreach (var tensor in declared)
            {
                var read = file.Tensors[tensor.Name];
                Assert.Equal(tensor.DType, read.DType);
                Assert.Equal(tensor.Shape, read.Shape);
                Assert.Equal(written[tensor.Name], read.Bytes(0, (int)read.ByteCount));
            }
        }, iter: 100, threads: 1);

    [Fact]
    public void A_damaged_header_is_a_valid_file_or_a_diagnostic()
    {
        using var folder = new TemporaryFolder();
        var whole = Encoding.UTF8.GetBytes("""
            {"__metadata__": {"format": "pt"},
             "a": {"dtype": "BF16", "shape": [2, 3], "data_offsets": [0, 12]},
             "b": {"dtype": "F32", "shape": [], "data_offsets": [12, 16]}}
            """);
        Mutations(Tiny.Safetensors(whole, 16)).Sample(damaged =>
        {
            File.WriteAllBytes(folder["x.safetensors"], damaged);
            return Survives(() => SafetensorsFile.Open(folder["x.safetensors"]).Dispose());
        }, iter: 1000, threads: 1);
    }

    [Fact]
    public void A_damaged_config_is_a_valid_config_or_a_diagnostic()
    {
        using var folder = new TemporaryFolder();
        var whole = File.ReadAllBytes(Repository.PathOf("tests", "goldens", "models", "llama3-rope", "config.json"));
        Mutations(whole).Sample(damaged =>
        {
            File.WriteAllBytes(folder["config.json"], damaged);
            return Survives(() => ModelConfig.Read(folder.Path));
        }, iter: 500, threads: 1);
    }

    /// <summary>One to four bytes replaced by bytes that JSON gives a meaning to, or by any; sometimes cut.</summary>
    static Gen<byte[]> Mutations(byte[] whole)
    {
        var replacement = Gen.Frequency((3, Gen.Int[0, Meaningful.Length - 1].Select(i => (byte)Meaningful[i])), (1, Gen.Byte));
        var edits = Gen.Select(Gen.Int[0, whole.Length - 1], replacement).Array[1, 4];
        return Gen.Select(edits, Gen.Frequency((9, Gen.Const(whole.Length)), (1, Gen.Int[0, whole.Length])), (changes, length) =>
        {
            byte[] damaged = [.. whole];
            foreach (var (at, value) in changes) damaged[at] = value;
            return damaged[..length];
        });
    }

    static bool Survives(Action action)
    {
        try
        {
            action();
        }
        catch (LlmcException)
        {
            // What a damaged file should end in; any other exception fails the test.
        }
        return true;
    }

    static byte[] RandomBytes(TensorDeclaration tensor, int seed)
    {
        var bytes = new byte[tensor.DType.ByteCount(tensor.Shape.Aggregate(1L, (product, size) => product * size))];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
