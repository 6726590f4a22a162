"""Makes reference.json.gz: what transformers 5.23.0 and llama.cpp (as vendored
in llama-cpp-python 0.3.36) leave of 40 distributions, by stage and chain.

    python3 reference.py FOLDER

FOLDER has vectors.json, llama_samplers.json, llama_chains.json,
hf_warpers.json and hf_chains.json, each with what those programs gave when
called stage by stage. Taken are the rows whose stages argen has, translated
into its chains; left out are those with a floor on the number of tokens kept
(min_keep, min_tokens_to_keep above 1), and values that argen refuses (top-p of
0, negative temperature), which the tests of the stages cover.
"""

import gzip
import json
import sys

NAMES = {"temp": "temperature"}


def chain(stages):
    """argen's chain of [name, value, floor] stages; None if it has none."""
    words = []
    for name, value, *floor in stages:
        name = NAMES.get(name, name)
        known = name in ("top_k", "top_p", "min_p", "temperature")
        if not known or floor and floor[0] > 1 or name == "top_p" and value <= 0 or value < 0:
            return None
        words.append(f"{name}={value:g}")
    return ",".join(words)


def llama(case):
    p = case["params"]
    if "samplers" in p:
        return p["samplers"]
    return [[case["sampler"], *p.values()]]


def hf(case):
    p = dict(case["params"])
    p.pop("prompt_length", None)
    floor = p.pop("min_tokens_to_keep", 1)
    return [[name, value, floor] for name, value in p.items() if isinstance(value, (int, float))] \
        if all(isinstance(v, (int, float)) for v in p.values()) else [["none", 0]]


def main(folder):
    def read(name):
        with open(f"{folder}/{name}.json", encoding="utf-8") as f:
            return json.load(f)

    cases = []
    for engine, name, stages in (
        ("llama.cpp", "llama_samplers", llama),
        ("llama.cpp", "llama_chains", llama),
        ("transformers", "hf_warpers", hf),
        ("transformers", "hf_chains", hf),
    ):
        for case in read(name)["cases"]:
            if text := chain(stages(case)):
                row = {"engine": engine, "vector": case["vector"], "chain": text}
                row |= {k: case["out"][k] for k in ("n_kept", "ids", "probs")}
                if case.get("tie_dependent"):
                    row["tie"] = True
                cases.append(row)
    vectors = [{k: v[k] for k in ("id", "name", "tags", "logits")} for v in read("vectors")["vectors"]]
    text = json.dumps({"vectors": vectors, "cases": cases}, separators=(",", ":"))
    with open("reference.json.gz", "wb") as f:
        f.write(gzip.compress(text.encode(), 9, mtime=0))
    print(len(cases), "cases")


main(sys.argv[1])
