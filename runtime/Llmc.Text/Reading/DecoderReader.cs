using Llmc.Text.Decoders;
using Llmc.Text.Patterns;
using Llmc.Text.PreTokenizers;

namespace Llmc.Text.Reading;

/// <summary>Reads the decoder section.</summary>
static class DecoderReader
{
    public static DecoderChain Read(Component json)
    {
        var decoders = new List<TokenDecoder>();
        Append(json, decoders);
        return new(decoders);
    }

    static void Append(Component json, List<TokenDecoder> decoders)
    {
        if (json.Type == "Sequence") foreach (var decoder in json.Objects("decoders")) Append(decoder, decoders);
        else decoders.Add(ReadOne(json));
    }

    static TokenDecoder ReadOne(Component json) => json.Type switch
    {
        "ByteLevel" => new ByteLevelDecoder(),
        "ByteFallback" => new ByteFallbackDecoder(),
        "Fuse" => new FuseDecoder(),
        "Strip" => new StripDecoder(json.Character("content"), json.Integer("start"), json.Integer("stop")),
        "Replace" => ReadReplace(json),
        "Metaspace" => new MetaspaceDecoder(json.Character("replacement").ToString(), PreTokenizerReader.ReadScheme(json) != PrependScheme.Never),
        "WordPiece" => new WordPieceDecoder(json.String("prefix"), json.Bool("cleanup")),
        _ => throw json.Unknown("decoder"),
    };

    static ReplaceDecoder ReadReplace(Component json)
    {
        var pattern = PatternReader.Read(json);
        return new(new(pattern, json.String("content")), pattern is LiteralPattern { Literal.Length: 1 });
    }
}
