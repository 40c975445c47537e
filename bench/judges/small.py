"""
ForestDiffusion's protocol for small tables (Jolicoeur-Martineau et al. 2024): splits into 80 % and 20 %, generations of
each, Wasserstein-1 with L1 on columns scaled by the training rows, and one-hot / 2.
"""
import numpy
import ot
from real_tables import TABLES, read, text_of, typed
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split


def split(name, number):
    rows = text_of(name)
    return train_test_split(rows, test_size=0.2, random_state=number, stratify=rows[TABLES[name].target])


def write_training(name, number, out):
    split(name, number)[0].to_csv(out, index=False)


def judge(name, number, files):
    """The generations of a split; `real` in place of a file are the training rows."""
    train, test = [typed(rows, name) for rows in split(name, number)]
    generations = [train if file == "real" else read(file, name) for file in files]
    target = TABLES[name].target
    classes = sorted(set(train[target]))

    def parts(rows):
        features = rows.drop(columns=target).to_numpy(float)
        return features, numpy.array([classes.index(value) for value in rows[target]])

    low, high = parts(train)[0].min(0), parts(train)[0].max(0)

    def points(rows):
        features, labels = parts(rows)
        return numpy.c_[(features - low) / (high - low), numpy.eye(len(classes))[labels] / 2]

    def distance(a, b):
        costs = ot.dist(points(a), points(b), metric="cityblock")
        return ot.emd2(numpy.full(len(a), 1 / len(a)), numpy.full(len(b), 1 / len(b)), costs)

    def f1(model):
        """Of a classifier trained on a generation and tested on held-out rows."""
        predicted = model.fit(*parts(generations[0])).predict(parts(test)[0])
        return f1_score(parts(test)[1], predicted, average="macro")

    classifiers = [LogisticRegression(C=1e6, max_iter=500), RandomForestClassifier(max_depth=28, random_state=0)]
    return {
        "w_train": numpy.mean([distance(rows, train) for rows in generations]),
        "w_test": numpy.mean([distance(rows, test) for rows in generations]),
        "f1": numpy.mean([f1(model) for model in classifiers]),
    }
