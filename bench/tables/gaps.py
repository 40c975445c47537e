"""
gaps.py make TABLE SEED OUT.csv             writes rows with a fifth of their cells emptied at random
gaps.py judge TABLE SEED FULL.csv           judges them filled
gaps.py missforest TABLE SEED OUT.csv       fills a small table's gaps like MissForest, for comparison

Adult: the held-out rows, all columns. Iris: all rows, the four measurements; the model trains on the table with gaps.
"""
import sys

import command
import numpy
from closeness import c2st
from real_tables import TABLES, read_text, split, text_of, typed

SHARE = 0.2


def original(name):
    return split(name)[1] if TABLES[name].file else text_of(name)


def gaps(name, seed):
    """The cells to empty. For a small table only numbers, whose error is measured."""
    rows = original(name)
    whole = bool(TABLES[name].file)
    columns = [whole or column not in TABLES[name].categories for column in rows.columns]
    result = numpy.zeros(rows.shape, bool)
    result[:, columns] = numpy.random.RandomState(seed).rand(len(rows), sum(columns)) < SHARE
    return result


def with_gaps(name, seed):
    return original(name).mask(gaps(name, seed), "")


def judge(name, seed, file):
    real, filled, gap = original(name), read_text(file, name), gaps(name, seed)
    if len(filled) != len(real):
        raise SystemExit(f"{file} has {len(filled)} rows, not {len(real)}")
    values, truth = typed(filled, name), typed(real, name)
    same = (values.eq(truth) | (values.isna() & truth.isna())).to_numpy()
    # an imputer that changes given cells, or leaves a gap, is wrong whatever the distances say
    result = {"changed": int((~same & ~gap).sum()), "left": int((values.isna().to_numpy() & gap).sum())}
    if TABLES[name].file:
        categories, others = TABLES[name].categories, typed(split(name)[2], name)
        result["c2st"] = c2st(others.iloc[: len(values)], values, categories)
        result["c2st_twins"] = c2st(truth, values, categories, same_rows=True)
    else:
        result["error"] = error(values, truth, gap, name)
    command.answer(table=name, seed=seed, file=file, gaps=int(gap.sum()), **result)


def error(values, truth, gap, name):
    """Mean absolute error of the filled numbers, with each column scaled by its range in the full table."""
    numbers = [column not in TABLES[name].categories for column in truth.columns]
    full, filled = truth.loc[:, numbers].to_numpy(float), values.loc[:, numbers].to_numpy(float)
    return (numpy.abs(filled - full) / (full.max(0) - full.min(0)))[gap[:, numbers]].mean()


def missforest(name, seed, out):
    """Forests that predict each column from the others, in rounds until they converge (Stekhoven, Bühlmann 2012)."""
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.experimental import enable_iterative_imputer  # noqa: F401
    from sklearn.impute import IterativeImputer

    rows = with_gaps(name, seed)
    values, target = typed(rows, name), TABLES[name].target
    numbers = values.drop(columns=list(TABLES[name].categories))
    one_hot = numpy.stack([values[target] == each for each in sorted(set(values[target]))], axis=1)
    forests = IterativeImputer(RandomForestRegressor(100, random_state=0), max_iter=10, random_state=0)
    filled = forests.fit_transform(numpy.c_[numbers.to_numpy(float), one_hot])
    for index, column in enumerate(numbers.columns):
        empty = rows[column] == ""
        rows.loc[empty, column] = [repr(float(value)) for value in filled[empty.to_numpy(), index]]
    rows.to_csv(out, index=False)


if __name__ == "__main__":
    action, name, seed, file = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
    if action == "make":
        with_gaps(name, seed).to_csv(file, index=False)
    elif action == "missforest":
        missforest(name, seed, file)
    else:
        judge(name, seed, file)
