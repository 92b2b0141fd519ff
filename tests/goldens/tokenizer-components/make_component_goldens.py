#!/usr/bin/env python3
"""Records what Hugging Face's tokenizers does with each component of tokenizer.json by itself, and with small whole tokenizers.
OUT/{normalizers,pre_tokenizers,decoders,tokenizers}.jsonl, a line a component: {"json": its section, "cases": [...]}.
usage: make_component_goldens.py OUT [--seed N] [--more K]     (K times as many random texts)
"""
import argparse, base64, json, os, random, tempfile
import sentencepiece
from tokenizers import Tokenizer, AddedToken, Regex, normalizers as N, pre_tokenizers as P, decoders as D, models as M, processors as X
ap = argparse.ArgumentParser(); ap.add_argument("out"); ap.add_argument("--seed", type=int, default=1); ap.add_argument("--more", type=int, default=1); a = ap.parse_args()
rnd = random.Random(a.seed); os.makedirs(a.out, exist_ok=True)
ALPHABET = "aaabcdeefghiKsStz ABIE  019.,!?'\"-_\n\t\r\u00a0\u3000\u2028 éüñßſİΣσ\u212a€£№½²Ⅷ日本語の東한국ไทยעבعربيहि\u0301\u0323\u0308\u200d\u200b\ufeff▁▁😀👍🏽🇩🇪𝒳𠮷ﬁ①<>|/=()[]{}+*&%$#@~^`\x07\x7f\u0085\ufffd\u00ad\u1680"
FIXED = ["", " ", "a", "Hello, world!", "  two  spaces  ", "don't we'll I'M they'VE it'ſ", "abc123def 4567", "e\u0301\u0323 Å é", "naïve café ÀÉÎ", "日本語テキスト、東京", "👩‍👩‍👧‍👦 🏳️‍🌈", "line\nline\r\nline\n", "the-final--countdown", "   leading", "trailing   ", "▁a▁b▁▁c", " ▁x", "ﬁ ½ ① Ⅷ ㎏ ™", "𝔘𝔫𝔦 𐍈 𠮷野家 x𝒳y", "한글 각", "Σίσυφος ΟΔΟΣ İstanbul", "x" * 50, "a b c", "##abc", "!!!", "12,345.67", "\u0301start", "\ufffe \uffff", "हिन्दी भाषा ไทยสวัสดี"]
def texts(n): return FIXED + ["".join(rnd.choice(ALPHABET) for _ in range(rnd.randint(1, 40))) for _ in range(n * a.more)]
def section(name, component): t = Tokenizer(M.WordLevel({"a": 0}, unk_token="a")); setattr(t, name, component); return json.loads(t.to_str())[name]
def write(name, rows):
    with open(f"{a.out}/{name}.jsonl", "w", encoding="utf-8") as f:
        for r in rows: f.write(json.dumps(r) + "\n")
    print(name, len(rows), "components", sum(len(r["cases"]) for r in rows), "cases")
def charsmap(rules):
    """A precompiled_charsmap from (key, replacement) rules, or from one of sentencepiece's own sets of rules."""
    with tempfile.TemporaryDirectory() as d:
        open(f"{d}/corpus", "w").write("\n".join("hello world this is a test of words %d" % i for i in range(200)))
        hexes = lambda s: " ".join(f"{ord(c):X}" for c in s)
        if not isinstance(rules, str): open(f"{d}/rules.tsv", "w").write("".join(f"{hexes(k)}\t{hexes(v)}\n" for k, v in rules))
        sentencepiece.SentencePieceTrainer.train(input=f"{d}/corpus", model_prefix=f"{d}/m", vocab_size=30, hard_vocab_limit=False, minloglevel=2, **({"normalization_rule_name": rules} if isinstance(rules, str) else {"normalization_rule_tsv": f"{d}/rules.tsv"}))
        data = open(f"{d}/m.model", "rb").read()
    def fields(b):
        i = 0
        def varint():
            nonlocal i; v = s = 0
            while True:
                v |= (b[i] & 127) << s; s += 7; i += 1
                if b[i - 1] < 128: return v
        while i < len(b):
            key = varint()
            if key & 7 == 2: n = varint(); yield key >> 3, b[i:i + n]; i += n
            elif key & 7 == 0: varint()
            else: i += 4 if key & 7 == 5 else 8
    return next(v for k, v in fields(next(v for k, v in fields(data) if k == 3)) if k == 2)

# --- normalizers
small = charsmap([("ﬁ", "fi"), ("①", "1"), ("½", "1/2"), ("e\u0301", "E"), ("a", "A"), ("\u200b", ""), ("\t", " "), ("日本", "JP"), ("İ", "I"), ("の", "no"), ("\u0301", "'"), ("😀", ":)")])
norms = [N.NFC(), N.NFD(), N.NFKC(), N.NFKD(), N.Lowercase(), N.Nmt(), N.StripAccents(), N.Strip(), N.Strip(left=True, right=False), N.Strip(left=False, right=True), N.Prepend("▁"), N.ByteLevel(),
  N.Replace(" ", "▁"), N.Replace("a", ""), N.Replace("", "-"), N.Replace("ab", "xyz"), N.Replace(Regex(" {2,}"), "▁"), N.Replace(Regex(r"\s+"), " "), N.Replace(Regex(r"a*"), "-"), N.Replace(Regex(r"(?<=\d)(?=\d)"), "_"), N.Replace(Regex("[\n\t]"), ""),
  N.BertNormalizer(), N.BertNormalizer(lowercase=False), N.BertNormalizer(strip_accents=True, lowercase=False), N.BertNormalizer(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=True),
  N.Sequence([N.NFD(), N.StripAccents(), N.Lowercase()]), N.Sequence([N.Nmt(), N.NFKC(), N.Replace(Regex(" {2,}"), " ")]), N.Sequence([]), N.Precompiled(small)] + ([N.Precompiled(charsmap("nmt_nfkc"))] if a.more > 1 else [])
ts = texts(30); write("normalizers", [{"json": section("normalizer", n), "cases": [[t, n.normalize_str(t)] for t in ts]} for n in norms])

# --- pre-tokenizers
CL100K = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
O200K = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
BLOOM = r" ?[^(\s|[.,!?…。，、।۔،])]+"
REGEXES = [CL100K, O200K, BLOOM, r"\p{N}{1,3}", r"[一-龥぀-ゟ゠-ヿ]+", r"\d", r"\w+|[^\w\s]+", r"[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+", r"[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+",
  r"a{1,2}+", r"a{2}?", r"a{,2}b", r"a{,}", r"(?:ab|a)(?=b)", r"(?<=a)b", r"(?<!a)b", r"(?<=ab|c)\w", r"(?>a+|ab)b", r"a+?", r"(a|b)*c", r"(?:a*)*b", r"(a??)*", r"\bab?\b", r"\B.", r"^.", r".$", r"\A.", r".\z", r".\Z", r"(?m:.)+", r"[a-c&&[^b]]+", r"[[a-c][x-z]]+", r"[^[a-c]\s]+", r"[^a-z&&\p{L}]", r"[[:space:]]+", r"[[:^punct:]]+", r"[\p{Han}]+", r"\p{^L}+", r"\P{L}+", r"\h+", r"\R", r"(?i)ab|e", r"x(?i)a|b", r"(?i:k)+", r"(?i:[a-z])+", r"(?i:[^s])+", r"[\x41-\x{43}\u0044é]+", r"[-a]+", r"[a-]+", r"[\]\[]", r"\+|\*|\.|\\", r"(?#comment)a", r"(?<name>a)b", r"[ab]{2,3}?", r"(?:\p{L}\p{M}*){1,4}", r"\p{L}+(?:'\p{L}+)?", r"(?=a)", r"\s*$", r"|a", r"[😀𝒳]", r"[^\x00-\x7f]+", r"\G.", r"(?:(?=(?:aa)+b)a)+", r"\p{Lu}\p{Ll}+|\p{Lu}+(?!\p{Ll})", r"\p{Letter}", r"\p{L}{0,3}\p{Nd}", r"[\w&&[^\d]]+", r"\S+|\s+", r"(?-i:a)", r"(?im-i:A.)"]
B = ["removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"]
pres = [P.Split(Regex(r), "isolated") for r in REGEXES] + [P.Split("-", b) for b in B] + [P.Split("a", b, invert=True) for b in B] + [P.Split(Regex(r"\s+"), b, invert=i) for b in B for i in (False, True)] + [P.Split("", "isolated"), P.Split(" ", "merged_with_previous"),
  P.ByteLevel(add_prefix_space=True), P.ByteLevel(add_prefix_space=False), P.ByteLevel(add_prefix_space=True, use_regex=False), P.Digits(False), P.Digits(True), P.Whitespace(), P.WhitespaceSplit(), P.BertPreTokenizer()] + [P.Punctuation(b) for b in B] + [
  P.Metaspace("▁", s, split=x) for s in ("always", "first", "never") for x in (True, False)] + [P.Sequence([P.WhitespaceSplit(), P.Metaspace("▁", "first")]), P.Sequence([P.Digits(True), P.Metaspace("▁", "first")]), P.Sequence([P.Punctuation("contiguous"), P.ByteLevel(False), P.Digits(False), P.Split(Regex("[0-9][0-9][0-9]"), "isolated")]), P.Sequence([P.Split(Regex(r"\p{N}{1,3}"), "isolated"), P.Split(Regex("[一-龥぀-ゟ゠-ヿ]+"), "isolated"), P.ByteLevel(False, use_regex=False)])]
def pieces(p, t):
    from tokenizers import PreTokenizedString
    s = PreTokenizedString(t); p.pre_tokenize(s); return [x[0] for x in s.get_splits(offset_referential="original", offset_type="byte")]
ts = texts(20); write("pre_tokenizers", [{"json": section("pre_tokenizer", p), "cases": [[t, pieces(p, t)] for t in ts]} for p in pres])

# --- decoders
VOCAB = ["a", "b", "▁a", "▁the", "▁", " ", "", "##ing", "do", "not", "n't", ".", "▁▁", "<0xE6>", "<0x97>", "<0xA5>", "<0x41>", "<0xF0>", "<0xzz>", "Ġhello", "Ã©", "Ã", "©", "日", "�", "'", "'s", "aba", "xx", "x", "<0xFF>", "ð", "Ł", "ĺ", "Ģ"]
decs = [D.ByteLevel(), D.ByteFallback(), D.Fuse(), D.Metaspace(), D.Metaspace("▁", prepend_scheme="never"), D.WordPiece(), D.WordPiece("##", cleanup=False), D.Strip("a", 1, 0), D.Strip("a", 1, 1), D.Strip(" ", 2, 0), D.Replace("▁", " "), D.Replace("ab", "x"), D.Replace(Regex("a+"), "y"),
  D.Sequence([D.Replace("▁", " "), D.ByteFallback(), D.Fuse(), D.Strip(" ", 1, 0)]), D.Sequence([D.ByteFallback(), D.Metaspace()]), D.Sequence([D.Fuse(), D.Replace("ab", "x")]), D.Sequence([D.Fuse(), D.Strip("a", 1, 1)]), D.Sequence([D.Fuse(), D.Replace("▁", " ")]), D.Sequence([D.ByteLevel(), D.Strip("h", 1, 0)]), D.Sequence([D.Replace("a", "b"), D.Sequence([D.ByteFallback(), D.Fuse()]), D.Metaspace()])]
lists = [[]] + [[v] for v in VOCAB] + [[rnd.choice(VOCAB) for _ in range(rnd.randint(2, 12))] for _ in range(60 * a.more)]
def decode(d, l):
    try: return d.decode(l)
    except BaseException: return None   # the library panics: no expectation
write("decoders", [{"json": section("decoder", d), "cases": [[l, decode(d, l)] for l in lists]} for d in decs])

# --- whole tokenizers
rows = []
def stream(t, ids):
    out, done = [], ""
    for i in range(1, len(ids) + 1):
        s = t.decode(ids[:i], skip_special_tokens=False)
        if s.endswith("\ufffd") and i < len(ids): out.append(""); continue
        if not s.startswith(done): return None
        out.append(s[len(done):]); done = s
    return out
def whole(t, extra=[], n=10):
    t = Tokenizer.from_str(t.to_str() if not isinstance(t, str) else t); cases = []
    for x in texts(n) + extra:
        try: ids, plain = t.encode(x).ids, t.encode(x, add_special_tokens=False).ids
        except Exception as e: cases.append(dict(text=x, error=str(e))); continue
        cases.append(dict(text=x, ids=ids, ids_plain=plain, decoded=t.decode(ids, skip_special_tokens=False), decoded_skip=t.decode(ids), stream=stream(t, plain)))
    rows.append({"json": json.loads(t.to_str()), "cases": cases}); return t
chars = list("abcdefghst ABE019.,'▁é日"); v = {c: i for i, c in enumerate(["<unk>"] + chars + ["ab", "abc", "bc", "th", "the", "▁a", "▁▁", "a▁"])}
ms = [("a", "b"), ("ab", "c"), ("b", "c"), ("t", "h"), ("th", "e"), ("▁", "a"), ("▁", "▁")]
more = ["abc abcabc thethe bcbc", "▁▁▁a▁ab", "xyzxyz", "axbxc", "a日é日b", "q", "qqq aqa"]
for fuse in (False, True): whole(Tokenizer(M.BPE(v, ms, unk_token="<unk>", fuse_unk=fuse)), more)
whole(Tokenizer(M.BPE(v, ms)), more); whole(Tokenizer(M.BPE(v, ms, ignore_merges=True)), more); whole(Tokenizer(M.BPE(v, ms + [("a", "▁")], unk_token="<unk>")), more)
v2 = dict(v); v2.update({f"<0x{i:02X}>": len(v) + i for i in range(256)}); whole(Tokenizer(M.BPE(v2, ms, unk_token="<unk>", fuse_unk=True, byte_fallback=True)), more)
v3 = dict(v); v3.update({f"<0x{i:02X}>": len(v) + i for i in range(200)}); whole(Tokenizer(M.BPE(v3, ms, unk_token="<unk>", fuse_unk=True, byte_fallback=True)), more + ["ÿxÿ", "zÿ", "aÿzb\u0444"])
v4 = {c: i for i, c in enumerate(["<unk>", "a", "##a", "##b", "b", "##b</w>", "a</w>", "##a</w>", "ab", "ab</w>", "##ab</w>", "b</w>"])}
t = Tokenizer(M.BPE(v4, [("a", "##b"), ("a", "##b</w>"), ("##a", "##b</w>")], unk_token="<unk>", continuing_subword_prefix="##", end_of_word_suffix="</w>")); t.pre_tokenizer = P.WhitespaceSplit(); whole(t, ["ab abab a b ba", "aab bab"])
t = Tokenizer(M.WordPiece({"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "a": 3, "ab": 4, "##b": 5, "##c": 6, "abc": 7, "the": 8, "##日": 9, "!": 10}, unk_token="[UNK]", max_input_chars_per_word=20)); t.normalizer = N.BertNormalizer(); t.pre_tokenizer = P.BertPreTokenizer(); t.post_processor = X.BertProcessing(("[SEP]", 2), ("[CLS]", 1)); t.decoder = D.WordPiece(); t.add_special_tokens(["[CLS]", "[SEP]", "[UNK]"]); whole(t, ["abc abb abd the! [CLS] a日", "a" * 25, "a" + "b" * 19, "a" + "b" * 20])
t = Tokenizer(M.WordLevel({"<unk>": 0, "a": 1, "abc": 2, "Hello": 3, "the": 4}, unk_token="<unk>")); t.pre_tokenizer = P.Whitespace(); whole(t, ["a abc the Hello x"])
for bf in (False, True):
    pieces_ = [("<unk>", 0.0), ("a", -2.0), ("b", -2.5), ("ab", -3.0), ("abc", -4.0), ("c", -5.0), ("▁", -1.0), ("▁a", -2.5), ("日", -6.0), ("日本", -6.5), ("xx", -3.0)] + ([(f"<0x{i:02X}>", -20.0) for i in range(256)] if bf else [])
    t = Tokenizer(M.Unigram(pieces_, 0, bf)); t.pre_tokenizer = P.Metaspace(); t.decoder = D.Sequence([D.ByteFallback(), D.Metaspace()]) if bf else D.Metaspace(); whole(t, more + ["日本 日x xxx xxxx", "qqxxqq", "<unk>q<unk>"])
t = Tokenizer(M.Unigram([("a", -1.0), ("b", -2.0)], None, False)); whole(t, ["abba"])
base = {c: i for i, c in enumerate(["<unk>"] + [chr(c) for c in range(33, 127)] + [" ", "▁"])}
def added(toks, norm=None, pre=None, special=()):
    t = Tokenizer(M.BPE(base, [], unk_token="<unk>", fuse_unk=True)); t.normalizer = norm if norm else None
    if pre: t.pre_tokenizer = pre
    t.add_special_tokens(list(special)); t.add_tokens(toks); return t
probe = ["<a>x", "x<a>", " <a> ", "<a><a>", "<ab>", "<a", "y<a>b", "b <a>\tb", "Yes yes YES ayes", "é E\u0301", "<|a|>b<|a|>bc", "a<a>  <a>b", "  <a>  ", "<s>hi</s>", "hello <mask> world", "x\u200d<a>y", "½<a>½", "\n<a>\n"]
whole(added([AddedToken("<a>", normalized=False), AddedToken("<ab>", normalized=False)]), probe)
for k in ("single_word", "lstrip", "rstrip"): whole(added([AddedToken("<a>", normalized=False, **{k: True}), AddedToken("yes", normalized=False, **{k: True})]), probe)
whole(added([AddedToken("<a>", lstrip=True, rstrip=True, normalized=False), AddedToken("b", lstrip=True, normalized=False)]), probe)
whole(added([AddedToken("<|a|>", normalized=False), AddedToken("<|a|>b", normalized=False), AddedToken("|a", normalized=False)]), probe)
whole(added([AddedToken("Yes", normalized=True), AddedToken("É", normalized=True), AddedToken("<A>", normalized=True)], N.Sequence([N.NFC(), N.Lowercase()])), probe)
whole(added([AddedToken("<a>", normalized=True), AddedToken("yes", normalized=True, single_word=True)], N.Sequence([N.Prepend("▁"), N.Replace(" ", "▁")])), probe)
whole(added([AddedToken("<a>", normalized=True)], N.Prepend("▁"), special=[AddedToken("<s>", special=True), AddedToken("</s>", special=True, normalized=True)]), probe)
whole(added([AddedToken("<a>", normalized=False)], None, P.Metaspace("▁", "first", split=False), special=["<mask>"]), probe)
whole(added([AddedToken("<a>", normalized=True)], N.Replace(Regex(" {2,}"), " "), P.Metaspace("▁", "first", split=True)), probe + ["  a", " a", "   <a> b"])
whole(added([], N.Strip(), P.Metaspace("▁", "first", split=True)), probe + ["  a", " a"]); whole(added([], N.Nmt(), P.Metaspace("▁", "first", split=True)), ["\x01a b", "a\x01b"]); whole(added([], N.Precompiled(small), P.Metaspace("▁", "first", split=True)), ["\u200ba b", "\u200b", "①b"])
t = added([], special=["<s>", "</s>"]); t.post_processor = X.RobertaProcessing(("</s>", t.token_to_id("</s>")), ("<s>", t.token_to_id("<s>"))); whole(t, probe)
t = added([], special=["<s>", "</s>"]); t.post_processor = X.TemplateProcessing(single="<s> <s> $A </s>", pair=None, special_tokens=[("<s>", t.token_to_id("<s>")), ("</s>", t.token_to_id("</s>"))]); whole(t, probe)
t = added([], special=["<s>"]); t.post_processor = X.Sequence([X.ByteLevel(), X.TemplateProcessing(single="<s> $A", pair=None, special_tokens=[("<s>", t.token_to_id("<s>"))])]); whole(t, probe)
write("tokenizers", rows)
