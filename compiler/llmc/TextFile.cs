using System.Text;
using Llmc.Artifact;

namespace Llmc.CommandLine;

/// <summary>Text that a user names.</summary>
static class TextFile
{
    /// <summary>The file's text; LLMC0901 when it cannot be read or is not UTF-8.</summary>
    public static string Read(string path)
    {
        try
        {
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(path));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            throw Diagnostics.TextUnreadable.Because(failure, path, failure.Message);
        }
    }
}
