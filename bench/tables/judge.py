"""
judge.py TABLE SAMPLES.csv...: judges samples of adult, shoppers or titanic by held-out rows; one line of JSON per file.
`real` in place of a file judges the training rows themselves: the best that samples can be expected to reach.
"""
import sys

from command import answer
from closeness import c2st, shapes_and_trends, tstr
from nearness import memory
from real_tables import load, read


def judge(name, fake):
    train, held_out, table = load(name)
    categories = table.categories
    return {
        **shapes_and_trends(fake, held_out, categories),
        "c2st": c2st(held_out, fake, categories),
        **tstr(fake.iloc[: len(train)], held_out, categories, table.target),
        **memory(fake, train, held_out, categories),
    }


if __name__ == "__main__":
    name, *files = sys.argv[1:]
    for file in files:
        fake = load(name)[0] if file == "real" else read(file, name)
        answer(table=name, file=file, rows=len(fake), **judge(name, fake))
