"""The peers: each is fitted to a table without gaps, and generates similar rows. All use their authors' defaults."""
import numpy
import pandas


def ctgan(rows, categories, target, seed, epochs, threads):
    from ctgan import CTGAN

    return fitted(CTGAN(epochs=epochs, enable_gpu=False), rows, categories, seed)


def tvae(rows, categories, target, seed, epochs, threads):
    from ctgan import TVAE

    return fitted(TVAE(epochs=epochs, enable_gpu=False), rows, categories, seed)


def fitted(model, rows, categories, seed):
    model.set_random_state(seed)
    model.fit(rows, categories)
    return model.sample


def copula(rows, categories, target, seed, epochs, threads):
    """
    Gaussian copula on normal scores: each column by its empirical distribution, with places drawn within a value's share,
    also for categories. The library's own choices of marginals (beta, kernel densities) fit atoms and tails worse.
    """
    from copulas.multivariate import GaussianMultivariate
    from copulas.univariate import GaussianUnivariate
    from scipy.stats import norm

    random = numpy.random.RandomState(seed)
    marginals = {column: Marginal(rows[column], column in categories) for column in rows.columns}
    names = {column: f"x{index}" for index, column in enumerate(rows.columns)}
    uniform = {names[c]: marginals[c].uniform(rows[c], random) for c in rows.columns}
    model = GaussianMultivariate(distribution=GaussianUnivariate, random_state=seed)
    model.fit(pandas.DataFrame(uniform).apply(norm.ppf))

    def sample(count):
        # the results are in units of the scores, which are standard normal up to rounding
        places = model.sample(count).apply(norm.cdf)
        return pandas.DataFrame({c: marginals[c].values(places[names[c]].to_numpy()) for c in rows.columns})

    return sample


class Marginal:
    """A column's distinct values and the end of each one's share: numbers in order, categories by frequency."""

    def __init__(self, column, is_category):
        counts = column.value_counts()
        self.order = (counts if is_category else counts.sort_index()).index.to_numpy()
        shares = counts.loc[self.order].to_numpy() / len(column)
        self.ends = numpy.cumsum(shares)
        self.starts = self.ends - shares
        self.place = {value: index for index, value in enumerate(self.order)}

    def uniform(self, column, random):
        index = column.map(self.place).to_numpy()
        drawn = self.starts[index] + random.rand(len(index)) * (self.ends - self.starts)[index]
        return drawn.clip(1e-6, 1 - 1e-6)

    def values(self, places):
        return self.order[numpy.searchsorted(self.ends, places).clip(0, len(self.order) - 1)]


def forest(rows, categories, target, seed, epochs, threads):
    """ForestDiffusion's flow on XGBoost, with one set of trees per value of the target, as its authors run it."""
    from ForestDiffusion import ForestDiffusionModel

    columns = [column for column in rows.columns if column != target]
    codes = {column: sorted(set(rows[column])) for column in categories}
    table = rows[columns].copy()
    for column in set(categories) - {target}:
        table[column] = rows[column].map({value: code for code, value in enumerate(codes[column])})
    index = {column: place for place, column in enumerate(columns)}
    model = ForestDiffusionModel(
        table.to_numpy(float),
        label_y=rows[target].map(codes[target].index).to_numpy(),
        cat_indexes=[index[c] for c in columns if c in categories and len(codes[c]) > 2],
        bin_indexes=[index[c] for c in columns if c in categories and len(codes[c]) <= 2],
        int_indexes=[index[c] for c in columns if c not in categories and rows[c].dtype.kind == "i"],
        n_jobs=threads,
        seed=seed,
    )

    def sample(count):
        drawn = pandas.DataFrame(model.generate(batch_size=count), columns=[*columns, target])
        for column in categories:
            drawn[column] = [codes[column][round(code)] for code in drawn[column].astype(float)]
        return drawn[list(rows.columns)]

    return sample


PEERS = {"ctgan": ctgan, "tvae": tvae, "copula": copula, "forest": forest}
