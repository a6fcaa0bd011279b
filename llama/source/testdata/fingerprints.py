#!/usr/bin/env python3
"""Fingerprints of whole models, read without this package.

    pip install gguf==0.19.0 safetensors==0.8.0 && python fingerprints.py SHARED_MODELS BARD

A fingerprint is the SHA-256 of all weights as little-endian float32, in the order of source.Tensors,
rows of q and k in the order of interleaved pairs. SHARED_MODELS holds smollm2-135m and stories260K,
BARD is the project's llama/embedded/bard.
"""
import hashlib
import sys
from pathlib import Path

import numpy as np
from gguf import GGUFReader
from gguf.quants import dequantize
from safetensors.numpy import load_file

GGUF = ["attn_norm", "attn_q", "attn_k", "attn_v", "attn_output", "ffn_norm", "ffn_gate", "ffn_up", "ffn_down"]
HF = ["input_layernorm", "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj",
      "post_attention_layernorm", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"]


def fingerprint(tensors):
    h = hashlib.sha256()
    for t in tensors:
        h.update(np.ascontiguousarray(t, dtype="<f4").tobytes())
    return h.hexdigest()


def gguf(path):
    t = {x.name: dequantize(np.array(x.data), x.tensor_type) for x in GGUFReader(path).tensors}
    layers = 1 + max(int(n.split(".")[1]) for n in t if n.startswith("blk."))
    yield t["token_embd.weight"]
    for i in range(layers):
        yield from (t[f"blk.{i}.{n}.weight"] for n in GGUF)
    yield t["output_norm.weight"]


def huggingface(path, layers, head_dim):
    t = load_file(path)
    yield t["model.embed_tokens.weight"]
    for i in range(layers):
        for n in HF:
            w = t[f"model.layers.{i}.{n}.weight"].astype(np.float32)
            if "q_proj" in n or "k_proj" in n:
                w = w.reshape(-1, 2, head_dim // 2, w.shape[1]).swapaxes(1, 2).reshape(w.shape)
            yield w
    yield t["model.norm.weight"]


def llama2c(path):
    raw = Path(path).read_bytes()
    dim, hidden, layers, heads, kv_heads, vocab, _ = np.frombuffer(raw[:28], "<i4")
    kv_dim = dim // heads * kv_heads
    sizes = {"emb": vocab * dim, "an": dim, "q": dim * dim, "k": kv_dim * dim, "v": kv_dim * dim, "o": dim * dim,
             "fn": dim, "w1": hidden * dim, "w2": hidden * dim, "w3": hidden * dim}
    data, at, t = np.frombuffer(raw[28:], "<f4"), 0, {}
    for name, size in sizes.items():
        count = 1 if name == "emb" else layers
        t[name] = data[at:at + count * size].reshape(count, size)
        at += count * size
    yield t["emb"]
    for i in range(layers):
        yield from (t[n][i] for n in ("an", "q", "k", "v", "o", "fn", "w1", "w3", "w2"))
    yield data[at:at + dim]


def main():
    shared, bard = map(Path, sys.argv[1:])
    print("smollm2-135m Q4_1", fingerprint(gguf(shared / "smollm2-135m/SmolLM2-135M-Instruct.Q4_1.gguf")))
    print("stories260K      ", fingerprint(llama2c(shared / "stories260K/stories260K.bin")))
    print("bard             ", fingerprint(huggingface(bard / "model.safetensors", 4, 16)))
    print("bard f16         ", fingerprint(gguf(bard / "bard-f16.gguf")))
    print("bard q8_0        ", fingerprint(gguf(bard / "bard-q8_0.gguf")))


if __name__ == "__main__":
    main()
