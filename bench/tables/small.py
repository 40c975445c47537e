"""
ForestDiffusion's protocol for small tables (Jolicoeur-Martineau et al. 2024): three splits into 80 % and 20 %, five
generations of each, Wasserstein-1 with L1 on min-max scaled columns and one-hot / 2.

small.py train TABLE SPLIT OUT.csv           writes the training rows of a split
small.py judge TABLE SPLIT SAMPLES.csv...    judges its generations; `real` judges the training rows
"""
import sys

import command
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


class Space:
    """The space for distances, scaled by the training rows."""

    def __init__(self, name, train):
        self.target = TABLES[name].target
        self.classes = sorted(set(train[self.target]))
        features = self.features(train)
        self.low, self.width = features.min(0), features.max(0) - features.min(0)

    def features(self, rows):
        return rows.drop(columns=self.target).to_numpy(float)

    def labels(self, rows):
        return numpy.array([self.classes.index(value) for value in rows[self.target]])

    def points(self, rows):
        one_hot = numpy.eye(len(self.classes))[self.labels(rows)]
        return numpy.c_[(self.features(rows) - self.low) / self.width, one_hot / 2]

    def distance(self, a, b):
        costs = ot.dist(self.points(a), self.points(b), metric="cityblock")
        return ot.emd2(numpy.full(len(a), 1 / len(a)), numpy.full(len(b), 1 / len(b)), costs)

    def f1(self, train, test):
        """The mean of two classifiers trained on rows and tested on held-out ones."""
        models = [LogisticRegression(C=1e6, max_iter=500), RandomForestClassifier(max_depth=28, random_state=0)]
        wanted, scores = self.labels(test), []
        for model in models:
            predicted = model.fit(self.features(train), self.labels(train)).predict(self.features(test))
            scores.append(f1_score(wanted, predicted, average="macro"))
        return numpy.mean(scores)


def judge(name, number, files):
    train, test = [typed(rows, name) for rows in split(name, number)]
    space = Space(name, train)
    generations = [train if file == "real" else read(file, name) for file in files]
    command.answer(
        table=name,
        split=number,
        w_train=numpy.mean([space.distance(rows, train) for rows in generations]),
        w_test=numpy.mean([space.distance(rows, test) for rows in generations]),
        f1=space.f1(generations[0], test),
    )


if __name__ == "__main__":
    action, name, number, *files = sys.argv[1:]
    if action == "train":
        split(name, int(number))[0].to_csv(files[0], index=False)
    else:
        judge(name, int(number), files)
