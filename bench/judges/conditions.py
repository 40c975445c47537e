"""Samples drawn with a condition COLUMN=VALUE, whose value may contain `=`."""
import pandas
from closeness import c2st, shapes_and_trends
from nearness import embed, energy_ratios
from real_tables import TABLES, category, read_text, split, text_of, typed


def judge(name, file, condition):
    """
    `hold`: the share of samples that meets the condition. C2ST, shapes and trends compare with the held-out rows that
    meet it, if there are enough; the energy ratios of a rare condition, with all such rows outside the training rows.
    `real` in place of a file are the training rows that meet it.
    """
    column, value = condition.split("=", 1)

    def matching(rows):
        return rows[[category(text) == value for text in rows[column]]]

    categories = TABLES[name].categories
    train, *others = [matching(rows) for rows in split(name)]
    held_out, untrained = [typed(rows, name) for rows in (others[0], pandas.concat(others, ignore_index=True))]
    fake = train if file == "real" else read_text(file, name)
    samples, result = typed(fake, name), {"hold": len(matching(fake)) / len(fake)}
    # trees can't learn from fewer than a hundred rows
    if len(held_out) >= 100:
        result["c2st"] = c2st(held_out, samples, categories)
        result.update(shapes_and_trends(samples, held_out, categories))
    # many rows take millions of distances per halving, and have C2ST to judge by
    if len(untrained) <= 1000:
        points = embed([samples, untrained], typed(text_of(name), name), categories)
        result.update(energy_ratios(*points))
    return result
