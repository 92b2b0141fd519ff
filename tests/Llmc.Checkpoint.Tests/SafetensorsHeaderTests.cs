using System.Buffers.Binary;
using Llmc.Artifact;

namespace Llmc.Checkpoints.Tests;

public sealed class SafetensorsHeaderTests
{
    [Fact]
    public void Reads_names_types_shapes_and_metadata()
    {
        using var file = Open("""
            {"__metadata__": {"format": "pt"},
             "b": {"dtype": "F32", "shape": [], "data_offsets": [4, 8]},
             "a": {"dtype": "BF16", "shape": [2, 1], "data_offsets": [0, 4]}}
            """, 8);

        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal((DType.BF16, 4), (file.Tensors["a"].DType, file.Tensors["a"].ByteCount));
        Assert.Equal([2, 1], file.Tensors["a"].Shape);
        Assert.Empty(file.Tensors["b"].Shape);
        Assert.Equal("a bf16[2, 1]", file.Tensors["a"].ToString());
    }

    [Fact]
    public void Accepts_a_header_padded_with_spaces_and_a_file_without_tensors()
    {
        using var file = Open("{}      ", 0);

        Assert.Empty(file.Tensors);
    }

    [Fact]
    public void Accepts_empty_tensors_however_large_their_other_sizes()
    {
        using var file = Open("""
            {"a": {"dtype": "F32", "shape": [0, 9223372036854775807], "data_offsets": [0, 0]},
             "b": {"dtype": "U8", "shape": [1], "data_offsets": [0, 1]}}
            """, 1);

        Assert.Equal(0, file.Tensors["a"].ByteCount);
    }

    [Fact]
    public void Rejects_an_empty_file() =>
        Assert.Contains("but is 0", Refuse(Diagnostics.WeightsLength, []));

    [Fact]
    public void Rejects_a_header_longer_than_the_file()
    {
        var file = Tiny.Safetensors("{}", 0);
        BinaryPrimitives.WriteUInt64LittleEndian(file, 3);

        Assert.Contains("a header of 3 bytes; from 2 to 2 are possible", Refuse(Diagnostics.HeaderLength, file));
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL)]
    [InlineData(0UL)]
    public void Rejects_impossible_header_lengths(ulong length)
    {
        var file = Tiny.Safetensors("{}", 100);
        BinaryPrimitives.WriteUInt64LittleEndian(file, length);

        Refuse(Diagnostics.HeaderLength, file);
    }

    [Fact]
    public void Rejects_a_header_over_100_MB_even_where_the_file_is_longer()
    {
        using var folder = new TemporaryFolder();
        using (var sparse = File.Create(folder["x.safetensors"]))
        {
            sparse.Write([.. BitConverter.GetBytes(100_000_001L), (byte)'{']);
            sparse.SetLength(200_000_000);
        }

        Assert.Contains("to 100000000", Tiny.Refusal(Diagnostics.HeaderLength, () => SafetensorsFile.Open(folder["x.safetensors"])));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}x")]
    [InlineData("""{"a":""")]
    [InlineData("""{"a":1}""")]
    [InlineData("""{"a":{"shape":[1],"data_offsets":[0,1]}}""")]
    [InlineData("""{"a":{"dtype":"U8","data_offsets":[0,1]}}""")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1]}}""")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0]}}""")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,1]}}""")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":1}}""")]
    [InlineData("""{"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}""")]
    [InlineData("""{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}""")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[-1,0]}}""")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1.5],"data_offsets":[0,1]}}""")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,18446744073709551616]}}""")]
    [InlineData("""{"__metadata__":{"a":1}}""")]
    [InlineData("""{"__metadata__":[]}""")]
    [InlineData("""{"\ud800":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""")]
    public void Rejects_a_malformed_header(string header) =>
        Assert.Contains("malformed", Refuse(Diagnostics.HeaderContent, Tiny.Safetensors(header, 1)));

    [Fact]
    public void Rejects_text_that_is_not_UTF_8()
    {
        byte[] header = [.. "{\"a"u8, 0xC3, 0x28, .. "\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}"u8];

        Refuse(Diagnostics.HeaderContent, Tiny.Safetensors(header, 1));
    }

    [Fact]
    public void Rejects_a_name_that_stands_there_twice() =>
        Assert.Contains("tensor 'a'", Refuse(Diagnostics.TensorDuplicate, Tiny.Safetensors(
            """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"\u0061":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 2)));

    [Theory]
    [InlineData("BF17")]
    [InlineData("bf16")]
    [InlineData("F6_E2M3")]
    [InlineData("")]
    public void Rejects_a_dtype_it_does_not_know_and_lists_those_it_does(string dtype)
    {
        var header = $$$"""{"a":{"dtype":"{{{dtype}}}","shape":[1],"data_offsets":[0,1]}}""";

        var message = Refuse(Diagnostics.TensorDType, Tiny.Safetensors(header, 1));

        Assert.Contains($"dtype '{dtype}'", message);
        Assert.Contains("BF16", message);
    }

    [Theory]
    [InlineData("F32", "[2, 3]", 23, "f32 [2, 3], which takes 24 bytes, but its offsets span 23")]
    [InlineData("F4", "[3]", 2, "no possible number of bytes")]
    [InlineData("F64", "[4294967296, 4294967296, 4294967296]", 8, "no possible number of bytes")]
    [InlineData("U8", "[9223372036854775807, 9223372036854775807, 2]", 2, "no possible number of bytes")]
    public void Rejects_a_size_that_is_not_shape_times_dtype(string dtype, string shape, int bytes, string expected)
    {
        var header = $$$"""{"a":{"dtype":"{{{dtype}}}","shape":{{{shape}}},"data_offsets":[0,{{{bytes}}}]}}""";

        Assert.Contains(expected, Refuse(Diagnostics.TensorSize, Tiny.Safetensors(header, bytes)));
    }

    [Fact]
    public void Rejects_a_tensor_that_ends_before_it_begins() =>
        Assert.Contains("[2, 1]", Refuse(Diagnostics.TensorOffsets, Tiny.Safetensors(
            """{"a":{"dtype":"U8","shape":[1],"data_offsets":[2,1]}}""", 2)));

    [Fact]
    public void Rejects_tensors_that_overlap() =>
        Assert.Contains("tensor 'b' begins at 2, inside tensor 'a', which ends at 3", Refuse(Diagnostics.TensorOverlap, Tiny.Safetensors(
            """{"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]},"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}""", 4)));

    [Fact]
    public void Rejects_a_gap_between_tensors() =>
        Assert.Contains("bytes 1 to 2", Refuse(Diagnostics.WeightsGap, Tiny.Safetensors(
            """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}}""", 3)));

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void Rejects_a_file_that_is_truncated_or_has_bytes_after_its_tensors(int dataBytes)
    {
        const string header = """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""";
        var whole = 8 + header.Length + 4;

        Assert.Contains($"should be {whole} bytes long by its header but is {whole - 4 + dataBytes}",
            Refuse(Diagnostics.WeightsLength, Tiny.Safetensors(header, dataBytes)));
    }

    [Fact]
    public void Rejects_offsets_far_past_the_end() =>
        Refuse(Diagnostics.WeightsLength, Tiny.Safetensors(
            """{"a":{"dtype":"U8","shape":[9223372036854775807],"data_offsets":[0,9223372036854775807]}}""", 1));

    static SafetensorsFile Open(string header, int dataBytes)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["x.safetensors"], Tiny.Safetensors(header, dataBytes));
        return SafetensorsFile.Open(folder["x.safetensors"]);
    }

    static string Refuse(Diagnostic expected, byte[] file)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["x.safetensors"], file);
        var message = Tiny.Refusal(expected, () => SafetensorsFile.Open(folder["x.safetensors"]));
        Assert.Contains("x.safetensors", message);
        return message;
    }
}
