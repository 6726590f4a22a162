"""Measures argen's byte-pair encoding against Hugging Face's tokenizers and
tiktoken, all in one run on one text, with vocabularies of the kinds of GPT-2,
SmolLM2 and Llama 3, and checks that merges and ids are the same. Times are CPU seconds of one thread; each is the best of some rounds in
which the programs take turns.

    python3 bench_bpe.py [--text FILE] [--mib N] [--rounds N]

Needs Go, and Python with "pip install tokenizers==0.23.3 tiktoken==0.14.0", best
in a virtual environment outside the repository. Without --text the text is the
comments of Go's own library, which is at hand wherever argen is built.
"""

import argparse
import array
import gzip
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"  # one thread
os.environ["RAYON_NUM_THREADS"] = "1"
try:
    import tiktoken
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
except ImportError as e:
    sys.exit(f"bench_bpe.py: {e}: in a virtual environment, run: pip install tokenizers==0.23.3 tiktoken==0.14.0")

here = pathlib.Path(__file__).resolve().parent
root = here.parent.parent
TESTDATA = root / "tokenizer/testdata"
TAIL = r"\s+(?!\S)|\s+"
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|" + TAIL
LLAMA3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|" + TAIL
)
# Nearly what SmolLM2 does, which takes the numbers out before the rest is cut: blanks
# before a number are cut otherwise, so here ids are not compared with tiktoken's.
DIGITS = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+|" + TAIL


def packed(name):
    return json.loads(gzip.decompress((TESTDATA / name).read_bytes()))


def llama3():
    """A tokenizer.json of the kind of Llama 3: its pattern, ignore_merges and 128,000
    tokens, those of GPT-2 and others that no word can become."""
    file = packed("gpt2.tokenizer.json.gz")
    model = file["model"]
    vocab, merges = model["vocab"], model["merges"]
    names = [name for name in vocab if name.isascii() and name.isalpha() and len(name) > 2]
    numbers = [name for name in vocab if name.isascii() and name.isdigit()]
    for name in names:
        for number in numbers[: 78000 // len(names) + 10]:
            if len(vocab) < 128000 and name + number not in vocab:
                vocab[name + number] = len(vocab)
                merges.append([name, number] if isinstance(merges[0], list) else f"{name} {number}")
    model["ignore_merges"] = True
    split = {"type": "Split", "pattern": {"Regex": LLAMA3}, "behavior": "Isolated", "invert": False}
    bytes_ = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
    file["pre_tokenizer"] = {"type": "Sequence", "pretokenizers": [split, bytes_]}
    return file


KINDS = {
    "GPT-2": (lambda: packed("gpt2.tokenizer.json.gz"), GPT2),
    "SmolLM2": (lambda: packed("smollm2.tokenizer.json.gz"), DIGITS),
    "Llama 3": (llama3, LLAMA3),
}


def comments(size):
    """The comments of Go's library, about size bytes of English."""
    goroot = subprocess.run(["go", "env", "GOROOT"], check=True, capture_output=True, text=True).stdout.strip()
    lines, n = [], 0
    for path in sorted(pathlib.Path(goroot, "src").rglob("*.go")):
        for line in path.read_text(encoding="utf-8", errors="replace").split("\n"):
            line = line.strip()
            if line.startswith("// "):
                lines.append(line[3:] + "\n")
                n += len(lines[-1].encode())
        if n >= size:
            break
    return "".join(lines)


def cpu(f):
    began = time.process_time()
    result = f()
    return time.process_time() - began, result


class Go:
    def __init__(self, folder):
        self.program = folder / "bpe"
        subprocess.run(["go", "build", "-o", self.program, here / "bpe.go"], cwd=root, check=True)

    def __call__(self, *args):
        out = subprocess.run([self.program, *map(str, args)], check=True, capture_output=True, text=True)
        return json.loads(out.stdout)


def train_hf(path, size):
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    t.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size, min_frequency=2, special_tokens=["<|endoftext|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False,
    )  # fmt: skip
    seconds, _ = cpu(lambda: t.train([str(path)], trainer))
    return seconds, t


def best(times, name, seconds):
    times[name] = min(seconds, times.get(name, seconds))


def bench_train(go, folder, text, rounds):
    print(f"{'training':24} {'argen':>8} {'HF':>8}   HF / argen")
    for size in (8000, 32000):
        times = {}
        for _ in range(rounds):
            ours = go("train", text, size, folder / "ours.json")
            best(times, "argen", ours["cpu"])
            seconds, t = train_hf(text, size)
            best(times, "hf", seconds)
        t.save(str(folder / "hf.json"), pretty=True)
        if (folder / "ours.json").read_bytes() != (folder / "hf.json").read_bytes():
            sys.exit(f"bench_bpe.py: the tokenizers of {size} tokens differ: compare {folder}/ours.json and hf.json")
        name = f"{ours['tokens']} tokens"
        print(f"{name:24} {times['argen']:7.2f}s {times['hf']:7.2f}s   {times['hf'] / times['argen']:6.1f}")


def ranks_of(file):
    """The bytes of all tokens but the special ones, by id, for tiktoken, which wants
    every byte to be a token."""
    letters = byte_letters()
    special = {a["content"] for a in file["added_tokens"]}
    ranks = {bytes(letters[c] for c in token): i for token, i in file["model"]["vocab"].items() if token not in special}
    missing = [b for b in range(256) if bytes([b]) not in ranks]
    most = max(ranks.values())
    return ranks | {bytes([b]): most + 1 + i for i, b in enumerate(missing)}


def bench_encode(go, folder, path, rounds, kind):
    make, pattern = KINDS[kind]
    file = make()
    model = folder / "tokenizer.json"
    model.write_text(json.dumps(file), encoding="utf-8")
    ranks = ranks_of(file)
    text = path.read_bytes().decode()
    lines = [line + "\n" for line in text.split("\n")[:-1]] + [text.split("\n")[-1]]
    times, ids = {}, {}
    for _ in range(rounds):
        ours = go("encode", model, path, folder / "ids")
        best(times, ("argen", "lines"), ours["lines"])
        best(times, ("argen", "whole"), ours["whole"])
        best(times, "load", ours["load"])
        t = Tokenizer.from_file(str(model))  # anew, so that nothing is remembered
        seconds, batch = cpu(lambda: t.encode_batch_fast(lines, add_special_tokens=False))
        best(times, ("HF", "lines"), seconds)
        ids["HF lines"] = [i for e in batch for i in e.ids]
        del batch
        t = Tokenizer.from_file(str(model))
        seconds, e = cpu(lambda: t.encode(text, add_special_tokens=False))
        best(times, ("HF", "whole"), seconds)
        ids["HF whole"] = e.ids
        del e
        k = tiktoken.Encoding("bench", pat_str=pattern, mergeable_ranks=ranks, special_tokens={})
        seconds, batch = cpu(lambda: [k.encode_ordinary(line) for line in lines])
        best(times, ("tiktoken", "lines"), seconds)
        ids["tiktoken lines"] = [i for line in batch for i in line]
        seconds, ids["tiktoken whole"] = cpu(lambda: k.encode_ordinary(text))
        best(times, ("tiktoken", "whole"), seconds)
    got = array.array("i", (folder / "ids").read_bytes()).tolist()
    for other in ("HF", "tiktoken"):
        if ids[f"{other} lines"] + ids[f"{other} whole"] != got and (other, kind) != ("tiktoken", "SmolLM2"):
            sys.exit(f"bench_bpe.py: the ids of {other} for {kind} are not those of argen")
    mb = ours["bytes"] / 1e6
    print(f"\n{'encoding, ' + kind:24} {'argen':>8} {'HF':>8} {'tiktoken':>8}   argen / HF, argen / tiktoken  (MB/s)")
    for way, name in (("lines", "line by line"), ("whole", "as one text")):
        speed = {who: mb / times[who, way] for who in ("argen", "HF", "tiktoken")}
        print(
            f"{name:24} {speed['argen']:8.1f} {speed['HF']:8.1f} {speed['tiktoken']:8.1f}"
            f"   {speed['argen'] / speed['HF']:10.1f}, {speed['argen'] / speed['tiktoken']:.1f}"
        )
    size = len(file["model"]["vocab"])
    print(f"argen decodes at {mb / ours['decode']:.0f} MB/s and reads the file of {size} tokens in {times['load']:.3f} s")


def byte_letters():
    """The byte of each letter in which vocabularies are spelt."""
    letters, after = {}, 0x100
    for b in range(256):
        if 0x21 <= b <= 0x7E or 0xA1 <= b <= 0xAC or 0xAE <= b:
            letters[chr(b)] = b
        else:
            letters[chr(after)] = b
            after += 1
    return letters


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--text", type=pathlib.Path, help="UTF-8 text (default: comments of Go's library)")
    parser.add_argument("--mib", type=float, default=5, help="how much of it, in MiB (default 5)")
    parser.add_argument("--rounds", type=int, default=3, help="best of how many (default 3)")
    args = parser.parse_args()
    size = int(args.mib * 2**20)
    text = args.text.read_text(encoding="utf-8") if args.text else comments(size)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        path = folder / "text.txt"
        path.write_bytes(text.encode()[:size].decode(errors="ignore").encode())
        print(f"{path.stat().st_size / 2**20:.1f} MiB of text, CPU time of one thread, best of {args.rounds}\n")
        go = Go(folder)
        bench_train(go, folder, path, args.rounds)
        for kind in KINDS:
            bench_encode(go, folder, path, args.rounds, kind)


main()
