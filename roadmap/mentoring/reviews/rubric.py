"""What a review looks at: the rubric of the project's idea, or a general one, in lines of four levels each.

The general one asks what every project about data has to answer, whatever its subject.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import gettext_noop as _noop

from roadmap.curriculum.snapshot import Snapshot
from roadmap.mentoring.models import RubricMark
from roadmap.portfolio.models import Project

# What the levels 0 to 3 are called, in every rubric.
LEVELS = (_lazy("Not yet"), _lazy("Starting"), _lazy("Solid"), _lazy("Strong"))

# In English, so that a review keeps the same words whoever writes it; pages translate them (`translated`).
_GENERAL = (
    (
        _noop("The problem is clear"),
        (
            _noop("It isn’t said what is predicted or found out."),
            _noop("The subject is named, but not what is predicted and for whom."),
            _noop("What is predicted, for whom, and how one would use it stand in a few sentences."),
            _noop("It also says what a wrong answer would cost, and when not to use it."),
        ),
    ),
    (
        _noop("The data is known and cleaned with care"),
        (
            _noop("Where the data comes from isn’t said."),
            _noop("The source is named; gaps and duplicates are dropped without a word."),
            _noop("Gaps, duplicates and units are dealt with in code, and each choice has its reason."),
            _noop("It also counts what was dropped, and says whom the data leaves out."),
        ),
    ),
    (
        _noop("The result is measured fairly"),
        (
            _noop("There is no measure, or only one on the data it was trained on."),
            _noop("Data was held back, but there is no baseline, or the split leaks."),
            _noop("The split fits the problem, a simple baseline stands beside the result, and nothing leaks."),
            _noop("It also says how sure the figure is, and how it was kept from being tuned on the test data."),
        ),
    ),
    (
        _noop("The mistakes are looked at"),
        (
            _noop("One figure stands for everything."),
            _noop("Some wrong cases are shown, without a pattern."),
            _noop("It says where the model fails, by group or kind of case, with figures."),
            _noop("It also says why, what was tried against it, and whom it would hurt."),
        ),
    ),
    (
        _noop("The code can be read and run"),
        (
            _noop("It doesn’t run from a fresh copy."),
            _noop("It runs after some guessing: a package, a path or an order is missing."),
            _noop("It runs from a fresh copy with the commands given, and its parts have names that say what they do."),
            _noop("It also checks itself: tests or checks of the data, and fixed versions and seeds."),
        ),
    ),
    (
        _noop("The README lets a stranger follow"),
        (
            _noop("There is none, or only a title."),
            _noop("It says what the project is, but not how to run it or what came out."),
            _noop("It leads from the problem to the result, with a figure or a chart, and says how to run it."),
            _noop("It also says what didn’t work, and what would come next."),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that a review looks at, and what each of its four levels means. Title and levels are Markdown, in English."""

    place: int
    title: str
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """The level that the last answer gave a line, in its words of then; `before` is the level of the answer before that."""

    place: int
    title: str
    level: int
    word: str
    says: str
    before: int | None


def rubric_of(project: Project, curriculum: Snapshot) -> tuple[Line, ...]:
    """The rubric of the project's idea; the general one where it has none."""
    idea = curriculum.ideas.get(project.idea.slug) if project.idea else None
    if idea and idea.rubric:
        return tuple(Line(place, item.title, item.levels) for place, item in enumerate(idea.rubric))
    return tuple(Line(place, title, levels) for place, (title, levels) in enumerate(_GENERAL))


def level_word(level: int) -> str:
    """What a level is called."""
    return str(LEVELS[level])


def results(marks: Iterable[RubricMark]) -> list[Result]:
    """What the last answer of a review gave, each line beside what the answer before gave the line of the same name."""
    looks: dict[int, list[RubricMark]] = {}
    for mark in sorted(marks, key=lambda mark: mark.place):
        looks.setdefault(mark.look, []).append(mark)
    if not looks:
        return []
    *earlier, last = sorted(looks)
    before = {mark.title: mark.level for mark in looks[earlier[-1]]} if earlier else {}
    return [Result(mark.place, mark.title, mark.level, level_word(mark.level), mark.says, before.get(mark.title)) for mark in looks[last]]
