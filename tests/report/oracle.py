"""
The same judgements by others' code: SDMetrics' QualityReport, and scikit-learn's histogram gradient boosting.

Reads a list of cases as JSON from stdin, {columns: [{name, kind}], targets, samples, against, train}, where the last three are
CSV files, and writes a line of {shapes, trends, detection, utility} for each; the last has {metric, synthetic, real} by target.
"""
import json
import sys
import warnings

import numpy
import pandas
import scipy.stats

# SDMetrics takes seconds to load torch, for a metric that is not used here, and can do without it; scipy can't
sys.modules["torch"] = None
from sdmetrics.reports.single_table import QualityReport

del sys.modules["torch"]
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import r2_score, roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

warnings.simplefilter("ignore")


def is_name(column):
    return column["kind"] in ("category", "boolean")


def read(path, columns):
    names = {column["name"]: str for column in columns if is_name(column)}
    return pandas.read_csv(path, dtype=names, keep_default_na=False, na_values=[""])


def coded(frames, columns):
    """Categories as scikit-learn takes them: the same in all frames."""
    result = [frame.copy() for frame in frames]
    for column in filter(is_name, columns):
        name = column["name"]
        known = sorted(set().union(*[set(frame[name].dropna()) for frame in frames]))
        for frame in result:
            frame[name] = pandas.Categorical(frame[name], categories=known)
    return result


def settings(rows):
    leaf = min(20, max(2, rows // 20))
    return {
        "categorical_features": "from_dtype",
        "min_samples_leaf": leaf,
        "early_stopping": False,
        "random_state": 0,
    }


def detection(real, samples):
    rows = pandas.concat([real, samples], ignore_index=True)
    labels = numpy.r_[numpy.zeros(len(real)), numpy.ones(len(samples))]
    model = HistGradientBoostingClassifier(**settings(len(rows) * 4 // 5))
    aucs = []
    for seed in range(1 if len(rows) > 1000 else 10):
        folds = StratifiedKFold(5, shuffle=True, random_state=seed)
        predicted = cross_val_predict(model, rows, labels, cv=folds, method="predict_proba")[:, 1]
        aucs.append(roc_auc_score(labels, predicted))
    return float(numpy.mean(aucs))


def utility(learned, held_out, columns, target):
    kind = {column["name"]: column for column in columns}[target]
    others = [column for column in columns if column["name"] != target]
    learned, held_out = [frame[frame[target].notna()] for frame in (learned, held_out)]
    x, x_held_out = coded([learned.drop(columns=target), held_out.drop(columns=target)], others)
    y, y_held_out = learned[target], held_out[target]
    if not is_name(kind):
        model = HistGradientBoostingRegressor(**settings(len(x))).fit(x, y)
        return "r2", r2_score(y_held_out, model.predict(x_held_out))
    model = HistGradientBoostingClassifier(**settings(len(x))).fit(x, y)
    predicted = model.predict_proba(x_held_out)
    areas = [
        roc_auc_score(y_held_out == name, predicted[:, k])
        for k, name in enumerate(model.classes_)
        if 0 < (y_held_out == name).sum() < len(y_held_out)
    ]
    return ("auc" if len(model.classes_) == 2 else "macro-auc"), float(numpy.mean(areas))


def properties(real, samples, columns, names):
    """SDMetrics' report of all pairs, with the columns `names` as categories; the scores and the pairs."""

    def plain(frame):
        return frame.assign(**{n: frame[n].astype(object).where(frame[n].notna(), None) for n in names})

    kinds = {c["name"]: {"sdtype": "categorical" if c["name"] in names else "numerical"} for c in columns}
    result = QualityReport()
    result.real_correlation_threshold = result.real_association_threshold = 0
    result.generate(plain(real), plain(samples), {"columns": kinds}, verbose=False)
    return result.get_properties().set_index("Property")["Score"], result.get_details("Column Pair Trends")


def cut(real, samples, name):
    """
    A number as one of ten parts that are equally likely in the real rows. SDMetrics cuts each table's own range into ten
    equal ones, so that one row with a large number moves all of them.
    """
    a, b = [frame[name].fillna(-numpy.inf) for frame in (real, samples)]
    ordered = numpy.sort(a)
    cuts = sorted({ordered[k * len(ordered) // 10] for k in range(1, 10)})
    return [numpy.searchsorted(cuts, values, side="right").astype(str) for values in (a, b)]


def report(real, samples, columns):
    names = [column["name"] for column in columns if is_name(column)]
    numbers = [column["name"] for column in columns if not is_name(column)]
    scores, pairs = properties(real, samples, columns, names)
    parts = {name: cut(real, samples, name) for name in numbers}
    frames = [frame.assign(**{n: parts[n][i] for n in numbers}) for i, frame in enumerate((real, samples))]
    _, cut_pairs = properties(*frames, columns, names + numbers)
    of_numbers = pairs["Metric"] == "CorrelationSimilarity"
    trends = pairs["Score"].where(of_numbers, cut_pairs["Score"]).mean()
    return {"shapes": scores["Column Shapes"], "trends": trends, "own_trends": scores["Column Pair Trends"]}


def judge(case):
    columns = case["columns"]
    samples, against, train = [read(case[name], columns) for name in ("samples", "against", "train")]
    coded_samples, coded_against = coded([samples, against], columns)

    def predicted(target):
        metric, synthetic = utility(samples, against, columns, target)
        return {"metric": metric, "synthetic": synthetic, "real": utility(train, against, columns, target)[1]}

    return {
        **report(against, samples, columns),
        "detection": detection(coded_against, coded_samples),
        "utility": {target: predicted(target) for target in case["targets"]},
    }


if __name__ == "__main__":
    for case in json.load(sys.stdin):
        print(json.dumps(judge(case)), flush=True)
