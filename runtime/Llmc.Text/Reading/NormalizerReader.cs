using System.Text;
using Llmc.Artifact;
using Llmc.Text.Normalizers;

namespace Llmc.Text.Reading;

/// <summary>Reads the normalizer section.</summary>
static class NormalizerReader
{
    public static INormalizer Read(Component json) => json.Type switch
    {
        "Sequence" => new NormalizerSequence([.. json.Objects("normalizers").Select(Read)]),
        "NFC" => new UnicodeForm(NormalizationForm.FormC),
        "NFD" => new UnicodeForm(NormalizationForm.FormD),
        "NFKC" => new UnicodeForm(NormalizationForm.FormKC),
        "NFKD" => new UnicodeForm(NormalizationForm.FormKD),
        "Replace" => new Replace(PatternReader.Read(json), json.String("content")),
        "Prepend" => new Prepend(json.String("prepend")),
        "Strip" => new Strip(json.Bool("strip_left"), json.Bool("strip_right")),
        "StripAccents" => new StripAccents(),
        "Lowercase" => new Lowercase(),
        "Nmt" => new Nmt(),
        "ByteLevel" => new ByteLevelNormalizer(),
        "BertNormalizer" => ReadBert(json),
        "Precompiled" => ReadPrecompiled(json),
        _ => throw json.Unknown("normalizer"),
    };

    static BertNormalizer ReadBert(Component json)
    {
        var lowercase = json.Bool("lowercase");
        return new(json.Bool("clean_text"), json.Bool("handle_chinese_chars"), json.Bool("strip_accents", otherwise: lowercase), lowercase);
    }

    static Precompiled ReadPrecompiled(Component json)
    {
        try
        {
            return new Precompiled(Convert.FromBase64String(json.String("precompiled_charsmap")));
        }
        catch (Exception problem) when (problem is FormatException or InvalidDataException)
        {
            throw Diagnostics.CharacterMapBroken.Because(problem, json.File, problem.Message);
        }
    }
}
