"""
conditions.py TABLE SAMPLES.csv COLUMN=VALUE...: judges samples drawn with conditions. `hold`: the share of them that
meets all conditions. C2ST, shapes and trends compare with the held-out rows that meet them, if there are enough; the
energy ratios of rare conditions, with all such rows outside the training rows.
`real` in place of the file judges the training rows that meet the conditions.
"""
import sys

import command
import pandas
from closeness import c2st, shapes_and_trends
from nearness import embed, energy_ratios
from real_tables import TABLES, matching, read_text, split, text_of, typed

name, file, *conditions = sys.argv[1:]
categories = TABLES[name].categories
train, held_out, others = split(name)
fake = matching(train, conditions) if file == "real" else read_text(file, name)
hold = len(matching(fake, conditions)) / len(fake)
held_out = matching(held_out, conditions)
untrained = pandas.concat([held_out, matching(others, conditions)], ignore_index=True)

samples = typed(fake, name)
result = {"rows": len(fake), "hold": hold, "held_out": len(held_out), "untrained": len(untrained)}
# trees can't learn from fewer than a hundred rows
if len(held_out) >= 100:
    result["c2st"] = c2st(typed(held_out, name), samples, categories)
    result.update(shapes_and_trends(samples, typed(held_out, name), categories))
# many rows take millions of distances per halving, and have C2ST to judge by
if len(untrained) <= 1000:
    points = embed([samples, typed(untrained, name)], typed(text_of(name), name), categories)
    result.update(energy_ratios(*points))
command.answer(table=name, file=file, conditions=conditions, **result)
