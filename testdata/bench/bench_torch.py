#!/usr/bin/env python3
"""Measures argen against PyTorch on the CPU, both in one run, one after the
other, again and again: products of matrices (sgemm) and training.

  make bench-torch ARGS="--threads 1,2 --pairs 5"

Needs Go, and Python with "pip install torch", best in a virtual environment
outside the repository; then PATH must begin with that one's bin.

Training is of a small GPT on random tokens with AdamW, once as argen builds it
(RMSNorm, rotary positions, SwiGLU: "llama"), once as nanoGPT does (LayerNorm,
learned positions, GELU: "gpt"); both have 0.8 million parameters, and argen is
the same in both. What is printed is a line of JSON for each: figures are
[least, median, most], and "ratio" is the median of argen's figure over torch's
pair by pair, so that what else the machine does cancels out.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

try:
    import torch
    from torch import nn
    from torch.nn import functional as F
except ImportError as e:
    sys.exit(f"bench_torch.py: {e}: in a virtual environment, run: pip install torch")

HERE = pathlib.Path(__file__).resolve().parent
ARGEN = os.path.abspath(os.environ.get("ARGEN", "bin/argen"))
SHAPES = [(1024, 1024, 1024), (2048, 512, 128), (2048, 128, 512), (2048, 384, 128), (2048, 128, 128), (128, 512, 2048), (256, 1536, 576)]
GOAL = 1.2  # on a processor of AMD; 0.9 on one of Intel
LAYERS, DIM, HEADS, VOCAB, BATCH, CONTEXT = 4, 128, 4, 65, 16, 128
SWIGLU = 344  # inner width of three matrices that are as large as two of 4·DIM
REST = 0.3  # seconds until torch's threads have stopped waiting in a loop


class Attention(nn.Module):
    def __init__(self, bias):
        super().__init__()
        self.qkv, self.out = nn.Linear(DIM, 3 * DIM, bias=bias), nn.Linear(DIM, DIM, bias=bias)

    def forward(self, x, rotate):
        b, t, c = x.shape
        q, k, v = self.qkv(x).view(b, t, 3, HEADS, c // HEADS).permute(2, 0, 3, 1, 4)
        if rotate:
            q, k = rotated(q, *rotate), rotated(k, *rotate)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.out(y.transpose(1, 2).reshape(b, t, c))


def rotated(x, cos, sin):
    a, b = x.chunk(2, -1)
    return torch.cat((a * cos - b * sin, a * sin + b * cos), -1)


class GPTBlock(nn.Module):
    def __init__(self):
        super().__init__()
        self.n1, self.n2, self.attention = nn.LayerNorm(DIM), nn.LayerNorm(DIM), Attention(True)
        self.up, self.down = nn.Linear(DIM, 4 * DIM), nn.Linear(4 * DIM, DIM)

    def forward(self, x, rotate):
        x = x + self.attention(self.n1(x), rotate)
        return x + self.down(F.gelu(self.up(self.n2(x))))


class LlamaBlock(nn.Module):
    def __init__(self):
        super().__init__()
        self.n1, self.n2, self.attention = nn.RMSNorm(DIM, eps=1e-5), nn.RMSNorm(DIM, eps=1e-5), Attention(False)
        self.gate_up, self.down = nn.Linear(DIM, 2 * SWIGLU, bias=False), nn.Linear(SWIGLU, DIM, bias=False)

    def forward(self, x, rotate):
        x = x + self.attention(self.n1(x), rotate)
        gate, up = self.gate_up(self.n2(x)).chunk(2, -1)
        return x + self.down(F.silu(gate) * up)


class Model(nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.embedding, self.kind = nn.Embedding(VOCAB, DIM), kind
        self.blocks = nn.ModuleList((GPTBlock if kind == "gpt" else LlamaBlock)() for _ in range(LAYERS))
        self.norm = nn.LayerNorm(DIM) if kind == "gpt" else nn.RMSNorm(DIM, eps=1e-5)
        self.positions = nn.Embedding(CONTEXT, DIM) if kind == "gpt" else None
        half = DIM // HEADS // 2
        angles = torch.outer(torch.arange(CONTEXT), 10000.0 ** (-torch.arange(half) / half))
        self.rotate = None if kind == "gpt" else (angles.cos(), angles.sin())

    def forward(self, ids, targets):
        x = self.embedding(ids)
        if self.positions:
            x = x + self.positions.weight
        for block in self.blocks:
            x = block(x, self.rotate)
        logits = self.norm(x) @ self.embedding.weight.T
        return F.cross_entropy(logits.view(-1, VOCAB), targets.reshape(-1))


class Training:
    def __init__(self, kind, compiled):
        torch.manual_seed(0)
        self.model = Model(kind)
        self.params = sum(p.numel() for p in self.model.parameters())
        self.optimizer = torch.optim.AdamW(self.model.parameters(), 1e-4)
        self.ids = torch.randint(0, VOCAB, (BATCH, CONTEXT + 1))
        self.loss = torch.compile(self.model) if compiled else self.model

    def step(self):
        loss = self.loss(self.ids[:, :-1], self.ids[:, 1:])
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def speed(self):
        for _ in range(3):
            self.step()
        steps, start = 0, time.perf_counter()
        while time.perf_counter() - start < 1:
            self.step()
            steps += 1
        return steps * BATCH * CONTEXT / (time.perf_counter() - start)


def argen_training(threads):
    out = subprocess.run([ARGEN, "bench", "--train", "--threads", str(threads), "--reps", "5", "--json"], check=True, capture_output=True).stdout
    return json.loads(out.splitlines()[-1])["tokens_s"][1]


def torch_gemm():
    rates = []
    for m, n, k in SHAPES:
        a, b, c = torch.randn(m, k), torch.randn(k, n), torch.empty(m, n)
        for _ in range(3):
            torch.mm(a, b, out=c)
        took, start = [], time.perf_counter()
        while len(took) < 5 or time.perf_counter() - start < 0.2:
            t = time.perf_counter()
            torch.mm(a, b, out=c)
            took.append(time.perf_counter() - t)
        rates.append(2 * m * n * k / statistics.median(took) / 1e9)
    return rates


def figure(all, digits):
    return [round(x, digits) for x in (min(all), statistics.median(all), max(all))]


def report(what, unit, threads, pairs, digits=1, **more):
    ours, theirs = zip(*pairs)
    ratio = round(statistics.median(a / b for a, b in pairs), 3)
    print(json.dumps({**what, "threads": threads, unit: {"argen": figure(ours, digits), "torch": figure(theirs, digits)}, "ratio": ratio, "goal": GOAL, **more}), flush=True)


def paired(pairs, ours, theirs):
    all = []
    for _ in range(pairs):
        time.sleep(REST)
        mine = ours()
        all.append((mine, theirs()))
    return all


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--pairs", type=int, default=5, help="how often each is measured, in turn")
    parser.add_argument("--only", choices=("sgemm", "train"))
    parser.add_argument("--compile", action="store_true", help="torch.compile the model, instead of eager")
    a = parser.parse_args()
    with tempfile.TemporaryDirectory() as tmp:
        gemm = pathlib.Path(tmp) / "gemm"
        subprocess.run(["go", "build", "-o", gemm, HERE / "gemm.go"], check=True, cwd=HERE)
        for threads in map(int, a.threads.split(",")):
            torch.set_num_threads(threads)
            if a.only != "train":
                ours = lambda: json.loads(subprocess.run([gemm, str(threads)], check=True, capture_output=True).stdout)
                rates = paired(a.pairs, ours, torch_gemm)
                for i, shape in enumerate(SHAPES):
                    report({"op": "sgemm", "shape": shape}, "gflops", threads, [(x[i], y[i]) for x, y in rates])
            for kind in ("llama", "gpt") if a.only != "sgemm" else ():
                model = Training(kind, a.compile)
                what = {"op": "train", "torch_model": kind, "torch_mode": "compile" if a.compile else "eager", "torch_params": model.params}
                report(what, "tokens_s", threads, paired(a.pairs, lambda: argen_training(threads), model.speed), 0)


if __name__ == "__main__":
    main()
