"""
The distance of each column of samples to the training rows, as a multiple of chance: of what two samples of real rows of
these sizes have on average. A column whose samples are as good as other real rows has 1.
"""
import numpy
import pandas
from kinds import kind_of, texts

PAIRS = 200


def counts(kind, *parts):
    """How often each value occurs in each part, in the order of the values. A missing number or date is below all others."""
    codes, values = pandas.factorize(pandas.concat([kind(cells) for cells in parts], ignore_index=True), sort=True)
    ends = numpy.cumsum([len(cells) for cells in parts])[:-1]
    return [numpy.bincount(each + 1, minlength=len(values) + 1) for each in numpy.split(codes, ends)]


def distance(kind, a, b):
    """
    Between two samples, given how often each value occurs: of names the total variation, where a gap is one more name; of
    numbers and dates the Kolmogorov-Smirnov distance, where a gap is one more value below all others. So it is never less than
    the difference between the gaps' shares, and a column with few present cells counts them by their share.
    """
    difference = a / a.sum(-1, keepdims=True) - b / b.sum(-1, keepdims=True)
    return abs(difference).sum(-1) / 2 if kind is texts else abs(difference.cumsum(-1)).max(-1)


def chance(kind, cells, size):
    """
    The mean distance between two samples of a distribution, one with as many rows as the real cells, one with `size`. What is
    known of the distribution are the cells, from which both are drawn with replacement.
    """
    (count,) = counts(kind, cells)
    random, shares = numpy.random.RandomState(0), count / len(cells)
    return distance(kind, *(random.multinomial(rows, shares, PAIRS) for rows in (len(cells), size))).mean()


def chances(real, size):
    """The chance of each column. One that is constant has no distance, and is left out."""
    by_chance = {column: chance(kind_of(real[column]), real[column], size) for column in real}
    return {column: mean for column, mean in by_chance.items() if mean > 0}


def ratios(real, samples, chances):
    """Each column's distance as a multiple of its chance. The real rows decide on a column's kind."""

    def measured(column):
        kind = kind_of(real[column])
        return distance(kind, *counts(kind, real[column], samples[column]))

    return {column: measured(column) / by_chance for column, by_chance in chances.items()}
