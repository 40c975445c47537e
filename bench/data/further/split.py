"""
Splits the tables of this folder as those of the gauntlet were split: `python split.py RDATASETS`, a clone of
github.com/vincentarelbundock/Rdatasets (commit 1dcc2bf), which may be bare. Every cell stays as the source wrote it.
"""
import csv
import gzip
import io
import os
import subprocess
import sys

import numpy

TABLES = """
wooldridge/wage2 dplyr/storms openintro/loans_full_schema Lahman/Teams stevedata/gss_spending openintro/nycflights
openintro/mlbbat10 AER/HealthInsurance Ecdat/BudgetItaly Ecdat/breaches
""".split()


def write(path, rows):
    """Without a name and a time in its header, so that the same rows are the same bytes."""
    with open(path, "wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as zipped:
        text = io.TextIOWrapper(zipped, encoding="utf-8", newline="")
        csv.writer(text, lineterminator="\n").writerows(rows)
        text.flush()


for table in TABLES:
    source = subprocess.check_output(["git", "-C", sys.argv[1], "show", f"HEAD:csv/{table}.csv"], encoding="utf-8")
    # the first column is the number of the row, which Rdatasets adds
    header, *rows = [cells[1:] for cells in csv.reader(io.StringIO(source, newline=""))]
    order = numpy.random.RandomState(0).permutation(len(rows))
    train = min(4000, len(rows) * 2 // 3)
    hold = min(2000, len(rows) - train)
    parts = {"train": order[:train], "hold": order[train : train + hold]}
    for part, chosen in parts.items():
        path = os.path.join(os.path.dirname(os.path.abspath(__file__)), f"{os.path.basename(table)}.{part}.csv.gz")
        write(path, [header, *(rows[index] for index in chosen)])
