"""Where GitHub may send us, and what goes there: nowhere but to itself and, without the token, to its archives."""

import pytest

from roadmap.portfolio.github.client import Client
from roadmap.portfolio.github.hosted import Hosted
from roadmap.portfolio.github.troubles import NotFound, Unreachable


def elsewhere(canary: str, api: str) -> list[str]:
    """Locations that lead away, or seem to."""
    host = api.removeprefix("http://")
    port = host.partition(":")[2]
    return [
        f"http://{canary}/repos/a/b",
        f"https://{canary}/repos/a/b",
        f"//{canary}/repos/a/b",
        f"///{canary}/repos/a/b",
        f"\\\\{canary}\\repos\\a\\b",
        f"http://{host}@{canary}/repos/a/b",
        f"http://{canary}@{host}/repos/a/b",
        f"http://user:pass@{host}/repos/a/b",
        f"http://{host}\\@{canary}/repos/a/b",
        f"http://{host}#@{canary}/repos/a/b",
        f"http://{host}.{canary}/repos/a/b",
        f"http://localhost:{port}/repos/amina/house-prices",
        f"http://127.1:{port}/repos/amina/house-prices",
        f"http://[::ffff:127.0.0.1]:{port}/repos/amina/house-prices",
        f"https://{host}/repos/amina/house-prices",
        f"ftp://{host}/repos/amina/house-prices",
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "data:application/json,{}",
        f"http://{host}/user",
        f"http://{host}/repos/amina/../../user",
        f"http://{host}/repositories/1/../../user",
        "/user/emails",
        "/",
        "",
        "http://",
        "http://[::1",
        f"http://{host}:x/repos/a/b",
        f"http://{host}/" + "a" * 70_000,
    ]


def inspect(client: Client, hosted: Hosted) -> None:
    """Every question that an inspection asks."""
    client.repository("amina", "house-prices")
    list(client.archive("amina", "house-prices", hosted.sha))


@pytest.mark.parametrize(
    ("fault", "on"),
    [
        ("redirect-for-good", "house-prices"),
        ("redirect", "/commits"),
        ("redirect-for-good", "/languages"),
        ("redirect", "/tarball/"),
        ("redirect", "legacy.tar.gz"),
    ],
)
def test_no_redirect_leads_astray(github, house_prices, canary, github_client, fault, on):
    for location in elsewhere(canary.host, github.api_url):
        github.recover()
        github.requests.clear()
        github.fail(fault, on=on, elsewhere=location)
        with pytest.raises((Unreachable, NotFound)):
            inspect(github_client, house_prices)
        # A location that is only odd text stays, as text, behind the repository's own path.
        assert {path for path in github.count() if not path.startswith(("/repos/amina/", "/amina/house-prices/"))} == set(), location
    assert canary.visits == 0


def test_token_is_not_sent_to_the_host_of_archives(github, house_prices, github_client):
    facts = github_client.repository("amina", "house-prices")
    list(github_client.archive("amina", "house-prices", facts.head))
    sent = {(request.host, request.headers.get("authorization")) for request in github.requests}
    assert sent == {("api", "Bearer secret-token"), ("archive", None)}
    assert [request.host for request in github.requests] == ["api", "api", "api", "api", "archive"]


def test_host_of_archives_may_not_send_on(github, house_prices, github_client):
    github.fail("redirect", on="legacy.tar.gz", elsewhere=f"http://{github.archive_host}/elsewhere")
    with pytest.raises(Unreachable) as trouble:
        list(github_client.archive("amina", "house-prices", house_prices.sha))
    assert trouble.value.reason == "redirect"


def test_archives_come_from_the_configured_host_only(github, house_prices):
    with Client(github.api_url, archive_hosts=["codeload.github.com"]) as client, pytest.raises(Unreachable) as trouble:
        list(client.archive("amina", "house-prices", house_prices.sha))
    assert trouble.value.reason == "redirect"
    assert github.count("archive") == {}


def test_api_may_not_answer_an_archive_itself(github, house_prices, github_client):
    github.fail("html", on="/tarball/")
    with pytest.raises(Unreachable) as trouble:
        list(github_client.archive("amina", "house-prices", house_prices.sha))
    assert trouble.value.reason == "status"


def test_loop_ends_after_three_redirects(github, house_prices, github_client):
    github.fail("redirect-loop")
    with pytest.raises(Unreachable):
        github_client.repository("amina", "house-prices")
    assert len(github.requests) == 4


def test_next_page_elsewhere_is_not_asked_for(github, canary, github_client):
    github.serve(Hosted.of("teacher/course", {"a.py": "1"}))
    github.serve(Hosted.of("amina/course", {"d.py": "4"}, parent="teacher/course"))
    facts = github_client.repository("amina", "course")
    github.fail("next-page", on="/compare/", elsewhere=f"http://{canary.host}/repos/amina/course/compare/x?page=2")
    with pytest.raises(Unreachable) as trouble:
        github_client.comparison(facts)
    assert trouble.value.reason == "redirect"
    assert canary.visits == 0


def test_pages_without_end_are_given_up(github, github_client):
    github.serve(Hosted.of("teacher/course", {"a.py": "1"}))
    github.serve(Hosted.of("amina/course", {"d.py": "4"}, parent="teacher/course"))
    facts = github_client.repository("amina", "course")
    github.requests.clear()
    github.fail("next-page", on="/compare/", elsewhere=f"{github.api_url}/repos/amina/course/compare/x?page=2")
    assert not github_client.comparison(facts).is_complete
    assert len(github.requests) == 10
