"""The real tables: how to read them, and which of their rows are training rows and held-out rows.

real_tables.py TABLE OUT.csv: writes the training rows, with every cell as in the source.
"""
import os
import re
import sys
from dataclasses import dataclass

import numpy
import pandas

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data")


@dataclass(frozen=True)
class Table:
    target: str
    """The column that a model trained on samples has to predict."""
    categories: tuple
    """Columns judged as categories; the others are numbers."""
    file: str = ""
    train: int = 0
    held_out: int = 0


TABLES = {
    "adult": Table(
        file="census.csv.gz",
        target="income",
        train=10_000,
        held_out=5000,
        categories=(
            "workclass", "education", "marital_status", "occupation", "relationship", "race", "sex",
            "native_country", "income",
        ),
    ),
    "shoppers": Table(
        file="online_shoppers.csv.gz",
        target="Revenue",
        train=8000,
        held_out=4330,
        categories=(
            "Month", "OperatingSystems", "Browser", "Region", "TrafficType", "VisitorType", "Weekend", "Revenue",
        ),
    ),
    "titanic": Table(
        file="titanic.csv.gz",
        target="survived",
        train=900,
        held_out=409,
        categories=("survived", "pclass", "sex", "sibsp", "parch", "embarked"),
    ),
    # two small tables from scikit-learn
    "iris": Table(target="species", categories=("species",)),
    "wine": Table(target="class", categories=("class",)),
}


def text_of(name):
    """All rows of a table in the source's order, each cell as the source's text."""
    if TABLES[name].file:
        path = os.path.join(DATA, TABLES[name].file)
        return pandas.read_csv(path, dtype=str, keep_default_na=False, skipinitialspace=True).astype(object)
    from sklearn import datasets

    bunch = {"iris": datasets.load_iris, "wine": datasets.load_wine}[name](as_frame=True)
    columns = [re.sub(r" \(cm\)$", "", column).replace(" ", "_") for column in bunch.feature_names]
    rows = bunch.data.astype(object).map(lambda value: re.sub(r"\.0$", "", repr(float(value))))
    rows.columns = columns
    rows[TABLES[name].target] = [str(bunch.target_names[code]) for code in bunch.target]
    return rows


def split(name):
    """The training rows, the held-out rows and the rest, as text. The permutation is the same for everyone."""
    rows, table = text_of(name), TABLES[name]
    order = numpy.random.RandomState(0).permutation(len(rows))
    ends = [0, table.train, table.train + table.held_out, len(rows)]
    return [rows.iloc[order[a:b]].reset_index(drop=True) for a, b in zip(ends, ends[1:])]


def read_text(path, name):
    """A CSV file of rows like the table's, as text, with its columns in the table's order."""
    rows = pandas.read_csv(path, dtype=str, keep_default_na=False).astype(object)
    columns = list(text_of(name).columns)
    lacking = [column for column in columns if column not in rows.columns]
    if lacking:
        raise SystemExit(f"{path} has no column {', '.join(lacking)}")
    return rows[columns].copy()


def typed(rows, name):
    """Converts text to values: categories stay text, numbers become floats, an empty cell is missing."""
    result = rows.copy()
    for column in result.columns:
        if column in TABLES[name].categories:
            result[column] = [category(value) for value in result[column]]
            result[column] = result[column].astype(object)
        else:
            result[column] = [float(value) if value != "" else numpy.nan for value in result[column]]
    return result


def category(text):
    """A generator that computes in floats may write the category 2 as 2.0, which counts as the same."""
    return None if text == "" else re.sub(r"^(-?\d+)\.0+$", r"\1", text)


def load(name):
    """The training and held-out rows as values, and the table."""
    train, held_out, _ = split(name)
    return typed(train, name), typed(held_out, name), TABLES[name]


def read(path, name):
    """A CSV file of samples as values."""
    return typed(read_text(path, name), name)


def matching(rows, conditions):
    """The rows, as text, that meet each condition COLUMN=VALUE. The value may contain `=`."""
    keep = numpy.ones(len(rows), bool)
    for condition in conditions:
        column, value = condition.split("=", 1)
        keep &= numpy.array([category(text) == value for text in rows[column]], bool)
    return rows[keep]


if __name__ == "__main__":
    name, out = sys.argv[1:]
    train, _, _ = split(name) if TABLES[name].file else (text_of(name), None, None)
    train.to_csv(out, index=False)
