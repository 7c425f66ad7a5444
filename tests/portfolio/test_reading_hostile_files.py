"""Files that are made to take time or memory end in a moment, or are left with a remark; the others are read."""

import gzip
import io
import json
import socket
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable

import pytest

from roadmap.portfolio.detection import reading
from roadmap.portfolio.detection.limits import KB, Limits
from roadmap.portfolio.detection.reading import read_archive
from roadmap.portfolio.detection.report import Remark, Rule, Unreadable
from tests.portfolio.repositories import notebook, packed, read

CODE = "import numpy as np\nnp.dot(1, 2)\n"
EVERY = Rule("skill", calls=("numpy.dot",), files=("*.sql", "*.yml", "README.md"), requirements=("numpy",))


def aliases(merged: bool) -> str:
    """Fifty mappings or lists of which each holds the one before many times."""
    inner = "{{<<: [{}]}}" if merged else "[{}]"
    return "a0: &a0 {a: 1}\n" + "".join(f"a{n}: &a{n} {inner.format(', '.join([f'*a{n - 1}'] * 20))}\n" for n in range(1, 49))


FILES: dict[str, Callable[[], dict[str, str]]] = {
    "spaces in a broken cell": lambda: {"a.ipynb": notebook("x = (\n" + " " * 100_000 + "x")},
    "commas in a script of Colab": lambda: {"a.py": "!pip install x\nx = (\na" + " ," * 60_000 + "x\n"},
    "spaces before a hash": lambda: {"requirements.txt": "a" + " " * 200_000 + "--hash"},
    "a requirement without end": lambda: {"requirements.txt": "a; " + "python_version < '3' and " * 8000 + "x"},
    "thousands of packages": lambda: {"pyproject.toml": "[project]\ndependencies = [" + ",".join(f'"p{n}"' for n in range(25_000)) + "]"},
    "thousands of set-ups": lambda: {"setup.py": f"a = [{','.join(['1'] * 20_000)}]\n" + "setup(install_requires=a)\n" * 4000},
    "aliases": lambda: {"environment.yml": aliases(False) + "dependencies: *a48\n"},
    "merged aliases": lambda: {"environment.yml": aliases(True) + "dependencies: [a]\n"},
    "aliases in a workflow": lambda: {".github/workflows/a.yml": aliases(False) + "jobs: *a48\n"},
    "merged aliases in a workflow": lambda: {".github/workflows/a.yml": aliases(True) + "jobs: 1\n"},
    "names with dots in SQL": lambda: {"a.sql": "a." * 100_000},
    "millions of cells": lambda: {"a.ipynb": '{"cells":[' + ",".join(["{}"] * 3_000_000) + "]}"},
    "pieces of a source": lambda: {"a.ipynb": '{"cells":[{"cell_type":"code","source":[' + ",".join(['""'] * 300_000) + "]}]}"},
    "kinds of errors in a README": lambda: {"README.md": "mean absolute squared " * 5000},
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_made_to_take_time_is_done_in_a_moment(name: str) -> None:
    data = packed(FILES[name]() | {"good.py": CODE})
    start = time.process_time()
    report = read_archive(io.BytesIO(data), [EVERY])
    assert time.process_time() - start < 8
    assert "good.py" in [finding.path for finding in report.findings]
    assert "too-slow" not in [remark.code for remark in report.remarks]


def test_a_file_that_takes_too_long_is_left_and_the_others_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    parse = reading.parse

    def slow(code: str) -> object:
        while "slow" in code:
            pass
        return parse(code)

    monkeypatch.setattr(reading, "parse", slow)
    report = read({"a.py": CODE, "slow.py": "slow", "z.py": CODE}, EVERY, limits=Limits(file_seconds=0.2))
    assert [finding.path for finding in report.findings] == ["a.py", "z.py"]
    assert report.remarks == (Remark("too-slow", "slow.py"),)


def test_a_readme_that_takes_too_long_has_no_points(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(*arguments: object) -> None:
        while True:
            pass

    monkeypatch.setattr(reading.readme, "checklist", endless)
    report = read({"README.md": "# A\n", "a.py": CODE}, EVERY, limits=Limits(file_seconds=0.1))
    assert [point.is_found for point in report.readme] == [False] * 8
    assert Remark("too-slow", "README.md") in report.remarks


def test_of_many_files_of_sql_only_some_are_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_SQL", 3)
    assert len(read({f"{number}.sql": "select a from b" for number in range(9)}, EVERY).findings) == 3


def test_folders_count_as_entries() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for number in range(30):
            folder = tarfile.TarInfo(f"r/{number}")
            folder.type = tarfile.DIRTYPE
            archive.addfile(folder)
    buffer.seek(0)
    with pytest.raises(Unreadable) as caught:
        read_archive(buffer, [EVERY], limits=Limits(entries=20))
    assert caught.value.code == "entries"


def test_attributes_for_all_files_do_not_pile_up() -> None:
    headers = b"".join(tarfile.TarInfo.create_pax_global_header({f"g{number}": "v" * KB}) for number in range(300))

    with pytest.raises(Unreadable) as caught:
        read_archive(io.BytesIO(gzip.compress(headers + b"\0" * 1024)), [EVERY])
    assert caught.value.code == "not-an-archive"


def test_the_child_has_no_network() -> None:
    """Where the kernel lets a process make a network of its own; elsewhere nothing is promised."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        code = (
            "import ctypes, os, socket, sys\n"
            "from roadmap.portfolio.detection.child import _leave_the_network\n"
            "before = os.readlink('/proc/self/ns/net')\n"
            "_leave_the_network()\n"
            "is_apart = os.readlink('/proc/self/ns/net') != before\n"
            "try:\n"
            f"    socket.create_connection(('127.0.0.1', {server.getsockname()[1]}), 2)\n"
            "    print(is_apart, 'connected')\n"
            "except OSError:\n"
            "    print(is_apart, 'refused')\n"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    if not done.stdout.startswith("True"):
        pytest.skip("this kernel lets nobody make a network")
    assert done.stdout == "True refused\n"


def test_a_notebook_of_many_cells_is_too_much_code() -> None:
    cells = [{"cell_type": "code", "source": "x"}] * 5001
    assert read({"a.ipynb": json.dumps({"cells": cells})}, EVERY).remarks == (Remark("file-too-large", "a.ipynb"),)
