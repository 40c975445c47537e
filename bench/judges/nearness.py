"""Distances between rows: whether samples are nearer to training rows than to others, and the energy distance."""
import numpy
import pandas
from scipy.spatial.distance import cdist
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import NearestNeighbors


def embed(frames, reference, categories):
    """
    Rows as points: a category as one-hot / sqrt(2), so that two different ones are 1 apart; a number as its rank in the
    reference, from 0 to 1. A missing number is at the middle of its frame, a missing category at the origin.
    """
    values = {c: reference[c].dropna().astype(str).value_counts().index.to_numpy(str) for c in categories}
    ranks = {c: numpy.sort(reference[c].dropna()) for c in reference.columns if c not in categories}

    def points(column):
        if column.name in categories:
            hot = column.astype(str).to_numpy(str)[:, None] == values[column.name][None]
            return hot.astype(numpy.float32) * 0.70711
        cells, sorted_values = column.fillna(column.median()), ranks[column.name]
        low, high = [numpy.searchsorted(sorted_values, cells, side) for side in ("left", "right")]
        return ((low + high) / 2 / len(sorted_values))[:, None].astype(numpy.float32)

    return [numpy.concatenate([points(frame[column]) for column in frame.columns], axis=1) for frame in frames]


def nearest(points, among):
    """Each point's distance to the nearest of others."""
    return NearestNeighbors(n_neighbors=1, algorithm="brute").fit(among).kneighbors(points)[0][:, 0]


def memory(fake, train, held_out, categories, most_rows=5000):
    """
    `share`: the samples nearer to a training row than to a held-out one; 0.5 by chance. `membership`: the AUC with which
    a row's distance to the nearest sample separates training rows from held-out ones; 0.5 by chance.
    """
    n = min(len(train), len(held_out), most_rows)
    train, held_out = train.sample(n, random_state=0), held_out.sample(n, random_state=0)
    fake = fake.sample(min(len(fake), most_rows), random_state=0)
    s, t, h = embed([fake, train, held_out], pandas.concat([train, held_out]), categories)
    to_train, to_held_out = nearest(s, t), nearest(s, h)
    label = numpy.r_[numpy.ones(n), numpy.zeros(n)]
    return {
        "share": (to_train < to_held_out).mean() + 0.5 * (to_train == to_held_out).mean(),
        "membership": roc_auc_score(label, -numpy.r_[nearest(t, s), nearest(h, s)]),
    }


def energy(a, b):
    """Energy distance between two sets of points, the V-statistic: 2 E|X - Y| - E|X - X'| - E|Y - Y'|."""

    def mean_distance(a, b):
        # in blocks, since ten thousand points have a hundred million distances
        return sum(cdist(a[i : i + 1000], b).sum() for i in range(0, len(a), 1000)) / (len(a) * len(b))

    return 2 * mean_distance(a, b) - mean_distance(a, a) - mean_distance(b, b)


def energy_ratios(fake, real, repeats=100):
    """
    `energy_ratio`: the energy distance between all samples and all real points, divided by the mean distance between
    random halves of the real points. More points bring equal distributions closer, so perfect samples score below 1.
    `energy_ratio_of_halves` compares as many samples as a half has points with one of the halves: samples of the same
    distribution score 1. None if there are fewer samples than that.
    """
    random = numpy.random.RandomState(0)
    half, to_samples, to_real = len(real) // 2, [], []
    for _ in range(repeats):
        order = random.permutation(len(real))
        a, b = real[order[:half]], real[order[half : 2 * half]]
        to_real.append(energy(a, b))
        if len(fake) >= half:
            to_samples.append(energy(fake[random.choice(len(fake), half, replace=False)], a))
    return {
        "energy_ratio": energy(fake, real) / numpy.mean(to_real),
        "energy_ratio_of_halves": numpy.mean(to_samples) / numpy.mean(to_real) if to_samples else None,
    }
