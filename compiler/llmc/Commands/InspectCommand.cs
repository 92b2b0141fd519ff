using System.CommandLine;
using System.Text.Json;
using Llmc.Artifact;
using Llmc.Compiler;
using Llmc.Engine;

namespace Llmc.CommandLine;

/// <summary><c>llmc inspect PATH</c>: a checkpoint or an engine.</summary>
static class InspectCommand
{
    public static Command Create()
    {
        var path = Options.Path("PATH", "A checkpoint or an engine.");
        var tokens = Options.Count("--tokens", "Tokens in the step whose costs are shown.", 1);
        var context = Options.Count("--context", "Keys that each token attends to.", 512);
        var json = Options.Json();
        var command = new Command("inspect", """
            Shows what a checkpoint holds and whether it can be built, or what an engine holds and what a step of it costs.

            Examples:
              llmc inspect ./Llama-3.2-1B
              llmc inspect engine --tokens 512 --context 512
            """)
        {
            path, tokens, context, json,
        };
        command.SetAction(parsed =>
        {
            var folder = parsed.GetRequiredValue(path);
            if (File.Exists(Path.Combine(folder, Manifest.FileName)))
                ShowEngine(folder, parsed.GetValue(tokens), parsed.GetValue(context), parsed.GetValue(json));
            else ShowCheckpoint(folder, parsed.GetValue(json));
            return Invocation.Done;
        });
        return command;
    }

    static void ShowCheckpoint(string folder, bool json)
    {
        var found = CheckpointInspection.Of(folder);
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(found, OutputJson.Default.CheckpointInspection));
            return;
        }
        Console.Out.WriteLine($"{folder}: {found.Architecture}, {found.Parameters:N0} parameters, {Sizes.Text(found.Bytes)}");
        Console.Out.WriteLine($"{found.NumLayers} layers, hidden size {found.HiddenSize}, vocabulary {found.VocabSize}, {found.MaxPositions} positions\n");
        foreach (var tensor in found.Tensors)
            Console.Out.WriteLine($"  {(tensor.Mapped ? "mapped " : "UNUSED ")} {tensor.Name} : {tensor.Type}[{string.Join(", ", tensor.Shape)}]");
        Console.Out.WriteLine(found.Problem is null ? "\ncan be built" : $"\ncannot be built: {found.Problem}");
    }

    static void ShowEngine(string folder, int tokens, int context, bool json)
    {
        var manifest = EngineFolder.Open(folder).Manifest;
        if (json) Console.Out.Write(manifest.ToJson());
        else EngineText.Write(Console.Out, manifest, new StepSize(tokens, tokens, (long)tokens * context, (long)tokens * context));
    }
}
