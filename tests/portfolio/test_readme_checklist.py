"""The README checklist looks at the parse: headings, links, code blocks, pictures, sentences."""

import time

import pytest

from roadmap.portfolio import words
from roadmap.portfolio.detection import readme
from roadmap.portfolio.detection.report import Finding, ReadmePoint, Rule
from tests.portfolio.repositories import read


def found(text: str, path: str = "README.md") -> set[str]:
    return {point.key for point in read({path: text}).readme if point.is_found}


def point(text: str, key: str, path: str = "README.md") -> ReadmePoint:
    return next(point for point in read({path: text}).readme if point.key == key)


WHOLE = """# Late trains

[![CI](https://github.com/a/b/actions/workflows/ci.yml/badge.svg)](https://github.com/a/b)

Predicts how many minutes a regional train will be late, for commuters who plan a change of trains.

## Data

Two years of departures from [the open data portal](https://data.example.gov/trains).

## Run it

```bash
pip install -r requirements.txt
python train.py
```

## Results

| Model | MAE (minutes) |
| --- | --- |
| median | 6.3 |
| gradient boosting | 4.1 |

![Errors by hour](docs/errors.png)

## Limitations

Strikes are not in the data.

## Next steps

Weather.

## License

MIT
"""


def test_a_whole_readme_has_all_eight_points_each_with_its_line() -> None:
    points = {point.key: point for point in read({"README.md": WHOLE}).readme}
    assert list(points) == list(readme.POINTS) == list(words.README)
    assert {key: point.line for key, point in points.items()} == {
        "problem": 5, "data": 7, "run": 13, "result": 22, "picture": 25, "licence": 35, "limits": 27, "next": 31,
    }  # fmt: skip
    assert points["result"].seen == "MAE (minutes): 6.3"
    assert points["picture"].seen == "Errors by hour"


def test_without_a_readme_no_point_is_found() -> None:
    assert read({"a.py": "x = 1"}).readme == tuple(ReadmePoint(key, False) for key in readme.POINTS)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("problem", "# House prices\n\nThis model estimates what a flat in Lyon would sell for, so that buyers can compare.\n"),
        ("problem", "# A\n\n## Overview\n\nThis model estimates what a flat in Lyon would sell for, so that buyers can compare.\n"),
        (
            "problem",
            "# 予測\n\nこのプロジェクトは東京の賃貸マンションの家賃を予測し、引っ越しを考えている人が相場を知るためのツールです。\n",
        ),
        ("data", "# A\n\n## Dataset\n\nPhotos of leaves.\n"),
        ("data", "I used the [Titanic dataset](https://www.kaggle.com/c/titanic) for all of it.\n"),
        ("data", "The data comes from [the city](https://example.org/data).\n"),
        ("data", "Trained on the MNIST dataset.\n"),
        ("run", "```\n$ python main.py\n```\n"),
        ("run", "```bash\ngit clone https://github.com/a/b\n```\n"),
        ("run", "    docker compose up\n"),
        ("run", "Start it with `streamlit run app.py`.\n"),
        ("run", "## Installation\n\nOpen the notebook in Colab and run all cells.\n"),
        ("result", "The model reaches an accuracy of 0.91 on the test set.\n"),
        ("result", "We get 91% accuracy.\n"),
        ("result", "- F1-score: 0.83\n- recall 0.7\n"),
        ("result", "RMSE = 24,311 dollars.\n"),
        ("result", "R² 0.84\n"),
        ("result", "MAE 12 %, against 21 % for the median.\n"),
        ("result", "**ROC AUC**: **0.93**\n"),
        ("result", "| Metric | Value |\n| --- | --- |\n| Accuracy | 0.9 |\n"),
        ("picture", "![ROC curve](roc.png)\n"),
        ("picture", '<p align="center"><img width="400" src="images/demo.gif"></p>\n'),
        ("picture", "[![Screenshot](app.png)](https://example.org)\n"),
        ("licence", "## License\n\nMIT\n"),
        ("licence", "Released under the MIT License.\n"),
        ("limits", "## Known issues\n\nSlow.\n"),
        ("limits", "### What didn't work\n\nLSTMs.\n"),
        ("limits", "The model struggles with short reviews.\n"),
        ("next", "## Future work\n\nMore data.\n"),
        ("next", "In the future, I would like to try transformers.\n"),
        ("next", "## TODO\n\n- tests\n"),
        ("next", "- [ ] add tests\n- [x] train\n"),
    ],
)
def test_a_point_is_found_in_the_usual_ways_of_writing_it(key: str, text: str) -> None:
    assert key in found(text)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("problem", "# House prices\n\nMy homework.\n"),
        ("problem", "# A\n\n## Installation\n\nFirst clone the repository and then install all of the packages that are listed.\n"),
        ("problem", "# A\n\n```\nThis model estimates what a flat in Lyon would sell for, so that buyers can compare.\n```\n"),
        ("data", "# Data science project\n\nHello there.\n"),
        ("data", "## Dataset\n\n## Usage\n\nHello.\n"),
        ("data", "```\n# Data: https://www.kaggle.com/c/titanic dataset\n```\n"),
        ("run", "```python\nmodel.fit(X, y)\n```\n"),
        ("run", "The model was run on a laptop.\n"),
        ("result", "Accuracy is what we care about.\n"),
        ("result", "Python 3.12, pandas 2.1 and scikit-learn 1.5 are needed.\n"),
        ("result", "```\naccuracy: 0.91\n```\n"),
        ("result", "We report the F1 score and the R2 score.\n"),
        ("picture", "![build](https://img.shields.io/badge/build-passing-green.svg)\n"),
        ("picture", "![Build Status](https://travis-ci.org/a/b.svg)\n"),
        ("picture", "![logo](assets/logo.png)\n"),
        ("picture", "`![ROC](roc.png)`\n"),
        ("picture", '<!-- <img src="roc.png"> -->\n'),
        ("licence", "Drivers need a license.\n"),
        ("limits", "There is no limit to what you can do.\n"),
        ("next", "```\n# TODO: later\n```\n"),
        ("next", "Next, install the packages.\n"),
    ],
)
def test_a_point_is_not_found_in_what_only_looks_like_it(key: str, text: str) -> None:
    assert key not in found(text)


def test_a_licence_file_is_a_licence() -> None:
    mit = "MIT License\n\nPermission is hereby granted, free of charge, to any person obtaining a copy\n"
    assert next(point for point in read({"LICENSE": mit}).readme if point.key == "licence") == ReadmePoint("licence", True, 1, "LICENSE")
    assert not any(point.is_found for point in read({"LICENSE": "", "docs/LICENSE": mit}).readme)


def test_the_readme_of_the_root_speaks_for_the_repository() -> None:
    files = {"docs/README.md": "## License\n\nMIT\n", "README.txt": "Hello.\n", "src/README.md": WHOLE}
    assert [point.key for point in read(files).readme if point.is_found] == []
    assert [point.key for point in read({"docs/README.md": "## License\n\nMIT\n"}).readme if point.is_found] == ["licence"]


def test_restructured_text_is_read_too() -> None:
    text = """
Late trains
===========

Predicts how many minutes a regional train will be late, for commuters who plan a change of trains.

Data
~~~~

From `the portal <https://data.example.gov>`_.

.. code-block:: bash

    pip install .

.. image:: errors.png

Accuracy of 0.91.
"""
    assert found(text, "README.rst") == {"problem", "data", "run", "picture", "result"}


def test_what_was_seen_is_short_and_holds_nothing_long_enough_to_be_a_key() -> None:
    key = "x1Y2z3" * 10
    seen = point(f"# A\n\nThis predicts {key} for\x1b[31m all the people who live in the town near the lake.\n", "problem").seen
    assert key not in seen
    assert seen.isprintable()
    assert len(seen) <= 80


def test_a_skill_may_ask_for_a_number_of_points() -> None:
    assert read({"README.md": WHOLE}, Rule("skill", readme=8)).findings == (
        Finding("skill", "README.md", 1, "README answers 8 of 8 points", "used"),
    )
    assert read({"README.md": "## License\n\nMIT\n"}, Rule("skill", readme=2)).findings == ()
    assert read({"README.md": WHOLE}, Rule("skill", readme=1), only={"a.py"}).findings == ()


@pytest.mark.parametrize(
    "piece", ["[", "![", "*a ", "`a", "<a ", ">", "|a", "mean ", "accuracy ", "0.9 ", "did not ", "data from ", "# data\n"]
)
def test_a_readme_that_repeats_itself_is_read_in_a_moment(piece: str) -> None:
    """No pattern goes back over what it has seen."""
    start = time.process_time()
    readme.checklist("README.md", (piece * (readme.LARGEST // len(piece))).encode())
    assert time.process_time() - start < 15
