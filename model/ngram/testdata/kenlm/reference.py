#!/usr/bin/env python3
"""Makes the reference values of this folder with KenLM.

  python3 reference.py --lmplz PATH     in this folder; needs the package kenlm

Made with kenlm 0.3.0 from PyPI (its sdist holds the source of lmplz: cmake,
then make lmplz), Python 3.11. For each model: NAME.arpa.gz by lmplz, and in
reference.json the log10 score of each line of heldout.txt by the Python
package and the perplexity, with and without unknown words.
"""

import argparse
import gzip
import json
import os
import subprocess
import tempfile

import kenlm

MODELS = {
    "tiny-3": ("tiny.txt", 3, ["--discount_fallback"]),
    "stories-2": ("stories.txt.gz", 2, []),
    "stories-3": ("stories.txt.gz", 3, ["--discount_fallback"]),
    "stories-5-pruned": ("stories.txt.gz", 5, ["--prune", "0", "0", "1", "--discount_fallback"]),
}


def read(name):
    with (gzip.open if name.endswith(".gz") else open)(name, "rb") as f:
        return f.read()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lmplz", required=True)
    lmplz = parser.parse_args().lmplz
    heldout = read("heldout.txt").decode().split("\n")[:-1]
    out = {}
    for name, (text, order, flags) in MODELS.items():
        with tempfile.TemporaryDirectory() as tmp:
            arpa = os.path.join(tmp, "model.arpa")
            subprocess.run([lmplz, "-o", str(order), "-S", "200M", "-T", tmp, "--arpa", arpa, *flags],
                           input=read(text), check=True, stderr=subprocess.DEVNULL)
            with open(arpa, "rb") as f, open(name + ".arpa.gz", "wb") as g:
                g.write(gzip.compress(f.read(), 9, mtime=0))
            model = kenlm.Model(arpa)
        scores, total, words, known, knowns = [], 0.0, 0, 0.0, 0
        for line in heldout:
            parts = list(model.full_scores(line))
            scores.append(round(sum(p for p, _, _ in parts), 6))
            total += sum(p for p, _, _ in parts)
            words += len(parts)
            known += sum(p for p, _, oov in parts if not oov)
            knowns += sum(1 for _, _, oov in parts if not oov)
        out[name] = {"order": order, "scores": scores,
                     "perplexity": 10 ** (-total / words), "perplexity_known": 10 ** (-known / knowns)}
    with open("reference.json", "w") as f:
        json.dump(out, f, indent=1)
        f.write("\n")


if __name__ == "__main__":
    main()
