"""A repository is read from a GitHub that speaks its API, and every end is a state that the page can say."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from accounts.models import User
from roadmap.portfolio import inspecting
from roadmap.portfolio.evidence import confirm_evidence
from roadmap.portfolio.github.client import Client, Limits
from roadmap.portfolio.github.faults import FAULTS
from roadmap.portfolio.github.hosted import Hosted
from roadmap.portfolio.github.loopback import Loopback
from roadmap.portfolio.inspecting import BREAKS_AFTER, LONGEST_READING, MOST_TRIES, WAITS, inspect_project, is_due, paused_until, read_next
from roadmap.portfolio.models import Evidence, Host, Inspection, Project
from roadmap.portfolio.services import ask_for_reading, attach_project, delete_project, restore_project
from roadmap.portfolio.tasks import call_due_readings, read_repositories
from roadmap.progress.models import Mark
from tests.factories import ProjectFactory

QUICK = Limits(connect=2, silence=0.5, question=1, archive=2)
CODE = "import numpy as np\n\nprint(np.where([1], 2, 3))\n"


@pytest.fixture
def skills(curriculum: SimpleNamespace) -> SimpleNamespace:
    """Rules of two skills."""
    for skill, evidence in (
        (curriculum.numpy, {"imports": ["numpy"], "calls": ["numpy.where"], "requirements": ["numpy"]}),
        (curriculum.pandas, {"imports": ["pandas"], "requirements": ["pandas"]}),
    ):
        skill.evidence = evidence
        skill.save()
    return curriculum


@pytest.fixture
def serve(github: Loopback) -> Callable[..., Hosted]:
    """Each time it is a later commit."""
    moments = (datetime(2026, 3, day, tzinfo=UTC) for day in range(1, 30))
    return lambda files, name="amina/x", **more: github.serve(Hosted.of(name, files, committed_at=next(moments), **more))


@pytest.fixture
def project(learner: User, skills: SimpleNamespace) -> Project:
    return ProjectFactory(learner=learner, repository="amina/x", key="github:amina/x", read=False)


@pytest.fixture
def ask(github: Loopback) -> Callable[[], Client]:
    """With little patience."""
    return lambda: Client(github.api_url, archive_hosts=[github.archive_host], limits=QUICK)


@pytest.fixture(autouse=True)
def _no_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspecting, "uniform", lambda least, most: least)


def read(project: Project) -> Inspection:
    return Inspection.objects.get(project=project)


def again(project: Project) -> Inspection:
    ask_for_reading(project=project)
    inspect_project(project.pk)
    return read(project)


def test_a_repository_is_read_and_what_it_shows_is_suggested(serve: Any, project: Project, skills: SimpleNamespace) -> None:
    hosted = serve({"train.py": CODE, "requirements.txt": "pandas\n", "README.md": "# X\n"})
    inspect_project(project.pk)
    inspection = read(project)
    assert (inspection.state, inspection.commit, inspection.problem) == ("read", hosted.sha, "")
    found = Evidence.objects.values_list("skill__slug", "strength", "path", "line", "commit", "confirmed_at")
    assert set(found) == {
        ("numpy", "used", "train.py", 3, hosted.sha, None),
        ("pandas", "listed", "requirements.txt", 1, hosted.sha, None),
    }
    assert len(inspection.readme) == 8
    assert not Mark.objects.exists()


def test_reading_again_what_has_not_changed_asks_one_question(github: Loopback, serve: Any, project: Project) -> None:
    serve({"train.py": CODE})
    inspect_project(project.pk)
    asked = len(github.requests)
    assert again(project).state == "read"
    assert len(github.requests) == asked + 1


def test_new_rules_read_the_same_commit_again(serve: Any, project: Project, skills: SimpleNamespace) -> None:
    serve({"train.py": CODE})
    inspect_project(project.pk)
    skills.python.evidence = {"calls": ["numpy.where"]}
    skills.python.save()
    again(project)
    assert set(Evidence.objects.values_list("skill__slug", flat=True)) == {"numpy", "python"}


def test_confirmed_evidence_that_is_gone_stays_and_says_so(serve: Any, project: Project, skills: SimpleNamespace) -> None:
    serve({"train.py": CODE, "frame.py": "import pandas as pd\npd.DataFrame()\n"})
    inspect_project(project.pk)
    confirm_evidence(project=project, skills=[skills.numpy.pk])
    serve({"train.py": "print(1)\n"})
    again(project)
    row = Evidence.objects.get()  # what nobody had confirmed is gone
    assert (row.skill, row.confirmed_at is not None, row.gone_at is not None) == (skills.numpy, True, True)
    assert Mark.objects.get().shown_at == row.confirmed_at
    serve({"train.py": f"\n{CODE}"})
    again(project)
    row.refresh_from_db()
    assert (row.gone_at, row.line) == (None, 4)


def test_what_was_declined_is_not_suggested_again(serve: Any, project: Project, skills: SimpleNamespace) -> None:
    serve({"train.py": CODE})
    inspect_project(project.pk)
    Evidence.objects.update(declined_at=timezone.now())
    serve({"train.py": f"\n{CODE}"})
    again(project)
    assert Evidence.objects.get().answer == "declined"


def test_a_fork_shows_only_what_its_own_commits_changed(serve: Any, project: Project) -> None:
    parent = serve({"train.py": CODE}, "somebody/x")
    serve({"train.py": CODE, "mine.py": "import pandas as pd\npd.DataFrame()\n"}, parent=parent.full_name)
    inspect_project(project.pk)
    assert read(project).fork_of == "somebody/x"
    assert set(Evidence.objects.values_list("skill__slug", flat=True)) == {"pandas"}


def test_a_fork_without_commits_of_its_own_shows_nothing(serve: Any, project: Project) -> None:
    parent = serve({"train.py": CODE}, "somebody/x")
    serve({"train.py": CODE}, parent=parent.full_name)
    inspect_project(project.pk)
    assert [remark["code"] for remark in read(project).remarks] == ["fork-unchanged"]
    assert not Evidence.objects.exists()


def test_a_renamed_repository_is_followed(github: Loopback, serve: Any, project: Project) -> None:
    serve({"train.py": CODE})
    github.rename("amina/x", "amina/y")
    inspect_project(project.pk)
    project.refresh_from_db()
    assert (project.repository, project.key, project.url) == ("amina/y", "github:amina/y", "https://github.com/amina/y")


def test_a_rename_to_a_repository_that_is_attached_too_leaves_two_projects(
    github: Loopback, serve: Any, project: Project, learner: User
) -> None:
    serve({"train.py": CODE})
    github.rename("amina/x", "amina/y")
    ProjectFactory(learner=learner, repository="amina/y", key="github:amina/y")
    inspect_project(project.pk)
    assert read(project).state == "read"
    assert set(Project.objects.values_list("repository", flat=True)) == {"amina/x", "amina/y"}


@pytest.mark.usefixtures("github")
def test_a_repository_that_is_not_there(project: Project) -> None:
    inspect_project(project.pk)
    assert read(project).state == "not-found"


def test_a_failure_keeps_what_was_read_before(github: Loopback, serve: Any, project: Project) -> None:
    serve({"train.py": CODE})
    inspect_project(project.pk)
    github.remove("amina/x")
    inspection = again(project)
    assert (inspection.state, inspection.commit != "", Evidence.objects.count()) == ("not-found", True, 1)


@pytest.mark.parametrize("fault", sorted(FAULTS))
@pytest.mark.parametrize("host", ["api", "archive"])
def test_every_fault_of_github_ends_in_an_honest_state(
    github: Loopback, serve: Any, project: Project, ask: Callable[[], Client], canary: Any, fault: str, host: str
) -> None:
    serve({"train.py": CODE})
    github.fail(fault, on="" if host == "api" else "tar", elsewhere=f"http://{canary.host}/")
    inspect_project(project.pk, ask=ask)
    inspection = read(project)
    assert inspection.state not in ("waiting", "reading")
    assert inspection.is_under_way == (inspection.next_try_at is not None)
    assert canary.visits == 0
    github.recover()
    github.remaining = 5000
    Host.objects.all().delete()
    Inspection.objects.update(state="waiting")
    inspect_project(project.pk)
    assert read(project).state == "read"


def test_a_limit_says_until_when_and_costs_no_try(github: Loopback, serve: Any, project: Project) -> None:
    serve({"train.py": CODE})
    github.remaining = 0
    assert read_next()
    inspection = read(project)
    assert (inspection.state, inspection.tries) == ("rate-limited", 0)
    assert inspection.next_try_at == paused_until()
    assert timedelta(0) <= inspection.next_try_at - github.reset < timedelta(minutes=1)
    assert not is_due()
    github.remaining = 5000
    with time_machine.travel(inspection.next_try_at + timedelta(seconds=1)):
        assert read_next()
    assert read(project).state == "read"


def test_github_is_asked_seven_times_in_a_day_and_then_no_more(github: Loopback, serve: Any, project: Project) -> None:
    serve({"train.py": CODE})
    github.fail("502")
    now = datetime.now(UTC)
    waits = []
    for _ in range(len(WAITS)):
        with time_machine.travel(now, tick=False):
            assert read_next()
            assert not read_next()
        due = read(project).next_try_at
        assert due is not None
        waits.append(round((due - now) / timedelta(minutes=1)))
        now = due
    assert waits == list(WAITS)
    with time_machine.travel(now, tick=False):
        assert read_next()
    assert (read(project).state, read(project).problem) == ("failed", "server")


def test_after_failures_of_several_learners_in_a_row_github_is_left_alone(github: Loopback, serve: Any, skills: SimpleNamespace) -> None:
    for _ in range(BREAKS_AFTER + 1):
        ProjectFactory(read=False)
    github.fail("500")
    for _ in range(BREAKS_AFTER):
        assert read_next()
    asked = len(github.requests)
    assert not read_next()
    assert len(github.requests) == asked
    github.recover()
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        assert read_next()
    assert Host.objects.get().failures == 0


def test_failures_of_one_learner_alone_hold_nobody_up(
    github: Loopback, serve: Any, learner: User, other_learner: User, skills: SimpleNamespace
) -> None:
    for _ in range(BREAKS_AFTER + 1):
        ProjectFactory(learner=learner, read=False)
    github.fail("500")
    for _ in range(BREAKS_AFTER + 1):
        assert read_next()
    assert paused_until() is None
    github.recover()
    serve({"train.py": CODE}, "bo/x")
    good = ProjectFactory(learner=other_learner, repository="bo/x", key="github:bo/x", read=False)
    assert read_next()
    assert read(good).state == "read"


def test_learners_take_turns(serve: Any, learner: User, other_learner: User, skills: SimpleNamespace) -> None:
    many = [ProjectFactory(learner=learner, read=False) for _ in range(5)]
    one = ProjectFactory(learner=other_learner, read=False)
    for _ in range(2):
        read_next()
    assert read(one).state == "not-found"
    assert [read(project).state for project in many] == ["not-found", *["waiting"] * 4]


@pytest.mark.usefixtures("github")
def test_a_deleted_project_is_not_read(serve: Any, github: Loopback, project: Project) -> None:
    serve({"train.py": CODE})
    delete_project(project=project)
    inspect_project(project.pk)
    assert github.requests == []


def test_a_reading_whose_worker_died_is_due_again(serve: Any, project: Project) -> None:
    serve({"train.py": CODE})
    Inspection.objects.update(state="reading", tries=1, began_at=timezone.now())
    assert not is_due()
    with time_machine.travel(timezone.now() + LONGEST_READING + timedelta(seconds=1)):
        assert is_due()
        assert read_next()
        assert not read_next()
    assert (read(project).state, Evidence.objects.count()) == ("read", 1)


def test_a_reading_that_takes_its_worker_down_each_time_ends(serve: Any, project: Project) -> None:
    serve({"train.py": CODE})
    Inspection.objects.update(state="waiting", tries=MOST_TRIES)
    assert read_next()
    assert (read(project).state, read(project).problem) == ("failed", "failed")


def test_a_mistake_of_ours_ends_the_reading_and_is_told(serve: Any, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    serve({"train.py": CODE})

    def fail(*args: Any, **kwargs: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(inspecting, "read_in_child", fail)
    with pytest.raises(ZeroDivisionError):
        read_next()
    assert read(project).state == "failed"


def test_a_project_that_was_deleted_while_it_waited_is_read_once_it_is_back(serve: Any, project: Project) -> None:
    serve({"train.py": CODE})
    delete_project(project=project)
    assert not read_next()
    restore_project(project=project)
    assert is_due()
    assert read_next()
    assert read(project).state == "read"


@pytest.mark.django_db(transaction=True)
def test_two_readings_at_once_write_the_same_once(serve: Any, project: Project, together: Callable[..., list[Any]]) -> None:
    serve({"train.py": CODE})
    together(3, lambda number: inspect_project(project.pk))
    assert (read(project).state, Evidence.objects.count()) == ("read", 1)


def test_asking_again_does_not_wait_for_the_next_try(project: Project) -> None:
    Inspection.objects.update(state="unreachable", next_try_at=timezone.now() + timedelta(hours=3), tries=4)
    assert not is_due()
    ask_for_reading(project=project)
    assert is_due()
    assert read(project).tries == 0


def test_one_call_waits_in_the_queue_and_goes_on_until_nothing_is_due(github: Loopback, learner: User, skills: SimpleNamespace) -> None:
    for number in range(3):
        attach_project(learner=learner.pk, url=f"https://github.com/a/{number}", repository=f"a/{number}", values={"title": "A"})
    assert jobs() == 1
    call_due_readings(timestamp=0)
    assert jobs() == 1
    for left in (1, 1, 1):
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name LIKE '%read_repositories'")
        read_repositories()
        assert jobs() == left
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name LIKE '%read_repositories'")
    read_repositories()
    call_due_readings(timestamp=0)
    assert jobs() == 0
    assert set(Inspection.objects.values_list("state", flat=True)) == {"not-found"}


def jobs() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE '%read_repositories' AND status = 'todo'")
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize(
    "files", [{"app.R": "library(dplyr)\n"}, {"run.sh": "echo hi\n"}, {"old.py": "print 'two'\n"}], ids=["R", "shell", "Python 2"]
)
def test_code_that_is_not_read_ends_honestly(serve: Any, project: Project, files: dict[str, str]) -> None:
    serve(files)
    inspect_project(project.pk)
    assert (read(project).state, Evidence.objects.count()) == ("read", 0)
