"""Reports, rules and limits as JSON, between the worker and the process that reads, and out of the command."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from .limits import Limits
from .report import Finding, Key, ReadmePoint, Remark, Report, Rule


def as_json(report: Report) -> dict[str, Any]:
    """The report as plain values; `cell` only where there is one."""
    return {
        "findings": [
            {name: value for name, value in dataclasses.asdict(finding).items() if name != "cell" or value} for finding in report.findings
        ],
        "readme": [dataclasses.asdict(point) for point in report.readme],
        "keys": [dataclasses.asdict(key) for key in report.keys],
        "remarks": [dataclasses.asdict(remark) for remark in report.remarks],
        "files": report.files,
        "code_files": report.code_files,
    }


def report_of(values: Mapping[str, Any]) -> Report:
    """The report that `as_json` wrote."""
    return Report(
        findings=tuple(Finding(**finding) for finding in values["findings"]),
        readme=tuple(ReadmePoint(**point) for point in values["readme"]),
        keys=tuple(Key(**key) for key in values["keys"]),
        remarks=tuple(Remark(**remark) for remark in values["remarks"]),
        files=values["files"],
        code_files=values["code_files"],
    )


def rule_of(values: Mapping[str, Any]) -> Rule:
    fields: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    return Rule(**fields)


def limits_of(values: Mapping[str, Any]) -> Limits:
    return Limits(**values)
