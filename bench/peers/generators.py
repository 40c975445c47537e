"""Generators of tables beside ours: each is fitted to rows, and draws similar ones. All with their defaults."""
import os
import time

import numpy
import pandas
from preparation import Preparation
from real_tables import TABLES, read


def fit(variant, table, train, seed, rows, out, threads):
    """Fits one to the rows of a file and draws `rows` for each file of `out`. The seconds are of fitting alone."""
    if variant == "argn":
        return fit_argn(table, train, seed, rows, out)
    if variant in ("ctgan", "tvae"):
        import ctgan  # noqa: F401  importing takes seconds, which are not part of fitting
    numpy.random.seed(seed)
    given = read(train, table)
    preparation = Preparation(given, TABLES[table].categories, seed)
    prepared = preparation.prepare(given)
    start = time.perf_counter()
    sample = GENERATORS[variant](prepared, preparation.categories, TABLES[table].target, seed, threads)
    seconds = time.perf_counter() - start
    for file in out:
        preparation.restore(sample(rows)).to_csv(file, index=False)
    return {"seconds": seconds}


def fit_argn(table, train, seed, rows, out):
    """
    TabularARGN, which handles gaps, decimals and ranges itself. Without its value protection, which would replace rare
    values: no other generator here protects them.
    """
    import psutil
    from gauntlet import read_with_dates
    from mostlyai.engine import TabularARGN

    def processor_seconds():
        """Of this process and its children, those that have ended and those that haven't."""
        living = [child.cpu_times() for child in psutil.Process().children(recursive=True)]
        return sum(os.times()[:4]) + sum(times.user + times.system for times in living)

    given = read(train, table) if table in TABLES else read_with_dates(train)
    start = processor_seconds()
    with TabularARGN(value_protection=False, random_state=seed) as model:
        model.fit(given)
        seconds = processor_seconds() - start
        for file in out:
            model.sample(rows).to_csv(file, index=False)
    return {"processor_seconds": seconds}


def of_ctgan(name):
    def fitted(rows, categories, target, seed, threads):
        import ctgan

        model = getattr(ctgan, name)(epochs=300, enable_gpu=False)
        model.set_random_state(seed)
        model.fit(rows, categories)
        return model.sample

    return fitted


def copula(rows, categories, target, seed, threads):
    """
    Gaussian copula on normal scores: each column by its empirical distribution, with places drawn within a value's share,
    also for categories. The library's own choices of marginals (beta, kernel densities) fit atoms and tails worse.
    """
    from copulas.multivariate import GaussianMultivariate
    from copulas.univariate import GaussianUnivariate
    from scipy.stats import norm

    random = numpy.random.RandomState(seed)
    marginals = [Marginal(rows[column], column in categories) for column in rows.columns]
    places = {f"x{i}": each.places(rows.iloc[:, i], random) for i, each in enumerate(marginals)}
    model = GaussianMultivariate(distribution=GaussianUnivariate, random_state=seed)
    model.fit(pandas.DataFrame(places).apply(norm.ppf))

    def sample(count):
        # the results are in units of the scores, which are standard normal up to rounding
        drawn = model.sample(count).apply(norm.cdf)
        columns = {c: m.values(drawn[f"x{i}"].to_numpy()) for i, (c, m) in enumerate(zip(rows.columns, marginals))}
        return pandas.DataFrame(columns)

    return sample


class Marginal:
    """A column's distinct values and the end of each one's share: numbers in order, categories by frequency."""

    def __init__(self, column, is_category):
        counts = column.value_counts()
        self.order = (counts if is_category else counts.sort_index()).index.to_numpy()
        shares = counts.loc[self.order].to_numpy() / len(column)
        self.ends = numpy.cumsum(shares)
        self.starts = self.ends - shares

    def places(self, column, random):
        index = column.map({value: index for index, value in enumerate(self.order)}).to_numpy()
        drawn = self.starts[index] + random.rand(len(index)) * (self.ends - self.starts)[index]
        return drawn.clip(1e-6, 1 - 1e-6)

    def values(self, places):
        return self.order[numpy.searchsorted(self.ends, places).clip(0, len(self.order) - 1)]


def forest(rows, categories, target, seed, threads):
    """ForestDiffusion's flow on XGBoost, with one set of trees per value of the target, as its authors run it."""
    from ForestDiffusion import ForestDiffusionModel

    columns = [column for column in rows.columns if column != target]
    codes = {column: sorted(set(rows[column])) for column in categories}
    table = rows[columns].copy()
    for column in set(categories) - {target}:
        table[column] = rows[column].map(codes[column].index)

    def indices(condition):
        return [index for index, column in enumerate(columns) if condition(column)]

    model = ForestDiffusionModel(
        table.to_numpy(float),
        label_y=rows[target].map(codes[target].index).to_numpy(),
        cat_indexes=indices(lambda c: c in categories and len(codes[c]) > 2),
        bin_indexes=indices(lambda c: c in categories and len(codes[c]) <= 2),
        int_indexes=indices(lambda c: c not in categories and rows[c].dtype.kind == "i"),
        n_jobs=threads,
        seed=seed,
    )

    def sample(count):
        drawn = pandas.DataFrame(model.generate(batch_size=count), columns=[*columns, target])
        for column in categories:
            drawn[column] = [codes[column][round(code)] for code in drawn[column].astype(float)]
        return drawn[list(rows.columns)]

    return sample


GENERATORS = {"ctgan": of_ctgan("CTGAN"), "tvae": of_ctgan("TVAE"), "copula": copula, "forest": forest}
