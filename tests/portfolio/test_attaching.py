"""One repository is one project of one learner, whatever happens at once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from accounts.models import User
from roadmap.portfolio import services
from roadmap.portfolio.models import KEEP_DAYS, Inspection, Project
from roadmap.portfolio.services import Attached, Outdated, attach_project, delete_project, finish_project, save_words
from tests.factories import ProjectFactory

ANSWERS = dict.fromkeys(Project.QUESTIONS, "By time.")


def attach(learner: User, repository: str = "amina/house-prices", **values: Any) -> Attached:
    return attach_project(
        learner=learner.pk, url=f"https://github.com/{repository}", repository=repository, values={"title": "House prices", **values}
    )


def waiting_jobs() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE '%read_repositories' AND status = 'todo'")
        return int(cursor.fetchone()[0])


def test_learner_attaches_a_repository_and_its_reading_waits(learner: User) -> None:
    attached = attach(learner)
    assert not attached.was_there
    assert Inspection.objects.get().state == "waiting"
    assert waiting_jobs() == 1


def test_learner_attaches_the_same_repository_twice_and_it_is_one_project(learner: User) -> None:
    first = attach(learner, title="Mine")
    again = attach(learner, "Amina/House-Prices", title="Other")
    assert again.was_there
    assert again.project == first.project
    assert Project.objects.get().title == "Mine"
    assert waiting_jobs() == 1


def test_two_learners_may_attach_the_same_repository(learner: User, other_learner: User) -> None:
    attach(learner)
    attach(other_learner)
    assert Project.objects.count() == 2


def test_learner_attaches_a_deleted_project_again_and_it_is_back(learner: User) -> None:
    project = attach(learner).project
    delete_project(project=project)
    attached = attach(learner)
    assert attached.was_deleted
    assert Project.objects.get(pk=project.pk).deleted_at is None


def test_a_link_is_kept_and_not_read(learner: User) -> None:
    attach_project(learner=learner.pk, url="https://gitlab.com/amina/x", repository="", values={"title": "X"})
    assert not Inspection.objects.exists()
    assert waiting_jobs() == 0


def test_two_projects_of_one_name_have_two_addresses(learner: User) -> None:
    slugs = [attach(learner, f"amina/house-{number}").project.slug for number in range(3)]
    assert slugs == ["house-prices", "house-prices-2", "house-prices-3"]


def test_a_title_without_a_plain_letter_has_an_address(learner: User) -> None:
    assert attach(learner, title="家賃").project.slug == "project"


def test_learner_attaches_no_more_than_the_most_in_a_day(learner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST_A_DAY", 2)
    for number in range(2):
        attach(learner, f"amina/house-{number}")
    with pytest.raises(services.TooMany):
        attach(learner, "amina/one-too-many")
    assert attach(learner, "amina/house-0").was_there
    Project.objects.update(created_at=timezone.now() - timedelta(days=1, minutes=1))
    assert not attach(learner, "amina/one-too-many").was_there


@pytest.mark.django_db(transaction=True)
def test_the_same_repository_attached_at_once_is_one_project(learner: User, together: Callable[..., list[Any]]) -> None:
    attached = together(6, lambda number: attach(learner))
    assert sum(not one.was_there for one in attached) == 1
    assert Project.objects.count() == Inspection.objects.count() == waiting_jobs() == 1


@pytest.mark.django_db(transaction=True)
def test_projects_of_one_name_attached_at_once_have_their_own_addresses(learner: User, together: Callable[..., list[Any]]) -> None:
    together(6, lambda number: attach(learner, f"amina/house-{number}"))
    assert Project.objects.values("slug").distinct().count() == 6


# --- Words ----------------------------------------------------------------------------------------------------------


def test_a_form_that_was_opened_before_another_save_changes_nothing(learner: User) -> None:
    project = ProjectFactory(learner=learner)
    save_words(project=project, version=1, values={"summary": "From the first tab."})
    with pytest.raises(Outdated):
        save_words(project=project, version=1, values={"summary": "From the second tab."})
    assert Project.objects.get().summary == "From the first tab."


@pytest.mark.django_db(transaction=True)
def test_of_two_saves_at_once_one_is_told(learner: User, together: Callable[..., list[Any]]) -> None:
    project = ProjectFactory(learner=learner)

    def save(number: int) -> bool:
        try:
            save_words(project=project, version=1, values={"summary": f"Tab {number}"})
        except Outdated:
            return False
        return True

    assert together(4, save).count(True) == 1
    assert Project.objects.get().version == 2


def test_a_project_is_finished_only_with_all_answers(learner: User) -> None:
    project = ProjectFactory(learner=learner, **{**ANSWERS, "next": ""})
    assert not finish_project(project=project, is_finished=True)
    save_words(project=project, version=1, values={"next": "More data."})
    assert finish_project(project=project, is_finished=True)
    first = Project.objects.get().finished_at
    assert first is not None
    finish_project(project=project, is_finished=True)
    assert Project.objects.get().finished_at == first


def test_a_finished_project_that_loses_an_answer_is_no_longer_finished(learner: User) -> None:
    project = ProjectFactory(learner=learner, **ANSWERS)
    finish_project(project=project, is_finished=True)
    save_words(project=project, version=1, values={**ANSWERS, "leaks": ""})
    assert Project.objects.get().finished_at is None


# --- Deleting -------------------------------------------------------------------------------------------------------


def test_a_deleted_project_is_kept_for_thirty_days(learner: User) -> None:
    old, young, kept = (ProjectFactory(learner=learner) for _ in range(3))
    for project, days in ((old, KEEP_DAYS + 1), (young, KEEP_DAYS - 1)):
        delete_project(project=project)
        Project.objects.filter(pk=project.pk).update(deleted_at=timezone.now() - timedelta(days=days))
    services.drop_deleted_projects()
    assert set(Project.objects.all()) == {young, kept}


def test_restoring_twice_is_once(learner: User) -> None:
    project = ProjectFactory(learner=learner)
    delete_project(project=project)
    services.restore_project(project=project)
    services.archive_project(project=project, is_archived=True)
    before = Project.objects.values().get()
    services.restore_project(project=project)
    assert Project.objects.values().get() == before


@pytest.mark.parametrize("values", [{"title": "a\u202eb"}, {"summary": "x" * 601}, {"visibility": "everybody"}])
def test_words_that_the_model_does_not_want_are_not_saved(learner: User, values: dict[str, str]) -> None:
    project = ProjectFactory(learner=learner)
    with pytest.raises(ValidationError):
        save_words(project=project, version=1, values=values)
    assert Project.objects.get().version == 1


def test_deleting_twice_keeps_the_first_date(learner: User) -> None:
    project = ProjectFactory(learner=learner)
    delete_project(project=project)
    first = Project.objects.get().deleted_at
    delete_project(project=project)
    assert Project.objects.get().deleted_at == first
