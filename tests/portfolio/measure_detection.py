"""How well detection does on the corpus: `make detection` prints precision and recall of each skill.

Each folder of `corpus/` holds a small repository, and beside it what a human reader of its code says that it shows: `used`,
`imported` and not used, or only `listed` in a manifest. What it doesn't name must not be found.
"""

import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from roadmap.portfolio.detection.reading import read_folder
from roadmap.portfolio.detection.report import STRENGTHS, Finding, Report, Rule
from roadmap.portfolio.detection.rules import rules_of

CORPUS = Path(__file__).parent / "corpus"
STAGES = Path(__file__).parents[2] / "roadmap" / "curriculum" / "content" / "stages"


@dataclass(frozen=True)
class Reading:
    """One repository: each skill with its strength, as the human says and as detection does."""

    name: str
    said: dict[str, str]
    report: Report

    @property
    def found(self) -> dict[str, str]:
        """The strongest finding of each skill."""
        found: dict[str, str] = {}
        for finding in self.report.findings:
            held = found.get(finding.skill)
            if held is None or STRENGTHS.index(finding.strength) < STRENGTHS.index(held):  # type: ignore[arg-type]
                found[finding.skill] = finding.strength
        return found

    def finding(self, skill: str) -> Finding:
        return next(finding for finding in self.report.findings if finding.skill == skill)


@dataclass(frozen=True)
class Measure:
    """One skill over all repositories. A finding is right when the human names the skill with the same strength."""

    skill: str
    necessity: str
    repositories: int
    found: int
    right: int

    @property
    def precision(self) -> float | None:
        return self.right / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        return self.right / self.repositories if self.repositories else None


@cache
def skills() -> dict[str, dict[str, object]]:
    """The curriculum's skills by slug, as the content files have them."""
    yaml = YAML(typ="safe")
    return {skill["slug"]: skill for file in sorted(STAGES.glob("*.yaml")) for skill in yaml.load(file.read_text())["skills"]}


def rules() -> list[Rule]:
    return rules_of({slug: skill.get("evidence") or {} for slug, skill in skills().items()})  # type: ignore[misc]


def expected(name: str) -> dict[str, str]:
    said = tomllib.loads((CORPUS / name / "expected.toml").read_text())
    return {skill: strength for strength in STRENGTHS for skill in said[strength]}


@cache
def readings() -> tuple[Reading, ...]:
    """Every repository of the corpus, read."""
    ready = rules()
    names = sorted(path.parent.name for path in CORPUS.glob("*/expected.toml"))
    return tuple(Reading(name, expected(name), read_folder(CORPUS / name / "repository", ready)) for name in names)


def measures(found: Iterable[Reading]) -> list[Measure]:
    held = list(found)
    return [
        Measure(
            skill=slug,
            necessity=str(skill["necessity"]),
            repositories=sum(slug in reading.said for reading in held),
            found=sum(slug in reading.found for reading in held),
            right=sum(slug in reading.found and reading.found[slug] == reading.said.get(slug) for reading in held),
        )
        for slug, skill in skills().items()
    ]


def total(measured: Iterable[Measure], necessity: str = "") -> Measure:
    """All skills as one, or all of a necessity."""
    held = [measure for measure in measured if necessity in ("", measure.necessity)]
    return Measure(
        f"all {necessity}".strip(),
        necessity,
        *(sum(getattr(measure, name) for measure in held) for name in ("repositories", "found", "right")),
    )


def mistakes(found: Iterable[Reading]) -> list[str]:
    """One line for each disagreement, with where it was seen."""
    lines = []
    for reading in found:
        for skill in sorted(reading.said.keys() | reading.found.keys()):
            said, got = reading.said.get(skill, "nothing"), reading.found.get(skill, "nothing")
            if said != got:
                seen = "" if got == "nothing" else " ({0.path}:{0.line} {0.seen})".format(reading.finding(skill))
                lines.append(f"{reading.name}: {skill} is {said}, found is {got}{seen}")
    return lines


def _row(measure: Measure) -> str:
    def share(value: float | None) -> str:
        return "–" if value is None else f"{value:.2f}"

    return f"{measure.skill:30} {measure.necessity:12} {measure.repositories:12} {measure.found:6} {share(measure.precision):>10} {share(measure.recall):>7}"


def main() -> int:
    measured = measures(readings())
    print(f"{'skill':30} {'':12} {'repositories':>12} {'found':>6} {'precision':>10} {'recall':>7}")
    for measure in [*measured, total(measured, "must"), total(measured)]:
        print(_row(measure))
    without = [measure.skill for measure in measured if not measure.repositories]
    print(f"\n{len(readings())} repositories. In none of them: {', '.join(without)}.")
    wrong = mistakes(readings())
    print("\n".join(wrong) or "No mistakes.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
