"""
Tables as they are, whose columns nobody has given a kind: how well two kinds of trees tell samples from held-out rows, and
how well they tell training rows from the same rows; and how far each column is from the training rows. Samples may leave out
columns, which aren't compared.
"""
import functools
import os

import numpy
import pandas
from closeness import TREES, auc_of_folds
from kinds import dates, kind_of, numbers
from lightgbm import LGBMClassifier
from margins import chances, ratios
from real_tables import DATA
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import StratifiedKFold

MOST_CODES = 250


def read(path):
    """A CSV file; a cell that is empty or `NA` is missing, as pandas reads it."""
    return pandas.read_csv(path, low_memory=False)


@functools.cache
def rows_of(name, part):
    """The rows of a table FOLDER/NAME to train on, `train`, or those that are held out, `hold`."""
    return read(os.path.join(DATA, f"{name}.{part}.csv.gz"))


def read_with_dates(path):
    """A CSV file for generators that handle gaps themselves."""
    rows = read(path)
    return rows.assign(**{column: dates(rows[column]) for column in rows if kind_of(rows[column]) is dates})


def features(held_out, samples):
    """
    The held-out rows, then the samples: numbers, dates as seconds, texts as codes in the order of how common they are, with
    one code for all but the commonest. A missing text has a code, too. The held-out rows decide on a column's kind.
    """

    def feature(column):
        kind = kind_of(held_out[column])
        cells = pandas.concat([kind(rows[column]) for rows in (held_out, samples)], ignore_index=True)
        if kind is dates:
            return (cells - pandas.Timestamp(0)).dt.total_seconds()
        if kind is numbers:
            return cells
        # stable, unlike value_counts in some versions of pandas: equally common texts by their first row
        counts = cells.groupby(cells).size().sort_values(ascending=False, kind="stable")
        codes = counts.index[:MOST_CODES].get_indexer(cells)
        return pandas.Series(numpy.where(codes < 0, MOST_CODES, codes)).astype("category")

    return pandas.DataFrame({column: feature(column) for column in held_out})


def measures(held_out, samples):
    """
    `c2st`: the AUC of LightGBM on all columns; `column`: its highest on a single one; `forest`: the AUC of a random forest,
    which sees a missing number below all others. `gaps`: the highest difference between the shares of a column's missing
    cells.
    """
    n = min(len(held_out), len(samples))
    rows, label = features(held_out.iloc[:n], samples.iloc[:n]), numpy.r_[numpy.zeros(n), numpy.ones(n)]
    folds = StratifiedKFold(3, shuffle=True, random_state=0)
    trees = LGBMClassifier(**{**TREES, "n_estimators": 150}, min_child_samples=20)
    forest = RandomForestClassifier(200, min_samples_leaf=5, random_state=0)
    # a forest sees only an order: ranks keep it where its float32 would round seconds
    ranks = rows.apply(lambda column: column.astype(float).rank(method="dense").fillna(0))
    return {
        "c2st": auc_of_folds(trees, rows, label, folds),
        "forest": auc_of_folds(forest, ranks, label, folds),
        "column": max(auc_of_folds(trees, rows[[column]], label, folds) for column in rows),
        "gaps": (held_out.isna().mean() - samples.isna().mean()).abs().max(),
    }


@functools.cache
def measures_of_real(name, columns):
    """Training rows in place of samples: as many as held-out rows."""
    held_out = rows_of(name, "hold")[list(columns)]
    train = rows_of(name, "train")[list(columns)]
    return measures(held_out, train.sample(min(len(train), len(held_out)), random_state=0))


@functools.cache
def chances_of_real(name, columns, size):
    return chances(rows_of(name, "train")[list(columns)], size)


def judge(name, file, made=(), beside=None):
    """
    How much better samples can be told from held-out rows than training rows can, on the same columns, and the distance of
    their columns to the training rows as multiples of chance. `made`: columns that are made for each row, not learned, which
    aren't compared. `beside`: a file of other samples; columns that they leave out aren't compared, either.
    """
    held_out, samples = rows_of(name, "hold"), read(file)
    files = [samples, *([read(beside)] if beside else [])]
    columns = [column for column in held_out if column not in made and all(column in rows for rows in files)]
    result, real = measures(held_out[columns], samples[columns]), measures_of_real(name, tuple(columns))
    margins = ratios(rows_of(name, "train"), samples, chances_of_real(name, tuple(columns), len(samples))).values()
    return {
        **{f"{key}_excess": result[key] - real[key] for key in ("c2st", "forest", "column")},
        "gaps": result["gaps"],
        "margins_mean": numpy.mean(list(margins)),
        "margins_worst": max(margins),
        **{f"real_{key}": value for key, value in real.items()},
        "made": len(made),
        # a column without a value has nothing to come back
        "left_out": sum(column not in samples and held_out[column].notna().any() for column in held_out),
    }
