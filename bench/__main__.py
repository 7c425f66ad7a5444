"""`python -m bench`: sets up a product of its own, in a folder that is thrown away, and prints one table."""

import argparse
import io
import logging
import os
import tempfile
import time
import zlib
from pathlib import Path

# Each row: its number and goal in docs, what was measured, what it must be, what it aims at.
Row = tuple[str, str, str, str, str]


def main() -> None:
    options = _options()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="staircase-bench-") as folder:
        Path(folder).chmod(0o755)  # root's Postgres runs as somebody else, and its data must go with the folder
        _become_a_product(Path(folder))
        rows = _measure(options, Path(folder))
        _leave(Path(folder))
    print("| # | what | measured | must | aim |\n| --- | --- | --- | --- | --- |")
    for row in rows:
        print(f"| {' | '.join(row)} |")
    print(
        f"\nCPU of application and database for each request, beside the bare reference (`bench/bare.py`); medians of {options.rounds} rounds "
        f"of {options.requests} sequential requests, on {os.cpu_count()} cores, in {time.monotonic() - began:.0f} s altogether."
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measures Staircase beside a bare reference.")
    parser.add_argument("--rounds", type=int, default=7, help="interleaved rounds (7)")
    parser.add_argument("--requests", type=int, default=200, help="requests of one kind in a round (200)")
    parser.add_argument(
        "--learners", type=int, default=30_000, help="learners of the scale data set (30000); 1000000 takes about half an hour"
    )
    parser.add_argument("--mentors-learners", type=int, default=200_000, help="learners among whom a mentor's home is measured (200000)")
    parser.add_argument("--memory-requests", type=int, default=10_000, help="requests before memory is looked at again (10000)")
    return parser.parse_args()


def _become_a_product(folder: Path) -> None:
    """Settings of this process and of those that it starts: an embedded Postgres, nothing from outside."""
    for name in ("DATABASE_URL", "DEBUG", "ENVIRONMENT", "ALLOWED_HOSTS", "SITE_ORIGIN", "WEB_CONCURRENCY", "STATIC_ROOT"):
        os.environ.pop(name, None)
    os.environ |= {"STAIRCASE_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "roadmap.settings", "DEBUG": "0"}
    import django
    from django.core.management import call_command

    django.setup()
    logging.disable(logging.WARNING)
    for command, arguments in (("migrate", {"verbosity": 0}), ("load_curriculum", {}), ("load_demo", {}), ("build", {})):
        quiet = {"stdout": io.StringIO()}
        call_command(command, **arguments, **quiet)


def _measure(options: argparse.Namespace, folder: Path) -> list[Row]:
    from . import browser, memory, mentors, scale, search, traffic

    _say("reading among many learners")
    few, many = scale.measure(scale.FEW), scale.measure(options.learners)
    _say("pages and marks")
    found = traffic.measure(rounds=options.rounds, requests=options.requests, folder=folder)
    of = found.subjects
    _say(f"a mentor's home among {options.mentors_learners:,} learners")
    led = mentors.measure(rounds=options.rounds, learners=options.mentors_learners)
    _say("the first load")
    load = browser.measure()
    _say(f"memory over {options.memory_requests} requests")
    held = memory.measure(requests=options.memory_requests, paths=found.paths, cookie=found.cookie)
    start = memory.start_of_a_command()
    _say("the search among many notes")
    searching = search.measure()
    loaded = load if isinstance(load, str) else f"{load.requests} requests, {load.kilobytes:.0f} KB"
    return [
        ("1", "home, signed in: CPU against bare", str(of["home"]), "10×", "5×"),
        ("1", "stage, signed in: CPU against bare", str(of["stage"]), "10×", "5×"),
        ("2", "mark a skill: CPU against bare", str(of["mark"]), "7×", "4×"),
        ("3", "home, anonymous: CPU against bare", str(of["home, anonymous"]), "6×", "2×"),
        ("3", "stage, anonymous: CPU against bare", str(of["stage, anonymous"]), "6×", "2×"),
        (
            "4",
            "SQL statements: home / stage / mark",
            " / ".join(str(found.sql[name]) for name in ("home", "stage", "mark")),
            "4 / 4 / 6",
            "3 / 3 / 4",
        ),
        ("5", "first load, cold cache, with fonts; HTML as it comes without a proxy", loaded, "12 requests, 120 KB", "7, 85 KB"),
        (
            "6",
            "home, compressed; answer to a mark",
            f"{_gzip(found.home) / 1000:.1f} KB; {len(found.answer) / 1000:.1f} KB",
            "14 KB; 6 KB",
            "8; 3",
        ),
        (
            "7",
            f"buffers to read own marks: {many.learners:,} learners against {few.learners:,} (data set in {many.seconds:.0f} s)",
            f"{many.buffers} against {few.buffers}",
            "within 10 %",
            "12",
        ),
        (
            "11",
            f"memory of a web process: idle; after {held.requests:,} requests; drift after {memory.WARM}",
            f"{held.idle:.0f} MB; {held.after:.0f} MB; {held.drift:.1f} %",
            "160 MB, 5 %",
            "110 MB",
        ),
        ("12", "`manage.py check`, from start to end", f"{start:.2f} s", "1.5 s", "0.8 s"),
        (
            "13",
            f"a mentor's home, {mentors.MENTEES} mentees of {mentors.MARKS} marks: CPU among {led.learners:,} learners "
            f"against {mentors.FEW:,} (data set in {led.seconds:.0f} s)",
            f"{led.ratio:.2f}× ({led.many_ms:.0f} ms beside {led.few_ms:.0f})",
            "1.2×",
            "1.1×",
        ),
        (
            "13",
            f"the same: SQL statements, and with {mentors.FEW_MENTEES} mentees; rows; buffers",
            f"{led.many.statements}, {led.many.statements_of_few}; {led.many.rows:,} against {led.few.rows:,}; "
            f"{led.many.buffers:,} against {led.few.buffers:,}",
            "8, the same; the same; within 10 %",
            "5, the same",
        ),
        (
            "14",
            f"search, server time for a page of results, {searching.notes:,} notes of {searching.people:,} people "
            f"(written in {searching.seconds:.0f} s): fastest of three: median; 95th percentile; of it the statements",
            f"{searching.median:.1f} ms; {searching.p95:.1f} ms; {searching.statement_p95:.1f} ms",
            "30 ms",
            "–",
        ),
    ]


def _gzip(page: bytes) -> int:
    """Bytes as a proxy sends them, at its usual level."""
    packer = zlib.compressobj(5, zlib.DEFLATED, 31)
    return len(packer.compress(page) + packer.flush())


def _leave(folder: Path) -> None:
    """Stops the database before its folder goes."""
    from django.db import connection

    from roadmap.web.embedded_postgres.membership import leave

    connection.close()
    leave(folder / "postgres")


def _say(what: str) -> None:
    print(f"Measuring {what} …", flush=True)


if __name__ == "__main__":
    main()
