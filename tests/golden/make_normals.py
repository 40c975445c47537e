"""Makes normals.json and far_normals.json, of samples from 2^32 on: Moonstep's normals, written anew from the papers in Python's own numbers.

    python3 make_normals.py
"""
import json, math, pathlib, struct

M32 = 0xFFFFFFFF


def philox4x32_10(counter, key):
    x, k = list(counter), list(key)
    for _ in range(10):
        a, b = 0xD2511F53 * x[0], 0xCD9E8D57 * x[2]
        x = [(b >> 32) ^ x[1] ^ k[0], b & M32, (a >> 32) ^ x[3] ^ k[1], a & M32]
        k = [(k[0] + 0x9E3779B9) & M32, (k[1] + 0xBB67AE85) & M32]
    return x


assert philox4x32_10([0] * 4, [0] * 2) == [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]


def normal(seed, stream, step, sample, d):
    last = stream + (sample >> 32 << 11)
    w = philox4x32_10([sample & M32, step, d // 4, last], [seed & M32, seed >> 32])
    u = [(word + 0.5) / 2 ** 32 for word in w]
    pair = 0 if d % 4 < 2 else 2
    r, angle = math.sqrt(-2 * math.log(u[pair])), 2 * math.pi * u[pair + 1]
    value = r * (math.cos(angle) if d % 2 == 0 else math.sin(angle))
    return struct.unpack("<f", struct.pack("<f", value))[0]


cases = [
    dict(seed=0, stream=0, step=0, start=0, count=4, dim=2),
    dict(seed=7, stream=1, step=9, start=1000, count=3, dim=3),
    dict(seed=2 ** 32 + 5, stream=4, step=4999, start=0, count=2, dim=9),
    dict(seed=2 ** 53 - 1, stream=5, step=0, start=4294967290, count=6, dim=1),
]
far = [
    dict(seed=0, stream=0, step=0, start=2 ** 32 - 2, count=12, dim=3),
    dict(seed=2 ** 32 + 5, stream=7, step=3, start=5 * 2 ** 32 + 17, count=2, dim=5),
    dict(seed=2 ** 53 - 1, stream=1, step=29, start=2 ** 53 - 9, count=9, dim=2),
]
for name, of in [("normals.json", cases), ("far_normals.json", far)]:
    for case in of:
        case["normals"] = [
            [normal(case["seed"], case["stream"], case["step"], case["start"] + i, d) for d in range(case["dim"])]
            for i in range(case["count"])
        ]
    (pathlib.Path(__file__).parent / name).write_text(json.dumps(of) + "\n")
