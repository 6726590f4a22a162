"""Makes llama.json: loss, gradient and some steps of training of a tiny Llama
by PyTorch and transformers in float64, for the tests of this package.

    python llama.py > llama.json

Made with torch 2.15.0 and transformers 5.24.0. Arrays are float32, little-endian, in
base64; weights in the order of the "names".
"""

import base64
import json
import math
import sys

import torch
import transformers

torch.set_default_dtype(torch.float64)
torch.manual_seed(7)

config = dict(
    vocab_size=23,
    hidden_size=16,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    intermediate_size=24,
    max_position_embeddings=32,
    rope_theta=10000.0,
    rms_norm_eps=1e-5,
)
STEPS, WARMUP, CLIP = 6, 2, 1.0
ADAM, MUON, SHRINK = 0.003, 0.01, 0.05
BETA1, BETA2, EPS, MOMENTUM = 0.9, 0.98, 1e-9, 0.95

sequences = [torch.randint(0, 23, (n,)).tolist() for n in (4, 9, 17, 24)]
total = sum(len(s) - 1 for s in sequences)


def model():
    extra = dict(rope_parameters=dict(rope_type="default", rope_theta=config["rope_theta"]))
    m = transformers.LlamaForCausalLM(
        transformers.LlamaConfig(**config, **extra, tie_word_embeddings=True, attn_implementation="eager")
    ).double()
    assert m.model.embed_tokens.weight is m.lm_head.weight
    return m


def loss(m):
    """Mean cross-entropy over all targets; the sequences are padded with -100."""
    longest = max(map(len, sequences)) - 1
    ids = torch.tensor([s[:-1] + [0] * (longest - len(s) + 1) for s in sequences])
    targets = torch.tensor([s[1:] + [-100] * (longest - len(s) + 1) for s in sequences])
    logits = m(input_ids=ids).logits
    return torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="sum") / total


def ordered(m):
    """Names and parameters in the order in which data meets them."""
    layer = "input_layernorm self_attn.q_proj self_attn.k_proj self_attn.v_proj self_attn.o_proj"
    layer += " post_attention_layernorm mlp.gate_proj mlp.up_proj mlp.down_proj"
    names = [f"model.layers.{i}.{n}.weight" for i in range(config["num_hidden_layers"]) for n in layer.split()]
    all = dict(m.named_parameters())
    names = ["model.embed_tokens.weight", *names, "model.norm.weight"]
    assert set(names) == set(all)
    return {n: all[n] for n in names}


def pack(tensors):
    flat = torch.cat([t.detach().flatten() for t in tensors]).to(torch.float32)
    return base64.b64encode(flat.numpy().astype("<f4").tobytes()).decode()


def rate(step):
    if step < WARMUP:
        return (step + 1) / WARMUP
    return (1 - math.cos(math.pi * (STEPS - step) / (STEPS - WARMUP))) / 2


def newton_schulz(x):
    tall = x.shape[0] > x.shape[1]
    x = x.T if tall else x
    x = x / (x.norm() + 1e-12)
    for _ in range(5):
        a = x @ x.T
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
    return x.T if tall else x


def trained(weights, muon):
    m = model()
    m.load_state_dict(weights)
    blocks = [p for n, p in m.named_parameters() if p.ndim == 2 and "embed" not in n]
    rest = [p for n, p in m.named_parameters() if p.ndim == 1 or "embed" in n]
    groups = [dict(params=rest, weight_decay=0.0)]
    if not muon:
        groups.append(dict(params=blocks, weight_decay=SHRINK))
    adam = torch.optim.AdamW(groups, lr=ADAM, betas=(BETA1, BETA2), eps=EPS)
    momenta = [torch.zeros_like(p) for p in blocks]
    losses, norms = [], []
    for step in range(STEPS):
        m.zero_grad()
        l = loss(m)
        l.backward()
        losses.append(l.item())
        norms.append(torch.nn.utils.clip_grad_norm_(m.parameters(), CLIP).item())
        for g in adam.param_groups:
            g["lr"] = ADAM * rate(step)
        adam.step()
        if muon:
            lr = MUON * rate(step)
            with torch.no_grad():
                for p, buf in zip(blocks, momenta):
                    buf.mul_(MOMENTUM).add_(p.grad)
                    u = newton_schulz(p.grad + MOMENTUM * buf)
                    p.mul_(1 - lr * SHRINK)
                    p.sub_(lr * math.sqrt(max(1, p.shape[0] / p.shape[1])) * u)
    return dict(losses=losses, norms=norms, weights=pack(ordered(m).values()))


m = model()
with torch.no_grad():
    for p in m.parameters():
        p.copy_(torch.randn(p.shape) * (1 / math.sqrt(p.shape[-1])) + (1.0 if p.ndim == 1 else 0.0))
        p.copy_(p.to(torch.float32))  # what float32 can hold
weights = {k: v.clone() for k, v in m.state_dict().items()}
l = loss(m)
l.backward()
out = dict(
    versions=dict(torch=torch.__version__, transformers=transformers.__version__),
    config=config,
    options=dict(
        steps=STEPS, batch=4, pool=4, warmup=WARMUP, clip=CLIP, adam_rate=ADAM, muon_rate=MUON, shrink=SHRINK, seed=1
    ),
    sequences=sequences,
    names=list(ordered(m)),
    shapes=[list(p.shape) for p in ordered(m).values()],
    weights=pack(ordered(m).values()),
    loss=l.item(),
    gradient=pack([p.grad for p in ordered(m).values()]),
    adamw=trained(weights, False),
    muon=trained(weights, True),
)
json.dump(out, sys.stdout, indent=1)
print()
