"""Writes components.json.gz: what Hugging Face's tokenizers make of texts with each
kind of normalizer, pre-tokenizer, model and decoder.

    pip install tokenizers==0.23.3
    python3 components.py
"""

import gzip
import json
import pathlib

from tokenizers import Tokenizer

here = pathlib.Path(__file__).resolve().parent
CASES = [json.loads(line) for line in gzip.open(here / "cases.jsonl.gz", "rt")]
TEXTS = sorted({c["text"] for c in CASES if c["op"] == "encode" and "text" in c and c["tokenizer"] == "gpt2"}, key=lambda s: (len(s), s))[:400:8]
TEXTS += [
    "a" + "\u0301\u0323" * 20 + "b", "q\u0307\u0323" + "\u0316" * 40 + "\u0302e\u0301", "ÅÅﬁ①½ǆＡ가힣", "e\u0301\u0301 ẹ́ Ǻ ʼn ϓ ẛ̣",
    "  two  blanks ", "\u2581a \u2581", "İstanbul ŞIĞ ΑΣ Ǆ ß", "你好 world 漢字kana カナ", "re-open, it's 'x' do n't\u200bz", "\x00\x7f\x85tab\t\ufffd!",
    "naïve Ćwiek ŽLUŤ ñ", "un\u00adfold unaffable unaffables zzz", "12 a1b22 ½x", "don't!! (really)... ¿qué? «x» $5", "x" * 120 + " y",
]
BYTES = {f"<0x{b:02X}>": b for b in range(256)}
FALLBACK = {"type": "Sequence", "decoders": [{"type": "ByteFallback"}, {"type": "Fuse"}]}
PLAIN = {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None, "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": True, "ignore_merges": False, "vocab": BYTES, "merges": []}


def file(model=PLAIN, normalizer=None, pre=None, post=None, decoder=FALLBACK, added=()):
    added = [
        {"id": i, "content": c, "single_word": False, "lstrip": False, "rstrip": False, "normalized": n, "special": s} for i, c, s, n in added
    ]
    return {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": added, "normalizer": normalizer,
        "pre_tokenizer": pre, "post_processor": post, "decoder": decoder, "model": model,
    }  # fmt: skip


def regex(s):
    return {"Regex": s}


def split(pattern, behavior, invert=False):
    return {"type": "Split", "pattern": pattern, "behavior": behavior, "invert": invert}


def normalizers():
    for kind in ("NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents"):
        yield kind, {"type": kind}
    yield "NFD+StripAccents", {"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "StripAccents"}, {"type": "Lowercase"}]}
    yield "Prepend", {"type": "Prepend", "prepend": "▁"}
    yield "Replace", {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}
    yield "Replace regex", {"type": "Replace", "pattern": regex(r"\s+"), "content": " "}
    yield "Replace class", {"type": "Replace", "pattern": regex(r"[^\p{L}\s]|^a|\d$"), "content": "_"}
    for left, right in ((True, False), (False, True), (True, True)):
        yield f"Strip {left} {right}", {"type": "Strip", "strip_left": left, "strip_right": right}
    for clean, chinese, strip, lower in ((1, 1, None, 1), (1, 0, None, 0), (0, 1, True, 0), (0, 0, False, 1), (1, 1, True, 1)):
        yield (
            f"Bert {clean} {chinese} {strip} {lower}",
            {"type": "BertNormalizer", "clean_text": bool(clean), "handle_chinese_chars": bool(chinese), "strip_accents": strip, "lowercase": bool(lower)},
        )


def pre_tokenizers():
    for behavior in ("Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"):
        yield f"String {behavior}", split({"String": "a"}, behavior)
        yield f"Regex {behavior}", split(regex(r"\p{L}\p{M}*|\d"), behavior)
        yield f"Regex {behavior} invert", split(regex(r"\w+"), behavior, True)
        yield f"Punctuation {behavior}", {"type": "Punctuation", "behavior": behavior}
    qwen = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
    yield "expression", split(regex(qwen), "Isolated")
    yield "removed inverted", split(regex(r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"), "Removed", True)
    tekken = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
    yield "tekken", split(regex(tekken), "Isolated")
    yield "starts of lines", split(regex(r"^\s*|[.,]$"), "Isolated")
    for individual in (False, True):
        yield f"Digits {individual}", {"type": "Digits", "individual_digits": individual}
    yield "Whitespace", {"type": "Whitespace"}
    yield "WhitespaceSplit", {"type": "WhitespaceSplit"}
    yield "Bert", {"type": "BertPreTokenizer"}
    yield "CharDelimiterSplit", {"type": "CharDelimiterSplit", "delimiter": "e"}
    for scheme in ("always", "first", "never"):
        for cut in (False, True):
            yield f"Metaspace {scheme} {cut}", {"type": "Metaspace", "replacement": "▁", "prepend_scheme": scheme, "split": cut}
    yield "coder", {"type": "Sequence", "pretokenizers": [split(regex(p), "Isolated") for p in ("[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+", "[一-龥ࠀ-一가-퟿]+", r"\p{N}")]}
    yield "after", {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, {"type": "Digits", "individual_digits": True}, {"type": "Punctuation", "behavior": "MergedWithNext"}]}


def models():
    pieces = ["▁", "▁a", "▁the", "a", "b", "n", "o", "do", "on", "don", "'", "t", "e", "re", "▁re", "open", "r", "p", "x", "xx", "xxx", "un", "aff", "able", "s", "z", "é", "1", "2", "12"]
    vocab = [["<unk>", 0.0], ["<s>", 0.0]] + [[p, -1.0 - (len(pieces) - i) % 7 - 0.1 * i + len(p)] for i, p in enumerate(pieces)]
    meta = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}
    special = [(0, "<unk>", True, False), (1, "<s>", True, False)]
    yield "unigram", file({"type": "Unigram", "unk_id": 0, "vocab": vocab, "byte_fallback": False}, pre=meta, decoder=meta, added=special)
    whole = {**meta, "split": False}
    yield "unigram whole", file({"type": "Unigram", "unk_id": 0, "vocab": vocab, "byte_fallback": False}, pre=whole, decoder=meta, added=special)
    yield "unigram bytes", file({"type": "Unigram", "unk_id": 0, "vocab": vocab + [[b, -5.0] for b in BYTES], "byte_fallback": True}, pre=meta, decoder=FALLBACK, added=special)
    words = {w: i for i, w in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "un", "##aff", "##able", "##s", "a", "b", "##b", "x", "##x", "don", "'", "t", "!", ".", ",", "##n", "n", "is", "real", "##ly", "(", ")", "1", "##2", "world", "好", "你", "zzz"])}
    marks = [(0, "[PAD]", True, False), (1, "[UNK]", True, False), (2, "[CLS]", True, False), (3, "[SEP]", True, False)]
    bert = {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True}
    for cleanup in (False, True):
        yield (
            f"wordpiece {cleanup}",
            file(
                {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100, "vocab": words},
                bert, {"type": "BertPreTokenizer"}, {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]}, {"type": "WordPiece", "prefix": "##", "cleanup": cleanup}, marks,
            ),
        )  # fmt: skip
    yield "wordlevel", file({"type": "WordLevel", "vocab": words, "unk_token": "[UNK]"}, None, {"type": "Whitespace"}, None, None, marks)
    letters = ["<unk>", "a</w>", "b</w>", "a", "b", "x", "x</w>", "xx", "xx</w>", "un", "u", "n", "n</w>", "un</w>", "t</w>", "do", "d", "o", "don", "don</w>"]
    clip = {**PLAIN, "unk_token": "<unk>", "end_of_word_suffix": "</w>", "byte_fallback": False, "vocab": {w: i for i, w in enumerate(letters)}, "merges": [["x", "x"], ["x", "x</w>"], ["u", "n"], ["u", "n</w>"], ["d", "o"], ["do", "n</w>"]]}
    yield "suffix", file(clip, {"type": "Lowercase"}, {"type": "Whitespace"}, None, FALLBACK)
    yield "suffix, unknown as one", file({**clip, "fuse_unk": True}, {"type": "Lowercase"}, {"type": "Whitespace"}, None, FALLBACK)
    inner = ["<unk>", "a", "b", "##a", "##b", "ab", "##bb", "x", "##x", "xx"]
    yield "prefix", file({**clip, "end_of_word_suffix": None, "continuing_subword_prefix": "##", "vocab": {w: i for i, w in enumerate(inner)}, "merges": [["a", "##b"], ["##b", "##b"], ["x", "##x"]]}, None, {"type": "Whitespace"}, None, FALLBACK)
    few = {**{w: i for i, w in enumerate(["<unk>", "a", "b", "▁", "▁a"])}, **{b: 5 + i for i, b in enumerate(list(BYTES)[:128])}}
    yield "some bytes", file({**PLAIN, "unk_token": "<unk>", "fuse_unk": True, "vocab": few, "merges": [["▁", "a"]]}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"})
    template = {
        "type": "TemplateProcessing",
        "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
        "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
        "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [2, 0], "tokens": ["[CLS]", "[PAD]"]}, "[SEP]": {"id": "[SEP]", "ids": [3], "tokens": ["[SEP]"]}},
    }
    yield "template", file({"type": "WordLevel", "vocab": words, "unk_token": "[UNK]"}, None, {"type": "Whitespace"}, {"type": "Sequence", "processors": [template, {"type": "RobertaProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2], "trim_offsets": True, "add_prefix_space": True}]}, None, marks)


def main():
    out = []
    for name, n in normalizers():
        out.append(("normalizer " + name, file(normalizer=n)))
    for name, p in pre_tokenizers():
        out.append(("pre_tokenizer " + name, file(pre=p)))
    out += [("model " + name, f) for name, f in models()]
    result = []
    for name, f in out:
        t = Tokenizer.from_str(json.dumps(f))
        cases = []
        for text in TEXTS:
            e = t.encode(text, add_special_tokens=False)
            around = t.encode(text).ids
            if name.startswith("model"):
                cases.append({"text": text, "ids": e.ids, "around": around, "decoded": t.decode(e.ids, skip_special_tokens=False)})
            elif name.startswith("normalizer"):
                cases.append({"text": text, "decoded": t.decode(e.ids)})
            else:
                words = {}
                for w, (start, end) in zip(e.word_ids, e.offsets):
                    first, last = words.get(w, (start, end))
                    words[w] = (min(first, start), max(last, end))
                spans = [[len(text[:a].encode()), len(text[:b].encode())] for a, b in words.values()]
                cases.append({"text": text, "decoded": t.decode(e.ids), "words": spans})
        result.append({"name": name, "file": f, "cases": cases})
    data = json.dumps(result, ensure_ascii=True, separators=(",", ":")).encode()
    (here / "components.json.gz").write_bytes(gzip.compress(data, 9, mtime=0))
    print(len(result), "tokenizers")


main()
