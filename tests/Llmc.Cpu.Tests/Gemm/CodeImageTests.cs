using Llmc.Artifact;

namespace Llmc.Cpu.Tests;

public class CodeImageTests
{
    [Fact]
    public void Refuses_code_outside_its_file()
    {
        CodeManifest[] code = [new("tile", "avx2", "cpu/avx2.x64", 60, 8)];
        var failure = Assert.Throws<LlmcException>(() => new CodeImage(code, _ => new byte[64], InstructionSet.Avx2));
        Assert.Equal("LLMC0451: cpu/avx2.x64: the code 'tile' should be at bytes 60 to +8, but the file has 64 bytes", failure.Message);
    }

    [Fact]
    public void Leaves_out_code_that_the_machine_cannot_run()
    {
        CodeManifest[] code = [new("new", "avx512bf16", "cpu/a.x64", 0, 1), new("future", "avx2048", "cpu/b.x64", 0, 1), new("old", "avx2", "cpu/c.x64", 0, 1)];
        using var image = new CodeImage(code, path => path == "cpu/c.x64" ? new byte[] { 0xC3 } : throw new InvalidOperationException(path), InstructionSet.Avx512);
        Assert.Equal(["old"], image.Names);
    }

    [Fact]
    public void Code_pages_are_executable_and_not_writable()
    {
        CodeManifest[] code = [new("ret", "portable", "cpu/p.x64", 0, 1)];
        using var image = new CodeImage(code, _ => new byte[] { 0xC3 }, InstructionSet.Portable);
        Assert.Equal("r-xp", ProtectionOf(image));
    }

    [Fact]
    public void An_instruction_set_beyond_the_machine_is_refused()
    {
        var beyond = InstructionSets.Detect() + 1;
        var failure = Assert.Throws<LlmcException>(() => InstructionSets.Choose(beyond));
        Assert.StartsWith($"LLMC0450: the instruction set {beyond} was asked for, but this machine has {InstructionSets.Detect()}", failure.Message);
        Assert.Equal(InstructionSet.Portable, InstructionSets.Choose(InstructionSet.Portable));
        Assert.Equal(InstructionSets.Detect(), InstructionSets.Choose(null));
    }

    static unsafe string ProtectionOf(CodeImage image)
    {
        var address = (ulong)image.Find("ret");
        foreach (var line in File.ReadLines("/proc/self/maps"))
        {
            var range = line.Split(' ')[0].Split('-').Select(hex => Convert.ToUInt64(hex, 16)).ToArray();
            if (address >= range[0] && address < range[1]) return line.Split(' ')[1];
        }
        return "not mapped";
    }
}
