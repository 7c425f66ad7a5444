"""Every way in which GitHub can fail ends in an honest word, within its limits of time and memory."""

import os
import re
import socket
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest

from roadmap.portfolio.github.answers import LONGEST_WAIT
from roadmap.portfolio.github.client import Client, Comparison, Limits
from roadmap.portfolio.github.faults import FAULTS
from roadmap.portfolio.github.hosted import Hosted
from roadmap.portfolio.github.troubles import Trouble, Unreachable

QUICK = Limits(connect=1, silence=1, question=1)

# What each fault is, as a code and a reason, when it is the answer about a repository. None: there is an answer.
OUTCOMES = {
    "500": "unreachable server",
    "502": "unreachable server",
    "503-later": "unreachable server",
    "hang": "unreachable timeout",
    "hang-up": "unreachable broken",
    "slow-drip": "unreachable timeout",
    "slow-headers": "unreachable timeout",
    "truncated": "unreachable broken",
    "401": "unreachable refused",
    "403": "private",
    "403-blocked": "blocked",
    "403-limit": "rate-limited",
    "403-secondary": "rate-limited",
    "404": "not-found",
    "409": "empty",
    "410": "not-found",
    "422": "unreachable status",
    "429": "rate-limited",
    "429-for-ever": "rate-limited",
    "429-nonsense": "rate-limited",
    "451": "blocked",
    "redirect": "unreachable redirect",
    "redirect-for-good": "unreachable redirect",
    "redirect-loop": "unreachable redirect",
    "next-page": "unreachable redirect",
    "60-mb": "unreachable too-large",
    "bad-charset": "unreachable not-json",
    "bad-json": "unreachable not-json",
    "deep-json": "unreachable not-json",
    "empty": "unreachable not-json",
    "gzip-bomb": "unreachable not-json",
    "html": "unreachable not-json",
    "huge-headers": "unreachable broken",
    "huge-number": "unreachable not-json",
    "list": "unreachable wrong-shape",
    "null": "unreachable wrong-shape",
    "hostile-branch": "unreachable wrong-shape",
    "hostile-name": "unreachable wrong-shape",
    "hostile-text": None,
    "nulls": None,
    "private": "private",
    "private-unsaid": "unreachable wrong-shape",
    "wrong-types": "unreachable wrong-shape",
}
RETRYABLE = {"unreachable server", "unreachable timeout", "unreachable broken", "unreachable connection", "rate-limited"}


# These take their time; each is tried where it differs.
SLOW = {"hang", "slow-drip", "slow-headers"}


def outcome(trouble: Trouble | None) -> str | None:
    return f"{trouble.code} {trouble.reason}" if isinstance(trouble, Unreachable) else trouble and trouble.code


def trouble_of(question: Callable[[], object]) -> Trouble | None:
    try:
        question()
    except Trouble as trouble:
        return trouble
    return None


def ask(client: Client) -> str | None:
    return outcome(trouble_of(lambda: client.repository("amina", "house-prices")))


def test_every_fault_has_its_outcome():
    assert sorted(OUTCOMES) == sorted(FAULTS)


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_ends_in_an_honest_word_in_time(github, house_prices, canary, github_client, impatient_client, fault):
    github.fail(fault, on="/repos/amina/house-prices", elsewhere=f"http://{canary.host}/", times=1)
    github.fail("redirect-loop", on="/repositories/")
    began = monotonic()
    assert ask(impatient_client if fault in SLOW else github_client) == OUTCOMES[fault]
    assert monotonic() - began < 5
    assert canary.visits == 0


@pytest.mark.parametrize("fault", sorted(set(FAULTS) - SLOW))
def test_trouble_says_whether_to_ask_again_and_tells_no_secret(github, house_prices, github_client, fault):
    github.fail(fault, elsewhere="http://127.0.0.1:9/")
    trouble = trouble_of(lambda: github_client.repository("amina", "house-prices"))
    assert trouble.is_retryable == (outcome(trouble) in RETRYABLE)
    assert "secret-token" not in repr([trouble, trouble.args, trouble.__cause__, trouble.__context__])


@pytest.mark.parametrize("question", ["/commits", "/languages"])
def test_fault_of_a_later_question_is_a_trouble_too(github, house_prices, canary, github_client, question):
    for fault in sorted(set(FAULTS) - SLOW):
        github.recover()
        github.fail(fault, on=question, elsewhere=f"http://{canary.host}/")
        assert trouble_of(lambda: github_client.repository("amina", "house-prices")), fault
    assert canary.visits == 0


def test_one_deadline_covers_all_questions_about_a_repository(github, house_prices, impatient_client):
    github.fail("slow-drip", on="/languages")
    began = monotonic()
    assert ask(impatient_client) == "unreachable timeout"
    assert monotonic() - began < 4


@pytest.mark.parametrize("host", ["tarball", "legacy.tar.gz"])
def test_fault_of_the_archive_is_a_trouble_or_bytes_that_are_no_archive(github, house_prices, canary, github_client, host):
    for fault in sorted(set(FAULTS) - SLOW - {"60-mb"}):
        github.recover()
        github.remaining = 5000
        github.fail(fault, on=host, elsewhere=f"http://{canary.host}/")
        packed: list[bytes] = []
        trouble = trouble_of(lambda packed=packed: packed.extend(github_client.archive("amina", "house-prices", house_prices.sha)))
        assert trouble or (host == "legacy.tar.gz" and not b"".join(packed).startswith(b"\x1f\x8b")), fault
    assert canary.visits == 0


@pytest.mark.parametrize("fault", sorted(SLOW))
def test_archive_that_takes_too_long_is_given_up(github, house_prices, impatient_client, fault):
    github.fail(fault, on="legacy.tar.gz")
    trouble = trouble_of(lambda: list(impatient_client.archive("amina", "house-prices", house_prices.sha)))
    assert outcome(trouble) == "unreachable timeout"


def test_fault_of_a_comparison_is_a_trouble_or_nothing_known(github, canary, github_client):
    github.serve(Hosted.of("teacher/course", {"a.py": "1"}))
    github.serve(Hosted.of("amina/course", {"d.py": "4"}, parent="teacher/course"))
    facts = github_client.repository("amina", "course")
    for fault in sorted(set(FAULTS) - SLOW):
        github.recover()
        github.fail(fault, on="/compare/", elsewhere=f"http://{canary.host}/")
        known: list[Comparison] = []
        trouble = trouble_of(lambda known=known: known.append(github_client.comparison(facts)))
        assert trouble or known == [Comparison(0, frozenset(), is_complete=False)], fault
    assert canary.visits == 0


@pytest.mark.parametrize("fault", ["hostile-text", "nulls"])
def test_answer_with_odd_texts_is_read(github, house_prices, github_client, fault):
    github.fail(fault, times=1)
    facts = github_client.repository("amina", "house-prices")
    assert facts.head == house_prices.sha
    shown = " ".join([facts.description, facts.licence, *facts.topics])
    assert re.search(r"[\x00-\x1f\x7f-\x9f\u200b\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]", shown) is None
    assert len(facts.description) <= 500
    assert all(len(topic) <= 50 for topic in facts.topics)


@pytest.mark.parametrize(
    ("fault", "seconds"), [("429", 30), ("429-for-ever", LONGEST_WAIT.total_seconds()), ("429-nonsense", 60), ("403-secondary", 60)]
)
def test_limit_says_until_when_and_is_not_believed_for_ever(github, house_prices, github_client, fault, seconds):
    github.fail(fault)
    with pytest.raises(Trouble) as trouble:
        github_client.repository("amina", "house-prices")
    assert abs(trouble.value.until - datetime.now(UTC) - timedelta(seconds=seconds)) < timedelta(seconds=5)


def test_server_that_is_not_well_can_say_when_to_ask_again(github, house_prices, github_client):
    github.fail("503-later")
    with pytest.raises(Unreachable) as trouble:
        github_client.repository("amina", "house-prices")
    assert abs(trouble.value.until - datetime.now(UTC) - timedelta(seconds=120)) < timedelta(seconds=5)


@pytest.mark.parametrize("fault", ["60-mb", "gzip-bomb", "deep-json", "huge-headers", "huge-number"])
def test_large_answer_is_not_kept_in_memory(github, house_prices, github_client, fault):
    ask(github_client)
    github.fail(fault)
    tracemalloc.start()
    try:
        ask(github_client)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 15_000_000


def test_client_works_on_after_each_fault(github, house_prices, github_client):
    for fault in ("500", "hang-up", "truncated", "60-mb", "redirect-loop", "bad-json", "huge-headers"):
        github.fail(fault, elsewhere="http://127.0.0.1:9/")
        assert ask(github_client) == OUTCOMES[fault]
        github.recover()
        assert ask(github_client) is None


def test_nobody_at_home_is_a_connection_that_failed():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with Client(f"http://127.0.0.1:{port}", archive_hosts=[]) as client:
        assert ask(client) == "unreachable connection"


def test_handshake_that_never_comes_is_a_timeout():
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        Client(f"https://127.0.0.1:{silent.getsockname()[1]}", archive_hosts=[], limits=QUICK) as client,
    ):
        assert ask(client) == "unreachable timeout"


def test_server_without_a_certificate_is_a_connection_that_failed(github, house_prices):
    with Client(github.api_url.replace("http:", "https:"), archive_hosts=[], limits=QUICK) as client:
        assert ask(client) == "unreachable connection"


def test_host_that_has_no_address_is_a_connection_that_failed():
    with Client("http://no-such-host.invalid", archive_hosts=[], limits=QUICK) as client:
        assert ask(client) == "unreachable connection"


def test_proxies_of_the_environment_are_not_used(github, house_prices, canary, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setitem(os.environ, name, f"http://{canary.host}")
    with Client(github.api_url, archive_hosts=[github.archive_host]) as client:
        assert ask(client) is None
    assert canary.visits == 0


def test_archive_with_too_many_bytes_is_cut_off(github, house_prices, github_client, monkeypatch):
    monkeypatch.setattr("roadmap.portfolio.github.client.LARGEST_ARCHIVE", 1_000_000)
    github.fail("60-mb", on="legacy.tar.gz")
    assert outcome(trouble_of(lambda: list(github_client.archive("amina", "house-prices", house_prices.sha)))) == "too-large"
