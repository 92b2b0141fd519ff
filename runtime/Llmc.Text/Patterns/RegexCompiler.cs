namespace Llmc.Text.Patterns;

/// <summary>Turns the parsed form into a <see cref="RegexProgram"/>; counted repetitions of groups are written out.</summary>
sealed class RegexCompiler
{
    const int LongestProgram = 20_000;
    readonly List<Instruction> code = [];
    int slots;

    public RegexProgram Compile(RegexNode root)
    {
        Emit(root);
        Add(new(Operation.Accept));
        return new([.. code], slots, FirstOf(root) is { } first ? new CodePointTest(first) : null);
    }

    int Add(Instruction instruction)
    {
        if (code.Count >= LongestProgram) throw new RegexSyntaxException(0, "repetitions that multiply beyond measure");
        code.Add(instruction);
        return code.Count - 1;
    }

    void Emit(RegexNode node)
    {
        switch (node)
        {
            case OneOf one: Add(new(Operation.One, Set: new CodePointTest(one.Set))); break;
            case Concatenation all: foreach (var part in all.Parts) Emit(part); break;
            case Alternation any: EmitAlternation(any); break;
            case Anchor anchor: Add(new(Operation.Assert, (int)anchor.Kind)); break;
            case AtomicGroup atomic: EmitAtomic(atomic.Body); break;
            case Look look: EmitLook(look); break;
            case Repetition { Body: OneOf one, Greed: not Greed.Lazy } many: EmitMany(one, many); break;
            case Repetition { Greed: Greed.Possessive } many: EmitAtomic(many with { Greed = Greed.Greedy }); break;
            case Repetition many: EmitRepetition(many); break;
        }
    }

    void EmitMany(OneOf one, Repetition many) => Add(new(
        many.Greed == Greed.Possessive ? Operation.ManyPossessive : Operation.Many,
        many.Minimum, many.Maximum ?? int.MaxValue, Set: new CodePointTest(one.Set)));

    void EmitAlternation(Alternation any)
    {
        var ends = new List<int>();
        for (var i = 0; i < any.Choices.Count - 1; i++)
        {
            var choice = Add(new(Operation.Try));
            Emit(any.Choices[i]);
            ends.Add(Add(new(Operation.Jump)));
            code[choice] = new(Operation.Try, choice + 1, code.Count);
        }
        Emit(any.Choices[^1]);
        foreach (var end in ends) code[end] = new(Operation.Jump, code.Count);
    }

    void EmitAtomic(RegexNode body)
    {
        var slot = slots++;
        Add(new(Operation.EnterAtomic, slot));
        Emit(body);
        Add(new(Operation.LeaveAtomic, slot));
    }

    void EmitRepetition(Repetition many)
    {
        for (var i = 0; i < many.Minimum; i++) Emit(many.Body);
        if (many.Maximum is { } maximum) EmitOptional(many, maximum - many.Minimum);
        else EmitLoop(many);
    }

    void EmitOptional(Repetition many, int times)
    {
        var exits = new List<int>();
        for (var i = 0; i < times; i++)
        {
            exits.Add(Add(new(Operation.Try)));
            Emit(many.Body);
        }
        foreach (var exit in exits) code[exit] = Choice(many.Greed, exit + 1, code.Count);
    }

    void EmitLoop(Repetition many)
    {
        var slot = slots++;
        var start = Add(new(Operation.Try));
        Add(new(Operation.EnterLoop, slot));
        Emit(many.Body);
        var check = Add(new(Operation.LeaveEmptyLoop));
        Add(new(Operation.Jump, start));
        code[check] = new(Operation.LeaveEmptyLoop, slot, code.Count);
        code[start] = Choice(many.Greed, start + 1, code.Count);
    }

    static Instruction Choice(Greed greed, int body, int exit) =>
        greed == Greed.Lazy ? new(Operation.Try, exit, body) : new(Operation.Try, body, exit);

    void EmitLook(Look look)
    {
        var choices = look is { Behind: true, Body: Alternation any } ? any.Choices : [look.Body];
        if (look.Negative) foreach (var choice in choices) EmitNegativeLook(choice, look.Behind);
        else EmitPositiveLook(look, choices);
    }

    void EmitPositiveLook(Look look, IReadOnlyList<RegexNode> choices)
    {
        var ends = new List<int>();
        for (var i = 0; i < choices.Count; i++)
        {
            var choice = i < choices.Count - 1 ? Add(new(Operation.Try)) : -1;
            var slot = slots;
            slots += 2;
            Add(new(Operation.EnterLook, slot, look.Behind ? WidthOf(choices[i]) : 0));
            Emit(choices[i]);
            Add(new(Operation.LeaveLook, slot));
            if (choice < 0) break;
            ends.Add(Add(new(Operation.Jump)));
            code[choice] = new(Operation.Try, choice + 1, code.Count);
        }
        foreach (var end in ends) code[end] = new(Operation.Jump, code.Count);
    }

    void EmitNegativeLook(RegexNode body, bool behind)
    {
        var slot = slots;
        slots += 2;
        var enter = Add(new(Operation.EnterNegativeLook));
        Emit(body);
        Add(new(Operation.LeaveNegativeLook, slot));
        code[enter] = new(Operation.EnterNegativeLook, slot, behind ? WidthOf(body) : 0, code.Count);
    }

    /// <summary>How many code points the node consumes, always the same number: looking behind needs to know.</summary>
    static int WidthOf(RegexNode node) => node switch
    {
        OneOf => 1,
        Anchor or Look => 0,
        AtomicGroup atomic => WidthOf(atomic.Body),
        Concatenation all => all.Parts.Sum(WidthOf),
        Repetition { Maximum: { } maximum } many when maximum == many.Minimum => maximum * WidthOf(many.Body),
        Alternation any when any.Choices.Select(WidthOf).Distinct().Count() == 1 => WidthOf(any.Choices[0]),
        _ => throw new RegexSyntaxException(0, "a look-behind whose length varies"),
    };

    /// <summary>A set that holds the first code point of every match; null when there may be none.</summary>
    static CodePointSet? FirstOf(RegexNode node) => node switch
    {
        OneOf one => one.Set,
        AtomicGroup atomic => FirstOf(atomic.Body),
        Alternation any => UnionOfFirsts(any.Choices),
        Repetition { Minimum: > 0 } many => FirstOf(many.Body),
        Concatenation all => FirstOfAll(all.Parts),
        _ => null,
    };

    // An optional part may be skipped, so what follows it may come first too.
    static CodePointSet? FirstOfAll(IReadOnlyList<RegexNode> parts)
    {
        var firsts = new List<CodePointSet>();
        foreach (var part in parts)
        {
            var optional = part is Repetition { Minimum: 0 };
            if (FirstOf(part is Repetition many ? many.Body : part) is not { } first) return null;
            firsts.Add(first);
            if (!optional) return CodePointSet.Union(firsts);
        }
        return null;
    }

    static CodePointSet? UnionOfFirsts(IReadOnlyList<RegexNode> choices)
    {
        var firsts = choices.Select(FirstOf).ToList();
        return firsts.Contains(null) ? null : CodePointSet.Union(firsts!);
    }
}
