"""The kinds of columns that nobody has given a kind, and their cells as such."""
import pandas


def numbers(cells):
    return pandas.to_numeric(cells, errors="coerce").astype(float)


def dates(cells):
    return pandas.to_datetime(cells, errors="coerce", utc=True, format="mixed").dt.tz_localize(None)


def texts(cells):
    return cells.astype(str).where(cells.notna(), "")


def kind_of(cells):
    """Numbers or dates, if 95 % of a column's cells can be read so; else texts."""
    readable = 0.95 * cells.notna().sum()
    return next((kind for kind in (numbers, dates) if kind(cells).notna().sum() >= readable), texts)
