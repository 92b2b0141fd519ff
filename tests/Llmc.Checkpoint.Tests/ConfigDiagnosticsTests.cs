using Llmc.Artifact;

namespace Llmc.Checkpoints.Tests;

public sealed class ConfigDiagnosticsTests
{
    [Theory]
    [InlineData("model_type")]
    [InlineData("hidden_size")]
    [InlineData("intermediate_size")]
    [InlineData("num_hidden_layers")]
    [InlineData("num_attention_heads")]
    [InlineData("vocab_size")]
    public void A_required_field_that_is_missing_is_named(string name)
    {
        Assert.EndsWith($"config.json: '{name}' is missing.", Refuse(Diagnostics.ConfigFieldMissing, (name, null)));
        Assert.EndsWith($"config.json: '{name}' is missing.", Refuse(Diagnostics.ConfigFieldMissing, (name, "null")));
    }

    [Theory]
    [InlineData("num_attention_heads", "0", "an integer from 1 to 16384 but is 0")]
    [InlineData("hidden_size", "-8", "from 1 to 16777216 but is -8")]
    [InlineData("num_hidden_layers", "1000000000000", "from 1 to 10000 but is 1000000000000")]
    [InlineData("num_hidden_layers", "2.5", "but is 2.5")]
    [InlineData("hidden_size", "1e300", "but is 1e300")]
    [InlineData("rms_norm_eps", "0", "above 0 and at most 1 but is 0")]
    [InlineData("rms_norm_eps", "1e999", "but is 1e999")]
    [InlineData("rms_norm_eps", "-1e-5", "but is -1e-5")]
    [InlineData("rope_theta", "0", "but is 0")]
    [InlineData("sliding_window_pattern", "0", "but is 0")]
    [InlineData("eos_token_id", "[1, -5]", "but is -5")]
    public void An_absurd_value_is_named_beside_what_is_allowed(string name, string json, string expected)
    {
        var message = Refuse(Diagnostics.ConfigFieldRange, ("model_type", "\"gemma2\""), ("head_dim", "4"), (name, json));

        Assert.Contains($"'{name}'", message);
        Assert.Contains(expected, message);
    }

    [Theory]
    [InlineData("hidden_size", "\"8\"", "a number but is \"8\"")]
    [InlineData("rms_norm_eps", "\"NaN\"", "a number but is \"NaN\"")]
    [InlineData("tie_word_embeddings", "1", "true or false but is 1")]
    [InlineData("hidden_act", "[]", "a string but is []")]
    [InlineData("rope_scaling", "3", "an object but is 3")]
    [InlineData("layer_types", "{}", "a list but is {}")]
    [InlineData("architectures", "[7]", "a string but is 7")]
    [InlineData("text_config", "7", "an object but is 7")]
    public void A_value_of_the_wrong_type_is_named(string name, string json, string expected)
    {
        var message = Refuse(Diagnostics.ConfigFieldType, (name, json));

        Assert.Contains($"'{name}'", message);
        Assert.Contains(expected, message);
    }

    [Fact]
    public void A_nested_field_is_named_by_its_path() =>
        Assert.Contains("'rope_parameters.factor'", Refuse(Diagnostics.ConfigFieldRange,
            ("rope_parameters", """{"rope_type": "linear", "factor": -1}""")));

    [Theory]
    [InlineData("num_key_value_heads", "3", "'num_attention_heads' is 2 but should be a multiple of 'num_key_value_heads', 3")]
    [InlineData("num_attention_heads", "3", "'hidden_size' is 8 but should be a multiple of 'num_attention_heads', 3")]
    [InlineData("head_dim", "5", "is 5 but should be a multiple of 2")]
    public void Heads_must_divide(string name, string json, string expected) =>
        Assert.Contains(expected, Refuse(Diagnostics.ConfigNotAMultiple, (name, json)));

    [Fact]
    public void Groups_of_experts_must_divide() =>
        Assert.Contains("'n_group', 3", Refuse(Diagnostics.ConfigNotAMultiple,
            ("model_type", "\"deepseek_v3\""), ("n_routed_experts", "8"), ("n_group", "3")));

    [Theory]
    [InlineData("layer_types", """["full_attention"]""", "2 entries, one for each layer, but has 1")]
    [InlineData("no_rope_layers", "[1, 1, 1]", "2 entries, one for each layer, but has 3")]
    [InlineData("rope_scaling", """{"type": "longrope", "short_factor": [1], "long_factor": [1, 2]}""", "'rope_scaling.short_factor' should have 2 entries")]
    public void A_list_of_the_wrong_length_is_named(string name, string json, string expected) =>
        Assert.Contains(expected, Refuse(Diagnostics.ConfigListLength, (name, json)));

    [Theory]
    [InlineData("hidden_act", "\"mish\"", "'mish'; known are gelu, gelu_fast")]
    [InlineData("layer_types", """["full_attention", "linear_attention"]""", "'linear_attention'; known are full_attention, sliding_attention")]
    [InlineData("rope_scaling", """{"rope_type": "mrope"}""", "'rope_scaling.rope_type' is 'mrope'")]
    [InlineData("dtype", "\"int3\"", "'int3'")]
    public void A_word_it_does_not_know_is_named_beside_those_it_does(string name, string json, string expected) =>
        Assert.Contains(expected, Refuse(Diagnostics.ConfigValueUnknown, (name, json)));

    [Theory]
    [InlineData("llama", """{"rope_type": "linear"}""", "rope_scaling.factor")]
    [InlineData("llama", """{"rope_type": "llama3", "factor": 8, "high_freq_factor": 4}""", "rope_scaling.low_freq_factor")]
    [InlineData("llama", """{"rope_type": "llama3", "factor": 8, "low_freq_factor": 1}""", "rope_scaling.high_freq_factor")]
    [InlineData("llama", """{"rope_type": "longrope", "short_factor": [1, 1]}""", "rope_scaling.long_factor")]
    [InlineData("gpt_oss", null, "rope_parameters")]
    public void A_scaling_without_its_parameters_is_refused(string modelType, string? scaling, string missing) =>
        Assert.Contains($"'{missing}' is missing", Refuse(Diagnostics.ConfigFieldMissing, ("model_type", $"\"{modelType}\""),
            ("num_attention_heads", "8"), ("num_key_value_heads", "8"), ("head_dim", "4"), ("rope_scaling", scaling)));

    [Fact]
    public void A_ramp_of_frequencies_must_rise() =>
        Assert.Contains("above 'low_freq_factor', 4", Refuse(Diagnostics.ConfigFieldRange,
            ("rope_scaling", """{"rope_type": "llama3", "factor": 8, "low_freq_factor": 4, "high_freq_factor": 4}""")));

    [Fact]
    public void A_sliding_layer_needs_a_window() =>
        Assert.Contains("layer 1", Refuse(Diagnostics.ConfigWindowMissing, ("layer_types", """["full_attention", "sliding_attention"]""")));

    [Theory]
    [InlineData("{\n\"rms_norm_eps\": NaN\n}", "line 2", "\"rms_norm_eps\": NaN")]
    [InlineData("{\n\"hidden_size\": 8,\n\"hidden_size\": 9\n}", "hidden_size", "not JSON")]
    [InlineData("", "line 1", "not JSON")]
    [InlineData("{\"model_type\": \"\\ud800\"}", "line 1", "not JSON")]
    public void Text_that_is_not_JSON_is_shown_with_its_line(string text, string line, string shown)
    {
        var message = Tiny.Refusal(Diagnostics.ConfigSyntax, () => Tiny.Read(text));

        Assert.Contains(line, message);
        Assert.Contains(shown, message);
    }

    [Fact]
    public void A_config_that_is_not_an_object_is_refused() =>
        Tiny.Refusal(Diagnostics.ConfigFieldType, () => Tiny.Read("[1]"));

    static string Refuse(Diagnostic expected, params (string, string?)[] changes)
    {
        var message = Tiny.Refusal(expected, () => Tiny.Read(Tiny.LlamaWith(changes)));
        Assert.Contains("config.json", message);
        return message;
    }
}
