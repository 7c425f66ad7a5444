import csv


def fit(rows, rate=0.01, steps=1000):
    w = b = 0.0
    for step in range(steps):
        dw = sum(2 * (w * x + b - y) * x for x, y in rows) / len(rows)
        db = sum(2 * (w * x + b - y) for x, y in rows) / len(rows)
        w, b = w - rate * dw, b - rate * db
        if step % 100 == 0:
            print({"step": step, "w": w, "b": b})
    return w, b


if __name__ == "__main__":
    with open("line.csv") as file:
        print(fit([(float(x), float(y)) for x, y in csv.reader(file)]))
