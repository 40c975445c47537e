"""How close samples are to real rows: what trees can distinguish, what trees can learn, and SDMetrics' report."""
import numpy
import pandas
from lightgbm import LGBMClassifier
from nearness import memory
from real_tables import TABLES, read, split, typed
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, StratifiedKFold

TREES = dict(n_estimators=200, learning_rate=0.05, num_leaves=31, n_jobs=1, verbose=-1, random_state=0)


def trees(rows):
    """LightGBM with leaves small enough for small tables."""
    return LGBMClassifier(**TREES, min_child_samples=min(20, max(2, rows // 20)))


def coded(frames, categories):
    """The rows of all frames, whose categories have shared codes for LightGBM; a missing category has none."""
    return pandas.concat(frames, ignore_index=True).astype({column: "category" for column in categories})


def auc_of_folds(model, rows, label, folds, groups=None):
    """The AUC with which a model predicts the labels of each fold from the others."""
    predicted = numpy.zeros(len(label))
    for train, test in folds.split(rows, label, groups):
        predicted[test] = model.fit(rows.iloc[train], label[train]).predict_proba(rows.iloc[test])[:, 1]
    return roc_auc_score(label, predicted)


def c2st(real, fake, categories, same_rows=False):
    """
    Classifier two-sample test: the AUC of trees that distinguish fake rows from unseen real ones, over three folds; 0.5
    is chance. `same_rows` is for fakes that are the real rows with some cells changed: a row and its twin then share a
    fold. Otherwise the trees would know a test row's twin by heart, with the other label, and score far below 0.5.
    """
    n = min(len(real), len(fake))
    if not same_rows:
        real, fake = real.sample(n, random_state=0), fake.sample(n, random_state=0)
    rows = coded([real, fake], categories)
    label = numpy.r_[numpy.ones(n), numpy.zeros(n)]
    folds = GroupKFold(3) if same_rows else StratifiedKFold(3, shuffle=True, random_state=0)
    return auc_of_folds(trees(n), rows, label, folds, numpy.tile(numpy.arange(n), 2) if same_rows else None)


def tstr(fake, held_out, categories, target):
    """Train on synthetic, test on real: the AUC of trees that predict the target of held-out rows."""
    rows = coded([fake, held_out], [column for column in categories if column != target])
    features, label, n = rows.drop(columns=target), rows[target].astype(str), len(fake)
    if label[:n].nunique() < 2:
        return 0.5
    model = trees(n).fit(features[:n], label[:n])
    return roc_auc_score(label[n:] == model.classes_[1], model.predict_proba(features[n:])[:, 1])


def shapes_and_trends(fake, held_out, categories):
    """SDMetrics' two scores: for each column's distribution, and for each pair's. 1 is best."""
    from sdmetrics.reports.single_table import QualityReport

    kinds = {c: {"sdtype": "categorical" if c in categories else "numerical"} for c in held_out.columns}

    def plain(frame):
        return frame.assign(**{c: frame[c].where(frame[c].notna(), None) for c in categories})

    report, n = QualityReport(), min(len(fake), len(held_out))
    report.generate(plain(held_out), plain(fake.sample(n, random_state=0)), {"columns": kinds}, verbose=False)
    scores = report.get_properties().set_index("Property")["Score"]
    return {"shapes": scores["Column Shapes"], "trends": scores["Column Pair Trends"]}


def judge(name, file):
    """
    Samples of a table, by held-out rows. `real` in place of a file are the training rows themselves: the best that
    samples can be expected to reach.
    """
    train, held_out = [typed(rows, name) for rows in split(name)[:2]]
    fake, categories = train if file == "real" else read(file, name), TABLES[name].categories
    return {
        **shapes_and_trends(fake, held_out, categories),
        "c2st": c2st(held_out, fake, categories),
        "tstr": tstr(fake.iloc[: len(train)], held_out, categories, TABLES[name].target),
        **memory(fake, train, held_out, categories),
    }
