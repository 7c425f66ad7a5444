"""Retire, replace, bring back, rename, move."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from roadmap.stages import services
from roadmap.stages.models import Prerequisite, Skill
from roadmap.stages.signals import skill_replaced


@pytest.fixture
def told() -> Iterator[list[tuple[int, list[int]]]]:
    """What `skill_replaced` said."""
    heard: list[tuple[int, list[int]]] = []

    def hear(sender: Any, *, skill_id: int, replaced_by: list[int], **kwargs: Any) -> None:
        heard.append((skill_id, replaced_by))

    skill_replaced.connect(hear)
    yield heard
    skill_replaced.disconnect(hear)


def test_a_skill_is_retired_once(curriculum: SimpleNamespace, told: list[Any]) -> None:
    services.retire_skill(skill=curriculum.git)
    first = Skill.objects.get(slug="git").retired_at
    services.retire_skill(skill=curriculum.git)
    assert first is not None
    assert (Skill.objects.get(slug="git").retired_at, told) == (first, [])


def test_replacements_are_told_at_once_and_when_more_are_added(curriculum: SimpleNamespace, told: list[Any]) -> None:
    git, python, numpy = curriculum.git, curriculum.python, curriculum.numpy
    services.retire_skill(skill=git, replaced_by=[python])
    services.retire_skill(skill=git, replaced_by=[python])
    services.retire_skill(skill=git)
    assert list(git.replaced_by.all()) == [python]
    services.retire_skill(skill=git, replaced_by=[python, numpy])
    assert told == [(git.pk, [python.pk]), (git.pk, [python.pk, numpy.pk])]


def test_a_replacement_that_is_named_twice_is_one(curriculum: SimpleNamespace, told: list[Any]) -> None:
    services.retire_skill(skill=curriculum.python, replaced_by=[curriculum.numpy, curriculum.pandas, curriculum.numpy])
    assert list(curriculum.python.replaced_by.order_by("pk")) == [curriculum.numpy, curriculum.pandas]


def test_a_skill_is_never_replaced_by_what_it_replaces(curriculum: SimpleNamespace, told: list[Any]) -> None:
    services.retire_skill(skill=curriculum.git, replaced_by=[curriculum.python])
    for replacement in (curriculum.git, curriculum.python):
        with pytest.raises(ValidationError):
            services.retire_skill(skill=curriculum.python, replaced_by=[curriculum.git])
        with pytest.raises(ValidationError):
            services.retire_skill(skill=replacement, replaced_by=[replacement])
    assert Skill.objects.get(slug="python").retired_at is None
    assert len(told) == 1


def test_a_skill_comes_back_without_replacements(curriculum: SimpleNamespace) -> None:
    services.reinstate_skill(skill=curriculum.old_tool)
    curriculum.old_tool.refresh_from_db()
    assert (curriculum.old_tool.retired_at, curriculum.old_tool.replaced_by.count()) == (None, 0)


def test_a_rename_keeps_every_earlier_slug_and_may_be_taken_back(curriculum: SimpleNamespace) -> None:
    services.rename(entry=curriculum.git, slug="version-control")
    services.rename(entry=curriculum.git, slug="versions")
    assert Skill.objects.get(pk=curriculum.git.pk).formerly == ["git", "version-control"]
    services.rename(entry=curriculum.git, slug="git")
    assert (Skill.objects.get(slug="git").formerly) == ["version-control", "versions"]


@pytest.mark.parametrize("slug", ["python", "old", "Git", "git--hub", "-git", "", "git hub"])
def test_a_slug_that_is_none_or_taken_is_refused(curriculum: SimpleNamespace, slug: str) -> None:
    Skill.objects.filter(slug="numpy").update(formerly=["old"])
    with pytest.raises(ValidationError):
        services.rename(entry=curriculum.git, slug=slug)
    assert Skill.objects.get(pk=curriculum.git.pk).slug == "git"


def test_a_skill_moves_to_the_end_of_a_stage(curriculum: SimpleNamespace) -> None:
    services.move_skill(skill=curriculum.python, stage=curriculum.models)
    services.move_skill(skill=curriculum.python, stage=curriculum.models)
    assert list(curriculum.models.skills.order_by("position").values_list("slug", flat=True))[-1] == "python"


def test_links_keep_their_order_and_new_ones_follow(curriculum: SimpleNamespace) -> None:
    services.set_links(through=Prerequisite, owner=curriculum.boosting, targets=[curriculum.git, curriculum.statistics, curriculum.trees])
    assert list(curriculum.boosting.prerequisites.values_list("needs__slug", flat=True)) == ["trees", "statistics", "git"]
    services.set_links(through=Prerequisite, owner=curriculum.boosting, targets=[curriculum.git])
    assert list(curriculum.boosting.prerequisites.values_list("needs__slug", flat=True)) == ["git"]


@pytest.mark.django_db(transaction=True)
def test_two_editors_retire_a_skill_at_once_and_both_replacements_are_heard(
    curriculum: SimpleNamespace, told: list[Any], together: Callable[..., list[Any]]
) -> None:
    replacements = [curriculum.python, curriculum.numpy]
    together(2, lambda number: services.retire_skill(skill=curriculum.git, replaced_by=[replacements[number]]))
    assert sorted(told) == sorted([(curriculum.git.pk, [curriculum.python.pk]), (curriculum.git.pk, [curriculum.numpy.pk])])
    assert curriculum.git.replaced_by.count() == 1
