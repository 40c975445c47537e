"""Makes box_muller.json: [word, radius, cosine, sine] of Box-Muller, worked out in 60 digits and rounded once to float64.

    python3 make_box_muller.py        needs mpmath
"""
import json, pathlib
from mpmath import mp, mpf

mp.dps = 60

sqrt_half = 0xB504F334  # where fdlibm's logarithm changes halves, to within a thousandth of a word
words = {0, 1, 2, 3, 2 ** 32 - 1, 2 ** 32 - 2, 2 ** 31 - 1, 2 ** 31, 2 ** 31 + 1}
for eighth in range(1, 8):
    words |= {eighth * 2 ** 29 + k for k in (-2, -1, 0, 1)}
for power in range(2, 32):
    words |= {2 ** power - 1, 2 ** power}
for k in range(8):
    words |= {(sqrt_half >> k) + j for j in (-5000, -1, 0, 1, 5000)}
word = 1
for _ in range(100):
    word = (1664525 * word + 1013904223) % 2 ** 32
    words.add(word)

rows = []
for word in sorted(words):
    u = (mpf(word) + mpf(1) / 2) / 2 ** 32
    rows.append([word] + [float(x) for x in (mp.sqrt(-2 * mp.log(u)), mp.cospi(2 * u), mp.sinpi(2 * u))])

lines = ",\n".join(json.dumps(row) for row in rows)
pathlib.Path(__file__).with_name("box_muller.json").write_text(f"[\n{lines}\n]\n")
