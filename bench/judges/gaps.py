"""Rows with a fifth of their cells emptied at random, and how well they are filled.

Adult: the held-out rows, all columns. Iris: all rows, the four measurements; the model trains on the table with gaps.
"""
import numpy
from closeness import c2st
from real_tables import TABLES, read_text, split, text_of, typed


def original(name):
    return split(name)[1] if TABLES[name].file else text_of(name)


def numbers_of(name):
    return numpy.array([column not in TABLES[name].categories for column in original(name).columns])


def gaps(name, seed):
    """The cells to empty. For a small table only numbers, whose error is measured."""
    columns = numbers_of(name) | bool(TABLES[name].file)
    result = numpy.zeros(original(name).shape, bool)
    result[:, columns] = numpy.random.RandomState(seed).rand(len(result), columns.sum()) < 0.2
    return result


def write(name, seed, out):
    original(name).mask(gaps(name, seed), "").to_csv(out, index=False)


def judge(name, seed, file):
    """An imputer that changes given cells, or leaves a gap, is wrong whatever the distances say: both are counted."""
    values, truth, gap = typed(read_text(file, name), name), typed(original(name), name), gaps(name, seed)
    same = (values.eq(truth) | (values.isna() & truth.isna())).to_numpy()
    result = {"changed": (~same & ~gap).sum(), "left": (values.isna().to_numpy() & gap).sum()}
    if TABLES[name].file:
        categories, others = TABLES[name].categories, typed(split(name)[2], name)
        result["c2st_others"] = c2st(others.iloc[: len(values)], values, categories)
        result["c2st_same"] = c2st(truth, values, categories, same_rows=True)
    else:
        numbers = numbers_of(name)
        full, filled = truth.loc[:, numbers].to_numpy(float), values.loc[:, numbers].to_numpy(float)
        # each column is scaled by its range in the full table
        errors = numpy.abs(filled - full) / (full.max(0) - full.min(0))
        result["error"] = errors[gap[:, numbers]].mean()
    return result


def missforest(name, seed, out):
    """Forests that predict each column from the others, in rounds until they converge (Stekhoven, Bühlmann 2012)."""
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.experimental import enable_iterative_imputer  # noqa: F401
    from sklearn.impute import IterativeImputer

    rows = original(name).mask(gaps(name, seed), "")
    values, target = typed(rows, name), TABLES[name].target
    numbers = values.loc[:, numbers_of(name)]
    one_hot = numpy.stack([values[target] == each for each in sorted(set(values[target]))], axis=1)
    forests = IterativeImputer(RandomForestRegressor(100, random_state=0), max_iter=10, random_state=0)
    filled = forests.fit_transform(numpy.c_[numbers.to_numpy(float), one_hot])
    for index, column in enumerate(numbers.columns):
        empty = (rows[column] == "").to_numpy()
        rows.loc[empty, column] = [repr(float(value)) for value in filled[empty, index]]
    rows.to_csv(out, index=False)
