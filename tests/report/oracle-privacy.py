"""
oracle-privacy.py SETS.json: what scikit-learn and anonymeter say of the same rows.

SETS.json: [{names [whether a column holds names], train, against, samples [rows of cells]}]. Prints one line of JSON:
[{nearest [held-out rows, 5] in columns, auc {distance, calibrated distance, density}, risk {values, combinations}}].
"""
import json
import sys
import warnings

import numpy
import pandas
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import NearestNeighbors

NEIGHBOURS = 5


def embed(rows, real, names):
    """Rows as points whose L1 distance counts each column by 0 to 1: middle ranks among real rows, or half a one-hot."""
    parts = []
    for column, is_name in enumerate(names):
        values, known = rows[column], real[column]
        if is_name:
            every = sorted(set(known) | set(values))
            parts.append(numpy.equal.outer(values.to_numpy(str), numpy.array(every, str)) * 0.5)
        else:
            ranks = numpy.sort(known.to_numpy(float))
            low = numpy.searchsorted(ranks, values.to_numpy(float), side="left")
            high = numpy.searchsorted(ranks, values.to_numpy(float), side="right")
            parts.append(((low + high) / 2 / len(ranks))[:, None])
    return parts


def points(frames, real, names):
    """The same of several sets, a name that one of them lacks having its place in all."""
    parts = embed(pandas.concat(frames), real, names)
    return numpy.split(numpy.concatenate(parts, axis=1), numpy.cumsum([len(frame) for frame in frames])[:-1])


def nearest(rows, among, is_own=False):
    """Distances to the nearest, a row itself left out; rounded, so that equal sums in another order are equal."""
    search = NearestNeighbors(metric="manhattan", algorithm="brute").fit(among)
    distances, _ = search.kneighbors(rows, n_neighbors=NEIGHBOURS + is_own)
    return numpy.round(distances[:, 1:] if is_own else distances, 9)


def attacks(train, against, samples, names):
    real = pandas.concat([train, against])
    t, h, s = points([train, against, samples], real, names)
    rows = numpy.concatenate([t, h])
    labels = numpy.r_[numpy.ones(len(t)), numpy.zeros(len(h))]
    to_samples, to_real = nearest(rows, s), nearest(rows, rows, is_own=True)
    bandwidth = max(numpy.median(to_real[:, 0]) / 2, 0.01)

    def density(distances):
        return numpy.log(numpy.exp(-distances / bandwidth).sum(axis=1))

    scores = {
        "distance": -to_samples[:, 0],
        "calibrated distance": to_real.mean(axis=1) / 2 - to_samples[:, 0],
        "density": density(to_samples) - density(to_real),
    }
    auc = {name: roc_auc_score(labels, numpy.round(score, 8)) for name, score in scores.items()}
    return to_samples[len(t) :].tolist(), auc


def risk(train, against, samples, mode):
    from anonymeter.evaluators import SinglingOutEvaluator

    evaluator = SinglingOutEvaluator(
        ori=train, syn=samples, control=against, n_attacks=500, n_cols=3, max_attempts=50_000, seed=0
    )
    return evaluator.evaluate(mode=mode).risk().value


def judged(sets):
    frames = [pandas.DataFrame(sets[name]) for name in ("train", "against", "samples")]
    distances, auc = attacks(*frames, sets["names"])
    named = [frame.rename(columns=lambda column: f"c{column}") for frame in frames]
    risks = {"values": risk(*named, "univariate"), "combinations": risk(*named, "multivariate")}
    return {"nearest": distances, "auc": auc, "risk": risks}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    with open(sys.argv[1], encoding="utf8") as file:
        print(json.dumps([judged(sets) for sets in json.load(file)]))
