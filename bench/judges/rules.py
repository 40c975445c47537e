"""Orders that rules are stated of: whether samples hold these, computed without any code of ours."""
import os

import pandas


def broken(file):
    """The rows that break a rule, and the keys and codes that repeat or are those of the training rows."""
    rows = pandas.read_csv(file, dtype={"code": str})
    real = pandas.read_csv(os.path.join(os.path.dirname(file), "orders.csv"), dtype={"code": str})
    total = (rows.quantity * rows.price).round(2)
    known = set(zip(real.city, real.country))
    bad = (
        (rows.shipped.notna() & (rows.ordered > rows.shipped))
        | ((rows.total - total).abs() > 0.0051)
        | [pair not in known for pair in zip(rows.city, rows.country)]
        | ((rows.status == "shipped") & rows.shipped.isna())
        | ~rows.price.between(1, 50)
    )
    keys = sum(rows[key].duplicated().sum() + rows[key].isin(set(real[key])).sum() for key in ("id", "code"))
    return {"rows": int(bad.sum()), "keys": int(keys)}
