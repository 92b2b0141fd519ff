using System.Security.Cryptography;
using System.Text;

namespace Llmc.Artifact;

/// <summary>
/// The last line of <c>engine.json</c>, which no list of files can vouch for: the SHA-256 of everything before the line.
/// </summary>
public static class ManifestSeal
{
    const string Name = ",\n  \"sha256\": \"";
    const string End = "\"\n}\n";

    /// <summary>The manifest's JSON with the seal added.</summary>
    public static string Seal(Manifest manifest)
    {
        var body = manifest.ToJson()[..^"\n}\n".Length];
        return body + Name + Hash(Encoding.UTF8.GetBytes(body)) + End;
    }

    /// <summary>The hash that the file carries, empty if none, and the one that it should carry.</summary>
    public static (string Found, string Expected) Read(ReadOnlySpan<byte> file)
    {
        var name = Encoding.UTF8.GetBytes(Name);
        var place = file.LastIndexOf(name);
        if (place < 0) return ("", Hash(file));
        var found = Encoding.UTF8.GetString(file[(place + name.Length)..]);
        return (found.EndsWith(End, StringComparison.Ordinal) ? found[..^End.Length] : "", Hash(file[..place]));
    }

    static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
