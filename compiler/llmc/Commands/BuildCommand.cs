using System.CommandLine;
using Llmc.Artifact;
using Llmc.Compiler;

namespace Llmc.CommandLine;

/// <summary><c>llmc build CHECKPOINT -o ENGINE</c>.</summary>
static class BuildCommand
{
    public static Command Create()
    {
        var checkpoint = Options.Path("CHECKPOINT", "Folder with config.json, *.safetensors and tokenizer.json.");
        var output = new Option<string>("--output", "-o") { Description = "Engine folder to make.", Required = true };
        var target = new Option<string>("--target") { Description = "What the engine runs on.", DefaultValueFactory = _ => "cpu" };
        target.AcceptOnlyFromAmong("cpu");
        var tp = Options.Count("--tp", "Ranks that share attention and dense layers.", 1);
        var ep = Options.Count("--ep", "Groups of ranks that experts are divided among.", 1);
        var type = new Option<string>("--dtype") { Description = "Element type of the computation.", DefaultValueFactory = _ => "bfloat16" };
        type.AcceptOnlyFromAmong("bfloat16", "float32");
        var fp8 = new Option<bool>("--fp8") { Description = "E4M3 weights with a scale per output channel." };
        var int8 = new Option<bool>("--int8") { Description = "8-bit integer weights with a scale per output channel, activations quantized per token." };
        var sequences = Options.Count("--max-num-seqs", "Sequences in a step.", 8);
        var tokens = Options.Count("--max-num-tokens", "Tokens in a step.", 512);
        var length = Options.OptionalCount("--max-seq-len", "Tokens of a sequence, prompt and answer. Default: what the model allows, at most 4096.", 2);
        var cache = Options.OptionalCount("--kv-cache-tokens", "Tokens that the KV cache holds. Default: all sequences at full length, at most 16384 or one sequence.");
        var force = new Option<bool>("--force") { Description = "Replace an engine that stands there." };
        var dump = new Option<string?>("--dump") { Description = "Write every form after every pass into this folder." };
        var json = Options.Json();
        var command = new Command("build", """
            Compiles a checkpoint into an engine.

            Examples:
              llmc build ./Llama-3.2-1B -o engine
              llmc build ./Qwen3-30B-A3B --tp 4 --ep 2 --fp8 -o engine
              llmc build ./Llama-3.2-1B --int8 --max-num-seqs 32 --dump forms -o engine
            """)
        {
            checkpoint, output, target, tp, ep, type, fp8, int8, sequences, tokens, length, cache, force, dump, json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(fp8) && result.GetValue(int8)) result.AddError("--fp8 and --int8 exclude each other");
        });
        command.SetAction(parsed =>
        {
            var options = new BuildOptions
            {
                Checkpoint = parsed.GetRequiredValue(checkpoint),
                Output = parsed.GetRequiredValue(output),
                Tp = parsed.GetValue(tp),
                Ep = parsed.GetValue(ep),
                Type = parsed.GetValue(type) == "float32" ? DType.F32 : DType.BF16,
                Quantization = parsed.GetValue(fp8) ? Quantization.Fp8 : parsed.GetValue(int8) ? Quantization.Int8 : Quantization.None,
                MaxSequences = parsed.GetValue(sequences),
                MaxTokens = parsed.GetValue(tokens),
                MaxSequenceLength = parsed.GetValue(length),
                KvCacheTokens = parsed.GetValue(cache),
                Force = parsed.GetValue(force),
                Dump = parsed.GetValue(dump),
            };
            return BuildReport.Show(options, parsed.GetValue(json));
        });
        return command;
    }
}
