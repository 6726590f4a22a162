"""Measures a real language model, SmolLM2-135M, in argen and in llama.cpp, in
turns in one run on the same files, and compares the ratios with argen's goals.

    python3 bench_llamacpp.py [--rounds N] [--gen N] [--prompt N] [--timeout S] [--only WORD]

Needs Go, and Python with "pip install xllamacpp", or with llama-cpp-python, best
in a virtual environment outside the repository; $ARGEN_PYTHON is taken if it
names one. The model is the one of "make real-model"; llama.cpp's own quantiser
makes the other files from it, in bin/bench-llamacpp. --only picks the lines with
a word in their name.

Every measurement is a process of its own. A ratio is the median of those of all
rounds; a machine that does other work makes all figures worthless but those of
the busy machine, which this script makes busy itself.
"""

import argparse
import array
import ctypes
import json
import os
import pathlib
import random
import resource
import statistics
import subprocess
import sys
import time

here = pathlib.Path(__file__).resolve().parent
root = here.parent.parent
sys.dont_write_bytecode = True  # nothing is left beside the scripts
sys.path.insert(0, str(root / "model" / "testdata"))

import llamacpp
from llamacpp import BF16, F16, Q4_0, Q4_K, Q5_0, Q6_K, Q8_0

argen = pathlib.Path(os.environ.get("ARGEN", root / "bin" / "argen")).resolve()


if llamacpp.library() is None:
    other = os.environ.get("ARGEN_PYTHON")
    if other and os.path.abspath(other) != sys.executable:
        os.execv(other, [other, *sys.argv])
    sys.exit("bench_llamacpp.py: no llama.cpp: in a virtual environment, run: pip install xllamacpp")


class LlamaCpp(llamacpp.LlamaCpp):
    """llama.cpp as it is measured, and its quantiser."""

    def best(self):
        row = array.array("f")
        row.frombytes(ctypes.string_at(self.row, 4 * self.vocab))
        return row.index(max(row))

    def quantise(self, path, out, choose):
        """Writes a GGUF with other types of numbers, rounded by ggml's quantiser
        from those of path, for speed only. choose returns the type of a tensor."""
        p = ctypes.c_void_p
        tensors = p()
        source = p(self.call("gguf_init_from_file", p, os.fsencode(path), Init(False, ctypes.pointer(tensors))))
        made = p(self.call("gguf_init_empty", p))
        self.lib.gguf_set_kv(made, source)
        kept = []
        for i in range(self.call("gguf_get_n_tensors", ctypes.c_int64, source)):
            name = self.call("gguf_get_tensor_name", ctypes.c_char_p, source, ctypes.c_int64(i))
            tensor = p(self.call("ggml_get_tensor", p, tensors, name))
            self.lib.gguf_add_tensor(made, tensor)
            rows = self.call("ggml_nrows", ctypes.c_int64, tensor)
            if rows == 1:
                continue
            total = self.call("ggml_nelements", ctypes.c_int64, tensor)
            kind = choose(name.decode(), total // rows)
            floats = (ctypes.c_float * total)()
            self.widen(self.call("gguf_get_tensor_type", ctypes.c_int, source, ctypes.c_int64(i)),
                       p(self.call("ggml_get_data", p, tensor)), floats, total)
            data = (ctypes.c_uint8 * (self.call("ggml_row_size", ctypes.c_size_t, kind, ctypes.c_int64(total // rows)) * rows))()
            self.call("ggml_quantize_chunk", ctypes.c_size_t, kind, floats, data, ctypes.c_int64(0),
                      ctypes.c_int64(rows), ctypes.c_int64(total // rows), None)
            self.lib.gguf_set_tensor_type(made, name, kind)
            self.lib.gguf_set_tensor_data(made, name, data)
            kept.append(data)
        self.lib.gguf_write_to_file(made, os.fsencode(out), False)

    def widen(self, kind, data, floats, n):
        traits = Traits.from_address(self.call("ggml_get_type_traits", ctypes.c_void_p, kind))
        if (traits.name, traits.block) not in ((b"q4_1", 32), (b"q8_0", 32)):
            sys.exit("bench_llamacpp.py: the types of ggml have changed")
        traits.to_float(data, floats, n)


class Init(ctypes.Structure):
    _fields_ = [("no_alloc", ctypes.c_bool), ("tensors", ctypes.POINTER(ctypes.c_void_p))]


class Traits(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_char_p),
        ("block", ctypes.c_int64),
        ("interleave", ctypes.c_int64),
        ("size", ctypes.c_size_t),
        ("quantised", ctypes.c_bool),
        ("to_float", ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.POINTER(ctypes.c_float), ctypes.c_int64)),
    ]


def q4_0(name, _):
    return Q8_0 if name == "token_embd.weight" else Q4_0


def q4_k_m(name, columns):
    """What llama.cpp's Q4_K_M has of a model of 30 layers; where a row is no whole
    number of blocks of 256 it takes Q5_0 for Q4_K and Q8_0 for Q6_K."""
    layer = int(name.split(".")[1]) if name.startswith("blk.") else 0
    more = ("attn_v" in name or "ffn_down" in name) and (layer < 3 or layer >= 26 or (layer - 3) % 3 == 2)
    if name == "token_embd.weight" or more:
        return Q6_K if columns % 256 == 0 else Q8_0
    return Q4_K if columns % 256 == 0 else Q5_0


TYPES = {"Q8_0": lambda *_: Q8_0, "Q4_0": q4_0, "Q4_K_M": q4_k_m, "F16": lambda *_: F16, "BF16": lambda *_: BF16}


def files(model):
    folder = root / "bin" / "bench-llamacpp"
    folder.mkdir(parents=True, exist_ok=True)
    made = {"Q4_1": model}
    for name, kind in TYPES.items():
        made[name] = folder / f"SmolLM2-135M.{name}.gguf"
        if not made[name].exists():
            part = folder / "part"
            LlamaCpp().quantise(model, part, kind)
            part.rename(made[name])
    return made


def peak_memory():
    """The most memory this process had at a time, in MB as argen counts them.
    Linux is asked for VmHWM: its ru_maxrss is at least what the parent had."""
    try:
        for line in pathlib.Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
    except OSError:
        pass
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def peer(path, threads, prompt, gen):
    """What a process of its own measures of llama.cpp."""
    llama = LlamaCpp()
    began = time.perf_counter()
    llama.load(path, prompt + gen + 8, threads)
    load = time.perf_counter() - began
    rng = random.Random(1)
    ids = [rng.randrange(10, llama.vocab - 10) for _ in range(prompt)]
    llama.decode(ids[:16], 0)
    llama.clear()
    began = time.perf_counter()
    llama.decode(ids, 0)
    prefill = prompt / (time.perf_counter() - began)
    llama.clear()
    llama.decode([1], 0)
    took = 0.0
    for i in range(gen):
        id = llama.best()
        began = time.perf_counter()
        llama.decode([id], i + 1)
        took += time.perf_counter() - began
    print(json.dumps({
        "load_ms": 1000 * load, "prefill_tok_s": prefill, "decode_tok_s": gen / took,
        "rss_mb": peak_memory(),
    }))


class Bench:
    def __init__(self, args, made):
        self.args, self.made, self.lines, self.missed = args, made, [], 0

    def run(self, command):
        env = dict(os.environ, OPENBLAS_NUM_THREADS="1")
        out = subprocess.run([str(c) for c in command], check=True, capture_output=True, text=True, env=env,
                             timeout=self.args.timeout).stdout
        got = json.loads(out.splitlines()[-1])
        return {k: v[1] if isinstance(v, list) else v for k, v in got.items()}

    def argen(self, file, threads, *flags):
        a = self.args
        return self.run([argen, "bench", "--json", "-m", self.made[file], "--threads", threads, "--reps", 1,
                         "--context", a.prompt + a.gen + 8, "--prompt", a.prompt, "--gen", a.gen, *flags])

    def llama(self, file, threads):
        a = self.args
        return self.run([sys.executable, __file__, "--peer", self.made[file], threads, "--prompt", a.prompt, "--gen", a.gen])

    def line(self, name, key, ours, theirs, goal, most=False, unit="tok/s"):
        """Prints what two measurements, taken in turns, say of a goal."""
        if self.args.only and self.args.only not in name:
            return
        try:
            pairs = [(ours(), theirs()) for _ in range(self.args.rounds)]
        except subprocess.TimeoutExpired as e:
            program = "llama.cpp" if "--peer" in e.cmd else "argen"
            print(f"{name:<58} {program} was not done after {self.args.timeout:g} s  missed", flush=True)
            self.missed += 1
            return
        keys = key if isinstance(key, tuple) else (key, key)
        a, b = ([p[i][keys[i]] for p in pairs] for i in range(2))
        ratio = statistics.median(x / y for x, y in zip(a, b))
        ok = ratio <= goal if most else ratio >= goal
        self.missed += not ok
        print(f"{name:<58} {statistics.median(a):7.0f} {statistics.median(b):7.0f} {unit:<5} {ratio:6.2f}x  "
              f"{'≤' if most else '≥'} {goal:<4}  {'ok' if ok else 'missed'}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="how many (default 5)")
    parser.add_argument("--prompt", type=int, default=256, help="tokens of the prompt (default 256)")
    parser.add_argument("--gen", type=int, default=128, help="tokens to write (default 128)")
    parser.add_argument("--timeout", type=float, default=300, help="seconds a measurement may take (default 300)")
    parser.add_argument("--only", default="", help="measure only lines with this in their name")
    parser.add_argument("--peer", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.peer:
        return peer(args.peer[0], int(args.peer[1]), args.prompt, args.gen)
    try:
        info = subprocess.run([argen, "info", "--json", "smollm2"], check=True, capture_output=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError) as e:
        sys.exit(f"bench_llamacpp.py: the model is not there: make build real-model, first ({e})")
    b = Bench(args, files(pathlib.Path(json.loads(info)["file"])))
    print(f"{'goal':<58} {'argen':>7} {'peer':>7} {'':<5} {'ratio':>7}  goal")
    for n, ours, best, fast in (1, 1.9, 1.1, 2.3), (2, 2.3, 1.5, 2.8):
        t = "1 thread" if n == 1 else "2 threads"
        b.line(f"decode Q4_1, {t}, against Q4_1", "decode_tok_s", lambda: b.argen("Q4_1", n), lambda: b.llama("Q4_1", n), ours)
        b.line(f"decode Q4_1, {t}, against Q4_0", "decode_tok_s", lambda: b.argen("Q4_1", n), lambda: b.llama("Q4_0", n), best)
        b.line(f"decode Q4_1 --fast, {t}, against Q4_1", "decode_tok_s", lambda: b.argen("Q4_1", n, "--fast"), lambda: b.llama("Q4_1", n), fast)
        for file in TYPES:
            b.line(f"decode {file}, {t}, against the same file", "decode_tok_s", lambda: b.argen(file, n), lambda: b.llama(file, n), 1.2)
        b.line(f"prefill Q4_1, {t}, against Q4_1", "prefill_tok_s", lambda: b.argen("Q4_1", n), lambda: b.llama("Q4_1", n), 2.5)
        b.line(f"prefill Q4_1 --fast, {t}, against Q4_1", "prefill_tok_s", lambda: b.argen("Q4_1", n, "--fast"), lambda: b.llama("Q4_1", n), 6)
        b.line(f"prefill Q4_1 --fast, {t}, against Q4_0", "prefill_tok_s", lambda: b.argen("Q4_1", n, "--fast"), lambda: b.llama("Q4_0", n), 1.5)
        once = {}
        b.line(f"decode Q4_1, {t}, share of reading alone", ("gb_s", "read_gb_s"),
               lambda: once.setdefault(len(once), b.argen("Q4_1", n)), lambda: once[len(once) - 1], (0.65, 0.5)[n - 1], unit="GB/s")
    b.line("load Q4_1 to the first logits, against its load", ("first_ms", "load_ms"),
           lambda: b.argen("Q4_1", 2), lambda: b.llama("Q4_1", 2), 1.0, most=True, unit="ms")
    b.line("memory at most, Q4_1", "rss_mb", lambda: b.argen("Q4_1", 2), lambda: b.llama("Q4_1", 2), 1.1, most=True, unit="MB")
    others = []
    if not args.only or args.only in "busy machine":
        others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2 * os.cpu_count())]
    try:
        b.line("busy machine: default threads against 1", "decode_tok_s", lambda: b.argen("Q4_1", "auto"), lambda: b.argen("Q4_1", 1), 0.8)
        b.line("busy machine: llama.cpp, all threads against 1", "decode_tok_s", lambda: b.llama("Q4_1", os.cpu_count()), lambda: b.llama("Q4_1", 1), 0)
    finally:
        for other in others:
            other.kill()
    if b.missed:
        sys.exit(f"bench_llamacpp.py: {b.missed} goals are missed")


main()
