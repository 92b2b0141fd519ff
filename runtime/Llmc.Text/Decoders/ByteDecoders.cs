using System.Globalization;
using System.Text;
using Llmc.Text.Unicode;

namespace Llmc.Text.Decoders;

/// <summary>Turns the byte-level alphabet back into bytes and these into text; what is not UTF-8 becomes U+FFFD.</summary>
sealed class ByteLevelDecoder : TokenDecoder
{
    public override bool Fuses => true;
    public override DecoderStage Begin(bool fused, DecoderStage next) => fused ? new WholeText(new Stage(next)) : new Stage(next);
    public override byte[] Bytes(string token) => BytesOf(token);

    // A token with a character outside the alphabet, an added one say, stands for its own text.
    static byte[] BytesOf(string token)
    {
        var bytes = new byte[token.Length];
        for (var i = 0; i < token.Length; i++)
        {
            if (ByteAlphabet.ByteOf(token[i]) is not (>= 0 and var value)) return Encoding.UTF8.GetBytes(token);
            bytes[i] = (byte)value;
        }
        return bytes;
    }

    sealed class Stage(DecoderStage next) : DecoderStage(next)
    {
        readonly Decoder decoder = Encoding.UTF8.GetDecoder();
        bool isInsideCharacter;

        public override void Push(string token) => Convert(BytesOf(token), flush: false);

        public override void Flush()
        {
            Convert([], flush: true);
            Next.Flush();
        }

        public override bool IsHolding => isInsideCharacter || Next.IsHolding;

        void Convert(byte[] bytes, bool flush)
        {
            var characters = new char[decoder.GetCharCount(bytes, flush)];
            decoder.Convert(bytes, characters, flush, out _, out var written, out _);
            isInsideCharacter = !flush && decoder.GetCharCount([], flush: true) > 0;
            if (written > 0) Next.Push(new string(characters, 0, written));
        }
    }
}

/// <summary>Joins tokens such as <c>&lt;0xE2&gt;</c> into text. A run of them that is not UTF-8 becomes one U+FFFD a byte.</summary>
sealed class ByteFallbackDecoder : TokenDecoder
{
    public override DecoderStage Begin(bool fused, DecoderStage next) => fused ? new WholeText(new Stage(next)) : new Stage(next);
    public override byte[]? Bytes(string token) => ByteOf(token) is >= 0 and var value ? [(byte)value] : null;

    static int ByteOf(string token) =>
        token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>'
            && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) ? value : -1;

    sealed class Stage(DecoderStage next) : DecoderStage(next)
    {
        readonly List<byte> run = [];   // since the last character that was let go
        bool isBroken;                  // holds bytes that no further byte can make valid

        public override void Push(string token)
        {
            var value = ByteOf(token);
            if (value >= 0)
            {
                run.Add((byte)value);
                return;
            }
            EndRun();
            Next.Push(token);
        }

        public override void Drain()
        {
            if (run.Count > 0 && !isBroken && IsText(out isBroken)) EndRun();
            Next.Drain();
        }

        public override void Flush()
        {
            EndRun();
            Next.Flush();
        }

        public override bool IsHolding => run.Count > 0 || Next.IsHolding;

        void EndRun()
        {
            if (run.Count == 0) return;
            if (IsText(out _)) Next.Push(Encoding.UTF8.GetString([.. run]));
            else for (var i = 0; i < run.Count; i++) Next.Push("\uFFFD");
            run.Clear();
            isBroken = false;
        }

        bool IsText(out bool cannotBecomeText)
        {
            ReadOnlySpan<byte> rest = run.ToArray();
            while (rest.Length > 0)
            {
                var status = Rune.DecodeFromUtf8(rest, out _, out var length);
                cannotBecomeText = status == System.Buffers.OperationStatus.InvalidData;
                if (status != System.Buffers.OperationStatus.Done) return false;
                rest = rest[length..];
            }
            cannotBecomeText = false;
            return true;
        }
    }
}
