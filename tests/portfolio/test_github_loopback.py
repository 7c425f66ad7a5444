"""The loopback GitHub: a program that serves the samples until it is told to end."""

import json
import signal
import subprocess
import sys
from urllib.request import urlopen

import pytest

from roadmap.portfolio.github.hosted import Hosted
from roadmap.portfolio.github.loopback import Loopback, samples


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_program_serves_the_samples_and_ends_when_told(told):
    command = [sys.executable, "-m", "roadmap.portfolio.github.loopback", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        settings = dict(word.split("=") for word in program.stdout.readline().split())
        with urlopen(f"{settings['GITHUB_API_URL']}/repos/amina-yusuf/matatu-reviews") as answer:
            assert json.load(answer)["full_name"] == "amina-yusuf/matatu-reviews"
        program.send_signal(told)
        try:
            assert program.wait(timeout=20) == 0
        finally:
            program.kill()
        assert program.stderr.read() == ""


def test_samples_are_three_small_repositories():
    assert {hosted.full_name: (hosted.licence, list(hosted.languages)) for hosted in samples()} == {
        "amina-yusuf/expense-predictor": ("MIT", ["Python"]),
        "amina-yusuf/matatu-reviews": ("", ["Jupyter Notebook"]),
        "amina-yusuf/mombasa-house-prices": ("MIT", ["Jupyter Notebook", "Python"]),
    }
    assert all(sum(map(len, hosted.files.values())) < 100_000 for hosted in samples())


def test_commit_follows_from_the_content():
    one, same, other = (Hosted.of("a/b", {"x.py": text}) for text in ("1", "1", "2"))
    assert one.sha == same.sha != other.sha
    assert one.archive() == same.archive() != other.archive()


def test_fault_that_does_not_exist_is_refused():
    with Loopback() as github, pytest.raises(ValueError, match="There is no fault 'tea-time'"):
        github.fail("tea-time")
