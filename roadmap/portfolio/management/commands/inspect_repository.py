"""Says what a repository shows, as the site would: an editor's way to try a rule."""

import json
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from roadmap.curriculum import snapshot
from roadmap.curriculum.files import CONTENT, ContentError, parse, read_files
from roadmap.portfolio import words
from roadmap.portfolio.detection.reading import read_archive, read_folder
from roadmap.portfolio.detection.report import Report, Rule, Unreadable
from roadmap.portfolio.detection.rules import rules_of
from roadmap.portfolio.detection.wire import as_json

ARCHIVES = {".tar.gz": "tar.gz", ".tgz": "tar.gz", ".zip": "zip"}


class Command(BaseCommand):
    help = "Reads a repository (a folder, .tar.gz or .zip) and lists the skills that it shows. Nothing of it is run or kept."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="a folder, a .tar.gz (or .tgz) or a .zip")
        parser.add_argument("--json", action="store_true", help="write one JSON document")
        parser.add_argument("--skill", action="append", metavar="SLUG", help="only this skill; may be given several times")
        parser.add_argument(
            "--content",
            type=Path,
            metavar="DIR",
            help="take the rules from content files in this folder (default: the published curriculum; without one, the repository's files)",
        )

    def handle(self, *args: Any, path: Path, content: Path | None, **options: Any) -> None:
        rules = _rules(content, options["skill"])
        try:
            report = _read(path, rules)
        except Unreadable as error:
            raise CommandError(f"{path}: {words.unreadable(error.code)}") from error
        if options["json"]:
            values = as_json(report)
            self.stdout.write(
                json.dumps({name: values[name] for name in ("findings", "readme", "keys", "remarks")}, ensure_ascii=False, indent=2)
            )
        else:
            self.stdout.write(_table(report))


def _rules(content: Path | None, skills: list[str] | None) -> list[Rule]:
    evidence = _evidence_of_files(content) if content else _evidence_of_database() or _evidence_of_files(CONTENT)
    if unknown := sorted(set(skills or ()) - set(evidence)):
        raise CommandError(f"No skill has the slug {', '.join(unknown)}.")
    return rules_of({slug: rule for slug, rule in evidence.items() if not skills or slug in skills})


def _evidence_of_database() -> dict[str, Mapping[str, Any]]:
    """The evidence of every published skill, or nothing where there is no curriculum yet or no database."""
    try:
        return {skill.slug: skill.evidence for skill in snapshot.current()}
    except DatabaseError:
        return {}


def _evidence_of_files(content: Path) -> dict[str, Mapping[str, Any]]:
    try:
        picture = parse(read_files(content))
    except ContentError as error:
        raise CommandError(str(error)) from error
    return {entry.key: entry.fields["evidence"] for entry in picture.values() if entry.kind == "skill" and not entry.is_retired}


def _read(path: Path, rules: list[Rule]) -> Report:
    if path.is_dir():
        return read_folder(path, rules)
    kind = next((kind for ending, kind in ARCHIVES.items() if path.name.lower().endswith(ending)), None)
    if kind is None:
        raise CommandError(f"{path} is neither a folder nor a .tar.gz, .tgz or .zip.")
    try:
        with path.open("rb") as file:
            return read_archive(file, rules, kind=kind)  # type: ignore[arg-type]
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error


def _table(report: Report) -> str:
    lines = [f"{report.files} files, {report.code_files} of them code.", ""]
    skill = ""
    for finding in report.findings:
        if finding.skill != skill:
            skill = finding.skill
            lines.append(skill)
        cell = f", cell {finding.cell}" if finding.cell else ""
        lines.append(f"  {finding.strength:<8}  {finding.path}:{finding.line}{cell}  {finding.seen}")
    if not report.findings:
        lines.append("No skill is shown.")
    lines += ["", "README"]
    for point in report.readme:
        what = f"line {point.line}: {point.seen}" if point.is_found else words.README[point.key].missing
        lines.append(f"  {'yes' if point.is_found else 'no':<3}  {words.README[point.key].title}: {what}")
    if report.keys:
        lines += ["", "Committed keys: make new ones, and take these out of use"]
        lines += [f"  {key.path}:{key.line}  {words.KEYS[key.kind]}" for key in report.keys]
    if report.remarks:
        lines += ["", "Remarks"]
        lines += [f"  {words.remark(remark.code, remark.path, remark.count)}" for remark in report.remarks]
    return "\n".join(lines)
