class Table:
    def __init__(self, rows):
        self.rows = rows

    def drop_duplicates(self):
        return Table(sorted(set(self.rows)))

    def fillna(self, value):
        return Table([value if row is None else row for row in self.rows])

    def describe(self):
        return len(self.rows)

    def fit(self, other):
        return self

    def groupby(self, name):
        return self


def train_test_split(rows, stratify=None):
    return rows[:2], rows[2:]


def accuracy_score(a, b):
    return a == b


table = Table(["a", "b", "a"]).drop_duplicates().fillna("c")
print(table.describe(), table.groupby("x").fit(table), accuracy_score(1, 1))
train, test = train_test_split(table.rows, stratify=None)
text = "a-b".replace("-", " ").strip().split()
settings = {}
settings.update({"plt": 1})
print(text, settings.get("np"), train, test)
