"""Makes the reference of the written tokenizer.json and of places in a text.

Trains a byte-level BPE on train/corpus.txt.gz with Hugging Face's library and
writes its save() to trained.tokenizer.json, which TrainBPE and WriteJSON must
make byte for byte; then loads that file and writes the ids and offsets (in
bytes) of the texts of cases.jsonl.gz to trained.jsonl.gz.

Needs Python 3.11 and tokenizers 0.23.3; run it anywhere, without arguments.
"""

import gzip
import json
import pathlib

import tokenizers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

here = pathlib.Path(__file__).parent


def main():
    assert tokenizers.__version__ == "0.23.3"
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    t.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=900,
        min_frequency=2,
        special_tokens=["<s>", "</s>", '<|"\\\té日|>'],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    with gzip.open(here / "train/corpus.txt.gz", "rt", encoding="utf-8", newline="\n") as f:
        t.train_from_iterator(f, trainer)  # lines with their ends
    path = here / "trained.tokenizer.json"
    t.save(str(path), pretty=True)

    t = Tokenizer.from_file(str(path))
    t.encode_special_tokens = True  # their names are plain text
    lines = []
    with gzip.open(here / "cases.jsonl.gz", "rt", encoding="utf-8") as f:
        for case in map(json.loads, f):
            text = case.get("text")
            if case["op"] != "encode" or case["tokenizer"] != "gpt2" or text is None:
                continue
            e = t.encode(text)
            byte = [0]
            for c in text:
                byte.append(byte[-1] + len(c.encode()))
            row = {"text": text, "ids": e.ids, "offsets": [[byte[a], byte[b]] for a, b in e.offsets], "words": e.word_ids}
            lines.append(json.dumps(row, separators=(",", ":")) + "\n")
    with open(here / "trained.jsonl.gz", "wb") as raw:
        with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as f:
            f.write("".join(lines).encode())


main()
