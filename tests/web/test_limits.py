from collections.abc import Iterator

import pytest
from django.test import Client, RequestFactory

from roadmap.progress.models import GuestMark
from roadmap.web import limits
from roadmap.web.limits import Bucket, client_address


@pytest.fixture
def clock(monkeypatch) -> Iterator[list[float]]:
    """A clock that stands still until a test moves it: `clock[0] += 60`."""
    now = [1000.0]
    monkeypatch.setattr(limits, "monotonic", lambda: now[0])
    return now


def mark(browser: Client, slug: str = "numpy", **headers: str) -> int:
    return browser.post(f"/skills/{slug}/mark/", {"state": "done"}, **headers).status_code


def test_bucket_lets_a_burst_through_and_then_its_rate(clock):
    bucket = Bucket(per_minute=60, burst=3)
    assert [bucket.take("a") for _ in range(4)] == [0, 0, 0, 1]
    clock[0] += 1
    assert [bucket.take("a"), bucket.take("a")] == [0, 1]
    clock[0] += 3600
    assert [bucket.take("a") for _ in range(4)] == [0, 0, 0, 1]


def test_bucket_counts_each_key_for_itself(clock):
    bucket = Bucket(per_minute=60, burst=1)
    assert [bucket.take("a"), bucket.take("b"), bucket.take("a")] == [0, 0, 1]


def test_bucket_keeps_no_more_keys_than_it_may(clock):
    bucket = Bucket(per_minute=60, burst=1, most_keys=10)
    for number in range(1000):
        bucket.take(str(number))
    assert len(bucket._held) == 10


def test_learner_marks_120_at_once_and_60_a_minute_from_then_on(curriculum, learner, sign_in, clock):
    browser = sign_in(learner)
    answers = [mark(browser) for _ in range(125)]
    assert answers == [302] * 120 + [429] * 5
    clock[0] += 60
    assert [mark(browser) for _ in range(61)] == [302] * 60 + [429]


def test_refused_mark_says_when_to_go_on_and_is_not_made(curriculum, learner, sign_in, clock):
    browser = sign_in(learner, htmx=True)
    for _ in range(120):
        browser.post("/skills/numpy/mark/", {"state": "learning"})
    answer = browser.post("/skills/numpy/mark/", {"state": "done"})
    assert (answer.status_code, answer["Retry-After"], answer["HX-Retarget"]) == (429, "2", "#status")
    assert "Nothing was saved for the last one" in answer.content.decode()
    assert learner.marks.get().state == "learning"


def test_thirty_marks_at_once_always_pass(curriculum, client):
    assert {mark(client) for _ in range(30)} == {302}


def test_people_behind_one_address_do_not_use_up_each_others_marks(curriculum, learner, other_learner, sign_in, clock):
    one, other = sign_in(learner), sign_in(other_learner)
    assert {mark(one) for _ in range(120)} == {302}
    assert (mark(one), mark(other)) == (429, 302)


def test_guests_are_told_apart_by_their_sessions(curriculum, clock):
    one, other = Client(), Client()
    assert {mark(one) for _ in range(121)} == {302}
    assert (mark(one), mark(other)) == (429, 302)


def test_new_guests_are_limited_by_address(curriculum, clock):
    assert [mark(Client()) for _ in range(121)] == [302] * 120 + [429]
    assert GuestMark.objects.count() == 120


def test_made_up_session_does_not_help(curriculum, clock):
    answers = [mark(Client(headers={"Cookie": f"sessionid={number:032}"})) for number in range(121)]
    assert answers[-1] == 429


def test_made_up_forwarding_header_does_not_help(curriculum, clock):
    answers = [mark(Client(), headers={"X-Forwarded-For": f"10.0.0.{number}"}) for number in range(121)]
    assert answers[-1] == 429


@pytest.mark.parametrize(
    ("proxies", "header", "found"),
    [
        (0, "203.0.113.9", "192.0.2.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "1.1.1.1, 203.0.113.9", "203.0.113.9"),
        (1, "made up, 203.0.113.9", "203.0.113.9"),
        (2, "1.1.1.1, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (1, None, "192.0.2.1"),
    ],
)
def test_forwarding_header_is_believed_as_far_as_our_own_proxies_wrote_it(settings, proxies, header, found):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    headers = {"X-Forwarded-For": header} if header else {}
    assert client_address(RequestFactory(REMOTE_ADDR="192.0.2.1", headers=headers).get("/")) == found


def test_addresses_of_one_ipv6_network_are_one():
    assert limits._network("2001:db8:1:2:3:4:5:6") == limits._network("2001:db8:1:2::9") != limits._network("2001:db8:1:3::9")
