import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[2]

# A parent of two children that note their coming and going in a file. `stubborn` ones do not end when asked to.
PARENT = """
import os, sys
from pathlib import Path
from roadmap.web.processes import AlreadyRunning, Child, Supervisor, only_one

folder, kind = Path(sys.argv[1]), sys.argv[2]
program = '''
import os, signal, sys, time
name, kind = sys.argv[1:]
def note(what):
    with open("notes", "a") as notes: notes.write(f"{name} {what} {os.getpid()}\\\\n")
def end(*_):
    note("ends")
    if kind != "stubborn": sys.exit(0)
signal.signal(signal.SIGTERM, end)
note("starts")
while True: time.sleep(0.05)
'''
os.chdir(folder)
children = [Child(name, [sys.executable, "-c", program, name, kind], {}, patience=60) for name in ("first", "second")]
say = lambda sentence: print(sentence, flush=True)
try:
    with only_one(folder) as family:
        say(f"leftovers: {family.end_leftovers(patience=1)}")
        Supervisor(children, family, say=say, watch=lambda: None, end_with_parent=False).run(once_started=lambda is_ending: say("started"))
except AlreadyRunning as error:
    sys.exit(str(error))
"""

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    parents = []

    def start(kind: str = "willing") -> "subprocess.Popen[str]":
        command = [sys.executable, "-c", PARENT, str(tmp_path), kind]
        parents.append(subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE))
        return parents[-1]

    yield start
    for parent in parents:
        parent.kill()
        parent.communicate()


def notes(folder: Path) -> list[list[str]]:
    file = folder / "notes"
    return [line.split() for line in file.read_text().splitlines()] if file.exists() else []


def started(folder: Path) -> list[int]:
    return [int(pid) for _, what, pid in notes(folder) if what == "starts"]


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_signal_stops_the_children_in_order(tmp_path: Path, start: Start) -> None:
    parent = start()
    wait_for(lambda: len(started(tmp_path)) == 2)
    parent.send_signal(signal.SIGINT)
    output, errors = parent.communicate(timeout=20)
    assert [note[:2] for note in notes(tmp_path)[2:]] == [["first", "ends"], ["second", "ends"]]
    assert output.splitlines() == ["leftovers: False", "started", "The first process has ended.", "The second process has ended."]
    assert (parent.returncode, errors) == (0, "")


def test_a_child_that_dies_is_started_again_and_waits_longer_each_time(tmp_path: Path, start: Start) -> None:
    parent = start()
    wait_for(lambda: len(started(tmp_path)) == 2)
    first = next(int(pid) for name, _, pid in notes(tmp_path) if name == "first")
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: len(started(tmp_path)) == 3)
    os.kill(started(tmp_path)[-1], signal.SIGKILL)
    wait_for(lambda: len(started(tmp_path)) == 4)
    parent.terminate()
    output, _ = parent.communicate(timeout=20)
    assert "The first process was ended by signal 9; it is started again." in output
    assert "The first process was ended by signal 9; it is started again in 1 s." in output


def test_a_second_signal_hurries_the_end(tmp_path: Path, start: Start) -> None:
    parent = start("stubborn")
    wait_for(lambda: len(started(tmp_path)) == 2)
    parent.send_signal(signal.SIGINT)
    wait_for(lambda: len(notes(tmp_path)) == 3)
    parent.send_signal(signal.SIGINT)
    parent.communicate(timeout=20)
    assert not any(psutil.pid_exists(pid) for pid in started(tmp_path))


@pytest.mark.skipif(sys.platform != "linux", reason="optional: only Linux ends children with their parent")
def test_children_end_with_a_parent_that_is_killed(tmp_path: Path, start: Start) -> None:
    parent = start()
    wait_for(lambda: len(started(tmp_path)) == 2)
    parent.kill()
    wait_for(lambda: [what for _, what, _ in notes(tmp_path)].count("ends") == 2)


def test_what_a_killed_parent_left_behind_is_ended_before_the_next_start(tmp_path: Path, start: Start) -> None:
    parent = start("stubborn")
    wait_for(lambda: len(started(tmp_path)) == 2)
    left = started(tmp_path)
    parent.kill()
    parent.wait()
    next_one = start()
    wait_for(lambda: sum(psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE for pid in left) == 0)
    wait_for(lambda: len(started(tmp_path)) == 4)
    next_one.terminate()
    output, _ = next_one.communicate(timeout=20)
    assert output.splitlines()[0] == "leftovers: True"


def test_a_second_family_in_the_same_folder_is_refused(tmp_path: Path, start: Start) -> None:
    start()
    wait_for(lambda: len(started(tmp_path)) == 2)
    other = start()
    _, errors = other.communicate(timeout=20)
    assert errors.strip() == (
        f"Staircase already runs with the data in {tmp_path}. Stop it, or start a second copy: make run STAIRCASE_DATA=.data2 PORT=8001"
    )
    assert other.returncode == 1
