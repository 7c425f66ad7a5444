"""What GitHub tells of a repository: its facts, whether anything changed, what a fork changed, its archive."""

import io
import tarfile
from datetime import UTC, datetime

import pytest

from roadmap.portfolio.github.client import Client, Comparison, NotChanged, Parent, client_from_settings
from roadmap.portfolio.github.hosted import Hosted
from roadmap.portfolio.github.loopback import Loopback
from roadmap.portfolio.github.troubles import Empty, NotFound, Private, RateLimited, Unreachable

REPOSITORY = "/repos/amina/house-prices"


def paths_in(packed: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar if member.isfile()}


# --- Facts ------------------------------------------------------------------------------------------------------------


def test_facts_are_those_of_the_repository(github, github_client):
    hosted = github.serve(
        Hosted.of(
            "amina/house-prices",
            {"train.py": "import sklearn\n", "notebooks/look.ipynb": "{}", "LICENSE": "MIT License\n\nCopyright"},
            description="What a house in Mombasa costs",
            branch="trunk",
            topics=("machine-learning", "scikit-learn"),
            committed_at=datetime(2026, 5, 1, 12, tzinfo=UTC),
        )
    )
    facts = github_client.repository("amina", "house-prices")
    assert (facts.owner, facts.name, facts.id) == ("amina", "house-prices", hosted.id)
    assert (facts.description, facts.default_branch, facts.licence) == ("What a house in Mombasa costs", "trunk", "MIT")
    assert facts.topics == ("machine-learning", "scikit-learn")
    assert facts.languages == {"Python": 15, "Jupyter Notebook": 2}
    assert (facts.head, facts.committed_at, facts.pushed_at) == (hosted.sha, hosted.committed_at, hosted.committed_at)
    assert (facts.is_fork, facts.parent, facts.is_archived) == (False, None, False)


def test_cases_do_not_matter_and_the_name_is_as_its_owner_writes_it(house_prices, github_client):
    facts = github_client.repository("AMINA", "House-Prices")
    assert (facts.owner, facts.name) == ("amina", "house-prices")


def test_unknown_licence_and_no_licence_are_both_none(github, github_client):
    github.serve(Hosted.of("a/own", {"LICENSE": "Do as you please"}))
    github.serve(Hosted.of("a/none", {"x.py": ""}))
    assert [github_client.repository("a", name).licence for name in ("own", "none")] == ["", ""]


def test_archived_repository_is_said_to_be_archived(github, github_client):
    github.serve(Hosted.of("a/old", {"x.py": ""}, is_archived=True))
    assert github_client.repository("a", "old").is_archived


def test_missing_empty_and_private_repositories_are_told_apart(github, github_client):
    github.serve(Hosted.of("a/empty", {}))
    github.serve(Hosted.of("a/private", {"x.py": ""}, is_private=True))
    with pytest.raises(NotFound):
        github_client.repository("a", "none")
    with pytest.raises(Empty):
        github_client.repository("a", "empty")
    with pytest.raises(Private):
        github_client.repository("a", "private")


def test_rate_of_the_last_answer_is_known(github, house_prices, github_client):
    github.remaining = 41
    github_client.repository("amina", "house-prices")
    assert (github_client.rate.remaining, github_client.rate.until) == (38, github.reset)


def test_used_up_limit_says_until_when(github, house_prices, github_client):
    github.remaining = 0
    with pytest.raises(RateLimited) as trouble:
        github_client.repository("amina", "house-prices")
    assert trouble.value.until == github.reset


def test_client_asks_the_github_of_the_settings(github, house_prices):
    with client_from_settings() as client:
        assert client.repository("amina", "house-prices").head == house_prices.sha
    assert "authorization" not in github.requests[0].headers


# --- What has not changed ---------------------------------------------------------------------------------------------


def test_nothing_changed_costs_one_question(github, house_prices, github_client):
    etag = github_client.repository("amina", "house-prices").etag
    github.requests.clear()
    assert github_client.repository("amina", "house-prices", etag=etag) == NotChanged()
    assert github.count() == {REPOSITORY: 1}


def test_new_commit_is_seen_in_spite_of_the_etag(github, house_prices, github_client):
    before = github_client.repository("amina", "house-prices")
    hosted = github.serve(Hosted.of("amina/house-prices", {"train.py": "import numpy\n"}, committed_at=datetime(2026, 6, 1, tzinfo=UTC)))
    after = github_client.repository("amina", "house-prices", etag=before.etag)
    assert after.head == hosted.sha != before.head


# --- Renames ----------------------------------------------------------------------------------------------------------


def test_renamed_repository_is_found_under_its_new_name(github, house_prices, github_client):
    github.rename("amina/house-prices", "amina-yusuf/mombasa-prices")
    facts = github_client.repository("amina", "house-prices")
    assert (facts.owner, facts.name, facts.id) == ("amina-yusuf", "mombasa-prices", house_prices.id)
    assert facts.head == house_prices.sha


def test_nothing_changed_is_told_under_the_old_name_too(github, house_prices, github_client):
    github.rename("amina/house-prices", "amina/mombasa-prices")
    etag = github_client.repository("amina", "house-prices").etag
    assert github_client.repository("amina", "house-prices", etag=etag) == NotChanged()


def test_archive_comes_under_the_old_name_too(github, house_prices, github_client):
    github.rename("amina/house-prices", "amina/mombasa-prices")
    assert paths_in(b"".join(github_client.archive("amina", "house-prices", house_prices.sha)))


# --- Forks ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def original(github) -> Hosted:
    return github.serve(Hosted.of("teacher/course", {"a.py": "1", "b.py": "2", "c.py": "3"}, branch="master"))


def test_fork_shows_only_what_its_own_commits_added_and_changed(github, original, github_client):
    github.serve(Hosted.of("amina/course", {"a.py": "1", "b.py": "own", "d.py": "4"}, parent="teacher/course", own_commits=3))
    facts = github_client.repository("amina", "course")
    assert (facts.is_fork, facts.parent) == (True, Parent("teacher", "course", "master"))
    assert github_client.comparison(facts) == Comparison(3, frozenset({"b.py", "d.py"}), is_complete=True)


def test_fork_without_own_commits_shows_nothing(github, original, github_client):
    github.serve(Hosted.of("amina/course", {"a.py": "1", "b.py": "2", "c.py": "3"}, parent="teacher/course"))
    assert github_client.comparison(github_client.repository("amina", "course")) == Comparison(0, frozenset(), is_complete=True)


def test_comparison_of_many_commits_is_read_page_by_page(github, original, github_client):
    github.serve(Hosted.of("amina/course", {"d.py": "4"}, parent="teacher/course", own_commits=250))
    comparison = github_client.comparison(github_client.repository("amina", "course"))
    assert comparison == Comparison(250, frozenset({"d.py"}), is_complete=True)
    pages = [request.path.partition("?")[2] for request in github.requests if "/compare/" in request.path]
    assert pages == ["per_page=100", "per_page=100&page=2"]


def test_fork_with_more_changes_than_github_lists_says_so(github, original, github_client):
    github.serve(Hosted.of("amina/course", {f"{number}.py": "own" for number in range(400)}, parent="teacher/course"))
    comparison = github_client.comparison(github_client.repository("amina", "course"))
    assert not comparison.is_complete
    assert len(comparison.paths) == 300


def test_fork_whose_parent_is_gone_is_not_known_to_have_own_work(github, original, github_client):
    github.serve(Hosted.of("amina/course", {"d.py": "4"}, parent="teacher/course"))
    facts = github_client.repository("amina", "course")
    github.remove("teacher/course")
    assert github_client.comparison(facts) == Comparison(0, frozenset(), is_complete=False)


# --- Archives ---------------------------------------------------------------------------------------------------------


def test_archive_holds_every_file_in_one_folder(house_prices, github_client):
    folder = f"amina-house-prices-{house_prices.sha[:7]}"
    packed = b"".join(github_client.archive("amina", "house-prices", house_prices.sha))
    assert paths_in(packed) == {f"{folder}/README.md": b"# House prices\n", f"{folder}/train.py": b"import sklearn\n"}


def test_archive_of_an_earlier_commit_can_be_had_after_a_push(github, house_prices, github_client):
    github.serve(Hosted.of("amina/house-prices", {"new.py": ""}))
    assert len(paths_in(b"".join(github_client.archive("amina", "house-prices", house_prices.sha)))) == 2


def test_archive_that_is_left_half_read_does_not_hold_the_next_question(github, github_client):
    hosted = github.serve(Hosted.of("a/large", {f"{number}.bin": bytes(range(256)) * number for number in range(500)}))
    archive = github_client.archive("a", "large", hosted.sha)
    next(archive)
    archive.close()
    assert github_client.repository("a", "large").head == hosted.sha


def test_samples_are_served(github, github_client):
    names = ["expense-predictor", "matatu-reviews", "mombasa-house-prices"]
    for name in names:
        facts = github_client.repository("amina-yusuf", name)
        folder = f"amina-yusuf-{name}-{facts.head[:7]}/"
        assert all(path.startswith(folder) for path in paths_in(b"".join(github_client.archive("amina-yusuf", name, facts.head))))


def test_every_question_says_who_asks_and_in_which_version(github, house_prices, github_client):
    github_client.repository("amina", "house-prices")
    assert {(request.headers["user-agent"], request.headers["x-github-api-version"]) for request in github.requests} == {
        ("Staircase", "2022-11-28")
    }


# --- GitHub Enterprise ------------------------------------------------------------------------------------------------


def test_api_below_a_path_is_asked_there_and_nowhere_above():
    repositories = [
        Hosted.of("teacher/course", {"a.py": "1"}),
        Hosted.of("amina/course", {"b.py": "2"}, parent="teacher/course", own_commits=150),
    ]
    with (
        Loopback(repositories, prefix="/api/v3") as github,
        Client(github.api_url, archive_hosts=[github.archive_host]) as client,
    ):
        github.rename("amina/course", "amina/own-course")
        facts = client.repository("amina", "course")
        assert facts.name == "own-course"
        assert client.comparison(facts) == Comparison(150, frozenset({"b.py"}), is_complete=True)
        assert paths_in(b"".join(client.archive("amina", "course", facts.head)))
        assert all(path.startswith("/api/v3/repo") for path in github.count("api"))
        github.fail("redirect", elsewhere=f"{github.api_url.removesuffix('/api/v3')}/repos/amina/own-course")
        with pytest.raises(Unreachable):
            client.repository("amina", "course")
