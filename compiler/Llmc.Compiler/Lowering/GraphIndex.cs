using Llmc.Graph;

namespace Llmc.Compiler;

/// <summary>Who makes and who reads each value of a graph.</summary>
sealed class GraphIndex
{
    readonly Dictionary<int, Node> _producers = [];
    readonly Dictionary<int, List<Node>> _readers = [];

    public GraphIndex(RankGraph graph)
    {
        foreach (var node in graph.Nodes)
        {
            foreach (var result in node.Results) _producers[result.Id] = node;
            foreach (var input in node.Inputs)
            {
                if (!_readers.TryGetValue(input.Id, out var readers)) _readers[input.Id] = readers = [];
                readers.Add(node);
            }
        }
    }

    /// <summary>The node that makes a value; null for the graph's inputs.</summary>
    public Node? ProducerOf(Value value) => _producers.GetValueOrDefault(value.Id);

    /// <summary>The nodes that read a value.</summary>
    public IReadOnlyList<Node> ReadersOf(Value value) => _readers.GetValueOrDefault(value.Id) ?? [];

    /// <summary>The node that makes a value, if it is of the kind asked for and nobody else reads the value.</summary>
    public Node? OnlyFor<T>(Value value) where T : Op =>
        ProducerOf(value) is { Op: T } node && ReadersOf(value).Count == 1 ? node : null;
}
