"""The real tables: how to read them, and which of their rows are training rows and held-out rows."""
import os
import re
from dataclasses import dataclass

import numpy
import pandas

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data")


@dataclass(frozen=True)
class Table:
    target: str
    """The column that a model trained on samples has to predict."""
    categories: list
    """Columns judged as categories; the others are numbers."""
    file: str = ""
    train: int = 0
    held_out: int = 0


ADULT = "workclass education marital_status occupation relationship race sex native_country income".split()
SHOPPERS = "Month OperatingSystems Browser Region TrafficType VisitorType Weekend Revenue".split()
TITANIC = "survived pclass sex sibsp parch embarked".split()
TABLES = {
    "adult": Table("income", ADULT, "census.csv.gz", train=10_000, held_out=5000),
    "shoppers": Table("Revenue", SHOPPERS, "online_shoppers.csv.gz", train=8000, held_out=4330),
    "titanic": Table("survived", TITANIC, "titanic.csv.gz", train=900, held_out=409),
    # two small tables from scikit-learn
    "iris": Table("species", ["species"]),
    "wine": Table("class", ["class"]),
}


def text_of(name):
    """All rows of a table in the source's order, each cell as the source's text."""
    if TABLES[name].file:
        path = os.path.join(DATA, TABLES[name].file)
        return pandas.read_csv(path, dtype=str, keep_default_na=False, skipinitialspace=True).astype(object)
    from sklearn import datasets

    bunch = getattr(datasets, f"load_{name}")(as_frame=True)
    rows = bunch.data.astype(object).map(lambda value: re.sub(r"\.0$", "", repr(float(value))))
    rows.columns = [re.sub(r" \(cm\)$", "", column).replace(" ", "_") for column in bunch.feature_names]
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
    return rows[list(text_of(name).columns)].copy()


def typed(rows, name):
    """Converts text to values: categories stay text, numbers become floats, an empty cell is missing."""

    def values(column):
        if column.name in TABLES[name].categories:
            return column.map(category).astype(object)
        return column.map(lambda text: float(text or "nan"))

    return rows.apply(values)


def category(text):
    """A generator that computes in floats may write the category 2 as 2.0, which counts as the same."""
    return None if text == "" else re.sub(r"^(-?\d+)\.0+$", r"\1", text)

def read(path, name):
    """A CSV file of samples as values."""
    return typed(read_text(path, name), name)


def write_training(name, out):
    """The training rows, with every cell as in the source; of a small table, all rows."""
    (split(name)[0] if TABLES[name].file else text_of(name)).to_csv(out, index=False)
