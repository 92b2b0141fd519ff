using Llmc.Artifact;

namespace Llmc.Checkpoints.Tests;

public sealed class QuantizationTests
{
    [Fact]
    public void A_plain_checkpoint_has_none() => Assert.Null(Tiny.Read(Tiny.Llama).Quantization);

    [Fact]
    public void Reads_fp8_in_blocks()
    {
        var read = Read("""{"quant_method": "fp8", "fmt": "e4m3", "activation_scheme": "dynamic", "weight_block_size": [128, 64]}""");

        var group = Assert.Single(read.Groups);
        Assert.Equal((QuantizationMethod.Fp8, "e4m3"), (read.Method, read.Format));
        Assert.Equal((8, true, QuantizationGrain.Block), (group.Weights.Bits, group.Weights.IsFloat, group.Weights.Grain));
        Assert.Equal([128, 64], group.Weights.BlockShape);
        Assert.Equal((QuantizationGrain.Group, 64), (group.Activations!.Grain, group.Activations.GroupSize));
        Assert.True(group.Activations.IsDynamic);
    }

    [Fact]
    public void Reads_fp8_with_one_scale_a_tensor()
    {
        var group = Assert.Single(Read("""{"quant_method": "fp8", "activation_scheme": "static"}""").Groups);

        Assert.Equal(QuantizationGrain.Tensor, group.Weights.Grain);
        Assert.Equal((QuantizationGrain.Tensor, false), (group.Activations!.Grain, group.Activations.IsDynamic));
    }

    [Theory]
    [InlineData(64, 64)]
    [InlineData(-1, null)]
    public void Reads_gptq(int written, int? groupSize)
    {
        var read = Read($$"""{"quant_method": "gptq", "bits": 4, "group_size": {{written}}, "sym": true, "desc_act": true, "checkpoint_format": "gptq_v2"}""");

        var weights = Assert.Single(read.Groups).Weights;
        Assert.Equal((QuantizationMethod.Gptq, "gptq_v2", true), (read.Method, read.Format, read.IsActivationOrdered));
        Assert.Equal((4, false, true), (weights.Bits, weights.IsFloat, weights.IsSymmetric));
        Assert.Equal((QuantizationGrain.Group, groupSize), (weights.Grain, weights.GroupSize));
    }

    [Fact]
    public void Reads_awq()
    {
        var read = Read("""{"quant_method": "awq", "bits": 4, "zero_point": true, "version": "gemm", "modules_to_not_convert": ["visual"]}""");

        var weights = Assert.Single(read.Groups).Weights;
        Assert.Equal((QuantizationMethod.Awq, "gemm"), (read.Method, read.Format));
        Assert.Equal((4, false, 128), (weights.Bits, weights.IsSymmetric, weights.GroupSize));
        Assert.Equal(["visual"], read.Ignored);
    }

    [Fact]
    public void Reads_compressed_tensors()
    {
        var read = Read("""
            {"quant_method": "compressed-tensors", "format": "float-quantized", "ignore": ["lm_head"],
             "kv_cache_scheme": {"num_bits": 8, "type": "float", "strategy": "tensor", "dynamic": false, "symmetric": true},
             "config_groups": {"group_0": {"targets": ["Linear"],
                "weights": {"num_bits": 8, "type": "float", "symmetric": true, "strategy": "channel", "dynamic": false},
                "input_activations": {"num_bits": 8, "type": "float", "symmetric": true, "strategy": "token", "dynamic": true}}}}
            """);

        var group = Assert.Single(read.Groups);
        Assert.Equal((QuantizationMethod.CompressedTensors, "float-quantized"), (read.Method, read.Format));
        Assert.Equal(["Linear"], group.Targets);
        Assert.Equal(QuantizationGrain.Channel, group.Weights.Grain);
        Assert.Equal((QuantizationGrain.Token, true), (group.Activations!.Grain, group.Activations.IsDynamic));
        Assert.Equal(["lm_head"], read.Ignored);
        Assert.Equal((8, QuantizationGrain.Tensor), (read.KvCache!.Bits, read.KvCache.Grain));
    }

    [Fact]
    public void Reads_compressed_tensors_packed_in_groups()
    {
        var group = Assert.Single(Read("""
            {"quant_method": "compressed-tensors", "format": "pack-quantized", "config_groups": {"group_0": {"targets": ["Linear"],
                "input_activations": null, "weights": {"num_bits": 4, "type": "int", "symmetric": false, "strategy": "group", "group_size": 128}}}}
            """).Groups);

        Assert.Equal((4, 128), (group.Weights.Bits, group.Weights.GroupSize));
        Assert.Equal((false, false), (group.Weights.IsFloat, group.Weights.IsSymmetric));
        Assert.Null(group.Activations);
    }

    [Fact]
    public void Reads_mxfp4()
    {
        var weights = Assert.Single(Read("""{"quant_method": "mxfp4", "modules_to_not_convert": ["lm_head"]}""").Groups).Weights;

        Assert.Equal((4, true, 32), (weights.Bits, weights.IsFloat, weights.GroupSize));
    }

    [Fact]
    public void Reads_modelopt_from_either_file()
    {
        const string facts = """
            "quant_algo": "FP8", "kv_cache_quant_algo": "FP8", "exclude_modules": ["lm_head"]
            """;
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["config.json"], Tiny.Llama);
        File.WriteAllText(folder["hf_quant_config.json"], $$$"""{"producer": {"name": "modelopt"}, "quantization": {{{{facts}}}}}""");

        Assert.All([Read($$"""{"quant_method": "modelopt", {{facts}}}"""), ModelConfig.Read(folder.Path).Quantization!], read =>
        {
            Assert.Equal((QuantizationMethod.ModelOpt, "FP8"), (read.Method, read.Format));
            Assert.Equal((8, QuantizationGrain.Tensor), (read.Groups[0].Weights.Bits, read.Groups[0].Weights.Grain));
            Assert.Equal(["lm_head"], read.Ignored);
            Assert.Equal(8, read.KvCache!.Bits);
        });
    }

    [Theory]
    [InlineData("""{"quant_method": "bitsandbytes"}""", "'bitsandbytes'")]
    [InlineData("""{"quant_method": "modelopt", "quant_algo": "INT3"}""", "'modelopt INT3'")]
    [InlineData("""{"quant_method": "modelopt", "quant_algo": "FP8", "kv_cache_quant_algo": "INT8"}""", "'modelopt INT8 KV cache'")]
    public void Refuses_a_method_it_does_not_know(string json, string expected) =>
        Assert.Contains(expected, Tiny.Refusal(Diagnostics.QuantizationUnknown, () => Read(json)));

    [Theory]
    [InlineData("{}", "quantization_config.quant_method")]
    [InlineData("""{"quant_method": "gptq"}""", "quantization_config.bits")]
    [InlineData("""{"quant_method": "compressed-tensors"}""", "quantization_config.config_groups")]
    [InlineData("""{"quant_method": "compressed-tensors", "config_groups": {"g": {}}}""", "quantization_config.config_groups.g.weights")]
    public void Names_what_is_missing(string json, string field) =>
        Assert.Contains($"'{field}' is missing", Tiny.Refusal(Diagnostics.ConfigFieldMissing, () => Read(json)));

    static QuantizationConfig Read(string json) => Tiny.Read(Tiny.LlamaWith(("quantization_config", json))).Quantization!;
}
