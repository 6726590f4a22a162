#!/usr/bin/env python3
"""Measures argen's n-gram model against KenLM, both in one run.

  make bench-kenlm ARGS="--megabytes 32 --pairs 3"

The text is what Go programmers write: the comments in the Go files of GOROOT
and of the module cache, each line once; if they are too few, the code around
them. Each line is a sentence, cut into words and marks; every 20th line is
held out for the look-ups.

KenLM is built with cmake and a C++ compiler from its source package on PyPI,
in a cache folder of the user, unless --kenlm names a folder that has been
built already (build/bin/lmplz, build/lib/libkenlm.a). Boost's program options,
system and thread must be there for that.

One JSON document is printed: the figures of both and, under "ratios", how many
times better argen is.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
VERSION = "0.3.0"
WORD = re.compile(r"[^\W\d_]+|\d+|[^\w\s]|_")
GOALS = {"estimate": 2, "query": 1.1, "interleaved": 1.6, "distribution": 20, "memory": 1 / 1.1}


def note(*words):
    print(*words, file=sys.stderr, flush=True)


def go_files():
    for name in ("GOROOT", "GOMODCACHE"):
        root = subprocess.run(["go", "env", name], check=True, capture_output=True, text=True).stdout.strip()
        yield from sorted(p for p in pathlib.Path(root).rglob("*.go") if p.is_file())


def make_text(size, train, held):
    """Writes size bytes to train and a twentieth of the lines to held."""
    seen, left, n = set(), size, 0
    with open(train, "w", encoding="utf-8") as t, open(held, "w", encoding="utf-8") as h:
        for comments in (True, False):
            for path in go_files():
                for line in path.read_text("utf-8", "ignore").split("\n"):
                    line = line.strip()
                    if line.startswith("//") != comments or len(line) > 2000:
                        continue
                    words = WORD.findall(line.lstrip("/"))
                    line = " ".join(words)
                    if len(words) < 3 or line in seen:
                        continue
                    seen.add(line)
                    n += 1
                    (h if n % 20 == 0 else t).write(line + "\n")
                    left -= len(line.encode()) + 1
                    if left < 0:
                        return


def build_kenlm():
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "argen-bench"
    source = cache / f"kenlm-{VERSION}"
    if not (source / "build/bin/lmplz").exists():
        cache.mkdir(parents=True, exist_ok=True)
        note("building KenLM in", cache)
        subprocess.run([sys.executable, "-m", "pip", "download", "--no-deps", "--no-binary", "kenlm", "-d", cache, f"kenlm=={VERSION}"], check=True, stdout=sys.stderr)
        shutil.unpack_archive(cache / f"kenlm-{VERSION}.tar.gz", cache)
        subprocess.run(["cmake", "-S", source, "-B", source / "build", "-DCMAKE_BUILD_TYPE=Release"], check=True, stdout=sys.stderr)
        subprocess.run(["cmake", "--build", source / "build", "-j2", "--target", "lmplz", "build_binary"], check=True, stdout=sys.stderr)
    return source


def timed(command, **more):
    """Returns the seconds and the peak memory, in MiB, of a command."""
    start = time.perf_counter()
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, **more) as p:
        _, status, use = os.wait4(p.pid, 0)
        p.returncode = os.waitstatus_to_exitcode(status)
    if p.returncode:
        sys.exit(f"{command[0]} ended with {p.returncode}")
    return time.perf_counter() - start, use.ru_maxrss / 1024


def output(*command):
    return json.loads(subprocess.run([str(c) for c in command], check=True, capture_output=True, text=True).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kenlm", type=pathlib.Path, help="KenLM's source, built")
    parser.add_argument("--megabytes", type=float, default=32)
    parser.add_argument("--order", type=int, default=5)
    parser.add_argument("--pairs", type=int, default=3, help="how often each is measured, in turn")
    a = parser.parse_args()
    kenlm = (a.kenlm or build_kenlm()).resolve()
    with tempfile.TemporaryDirectory() as tmp:
        tmp = pathlib.Path(tmp)
        print(json.dumps(measure(a, kenlm, tmp), indent=1))


def measure(a, kenlm, tmp):
    train, held, arpa = tmp / "train.txt", tmp / "held.txt", tmp / "model.arpa"
    make_text(int(a.megabytes * 1e6), train, held)
    note("text:", train.stat().st_size, "bytes,", held.stat().st_size, "held out")
    go, cc = tmp / "argen-query", tmp / "kenlm-query"
    subprocess.run(["go", "build", "-o", go, HERE / "kenlm_query.go"], check=True, cwd=HERE)
    subprocess.run(["c++", "-O3", "-DNDEBUG", "-DKENLM_MAX_ORDER=6", f"-I{kenlm}", "-o", cc, HERE / "kenlm_query.cc",
                    kenlm / "build/lib/libkenlm.a", kenlm / "build/lib/libkenlm_util.a", "-lz", "-lbz2", "-llzma", "-lpthread", "-lrt"], check=True)
    lmplz = [kenlm / "build/bin/lmplz", "-o", str(a.order), "-S", "2G", "-T", tmp, "--discount_fallback", "--text", train]
    timed([*lmplz, "--arpa", arpa])
    timed([kenlm / "build/bin/build_binary", "probing", arpa, tmp / "model.probing"], stdout=subprocess.DEVNULL)
    read_arpa = output(go, "convert", arpa, tmp / "model.ngram")["read_arpa_s"]
    theirs, ours = [], []
    for i in range(a.pairs):
        note("pair", i + 1, "of", a.pairs)
        seconds, memory = timed([*lmplz, "--arpa", "/dev/null"])
        theirs.append({"estimate_s": seconds, "estimate_rss_mb": memory, **output(cc, tmp / "model.probing", held)})
        made = output(go, "train", a.order, train)
        ours.append({"estimate_s": made["with_arpa_s"], "estimate_rss_mb": made.pop("rss_mb"), "model_only_s": made["estimate_s"], **output(go, "query", tmp / "model.ngram", held)})
    size = {"kenlm": (tmp / "model.probing").stat().st_size / 1e6, "argen": (tmp / "model.ngram").stat().st_size / 1e6}
    k, g = ({key: statistics.median(row[key] for row in rows) for key in rows[0]} for rows in (theirs, ours))
    if abs(k["log10_per_word"] / g["log10_per_word"] - 1) > 1e-5:
        sys.exit(f"the two disagree: {k['log10_per_word']} and {g['log10_per_word']} a word")
    ratios = {
        "estimate": k["estimate_s"] / g["estimate_s"],
        "query": g["words_per_s"] / k["words_per_s"],
        "interleaved": g["interleaved_words_per_s"] / k["words_per_s"],
        "distribution": k["distribution_s"] / g["distribution_s"],
        "memory": size["kenlm"] / size["argen"],
    }
    return {
        "text": {"megabytes": train.stat().st_size / 1e6, "tokens": made["tokens"], "types": made["types"], "ngrams": made["ngrams"], "order": a.order},
        "kenlm": k, "argen": {**g, "read_arpa_s": read_arpa}, "model_mb": size, "ratios": {n: round(r, 2) for n, r in ratios.items()},
        "goals": {n: {"at_least": round(w, 2), "met": ratios[n] >= w} for n, w in GOALS.items()},
    }


if __name__ == "__main__":
    main()
