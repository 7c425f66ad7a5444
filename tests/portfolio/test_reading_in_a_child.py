"""The worker passes packed bytes on to a process of its own: bounded memory, bounded time, no secrets, no deadlock."""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from roadmap.portfolio.detection import child
from roadmap.portfolio.detection.child import read_in_child
from roadmap.portfolio.detection.limits import KB, MB, Limits
from roadmap.portfolio.detection.reading import read_archive
from roadmap.portfolio.detection.report import Rule, Unreadable
from roadmap.portfolio.detection.wire import as_json, report_of
from tests.portfolio.repositories import notebook, packed, zipped

CODE = "import numpy as np\nnp.dot(1, 2)\n"
FILES = {"src/main.py": CODE, "a.ipynb": notebook("import numpy as np", "np.dot(1, 2)"), "README.md": "# A\n", "bad.py": "(", "b.py": CODE}
RULES = [Rule("skill", calls=("numpy.dot",), imports=("numpy",), readme=1)]


def chunks(data: bytes, size: int = 64 * KB) -> Iterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


def unreadable(data: bytes, limits: Limits = child.LIMITS) -> str:
    with pytest.raises(Unreadable) as caught:
        read_in_child(chunks(data), RULES, limits=limits)
    return caught.value.code


def test_the_child_says_what_a_reading_in_this_process_says() -> None:
    import io

    expected = read_archive(io.BytesIO(packed(FILES)), RULES, only={"src/main.py"})
    assert expected.findings
    assert read_in_child(chunks(packed(FILES), 100), RULES, only={"src/main.py"}) == expected
    assert read_in_child(chunks(zipped(FILES)), RULES, only=["src/main.py"], kind="zip") == expected


def test_a_report_survives_its_way_as_json() -> None:
    report = read_in_child(chunks(packed(FILES)), RULES)
    assert report.findings[0].cell in (0, 2)
    assert report_of(json.loads(json.dumps(as_json(report)))) == report


@pytest.mark.parametrize(
    ("data", "limits", "code"),
    [
        (packed(FILES), Limits(packed=10), "packed-size"),
        (packed(FILES), Limits(unpacked=100), "unpacked-size"),
        (packed(FILES), Limits(entries=1), "entries"),
        (packed({"a.bin": os.urandom(9000)})[:4000], Limits(), "cut-off"),
        (b"hello", Limits(), "not-an-archive"),
        (b"", Limits(), "not-an-archive"),
    ],
)
def test_what_cannot_be_read_is_said_in_the_same_words(data: bytes, limits: Limits, code: str) -> None:
    assert unreadable(data, limits) == code


def test_too_little_memory_is_said_so() -> None:
    big = {"a.ipynb": notebook("x = 1", padding="x" * 25 * MB)}
    assert unreadable(packed(big), Limits(memory=60 * MB)) == "memory"


def test_a_source_that_never_ends_is_ended() -> None:
    def dripping() -> Iterator[bytes]:
        data = packed({"a.bin": os.urandom(9000)})
        for place in range(len(data)):
            time.sleep(0.05)
            yield data[place : place + 1]

    start = time.monotonic()
    with pytest.raises(Unreadable) as caught:
        read_in_child(dripping(), RULES, limits=Limits(seconds=1))
    assert caught.value.code == "time"
    assert time.monotonic() - start < 10


def test_a_child_that_does_not_answer_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "GRACE", 0)
    monkeypatch.setattr(child, "__package__", "tests.portfolio.sleeper")
    assert unreadable(packed(FILES), Limits(seconds=1)) == "time"


def test_an_exception_of_the_source_goes_through_and_the_child_ends() -> None:
    class Trouble(Exception):
        pass

    def troubled() -> Iterator[bytes]:
        yield packed(FILES)[:100]
        raise Trouble

    with pytest.raises(Trouble):
        read_in_child(troubled(), RULES)


def test_the_child_sees_nothing_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "very secret")
    seen = {}
    popen = subprocess.Popen

    def spy(*args: object, **options: object) -> object:
        seen.update(options)
        return popen(*args, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "Popen", spy)
    read_in_child(chunks(packed(FILES)), RULES)
    assert sorted(seen["env"]) == ["LANG", "PYTHONPATH", "PYTHONUTF8"]  # type: ignore[call-overload]


def test_detection_knows_no_django() -> None:
    code = "import sys, roadmap.portfolio.detection.child; sys.exit(any(name.startswith('django') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# Runs the child from a small process, since a process that is forked from a large one begins with its size.
_MEASURE = """
import resource, subprocess, sys
done = subprocess.run([sys.executable, "-m", "roadmap.portfolio.detection"], stdin=open(sys.argv[1], "rb"), stdout=subprocess.PIPE)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
print(done.stdout.decode())
"""


def test_an_archive_of_forty_megabytes_and_five_thousand_files_is_read_in_little_memory(tmp_path: Path) -> None:
    dice = random.Random(1)
    code = (
        "import numpy as np\n\n\ndef work(rows):\n    return np.dot(rows, rows)\n\n\n"
        + "value = [np.zeros(3) + 1 for each in range(10)]\n" * 100
    )
    files: dict[str, str | bytes] = {
        f"part{number % 40}/file{number}.{'py' if number % 3 == 0 else 'dat'}": code if number % 3 == 0 else dice.randbytes(12_000)
        for number in range(5000)
    }
    archive = packed(files)
    assert len(archive) > 38 * MB
    header = {"rules": [{"skill": "skill", "calls": ["numpy.dot"]}], "only": None, "limits": {}, "kind": "tar.gz"}
    sent = tmp_path / "sent"
    sent.write_bytes(json.dumps(header).encode() + b"\n" + archive)
    lines = subprocess.run([sys.executable, "-c", _MEASURE, str(sent)], check=True, capture_output=True, text=True).stdout.splitlines()
    report = json.loads(lines[1])["report"]
    assert (report["files"], report["code_files"], len(report["findings"])) == (5000, 1667, 5)
    assert int(lines[0]) < 150
