"""llama.cpp by its C interface, in the library that xllamacpp or llama-cpp-python
brings along. Both are wheels of PyPI; their own classes are not used, as they
change."""

import ctypes
import importlib.util
import os
import pathlib

LIBRARIES = {"xllamacpp": ("xllamacpp", "xllamacpp*.so"), "llama-cpp-python": ("llama_cpp", "lib/libllama.*")}


def library():
    """The package that has llama.cpp's library, and the library's path; None if
    no package has it."""
    for package, (module, pattern) in LIBRARIES.items():
        found = importlib.util.find_spec(module)
        if found is not None:
            for path in pathlib.Path(found.origin).parent.glob(pattern):
                return package, path
    return None


class Params(ctypes.Structure):
    """Room for any of llama.cpp's structures of parameters, of which a few fields
    are changed."""

    _fields_ = [("bytes", ctypes.c_uint8 * 1024)]

    def put(self, kind, at, value):
        kind.from_buffer(self, at).value = value

    def find(self, what, begin=0):
        """Where the first whole numbers of 32 bits begin that are those of what."""
        words = [ctypes.c_int32.from_buffer(self, at).value for at in range(0, 256, 4)]
        for at in range(begin // 4, len(words)):
            if words[at:at + len(what)] == what:
                return 4 * at
        raise RuntimeError("llama.cpp's parameters have changed")


class Batch(ctypes.Structure):
    _fields_ = [
        ("n", ctypes.c_int32),
        ("token", ctypes.POINTER(ctypes.c_int32)),
        ("embd", ctypes.c_void_p),
        ("pos", ctypes.POINTER(ctypes.c_int32)),
        ("n_seq", ctypes.POINTER(ctypes.c_int32)),
        ("seq", ctypes.POINTER(ctypes.POINTER(ctypes.c_int32))),
        ("logits", ctypes.POINTER(ctypes.c_int8)),
    ]


Log = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)


class LlamaCpp:
    """llama.cpp with at most one model."""

    def __init__(self):
        self.lib = ctypes.CDLL(str(library()[1]))
        self.said = []
        self.log = Log(lambda level, text, _: self.said.append(text) if level == 4 else None)
        self.lib.llama_log_set(self.log, None)
        self.lib.llama_backend_init()

    def call(self, name, returns, *args):
        f = getattr(self.lib, name)
        f.restype = returns
        return f(*args)

    def fail(self, what):
        raise RuntimeError(f"llama.cpp {what}: " + b"".join(self.said).decode(errors="replace").strip())

    def load(self, path, context, threads, exact=False):
        """Opens a GGUF. With exact, keys and values stay in float32, which are
        rounded to float16 otherwise."""
        p = ctypes.c_void_p
        params = self.call("llama_model_default_params", Params)
        self.model = p(self.call("llama_model_load_from_file", p, os.fsencode(path), params))
        if not self.model:
            self.fail(f"does not load {path}")
        params = self.call("llama_context_default_params", Params)
        params.put(ctypes.c_uint32, 0, context)
        if exact:
            # What is chosen by the model or the machine is -1: the scaling of
            # rotations, pooling, the kind of attention, and whether it is fused,
            # which rounds; behind are the types of keys and values, F16.
            fused = params.find([-1] * 4) + 12
            params.put(ctypes.c_int32, fused, 0)
            types = params.find([F16, F16], fused)
            params.put(ctypes.c_int32, types, F32)
            params.put(ctypes.c_int32, types + 4, F32)
        self.context = p(self.call("llama_init_from_model", p, self.model, params))
        if not self.context:
            self.fail(f"has no context for {path}")
        self.lib.llama_set_n_threads(self.context, threads, threads)
        have = self.call("llama_n_ctx", ctypes.c_uint32, self.context)
        if not context <= have <= context + 256:
            raise RuntimeError(f"llama.cpp has a context of {have}, not {context}: its parameters have changed")
        self.tokenizer = p(self.call("llama_model_get_vocab", p, self.model))
        self.vocab = self.lib.llama_vocab_n_tokens(self.tokenizer)
        self.batch = self.call("llama_batch_init", Batch, context, 0, 1)

    def close(self):
        self.call("llama_batch_free", None, self.batch)
        self.call("llama_free", None, self.context)
        self.call("llama_model_free", None, self.model)

    def tokenize(self, text):
        """The ids of a text, with those that the model has put before and behind;
        names of control tokens are text."""
        raw = text.encode()
        ids = (ctypes.c_int32 * (len(raw) + 16))()
        n = self.lib.llama_tokenize(self.tokenizer, raw, len(raw), ids, len(ids), ctypes.c_bool(True), ctypes.c_bool(False))
        if n < 0:
            self.fail(f"does not tokenize {text!r}")
        return ids[:n]

    def detokenize(self, ids):
        """The text of ids, without control tokens. What begins a text goes first, as
        llama.cpp takes a blank from the first token alone."""
        if ids[:1] == [self.lib.llama_vocab_bos(self.tokenizer)]:
            ids = ids[1:]
        text = ctypes.create_string_buffer(64 * (len(ids) + 1))
        n = self.lib.llama_detokenize(self.tokenizer, (ctypes.c_int32 * len(ids))(*ids), len(ids), text, len(text),
                                      ctypes.c_bool(False), ctypes.c_bool(False))
        if n < 0:
            self.fail(f"does not detokenize {ids}")
        return text.raw[:n].decode(errors="replace")

    def decode(self, ids, at, every=False):
        """Reads ids that stand at a position, and keeps the logits after the last
        one, or after every one."""
        b = self.batch
        b.n = len(ids)
        for i, id in enumerate(ids):
            b.token[i], b.pos[i], b.n_seq[i], b.logits[i] = id, at + i, 1, every or i == len(ids) - 1
            b.seq[i][0] = 0
        if self.lib.llama_decode(self.context, b) != 0:
            self.fail("does not decode")
        self.row = self.call("llama_get_logits_ith", ctypes.POINTER(ctypes.c_float), self.context, -1)

    def logits(self, ids):
        """The logits after each of ids."""
        self.clear()
        self.decode(ids, 0, every=True)
        rows = [self.call("llama_get_logits_ith", ctypes.POINTER(ctypes.c_float), self.context, i) for i in range(len(ids))]
        return [row[:self.vocab] for row in rows]

    def clear(self):
        memory = ctypes.c_void_p(self.call("llama_get_memory", ctypes.c_void_p, self.context))
        self.lib.llama_memory_clear(memory, ctypes.c_bool(True))


F32, F16, Q4_0, Q5_0, Q8_0, Q4_K, Q6_K, BF16 = 0, 1, 2, 6, 8, 12, 14, 30  # as ggml numbers types
