"""
What each generator needs done to a table, as the libraries around them do it (SDV): explicit gaps, and decimals and
ranges kept. So every peer performs at its best, and gets the same input.
"""
import numpy
import pandas

ABSENT = "(absent)"


class Preparation:
    def __init__(self, rows, categories, seed):
        self.columns, self.random = list(rows.columns), numpy.random.RandomState(seed)
        self.numbers = [column for column in rows.columns if column not in categories]
        self.gappy = [column for column in self.numbers if rows[column].isna().any()]
        self.categories = [*categories, *map(self.flag, self.gappy)]
        self.decimals = {column: self.decimals_of(rows[column].dropna()) for column in self.numbers}
        self.ranges = {column: (rows[column].min(), rows[column].max()) for column in self.numbers}

    @staticmethod
    def flag(column):
        return f"{column} is absent"

    @staticmethod
    def decimals_of(values):
        """A column's number of decimals; None if there are more than anyone would write."""
        return next((d for d in range(10) if numpy.allclose(values, values.round(d), rtol=0, atol=1e-12)), None)

    def prepare(self, rows):
        """Removes gaps: an extra category marks a number as missing, and a seen value replaces it."""
        result = rows.copy()
        for column in self.numbers:
            empty = rows[column].isna()
            if column in self.gappy:
                result[self.flag(column)] = numpy.where(empty, "yes", "no").astype(object)
                result.loc[empty, column] = self.random.choice(rows[column].dropna(), empty.sum())
            if self.decimals[column] == 0:
                result[column] = result[column].astype("int64")
        for column in self.categories:
            result[column] = result[column].where(result[column].notna(), ABSENT).astype(object)
        return result

    def restore(self, rows):
        """Samples as rows of the table, as text."""
        result = pandas.DataFrame(index=rows.index)
        for column in self.columns:
            if column not in self.numbers:
                result[column] = rows[column].astype(str).replace(ABSENT, "")
                continue
            values, decimals = rows[column].astype(float).clip(*self.ranges[column]), self.decimals[column]
            if decimals is not None:
                values = values.round(decimals)
            result[column] = values.astype("int64").astype(str) if decimals == 0 else values.map(repr)
            if column in self.gappy:
                result.loc[(rows[self.flag(column)] == "yes").to_numpy(), column] = ""
        return result
