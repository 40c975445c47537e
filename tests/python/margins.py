"""The judge of margins on rows that are drawn from known distributions -> JSON on stdout."""
import json, sys
import numpy, pandas
from scipy.stats import ks_2samp

sys.path.insert(0, "bench/judges")
from kinds import numbers, texts
from margins import PAIRS, chances, counts, distance, ratios

random = numpy.random.RandomState(7)


def rows(count, member=0.7, gaps=0.2, last="d"):
    """Columns of all kinds. Shares: `member` of the commonest name, `gaps` of missing names and numbers."""

    def some(cells):
        return pandas.Series(cells).mask(random.rand(count) < gaps)

    return pandas.DataFrame({
        "member": numpy.where(random.rand(count) < member, "yes", "no"),
        "name": some(random.choice(["a", "b", "c", last], count, p=[0.6, 0.2, 0.1, 0.1]).astype(object)),
        "number": some(random.randn(count)),
        "whole": random.poisson(2, count),
        "date": [f"20{year:02}-{month:02}-01" for year, month in random.randint(10, 13, (count, 2))],
        "constant": "same",
    })


real, others = rows(4000), rows(2000)
by_chance = chances(real, 2000)


def resampled(table, count):
    return table.sample(count, replace=True, random_state=random)


def mean_ratio(draw):
    """Of the columns of twenty tables, each beside rows drawn for it."""
    tables = [rows(4000) for _ in range(20)]
    return numpy.mean([list(ratios(each, draw(each, 2000), chances(each, 2000)).values()) for each in tables])


def off(column, **shift):
    """The ratio of a column whose distribution is another."""
    return ratios(real, rows(2000, **shift), by_chance)[column]


def total_variation(a, b):
    shares = [cells.value_counts(normalize=True) for cells in (a, b)]
    return shares[0].sub(shares[1], fill_value=0).abs().sum() / 2


def kolmogorov_smirnov(a, b):
    return ks_2samp(a.fillna(-1e9), b.fillna(-1e9), method="asymp").statistic


def beside(column, kind, oracle):
    """The distance of other rows, and the chance: the judge's and the oracle's."""
    pairs = [[kind(resampled(real[column], size)) for size in (4000, 2000)] for _ in range(PAIRS)]
    return {
        "distance": distance(kind, *counts(kind, real[column], others[column])),
        "oracle": oracle(kind(real[column]), kind(others[column])),
        "chance": by_chance[column],
        "resampled": numpy.mean([oracle(*pair) for pair in pairs]),
    }


json.dump({
    "columns": list(by_chance),
    "real": mean_ratio(lambda _, count: rows(count)),
    "resampled": mean_ratio(resampled),
    "commonest": off("member", member=0.75),
    "unseen": off("name", last="e"),
    "gaps": [off("name", gaps=0.1), off("number", gaps=0.1)],
    "oracles": [beside("name", texts, total_variation), beside("number", numbers, kolmogorov_smirnov)],
}, sys.stdout)
