#!/usr/bin/env python3
"""Measures argen against llama2.c on the same random float32 checkpoints, both
in one run, one after the other, again and again.

  make bench-llama2c ARGS="--run-c PATH/llama2.c/run.c --sizes 15m,110m --pairs 5"

Needs gcc and the run.c of karpathy/llama2.c, which is compiled as its Makefile's
runomp does (-Ofast -march=native -fopenmp). --other adds a program that prints
"tok/s: X" too; in its command {model}, {tokenizer} and {n} are filled in:

  --other "PATH/llama2.go -checkpoint={model} -tokenizer={tokenizer} -steps={n} -temperature=0"

The checkpoint is written twice, as llama2.c reads it and as a folder of Hugging
Face, with the same numbers, and the two must write the same first tokens. What
is printed is a line of JSON for each size and number of threads: tokens a
second of all as [least, median, most], and under "ratio" the median of the
ratios pair by pair, so that what else the machine does cancels out.
"""

import argparse
import array
import json
import os
import pathlib
import random
import re
import shlex
import statistics
import struct
import subprocess
import sys
import tempfile

ARGEN = os.path.abspath(os.environ.get("ARGEN", "bin/argen"))
VOCAB = 32000
# width, inner width, layers, heads, longest context: those of llama2.c's stories models
SIZES = {"15m": (288, 768, 6, 6, 256), "42m": (512, 1376, 8, 8, 1024), "110m": (768, 2048, 12, 12, 1024)}
GOALS = {"llama2.c": {1: 1.2, 2: 1.3}, "other": {1: 3, 2: 3}}
AGREE = 8  # first tokens that must be the same


class Noise:
    """Normal numbers of standard deviation 0.02, a million of them in turn."""

    def __init__(self):
        r = random.Random(1)
        self.block = array.array("f", (r.gauss(0, 0.02) for _ in range(1 << 20))).tobytes()
        self.r = r

    def take(self, numbers):
        start, out = 4 * self.r.randrange(1 << 20), []
        left = 4 * numbers
        while left:
            part = self.block[start : start + left]
            out.append(part)
            left -= len(part)
            start = 0
        return b"".join(out)


def halves(matrix, rows, cols, heads):
    """Rows of queries or keys in the order of Hugging Face: llama2.c rotates the
    numbers 2i and 2i+1 of a head together, Hugging Face i and i + half."""
    size = rows // heads
    order = [h * size + i for h in range(heads) for i in [*range(0, size, 2), *range(1, size, 2)]]
    return b"".join(matrix[4 * cols * i : 4 * cols * (i + 1)] for i in order)


def write_model(size, folder):
    """Writes model.bin, tokenizer.bin and a folder of Hugging Face."""
    d, inner, layers, heads, context = SIZES[size]
    noise, tensors = Noise(), {}
    ones = struct.pack(f"{d}f", *[1.0] * d)
    embedding = noise.take(VOCAB * d)
    tensors["model.embed_tokens.weight"] = ([VOCAB, d], embedding)
    shapes = {"wq": (d, d), "wk": (d, d), "wv": (d, d), "wo": (d, d), "w1": (inner, d), "w2": (d, inner), "w3": (inner, d)}
    names = {"wq": "self_attn.q_proj", "wk": "self_attn.k_proj", "wv": "self_attn.v_proj", "wo": "self_attn.o_proj", "w1": "mlp.gate_proj", "w2": "mlp.down_proj", "w3": "mlp.up_proj"}
    stacks = {}
    for key, (rows, cols) in shapes.items():
        stacks[key] = []
        for layer in range(layers):
            matrix = noise.take(rows * cols)
            stacks[key].append(matrix)
            if key in ("wq", "wk"):
                matrix = halves(matrix, rows, cols, heads)
            tensors[f"model.layers.{layer}.{names[key]}.weight"] = ([rows, cols], matrix)
    for layer in range(layers):
        tensors[f"model.layers.{layer}.input_layernorm.weight"] = ([d], ones)
        tensors[f"model.layers.{layer}.post_attention_layernorm.weight"] = ([d], ones)
    tensors["model.norm.weight"] = ([d], ones)
    with open(folder / "model.bin", "wb") as f:
        f.write(struct.pack("7i", d, inner, layers, heads, heads, VOCAB, context))
        f.write(embedding)
        for part in [[ones] * layers, *(stacks[k] for k in ("wq", "wk", "wv", "wo")), [ones] * layers, *(stacks[k] for k in ("w1", "w2", "w3"))]:
            for matrix in part:
                f.write(matrix)
        f.write(ones + bytes(4 * context * (d // heads)))
    write_tokenizers(folder)
    config = {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": VOCAB, "hidden_size": d, "intermediate_size": inner,
        "num_hidden_layers": layers, "num_attention_heads": heads, "num_key_value_heads": heads, "max_position_embeddings": context,
        "hidden_act": "silu", "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "tie_word_embeddings": True, "torch_dtype": "float32",
    }  # fmt: skip
    (folder / "config.json").write_text(json.dumps(config))
    header, at = {}, 0
    for name, (shape, data) in tensors.items():
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [at, at + len(data)]}
        at += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 64)
    with open(folder / "model.safetensors", "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text)
        for _, data in tensors.values():
            f.write(data)


def write_tokenizers(folder):
    """Tokens without a meaning: token 7 is " 7". Single bytes are there too, as
    both need them to begin with."""
    letters = [chr(c) for c in range(33, 127)]
    words = ["<unk>", "<s>", "</s>", *letters] + [f" {i}" for i in range(3 + len(letters), VOCAB)]
    with open(folder / "tokenizer.bin", "wb") as f:
        f.write(struct.pack("i", max(len(w) for w in words)))
        for i, word in enumerate(words):
            f.write(struct.pack("fi", -float(i), len(word)) + word.encode())
    vocab = {w.replace(" ", "\u0120"): i for i, w in enumerate(words)}
    tokenizer = {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None, "post_processor": None,
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True},
        "decoder": {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True},
        "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None, "end_of_word_suffix": None,
                  "fuse_unk": False, "byte_fallback": False, "ignore_merges": False, "vocab": vocab, "merges": []},
    }  # fmt: skip
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))


def threaded(threads):
    return dict(os.environ, OMP_NUM_THREADS=str(threads), GOMAXPROCS=str(threads))


def printed(command, threads):
    p = subprocess.run(command, env=threaded(threads), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if p.returncode:
        sys.exit(f"{command[0]}: {p.stderr.decode(errors='replace')[:500]}")
    return p.stdout, p.stderr


def speed(command, threads):
    found = re.findall(rb"tok/s:?\s*([0-9.]+)", b"".join(printed(command, threads)))
    if not found:
        sys.exit(f"{command[0]} prints no tok/s: X")
    return float(found[-1])


def argen_speed(folder, threads, n):
    out, _ = printed([ARGEN, "bench", "-m", folder, "--threads", str(threads), "--prompt", "1", "--gen", str(n), "--reps", "1", "--json"], threads)
    return json.loads(out.splitlines()[-1])["decode_tok_s"][1]


def check_agreement(run, folder):
    """The two must write the same tokens after BOS."""
    text, _ = printed([run, folder / "model.bin", "-z", folder / "tokenizer.bin", "-t", "0", "-n", str(AGREE), "-i", ""], 1)
    out, _ = printed([ARGEN, "generate", "-m", folder, "--ids", "1", "--greedy", "-n", str(AGREE), "--json"], 1)
    ours = json.loads(out)["text"]
    if text.decode(errors="replace").strip() != ours.strip():
        sys.exit(f"the two disagree: llama2.c writes {text!r}, argen {ours!r}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run-c", type=pathlib.Path, required=True, help="run.c of llama2.c")
    parser.add_argument("--cc", default="gcc")
    parser.add_argument("--sizes", default="15m,110m", help="of " + ", ".join(SIZES))
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--pairs", type=int, default=5, help="how often each is measured, in turn")
    parser.add_argument("--tokens", type=int, default=0, help="to write; 255 of the small model, 128 of others")
    parser.add_argument("--other", help="command of another program")
    a = parser.parse_args()
    with tempfile.TemporaryDirectory() as tmp:
        run = pathlib.Path(tmp) / "run"
        subprocess.run([a.cc, "-Ofast", "-march=native", "-fopenmp", "-o", run, a.run_c, "-lm"], check=True)
        for size in a.sizes.split(","):
            folder = pathlib.Path(tmp) / size
            folder.mkdir()
            write_model(size, folder)
            check_agreement(run, folder)
            for threads in map(int, a.threads.split(",")):
                measure(a, size, threads, run, folder)


def measure(a, size, threads, run, folder):
    n = a.tokens or (255 if size == "15m" else 128)
    commands = {"llama2.c": [run, folder / "model.bin", "-z", folder / "tokenizer.bin", "-t", "0", "-n", str(n + 1), "-i", ""]}
    if a.other:
        fill = {"model": folder / "model.bin", "tokenizer": folder / "tokenizer.bin", "n": n + 1}
        commands["other"] = [part.format(**fill) for part in shlex.split(a.other)]
    rates = {name: [] for name in ["argen", *commands]}
    for _ in range(a.pairs):
        rates["argen"].append(argen_speed(folder, threads, n))
        for name, command in commands.items():
            rates[name].append(speed(command, threads))
    result = {"model": f"llama {size} float32", "threads": threads, "tokens": n}
    for name, all in rates.items():
        result[name] = [round(x, 1) for x in (min(all), statistics.median(all), max(all))]
    result["ratio"] = {name: round(statistics.median(x / y for x, y in zip(rates["argen"], rates[name])), 3) for name in commands}
    result["goal"] = {name: GOALS[name].get(threads) for name in commands}
    print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
