"""Measures argen's chain of stages against llama.cpp's, both in one run on the
same logits, and checks that the same tokens are left. Times are CPU time of one
thread; the programs take turns, and the medians of some rounds are compared.

    python3 bench_sampling.py [--rounds N] [--times N] [--vocab N]

Needs Go, and Python with "pip install xllamacpp", best in a virtual environment
outside the repository; $ARGEN_PYTHON is taken if it names one. Both begin with
the logits of the whole vocabulary and end with a drawn token. llama.cpp's
candidates are copied from an array that is ready, which is faster than the
loop over the logits with which it makes them itself.
"""

import argparse
import array
import ctypes
import importlib.util
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

here = pathlib.Path(__file__).resolve().parent
root = here.parent.parent
CHAIN = "top_k=40,top_p=0.95,min_p=0.05,temperature=0.8"

found = importlib.util.find_spec("xllamacpp")
if found is None:
    other = os.environ.get("ARGEN_PYTHON")
    if other and os.path.abspath(other) != sys.executable:
        os.execv(other, [other, *sys.argv])
    sys.exit("bench_sampling.py: no module xllamacpp: in a virtual environment, run: pip install xllamacpp")


class Token(ctypes.Structure):
    _fields_ = [("id", ctypes.c_int32), ("logit", ctypes.c_float), ("p", ctypes.c_float)]


class Tokens(ctypes.Structure):
    _fields_ = [
        ("data", ctypes.POINTER(Token)),
        ("size", ctypes.c_size_t),
        ("selected", ctypes.c_int64),
        ("sorted", ctypes.c_bool),
    ]


class ChainParams(ctypes.Structure):
    _fields_ = [("no_perf", ctypes.c_bool)]


class LlamaCpp:
    """llama.cpp's stages by its C interface, found in xllamacpp's library."""

    def __init__(self, logits):
        library = next(pathlib.Path(found.origin).parent.glob("xllamacpp*.so"))
        lib = ctypes.CDLL(str(library))
        self.apply = lib.llama_sampler_apply
        self.apply.argtypes, self.apply.restype = [ctypes.c_void_p, ctypes.POINTER(Tokens)], None
        lib.llama_sampler_chain_init.argtypes = [ChainParams]
        lib.llama_sampler_chain_init.restype = ctypes.c_void_p
        lib.llama_sampler_chain_add.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
        self.chain = lib.llama_sampler_chain_init(ChainParams(True))
        for name, *values in (
            ("top_k", ctypes.c_int32(40)),
            ("top_p", ctypes.c_float(0.95), ctypes.c_size_t(1)),
            ("min_p", ctypes.c_float(0.05), ctypes.c_size_t(1)),
            ("temp", ctypes.c_float(0.8)),
            ("dist", ctypes.c_uint32(1)),
        ):
            init = getattr(lib, "llama_sampler_init_" + name)
            init.restype = ctypes.c_void_p
            lib.llama_sampler_chain_add(self.chain, init(*values))
        self.n = len(logits)
        self.ready = (Token * self.n)(*((i, x, 0) for i, x in enumerate(logits)))
        self.work = (Token * self.n)()
        self.left = Tokens(self.work, self.n, -1, False)

    def once(self):
        ctypes.memmove(self.work, self.ready, ctypes.sizeof(self.ready))
        left = self.left
        left.data, left.size, left.selected, left.sorted = self.work, self.n, -1, False
        self.apply(self.chain, ctypes.byref(left))

    def ids(self):
        return [self.left.data[i].id for i in range(self.left.size)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=9, help="how many (default 9)")
    parser.add_argument("--times", type=int, default=1000, help="draws a round (default 1000)")
    parser.add_argument("--vocab", type=int, default=151936, help="tokens (default 151936, as Qwen2.5 has)")
    args = parser.parse_args()
    rng = random.Random(1)
    logits = array.array("f", (rng.gauss(0, 3) for _ in range(args.vocab)))
    llama = LlamaCpp(logits)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "logits").write_bytes(array.array("d", logits).tobytes())
        subprocess.run(["go", "build", "-o", folder / "sampling", here / "sampling.go"], cwd=root, check=True)
        command = [folder / "sampling", folder / "logits", CHAIN, str(args.times)]
        ours, theirs, allocs, ids = [], [], 0, []
        for _ in range(args.rounds):
            result = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            ours.append(result["us"])
            allocs, ids = max(allocs, result["allocs"]), result["ids"]
            for _ in range(20):
                llama.once()
            began = time.process_time()
            for _ in range(args.times):
                llama.once()
            theirs.append((time.process_time() - began) / args.times * 1e6)
    if sorted(llama.ids()) != sorted(ids):
        sys.exit(f"bench_sampling.py: argen leaves {ids}, llama.cpp {llama.ids()}")
    a, b = statistics.median(ours), statistics.median(theirs)
    ratios = sorted(x / y for x, y in zip(ours, theirs))
    ratio = statistics.median(ratios)
    print(f"{CHAIN} and a draw, {args.vocab} tokens, {len(ids)} left by both")
    print(f"CPU time, median of {args.rounds} rounds of {args.times}: argen {a:.0f} us, llama.cpp {b:.0f} us")
    print(f"argen / llama.cpp: {ratio:.2f} (rounds {ratios[0]:.2f} to {ratios[-1]:.2f}; goal 1.2 at most)")
    print(f"argen allocates {allocs:.0f} times a draw (goal 0), and takes {a / 1000:.3f} ms (goal below 0.5)")
    if ratio > 1.2 or a >= 500 or allocs >= 0.5:
        sys.exit("bench_sampling.py: a goal is missed")


main()
