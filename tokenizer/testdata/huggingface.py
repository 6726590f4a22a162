"""Writes huggingface.json.gz: what Hugging Face's tokenizers (0.23.3) makes of
the files that TestHuggingFaceAgrees writes. Its argument is a folder with them,
NAME.json each."""

import gzip
import json
import pathlib
import random
import sys

from tokenizers import Tokenizer

TEXTS = [
    "", "The cat sat.", "The cat sat .", "“Hello”", "It’s", "It's", "'s", "'said", "’said", "Tom’s mother said: “yes!”", "Tom's mother said: \"yes!\"",
    "(a)", "( a )", "\"yes\", \"a\"; (\"a\")", "\"The cat\" \"a\"?", "a\"a", "a \" a", "cats", "a1", "1", "日本", "a\u0301", "x  y\tz\n\n w ", "a b x y",
    "a\u00a0b", "a\x00b", "a\r\nb", "ünï ##z x", "the cat sat on the log.\n", "ünï ç", "the mat? 日本\u3000x", "unknown words here",
]

out = {}
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.json")):
    t = Tokenizer.from_file(str(path))
    encode = []
    for text in TEXTS:
        try:
            ids = t.encode(text).ids
        except Exception:
            ids = None
        encode.append({"Text": text, "IDs": ids})
    rng, decode = random.Random(1), []
    for _ in range(150):
        ids = [rng.randrange(t.get_vocab_size()) for _ in range(rng.randrange(12))]
        decode.append({"IDs": ids, "Text": t.decode(ids)})
    out[path.stem] = {"File": t.to_str(pretty=True), "Encode": encode, "Decode": decode}
with gzip.GzipFile(pathlib.Path(__file__).with_name("huggingface.json.gz"), "wb", mtime=0) as f:
    f.write(json.dumps(out, ensure_ascii=False).encode())
