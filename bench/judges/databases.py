"""
Several tables: how well trees tell drawn parents with their children from held-out ones, how far the numbers of children and the
trends between tables are from theirs, and what readers of these tables would look at first. Training parents in their place are the
measure of chance.
"""
import functools
import glob
import os
from dataclasses import dataclass, field

import numpy
import pandas
from closeness import auc_of_folds
from kinds import dates, kind_of, numbers
from lightgbm import LGBMClassifier
from real_tables import DATA
from scipy.stats import ks_2samp
from sklearn.model_selection import GroupKFold

MOST_ROWS = 5000


@dataclass(frozen=True)
class Child:
    table: str
    parent: str
    key: str
    """The column that refers to the parent's key, and that key: they have one name."""
    order: list


@dataclass(frozen=True)
class Reference:
    table: str
    columns: list
    to: str
    key: list


@dataclass(frozen=True)
class Tables:
    keys: dict
    references: list
    children: list
    hidden: set = field(default_factory=set)
    """Columns that no tree sees: keys, and what refers to them."""


OF = {
    "flights": Tables(
        {"planes": ["tailnum"], "airports": ["faa"]},
        [
            Reference("flights", ["tailnum"], "planes", ["tailnum"]),
            Reference("flights", ["dest"], "airports", ["faa"]),
        ],
        [Child("flights", "planes", "tailnum", ["sched_dep"])],
        {"tailnum", "faa", "dest"},
    ),
    "baseball": Tables(
        {"People": ["playerID"], "Teams": ["yearID", "teamID"], "Batting": ["playerID", "yearID", "stint"]},
        [
            Reference("Batting", ["playerID"], "People", ["playerID"]),
            Reference("Salaries", ["playerID"], "People", ["playerID"]),
            Reference("Batting", ["yearID", "teamID"], "Teams", ["yearID", "teamID"]),
        ],
        [
            Child("Batting", "People", "playerID", ["yearID", "stint"]),
            Child("Salaries", "People", "playerID", ["yearID"]),
        ],
        {"playerID"},
    ),
}


def read(folder):
    """The tables of a folder. Only empty cells are missing: NA is a league, and the code of a country."""
    files = sorted(glob.glob(os.path.join(folder, "*.csv*")))
    return {
        os.path.basename(file).split(".")[0]: pandas.read_csv(file, keep_default_na=False, na_values=[""], low_memory=False)
        for file in files
    }


@functools.cache
def real(name, part):
    return read(os.path.join(DATA, "databases", name, part))


def kinds_of(tables):
    return {name: {column: kind_of(rows[column]) for column in rows} for name, rows in tables.items()}


def typed(rows, kinds):
    """Cells by the kinds of held-out rows: numbers, dates as days, and texts."""

    def cells(column):
        found = kinds[column](rows[column])
        return (found - pandas.Timestamp(0)).dt.total_seconds() / 86400 if kinds[column] is dates else found

    return pandas.DataFrame({column: cells(column) for column in rows if column in kinds})


def auc(held_out, samples, family):
    """
    The AUC of trees that tell samples from held-out rows; the rows of a parent are in one fold. Columns named `family` say whose
    the rows are.
    """
    sides = []
    for rows in (held_out, samples):
        parents = pandas.unique(rows[family])
        numpy.random.default_rng(0).shuffle(parents)
        rank = rows[family].map(pandas.Series(range(len(parents)), index=parents))
        sides.append(rows.iloc[numpy.argsort(rank.to_numpy(), kind="stable")[:MOST_ROWS]])
    n = min(map(len, sides))
    sides = [rows.iloc[:n] for rows in sides]
    groups = numpy.r_[pandas.factorize(sides[0][family])[0], pandas.factorize(sides[1][family])[0] + n]
    rows = pandas.concat(sides, ignore_index=True).drop(columns=family)
    texts = [column for column in rows if rows[column].dtype == object]
    rows = rows.astype({column: "category" for column in texts})
    rows.columns = [f"column {k}" for k in range(rows.shape[1])]
    label = numpy.repeat([0, 1], n)
    trees = LGBMClassifier(
        n_estimators=150, learning_rate=0.06, num_leaves=31, n_jobs=1, verbose=-1, random_state=0
    )
    return auc_of_folds(trees, rows, label, GroupKFold(5, shuffle=True, random_state=0), groups)


def joined(tables, child, kinds, hidden):
    """Each child with its parent's columns."""
    own, parents = tables[child.table], tables[child.parent]
    rows = typed(own, kinds[child.table]).assign(family=own[child.key].astype(str))
    others = typed(parents, kinds[child.parent]).add_prefix("parent ")
    others.index = parents[child.key].astype(str)
    rows = rows.join(others, on="family")
    left = {*hidden, *(f"parent {column}" for column in hidden)}
    return rows[[column for column in rows if column not in left]]


def sums(tables, child, kinds, hidden):
    """By parent: the mean, least, greatest, first and last of each number of its children, how it rises, and how many they are."""
    own = tables[child.table].sort_values([child.key, *child.order], kind="stable")
    of = own[child.key].astype(str).to_numpy()
    rows = typed(own, kinds[child.table])
    rows = rows[[column for column in rows if column not in hidden and rows[column].dtype != object]].astype(float)
    groups = rows.groupby(of, sort=False)
    place = groups.cumcount().astype(float)
    centred = place - place.groupby(of).transform("mean")
    rise = (rows - groups.transform("mean")).mul(centred, axis=0).groupby(of, sort=False).sum(min_count=1)
    spread = (centred**2).groupby(of, sort=False).sum().replace(0, numpy.nan)
    parts = {
        "mean": groups.mean(),
        "least": groups.min(),
        "greatest": groups.max(),
        "first": rows[~pandas.Series(of).duplicated().to_numpy()].set_axis(pandas.unique(of)),
        "last": rows[~pandas.Series(of).duplicated(keep="last").to_numpy()].set_axis(pandas.unique(of)),
        "rise": rise.div(spread, axis=0),
    }
    result = pandas.concat([part.add_prefix(f"{name} ") for name, part in parts.items()], axis=1)
    return result.assign(count=groups.size(), family=result.index)


def numbers_of_children(tables, reference):
    """By row that is referred to, the number of rows that refer to it."""
    key = pandas.MultiIndex.from_frame(tables[reference.to][reference.key].astype(str))
    counts = tables[reference.table][reference.columns].dropna().astype(str).value_counts()
    counts.index = counts.index.set_names(key.names)
    return counts.reindex(key).fillna(0).to_numpy()


def trends(held_out, samples, tables):
    """SDMetrics' score of the trends between the columns of parents and children."""
    from sdmetrics.reports.multi_table import QualityReport

    keys = {name: key for name, key in tables.keys.items() if any(each.to == name for each in tables.references)}
    kinds = kinds_of(held_out)

    def prepared(rows, name):
        rows = rows.copy()
        for reference in tables.references:
            if reference.table == name:
                rows[f"to {reference.to} by {reference.columns[-1]}"] = rows[reference.columns].astype(str).agg("/".join, axis=1)
        if name in keys:
            rows["key"] = rows[keys[name]].astype(str).agg("/".join, axis=1)
        for column, kind in kinds[name].items():
            rows[column] = kind(rows[column])
            if kind is not numbers and kind is not dates:
                rows[column] = rows[column].astype(object).where(rows[column] != "", None)
        return rows.drop(columns=[column for column in rows if column in tables.hidden])

    def of(column, kind):
        return {"sdtype": {numbers: "numerical", dates: "datetime"}.get(kind, "categorical")}

    both = [{name: prepared(rows[name], name) for name in held_out} for rows in (held_out, samples)]
    metadata = {"tables": {}, "relationships": []}
    for name, rows in both[0].items():
        columns = {column: of(column, kinds[name].get(column)) for column in rows}
        for column in columns:
            if column == "key" or column.startswith("to "):
                columns[column] = {"sdtype": "id"}
        metadata["tables"][name] = {"columns": columns, **({"primary_key": "key"} if name in keys else {})}
    for reference in tables.references:
        metadata["relationships"].append(
            {
                "parent_table_name": reference.to,
                "parent_primary_key": "key",
                "child_table_name": reference.table,
                "child_foreign_key": f"to {reference.to} by {reference.columns[-1]}",
            }
        )
    report = QualityReport()
    report.generate(*both, metadata, verbose=False)
    return report.get_properties().set_index("Property").Score["Intertable Trends"]


def careers(tables):
    """Of people's seasons: whether they begin with the debut, end with the last game, follow each other and stay with a team."""
    people = tables["People"].assign(
        first=dates(tables["People"].debut).dt.year, final=dates(tables["People"].finalGame).dt.year
    )
    seasons = tables["Batting"].merge(people[["playerID", "first", "final"]], on="playerID")
    seasons = seasons.sort_values(["playerID", "yearID", "stint"])
    same = seasons.playerID.eq(seasons.playerID.shift())
    step = seasons.yearID.diff()
    firsts, lasts = seasons[~same], seasons[~seasons.playerID.eq(seasons.playerID.shift(-1))]
    return {
        "first_season": (firsts.yearID == firsts["first"])[firsts["first"].notna()].mean(),
        "last_season": (lasts.yearID == lasts.final)[lasts.final.notna()].mean(),
        "next_year": (step[same] == 1).mean(),
        "same_team": seasons.teamID.eq(seasons.teamID.shift())[same & (step == 1)].mean(),
        "at_bats": seasons.AB.corr(seasons.AB.shift().where(same)),
    }


def carriers(tables):
    """The share of planes with several flights that fly for one carrier."""
    planes = tables["flights"].groupby("tailnum").carrier
    return {"one_carrier": (planes.nunique()[planes.size() > 1] == 1).mean()}


LOOKS = {"flights": carriers, "baseball": careers}


def measures(name, held_out, samples):
    tables, kinds = OF[name], kinds_of(held_out)
    result = {
        "broken": sum(broken_references(samples, reference) for reference in tables.references),
        "repeated": sum(samples[table].duplicated(key).sum() for table, key in tables.keys.items()),
        "trends": trends(held_out, samples, tables),
        **LOOKS[name](samples),
    }
    for child in tables.children:
        sides = [(joined(rows, child, kinds, tables.hidden), sums(rows, child, kinds, tables.hidden)) for rows in (held_out, samples)]
        result[f"joined_{child.table}"] = auc(sides[0][0], sides[1][0], "family")
        result[f"sums_{child.table}"] = auc(sides[0][1], sides[1][1], "family")
        reference = next(each for each in tables.references if (each.table, each.to) == (child.table, child.parent))
        counts = [numbers_of_children(rows, reference) for rows in (held_out, samples)]
        result[f"children_{child.table}"] = ks_2samp(*counts).statistic
    return result


def broken_references(tables, reference):
    keys = set(map(tuple, tables[reference.to][reference.key].astype(str).to_numpy()))
    rows = tables[reference.table][reference.columns].dropna().astype(str).to_numpy()
    return sum(tuple(row) not in keys for row in rows)


def judge(name, folder):
    """The measures of a folder of drawn tables."""
    return measures(name, real(name, "holdout"), read(folder))


@functools.cache
def judge_real(name):
    """The same of the training tables."""
    return measures(name, real(name, "holdout"), real(name, "train"))
