import sqlite3
import sys

import pandas as pd

QUESTIONS = {
    "overdue": "select title, due from loans join books using (book_id) where due < ? order by due",
    "busy": "select title, count(*) as loans from loans join books using (book_id) where due >= ? group by title",
}


def ask(name, day):
    with sqlite3.connect("library.db") as connection:
        cursor = connection.execute(QUESTIONS[name], (day,))
        return cursor.fetchall()


def table(name, day):
    connection = sqlite3.connect("library.db")
    return pd.read_sql(QUESTIONS[name], connection, params=(day,))


if __name__ == "__main__":
    for name in QUESTIONS:
        try:
            rows = ask(name, sys.argv[1])
        except sqlite3.OperationalError as error:
            print(name, error)
            continue
        if rows:
            print(name, len(rows))
