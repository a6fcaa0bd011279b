#!/usr/bin/env python3
"""Golden blocks: what the Python package gguf decodes random blocks of each type to.

    pip install gguf==0.19.0 && python golden_blocks.py > golden_blocks.json

Writes, for each type, the bytes of some blocks and the float32 values, both in base64. All bytes are
random but for the half-precision scales, which are drawn so that they are finite; the first block of
each type has a subnormal scale, the second a negative one.
"""
import base64
import json
import sys

import numpy as np
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType as Q
from gguf.quants import dequantize

# Where the half floats of a block are.
SCALES = {Q.Q4_0: [0], Q.Q4_1: [0, 2], Q.Q5_0: [0], Q.Q5_1: [0, 2], Q.Q8_0: [0], Q.Q4_K: [0, 2],
          Q.Q5_K: [0, 2], Q.Q6_K: [208], Q.TQ1_0: [52], Q.TQ2_0: [64]}


def random_blocks(rng, kind):
    values, size = GGML_QUANT_SIZES[kind]
    if kind == Q.F32:
        return rng.standard_normal(64).astype("<f4").tobytes()
    if kind == Q.F16:
        halves = rng.integers(0, 1 << 16, 256).astype("<u2")
        return halves[(halves & 0x7C00) != 0x7C00].tobytes()
    if kind == Q.BF16:
        halves = rng.integers(0, 1 << 16, 64).astype("<u2")
        return halves[(halves & 0x7F80) != 0x7F80].tobytes()
    count = 3 if values == 256 else 6
    blocks = rng.integers(0, 256, (count, size)).astype(np.uint8)
    for at in SCALES[kind]:
        scales = (rng.uniform(0.5, 1.5, count) * 0.02).astype("<f2")
        scales.view("<u2")[0] = rng.integers(1, 1 << 10)
        scales[1] = -scales[1]
        blocks[:, at:at + 2] = scales.view(np.uint8).reshape(count, 2)
    return blocks.tobytes()


def main():
    rng = np.random.default_rng(20)
    golden = {}
    for kind in (Q.F32, Q.F16, Q.BF16, *SCALES):
        data = random_blocks(rng, kind)
        raw = np.frombuffer(data, dtype=np.uint8)
        if kind in (Q.F32, Q.F16):          # not decoded from bytes by the package
            values = raw.view("<f4" if kind == Q.F32 else "<f2").astype("<f4")
        else:
            values = dequantize(raw, kind).astype("<f4")
        golden[kind.name] = {"blocks": base64.b64encode(data).decode(),
                             "values": base64.b64encode(values.tobytes()).decode()}
    json.dump(golden, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
