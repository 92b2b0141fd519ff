using System.Runtime.InteropServices;
using Llmc.Artifact;

namespace Llmc.Checkpoints.Tests;

public sealed class SafetensorsFileTests
{
    [Fact]
    public void Mapping_and_streaming_give_the_same_bytes()
    {
        using var folder = new TemporaryFolder();
        Tiny.WriteTensors(folder["x.safetensors"], "a", "b");
        using var file = SafetensorsFile.Open(folder["x.safetensors"]);

        var streamed = new byte[4];
        file.Tensors["b"].Read(4, streamed);

        Assert.Equal(BitConverter.GetBytes(2f), streamed);
        Assert.Equal(streamed, file.Tensors["b"].Bytes(4, 4));
        Assert.Equal([1f, 2f], file.Tensors["b"].ToArray<float>());
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, 9)]
    [InlineData(8, 1)]
    [InlineData(long.MaxValue, 1)]
    public void No_range_leaves_its_tensor(long offset, int count)
    {
        using var folder = new TemporaryFolder();
        Tiny.WriteTensors(folder["x.safetensors"], "a", "b");
        using var file = SafetensorsFile.Open(folder["x.safetensors"]);

        Assert.Throws<ArgumentOutOfRangeException>(() => file.Tensors["a"].Bytes(offset, count).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Tensors["a"].Read(offset, new byte[count]));
    }

    [Fact]
    public void An_array_must_have_elements_of_the_size_of_the_tensors()
    {
        using var folder = new TemporaryFolder();
        Tiny.WriteTensors(folder["x.safetensors"], "a");
        using var file = SafetensorsFile.Open(folder["x.safetensors"]);

        Assert.Throws<ArgumentException>(() => file.Tensors["a"].ToArray<double>());
    }

    [Fact]
    public void Reads_past_2_GB_of_one_tensor()
    {
        const long elements = 3L << 30;
        using var folder = new TemporaryFolder();
        TensorDeclaration[] declared = [new("large", DType.BF16, elements / 2, 2), new("after", DType.U8, 1)];
        using (var writer = SafetensorsWriter.Create(folder["x.safetensors"], declared))
        {
            writer.Write<ushort>("large", [0x1234], elements - 1);
            writer.Write<byte>("after", [7]);
        }
        using var file = SafetensorsFile.Open(folder["x.safetensors"]);
        var large = file.Tensors["large"];

        var streamed = new byte[4];
        large.Read(large.ByteCount - 4, streamed);

        Assert.Equal(2 * elements, large.ByteCount);
        Assert.Equal([0, 0, 0x34, 0x12], streamed);
        Assert.Equal(streamed, large.Bytes(large.ByteCount - 4, 4));
        Assert.Equal(7, file.Tensors["after"].Bytes(0, 1)[0]);
    }

    [Fact]
    public void Reading_from_a_file_that_was_cut_after_it_was_opened_is_a_diagnostic()
    {
        using var folder = new TemporaryFolder();
        Tiny.WriteTensors(folder["x.safetensors"], "a");
        using var file = SafetensorsFile.Open(folder["x.safetensors"]);
        using (var cut = File.OpenWrite(folder["x.safetensors"])) cut.SetLength(cut.Length - 1);

        Tiny.Refusal(Diagnostics.WeightsLength, () => file.Tensors["a"].ToArray<float>());
    }

    [Fact]
    public void A_path_that_cannot_be_opened_is_a_diagnostic()
    {
        using var folder = new TemporaryFolder();

        Assert.Contains(folder.Path, Tiny.Refusal(Diagnostics.CheckpointUnreadable, () => SafetensorsFile.Open(folder.Path)));
    }

    [Fact]
    public void Writes_and_reads_every_dtype()
    {
        using var folder = new TemporaryFolder();
        var types = Enum.GetValues<DType>();
        SafetensorsWriter.Create(folder["x.safetensors"], types.Select(type => new TensorDeclaration(type.Text(), type, 2, 3))).Dispose();
        using var file = SafetensorsFile.Open(folder["x.safetensors"]);

        Assert.Equal(types.Length, file.Tensors.Count);
        Assert.All(types, type =>
        {
            var tensor = file.Tensors[type.Text()];
            Assert.Equal((type, type.ByteCount(6)), (tensor.DType, tensor.ByteCount));
        });
    }

    [Fact]
    public void The_writer_aligns_every_tensor_to_its_element()
    {
        using var folder = new TemporaryFolder();
        TensorDeclaration[] declared = [new("a", DType.U8, 3), new("b", DType.F64, 1), new("c", DType.BF16, 1)];
        SafetensorsWriter.Create(folder["x.safetensors"], declared, new Dictionary<string, string> { ["made by"] = "a test" }).Dispose();
        using var file = SafetensorsFile.Open(folder["x.safetensors"]);

        Assert.Equal(0, file.DataOffset % 8);
        Assert.Equal("a test", file.Metadata["made by"]);
        Assert.Equal(0, AddressOf(file.Tensors["b"]) % 8);
        Assert.Equal(0, AddressOf(file.Tensors["c"]) % 2);
    }

    [Fact]
    public void The_writer_refuses_elements_outside_the_tensor_and_names_given_twice()
    {
        using var folder = new TemporaryFolder();
        using var writer = SafetensorsWriter.Create(folder["x.safetensors"], [new("a", DType.F32, 2)]);

        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Write<float>("a", [1, 2, 3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Write<float>("a", [1], 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Write<float>("a", [1], -1));
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Create(folder["y"], [new("a", DType.F32, 2), new("a", DType.F32, 2)]));
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Create(folder["y"], [new("a", DType.F4E2M1, 3)]));
        Assert.False(File.Exists(folder["y"]));
    }

    static unsafe long AddressOf(CheckpointTensor tensor)
    {
        fixed (byte* start = &MemoryMarshal.GetReference(tensor.Bytes(0, 1))) return (long)start;
    }
}
