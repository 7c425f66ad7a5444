"""Small repositories for tests of detection: written as a mapping of paths to texts, packed in memory."""

import io
import json
import tarfile
import textwrap
import zipfile
from collections.abc import Mapping
from typing import Any

from roadmap.portfolio.detection.limits import LIMITS, Limits
from roadmap.portfolio.detection.reading import read_archive
from roadmap.portfolio.detection.report import Report, Rule

TOP = "owner-repository-1a2b3c"
Files = Mapping[str, str | bytes]


def packed(files: Files, *, top: str = TOP) -> bytes:
    """A `.tar.gz` as GitHub makes it."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        folder = tarfile.TarInfo(top)
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        for path, text in files.items():
            data = text.encode() if isinstance(text, str) else text
            member = tarfile.TarInfo(f"{top}/{path}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def zipped(files: Files, *, top: str = TOP) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in files.items():
            archive.writestr(f"{top}/{path}", text)
    return buffer.getvalue()


def read(files: Files, *rules: Rule, only: set[str] | None = None, limits: Limits = LIMITS) -> Report:
    return read_archive(io.BytesIO(packed(files)), rules, only=only, limits=limits)


def shown(code: str, *calls: str, path: str = "main.py", **rule: Any) -> list[tuple[str, int, str]]:
    """Strength, line and words of what one script shows of one rule."""
    report = read({path: textwrap.dedent(code)}, Rule("skill", calls=calls, **rule))
    return [(finding.strength, finding.line, finding.seen) for finding in report.findings]


def is_used(code: str, call: str, **rule: Any) -> bool:
    return any(strength == "used" for strength, *_ in shown(code, call, **rule))


def notebook(*cells: str, kind: str = "code", language: str = "python", **rest: Any) -> str:
    """A notebook of format 4 as Jupyter stores it, one line of code a line of the file."""
    return json.dumps(
        {
            "cells": [
                {
                    "cell_type": kind,
                    "execution_count": None,
                    "metadata": {},
                    "outputs": [{"output_type": "stream", "text": ["import sklearn\n"]}],
                    "source": cell.splitlines(keepends=True),
                }
                for cell in cells
            ],
            "metadata": {"kernelspec": {"display_name": "Kernel", "language": language, "name": "kernel"}},
            "nbformat": 4,
            "nbformat_minor": 5,
            **rest,
        },
        indent=1,
    )
