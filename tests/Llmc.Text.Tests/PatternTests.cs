using System.Text.RegularExpressions;
using CsCheck;
using Llmc.Text.Patterns;

namespace Llmc.Text.Tests;

public class PatternTests
{
    static string[] Matches(string pattern, string text)
    {
        var stretches = new List<Stretch>();
        new RegexPattern(pattern).Cover(text, stretches);
        return [.. stretches.Where(stretch => stretch.IsMatch).Select(stretch => text[stretch.Start..stretch.End])];
    }

    [Theory]
    [InlineData(@"\p{L}+", "x𝒳y 𠮷野家", "x𝒳y|𠮷野家")]           // .NET's own regexes see two halves here
    [InlineData("(?i:'s)", "'s 'S 'ſ", "'s|'S|'ſ")]
    [InlineData("[^(a|[bc])]+", "a(xby|c)z", "x|y|z")]              // a class inside a class
    [InlineData("[a-d&&[^b]]", "abcd", "a|c|d")]
    [InlineData("a{1,2}+", "aaaaa", "aaaaa")]                        // a repetition of a repetition, not possessive
    [InlineData("a++a|b", "aaab", "b")]
    [InlineData(@"\h+", "xfgAB", "f|AB")]
    [InlineData("(?<=ab|c)x", "abx cx x", "x|x")]
    public void Means_what_Oniguruma_means(string pattern, string text, string expected) => Assert.Equal(expected.Split('|'), Matches(pattern, text));

    [Theory]
    [InlineData(@"'s|'t| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")]
    [InlineData(@"[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|\s*[\r\n]+|\s+")]
    [InlineData(@"(?:ab|a|b(?=c))+?c?")]
    [InlineData(@"(a*b?)*c|(?<!a)b")]
    public void Agrees_with_the_platform_on_characters_of_one_unit(string pattern)
    {
        var platform = new Regex(pattern);
        Gen.Char["abc1 '\n\réñ日."].Array[0, 30].Select(characters => new string(characters)).Sample(text =>
            Matches(pattern, text).Where(match => match.Length > 0).SequenceEqual(platform.Matches(text).Select(match => match.Value).Where(match => match.Length > 0)));
    }

    [Fact]
    public void A_pattern_is_parsed_or_refused_whatever_it_is() =>
        Gen.Char[@"ab[](){}|*+?\^$.&-:<>!=#ipPsdR0,9é"].Array[0, 20].Select(characters => new string(characters)).Sample(pattern =>
        {
            try
            {
                Matches(pattern, "aab b9");
            }
            catch (RegexSyntaxException problem)
            {
                Assert.InRange(problem.Position, 0, pattern.Length);
            }
        });

    [Fact]
    public void A_long_text_does_not_exhaust_the_stack()
    {
        var text = new string('a', 200_000);
        Assert.Equal([text], Matches("(?:a|b)+", text));
        Assert.Empty(Matches("(?:a|b)+c", text[..2000]));
    }
}
