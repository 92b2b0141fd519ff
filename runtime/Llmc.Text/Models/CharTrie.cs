using System.Runtime.InteropServices;

namespace Llmc.Text.Models;

/// <summary>A set of texts for walking character by character, each with a value of 0 or more.</summary>
sealed class CharTrie
{
    readonly Dictionary<ulong, int> children = [];
    readonly List<int> values = [-1];

    /// <summary>The node of the empty text.</summary>
    public const int Root = 0;

    /// <summary>A text that is there already takes the new value.</summary>
    public void Add(ReadOnlySpan<char> text, int value)
    {
        var node = Root;
        foreach (var character in text)
        {
            ref var child = ref CollectionsMarshal.GetValueRefOrAddDefault(children, Edge(node, character), out var exists);
            if (!exists)
            {
                child = values.Count;
                values.Add(-1);
            }
            node = child;
        }
        values[node] = value;
    }

    /// <summary>The node one character on, or -1.</summary>
    public int Step(int node, char character) => children.TryGetValue(Edge(node, character), out var child) ? child : -1;

    /// <summary>The value of the text that ends at a node, or -1.</summary>
    public int ValueAt(int node) => values[node];

    static ulong Edge(int node, char character) => (ulong)(uint)node << 16 | character;
}
