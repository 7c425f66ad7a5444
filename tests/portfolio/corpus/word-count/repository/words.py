"""Count the words of a text file."""

import sys
from collections import Counter
from pathlib import Path


def clean(line):
    return [word.strip(".,;:!?\"'").lower() for word in line.split()]


def count_words(path):
    counts = Counter()
    for line in Path(path).read_text().splitlines():
        if not line.strip():
            continue
        counts.update(clean(line))
    return counts


if __name__ == "__main__":
    try:
        for word, number in count_words(sys.argv[1]).most_common(10):
            print(f"{number:6} {word}")
    except FileNotFoundError as error:
        print("No such file:", error.filename)
