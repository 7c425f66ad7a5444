"""What rules name exists: a slip of the pen would make a rule that never finds anything."""

import importlib
import importlib.util
import re
import warnings
from collections.abc import Iterator

import pytest

from tests.portfolio.measure_detection import rules

# Names that today's libraries have given up, and that years of notebooks use.
FORMER = {
    "scipy.misc.derivative",
    "scipy.stats.binom_test",
    "seaborn.factorplot",
    "seaborn.tsplot",
    "sklearn.datasets.load_boston",
    "sklearn.inspection.plot_partial_dependence",
    "sklearn.metrics.plot_confusion_matrix",
    "sklearn.metrics.plot_roc_curve",
}


def _named() -> Iterator[str]:
    """Names of libraries that are installed here."""
    for rule in rules():
        for name in (*rule.imports, *(part for call in rule.calls for part in re.sub(r"\(\w+\)", "", call).split(" + "))):
            if importlib.util.find_spec(name.split(".")[0]):
                yield name


def _exists(name: str) -> bool:
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            held = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        try:
            for part in parts[length:]:
                held = getattr(held, part)
        except (AttributeError, ImportError):
            return False
        return True
    return False


@pytest.fixture(scope="module")
def named() -> set[str]:
    pytest.importorskip("sklearn")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        importlib.import_module("sklearn.experimental.enable_halving_search_cv")
        importlib.import_module("sklearn.experimental.enable_iterative_imputer")
    return set(_named())


def test_names_of_libraries_exist_or_did(named: set[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert {name for name in named - FORMER if not _exists(name)} == set()


def test_enough_of_them_are_looked_at(named: set[str]) -> None:
    assert len(named) > 300
    assert not FORMER - named
