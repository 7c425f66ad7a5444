"""Detection against what a human reader says of the corpus. `make detection` prints the table."""

import pytest

from roadmap.portfolio.detection.reading import read_folder
from tests.portfolio.measure_detection import CORPUS, expected, measures, mistakes, readings, rules, skills, total

NAMES = sorted(path.name for path in CORPUS.iterdir() if (path / "expected.toml").is_file())
# What no repository can show: these skills have no rule, and say so.
SELF_REPORTED = {"github-portfolio", "linkedin-sharing", "open-source-contribution", "job-search", "ai-communities"}


def test_the_corpus_is_large_enough() -> None:
    assert len(NAMES) >= 34
    assert sum(name.startswith("trap-") for name in NAMES) >= 10
    assert {skill for name in NAMES for skill in expected(name)} <= skills().keys()


def test_every_must_that_can_be_seen_is_in_two_repositories() -> None:
    assert {measure.skill for measure in measures(readings()) if measure.necessity == "must" and measure.repositories < 2} == {
        skill for skill in SELF_REPORTED if skills()[skill]["necessity"] == "must"
    }


def test_every_skill_has_a_rule_or_says_why_not() -> None:
    assert skills().keys() - {rule.skill for rule in rules()} == SELF_REPORTED
    assert all(skills()[skill]["evidence"]["note"] for skill in SELF_REPORTED)  # type: ignore[index]


@pytest.mark.parametrize("name", NAMES)
def test_a_repository_shows_what_its_reader_says(name: str) -> None:
    assert mistakes(reading for reading in readings() if reading.name == name) == []


def test_nothing_is_found_that_is_not_there_and_little_is_missed() -> None:
    measured = measures(readings())
    assert {measure.skill: measure.precision for measure in measured if measure.precision not in (None, 1.0)} == {}
    assert (total(measured, "must").recall or 0) >= 0.9


def test_a_repository_read_twice_says_the_same() -> None:
    for reading in readings()[:5]:
        assert read_folder(CORPUS / reading.name / "repository", rules()) == reading.report
