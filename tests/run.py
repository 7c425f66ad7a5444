"""Runs every test: the unit tests on all cores, then the browser tests; `make test` ends with it.

A skipped test fails the run unless its reason begins with "optional:", and so does a part that finds no test. The last line
counts both parts together.
"""

import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

PARTS = {
    "unit": ["-n", "auto", "--dist", "loadgroup", "tests", "--ignore=tests/browser"],
    "browser": ["tests/browser"],
}


def run(arguments: list[str], report: Path) -> tuple[Counter[str], list[str]]:
    """The counts of one part, and why it fails although no test did."""
    code = subprocess.run([sys.executable, "-m", "pytest", f"--junit-xml={report}", *arguments], check=False).returncode
    if not report.exists():
        return Counter(), [f"pytest ended with code {code} and no report"]
    counts: Counter[str] = Counter()
    faults = []
    for case in ElementTree.parse(report).iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        if case.find("failure") is not None or case.find("error") is not None:
            counts["failed"] += 1
        elif (skipped := case.find("skipped")) is not None:
            counts["skipped"] += 1
            reason = skipped.get("message", "")
            if skipped.get("type") == "pytest.skip" and not reason.startswith("optional:"):
                faults.append(f"skipped, and may not be: {name}: {reason}")
        else:
            counts["passed"] += 1
    if not counts:
        faults.append("no test was found")
    if code and not counts["failed"]:
        faults.append(f"pytest ended with code {code}")
    return counts, faults


def main() -> int:
    total: Counter[str] = Counter()
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        for part, arguments in PARTS.items():
            counts, found = run(arguments, Path(folder, f"{part}.xml"))
            total += counts
            faults += [f"{part}: {fault}" for fault in found]
    print(*faults, sep="\n", end="\n" if faults else "")
    skipped = f", {total['skipped']} skipped" if total["skipped"] else ""
    # A fault counts as a failure: the closing line must not look like a success.
    print(f"{total['passed']} passed, {total['failed'] + len(faults)} failed{skipped}", flush=True)
    return 1 if total["failed"] or faults else 0


if __name__ == "__main__":
    sys.exit(main())
