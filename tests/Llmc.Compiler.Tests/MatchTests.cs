using Llmc.Artifact;
using Llmc.Checkpoints;
using Llmc.Compiler.Passes;
using Llmc.Models;

namespace Llmc.Compiler.Tests;

/// <summary>Checkpoints whose tensors are not those of their config.</summary>
public class MatchTests
{
    const string Down = "model.layers.1.mlp.down_proj.weight";

    [Theory]
    [InlineData("llama")]
    [InlineData("qwen2")]
    [InlineData("mixtral")]
    [InlineData("qwen3-moe")]
    public void Checkpoints_as_they_were_saved_match(string model) => Run(model, tensors => tensors);

    [Fact]
    public void A_wrong_shape_names_file_tensor_expected_and_found() => AssertRefused(
        "LLMC0103: *model.safetensors: tensor 'model.layers.1.mlp.down_proj.weight' should be [64, 160] but is [160, 64].",
        "llama", tensors => Replace(tensors, Down, t => t with { Shape = [160, 64] }));

    [Fact]
    public void A_renamed_tensor_stands_in_both_lists() => AssertRefused(
        "LLMC0104: *: the model needs tensors that the checkpoint lacks: model.layers.1.mlp.down_proj.weight. Tensors that nothing uses: model.layers.1.mlp.w2.weight.",
        "llama", tensors => Replace(tensors, Down, t => t with { Name = "model.layers.1.mlp.w2.weight" }));

    [Fact]
    public void A_tensor_left_over_is_refused() => AssertRefused(
        "LLMC0105: *: the checkpoint has tensors that nothing uses: model.layers.0.self_attn.q_norm.weight. Tensors that the model needs and lacks: none.",
        "llama", tensors => [.. tensors, new("model.layers.0.self_attn.q_norm.weight", DType.BF16, [16])]);

    [Fact]
    public void Long_lists_are_cut_and_counted() => AssertRefused(
        "LLMC0104: *model.layers.0.self_attn.v_proj.weight, model.layers.1.input_layernorm.weight and 17 more*",
        "llama", tensors => [.. tensors.Where(t => !t.Name.Contains("layers", StringComparison.Ordinal))]);

    [Fact]
    public void Frequencies_of_older_rotary_embeddings_may_be_left_over() =>
        Run("llama", tensors => [.. tensors, new("model.layers.0.self_attn.rotary_emb.inv_freq", DType.F32, [8])]);

    [Fact]
    public void A_type_that_is_none_of_weights_is_refused() => AssertRefused(
        "LLMC0130: *model.safetensors: tensor 'model.layers.1.mlp.down_proj.weight' is i32; weights are read as bf16, f16 or f32.",
        "llama", tensors => Replace(tensors, Down, t => t with { DType = DType.I32 }));

    [Fact]
    public void Experts_of_different_types_are_refused() => AssertRefused(
        "LLMC0131: *: tensor 'model.layers.0.block_sparse_moe.experts.2.w1.weight' is f32, but 'model.layers.0.block_sparse_moe.experts.0.w1.weight', which is stacked with it, is bf16.",
        "mixtral", tensors => Replace(tensors, "model.layers.0.block_sparse_moe.experts.2.w1.weight", t => t with { DType = DType.F32 }));

    [Fact]
    public void A_tied_head_may_be_repeated() =>
        Run("qwen2", tensors => [.. tensors, new("lm_head.weight", DType.BF16, [320, 64])]);

    [Fact]
    public void A_tied_head_that_differs_is_refused() => AssertRefused(
        "LLMC0132: *: tensor 'lm_head.weight' differs from 'model.embed_tokens.weight', but config.json ties them ('tie_word_embeddings': true).",
        "qwen2", tensors => [.. tensors, new("lm_head.weight", DType.BF16, [320, 64])],
        writer => writer.Write<byte>("lm_head.weight", [1, 2]));

    static IEnumerable<TensorDeclaration> Replace(IEnumerable<TensorDeclaration> tensors, string name, Func<TensorDeclaration, TensorDeclaration> change) =>
        tensors.Select(t => t.Name == name ? change(t) : t);

    static void AssertRefused(
        string pattern, string model, Func<IReadOnlyList<TensorDeclaration>, IEnumerable<TensorDeclaration>> change, Action<SafetensorsWriter>? fill = null)
    {
        var message = Assert.Throws<LlmcException>(() => Run(model, change, fill)).Message;
        Assert.Matches($"^{string.Join(".*", pattern.Split('*').Select(System.Text.RegularExpressions.Regex.Escape))}$", message);
    }

    /// <summary>Matches a copy of a golden model whose tensors are changed; all values are zero, unless filled.</summary>
    static void Run(
        string model, Func<IReadOnlyList<TensorDeclaration>, IEnumerable<TensorDeclaration>> change, Action<SafetensorsWriter>? fill = null)
    {
        using var folder = new TemporaryFolder();
        var source = Repository.PathOf("tests", "goldens", "models", model);
        File.Copy(Path.Combine(source, "config.json"), folder["config.json"]);
        using (var original = SafetensorsFile.Open(Path.Combine(source, "model.safetensors")))
        using (var writer = SafetensorsWriter.Create(
            folder["model.safetensors"], change([.. original.Tensors.Values.Select(t => new TensorDeclaration(t.Name, t.DType, t.Shape))])))
            fill?.Invoke(writer);
        using var checkpoint = Checkpoint.Open(folder.Path);
        Match.Run(Registry.Build(checkpoint.Config, folder.Path, DType.F32), checkpoint);
    }
}
