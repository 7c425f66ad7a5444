"""The workshop (Django's admin in our colours) under the same content policy as every page."""

from collections.abc import Callable

from django.urls import reverse
from playwright.sync_api import Page

from accounts.models import User
from roadmap.curriculum.snapshot import Snapshot

from .conftest import Faults


def test_editor_opens_every_list_and_form_without_a_fault(
    page_of: Callable[..., Page], editor: User, real_curriculum: Snapshot, faults: Faults
) -> None:
    page = page_of(editor)
    stage = real_curriculum.stages[0]
    forms = {
        "stages_stage": stage.id,
        "stages_skill": stage.skills[0].id,
        "stages_projectidea": stage.ideas[0].id,
    }
    answers = {reverse("admin:index"): page.goto(reverse("admin:index"))}
    for model in (*forms, "stages_advice", "stages_statement", "resources_resource"):
        address = reverse(f"admin:{model}_changelist")
        answers[address] = page.goto(address)
    for model, key in forms.items():
        address = reverse(f"admin:{model}_change", args=[key])
        answers[address] = page.goto(address)
    assert {address: answer.status if answer else None for address, answer in answers.items()} == dict.fromkeys(answers, 200)
    assert faults.left == []
