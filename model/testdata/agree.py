"""Says what another program makes of a model that argen wrote.

    python agree.py ENGINE < requests.json > answer.json

A request is {"path": ..., "texts": [...], "ids": [[...], ...]}. The answer has
the versions of what the engine is made of, and for each request the ids of each
text (null if it refuses the text) with the text that they decode to, and for
each list of ids the logits after each of them. ENGINE is one of

    transformers  a folder, by transformers' AutoTokenizer and AutoModelForCausalLM
    numpy         a folder, by tokenizers, safetensors and the 40 lines below
    llama.cpp     a GGUF, by llama.cpp's library, as xllamacpp or llama-cpp-python
                  has it (see llamacpp.py)
    gguf          a GGUF, by llama.cpp's reader in Python and the lines below

or "list", which prints those that can be imported here.
"""

import importlib
import importlib.metadata
import json
import sys

sys.dont_write_bytecode = True  # nothing is left beside this file

import llamacpp

NEEDS = {
    "transformers": ["torch", "transformers"],
    "numpy": ["numpy", "safetensors", "tokenizers"],
    "llama.cpp": [],
    "gguf": ["numpy", "gguf", "tokenizers"],
}


def llama(w, c, ids):
    """The logits of a llama with the weights w, in float64."""
    import numpy as np

    def norm(x, name):
        return x / np.sqrt((x * x).mean(-1, keepdims=True) + c["eps"]) * w[name]

    def rotate(x):  # (position, head, dim): turns dim i and i + half together
        half = x.shape[-1] // 2
        angle = np.arange(len(x))[:, None] / c["theta"] ** (np.arange(half) / half)
        cos, sin = np.cos(angle)[:, None], np.sin(angle)[:, None]
        a, b = x[..., :half], x[..., half:]
        return np.concatenate([a * cos - b * sin, b * cos + a * sin], -1)

    n, heads, kv, dim = len(ids), c["heads"], c["kv_heads"], c["head_dim"]
    x = w["model.embed_tokens.weight"][ids]
    for layer in range(c["layers"]):
        at = f"model.layers.{layer}."
        h = norm(x, at + "input_layernorm.weight")
        q = rotate((h @ w[at + "self_attn.q_proj.weight"].T).reshape(n, heads, dim))
        k = rotate((h @ w[at + "self_attn.k_proj.weight"].T).reshape(n, kv, dim)).repeat(heads // kv, 1)
        v = (h @ w[at + "self_attn.v_proj.weight"].T).reshape(n, kv, dim).repeat(heads // kv, 1)
        score = np.einsum("qhd,khd->hqk", q, k) / np.sqrt(dim)
        score[:, np.triu(np.ones((n, n), bool), 1)] = -np.inf
        p = np.exp(score - score.max(-1, keepdims=True))
        p /= p.sum(-1, keepdims=True)
        x = x + np.einsum("hqk,khd->qhd", p, v).reshape(n, -1) @ w[at + "self_attn.o_proj.weight"].T
        h = norm(x, at + "post_attention_layernorm.weight")
        gate = h @ w[at + "mlp.gate_proj.weight"].T
        x = x + (gate / (1 + np.exp(-gate)) * (h @ w[at + "mlp.up_proj.weight"].T)) @ w[at + "mlp.down_proj.weight"].T
    head = w.get("lm_head.weight", w["model.embed_tokens.weight"])
    return norm(x, "model.norm.weight") @ head.T


def by_tokenizers(tokenizer):
    return lambda text: tokenizer.encode(text).ids, tokenizer.decode


def transformers(path):
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(path)
    model = AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32, attn_implementation="eager").eval()

    def logits(ids):
        with torch.no_grad():
            return model(torch.tensor([ids])).logits[0].numpy()

    return (
        lambda text: tokenizer(text)["input_ids"],
        lambda ids: tokenizer.decode(ids, skip_special_tokens=True),
        logits,
    )


def numpy(path):
    import numpy as np
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    w = {name: x.astype(np.float64) for name, x in load_file(path + "/model.safetensors").items()}
    c = json.load(open(path + "/config.json"))
    c = {
        "eps": c["rms_norm_eps"], "theta": c["rope_theta"], "layers": c["num_hidden_layers"],
        "heads": c["num_attention_heads"], "kv_heads": c["num_key_value_heads"], "head_dim": c["head_dim"],
    }
    try:  # transformers reads a tokenizer without torch too
        from transformers import AutoTokenizer

        tokenizer = AutoTokenizer.from_pretrained(path)
        encode = lambda text: tokenizer(text)["input_ids"]
        decode = lambda ids: tokenizer.decode(ids, skip_special_tokens=True)
    except ImportError:
        encode, decode = by_tokenizers(Tokenizer.from_file(path + "/tokenizer.json"))
    return encode, decode, lambda ids: llama(w, c, ids)


def llama_cpp(path):
    if hasattr(llama_cpp, "engine"):
        llama_cpp.engine.close()
    else:
        llama_cpp.engine = llamacpp.LlamaCpp()
    llama_cpp.engine.load(path, 64, 1, exact=True)
    return llama_cpp.engine.tokenize, llama_cpp.engine.detokenize, llama_cpp.engine.logits


def gguf(path):
    import numpy as np
    from gguf import GGUFReader
    from gguf.quants import dequantize
    from tokenizers import Tokenizer

    r = GGUFReader(path)
    get = lambda key: r.get_field(key).contents()
    c = {
        "eps": get("llama.attention.layer_norm_rms_epsilon"), "theta": get("llama.rope.freq_base"), "layers": get("llama.block_count"),
        "heads": get("llama.attention.head_count"), "kv_heads": get("llama.attention.head_count_kv"), "head_dim": get("llama.attention.key_length"),
    }
    names = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}
    inside = {
        "attn_norm": "input_layernorm", "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj",
        "attn_output": "self_attn.o_proj", "ffn_norm": "post_attention_layernorm", "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj",
    }
    w = {}
    for t in r.tensors:
        x = dequantize(t.data, t.tensor_type).astype(np.float64)
        part = t.name.removesuffix(".weight").split(".")
        name = names[part[0]] if len(part) == 1 else f"model.layers.{part[1]}.{inside[part[2]]}"
        if part[-1] in ("attn_q", "attn_k"):  # rows 2i and 2i+1 of a head are turned together
            heads = c["heads"] if part[-1] == "attn_q" else c["kv_heads"]
            x = x.reshape(heads, c["head_dim"] // 2, 2, -1).swapaxes(1, 2).reshape(x.shape)
        w[name + ".weight"] = x
    tokens = get("tokenizer.ggml.tokens")
    assert len(tokens) == len(get("tokenizer.ggml.token_type")) == get("llama.vocab_size") == len(w["model.embed_tokens.weight"])
    encode, decode = by_tokenizers(Tokenizer.from_str(get("tokenizer.huggingface.json")))
    return encode, decode, lambda ids: llama(w, c, ids)


def main():
    if sys.argv[1] == "list":
        for engine, modules in NEEDS.items():
            try:
                for module in modules:
                    importlib.import_module(module)
            except ImportError:
                continue
            if engine != "llama.cpp" or llamacpp.library():
                print(engine)
        return
    engine = sys.argv[1]
    load = {"transformers": transformers, "numpy": numpy, "llama.cpp": llama_cpp, "gguf": gguf}[engine]
    answer = {"versions": [], "models": []}
    for package in NEEDS[engine] or [llamacpp.library()[0]]:
        answer["versions"].append(package + " " + importlib.metadata.version(package))
    for request in json.load(sys.stdin):
        encode, decode, logits = load(request["path"])
        model = {"ids": [], "texts": [], "logits": []}
        for text in request["texts"]:
            try:
                ids = [int(i) for i in encode(text)]
            except Exception:  # an unknown word
                ids = None
            model["ids"].append(ids)
            model["texts"].append("" if ids is None else decode(ids))
        for ids in request["ids"]:
            model["logits"].append([[float(x) for x in row] for row in logits(ids)])
        answer["models"].append(model)
    json.dump(answer, sys.stdout)


main()
