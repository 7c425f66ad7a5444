import os


class Model:
    def fit(self, rows):
        self.rows = {row.get("id"): row for row in rows}
        return self

    def json(self):
        return dict(self.rows)


pd = {"a": 1}  # not the library
print(pd.get("a"), os.environ.get("HOME"), Model().fit([{"id": 1}]).json())
for name in sorted(pd):
    print(name)
