"""Several forms on one page: each has ids of its own, says what is wrong in it above it, and leads there."""

from collections.abc import Callable

import pytest
from django.test import Client
from lxml import html

from accounts.models import User
from roadmap.mentoring.models import Cohort
from tests.factories import CohortFactory, InvitationFactory

SignIn = Callable[..., Client]
MENTEES = "/settings/mentees/"


def ids_named_twice(page: html.HtmlElement) -> set[str]:
    ids = [element.get("id") for element in page.cssselect("[id]")]
    return {each for each in ids if ids.count(each) > 1}


@pytest.mark.parametrize(
    ("action", "values", "field"),
    [
        (MENTEES, {"email": "nobody"}, "id_email"),
        ("/settings/mentees/profile/", {"line": "On Sundays", "paused_until": "2020-01-01"}, "own_paused_until"),
        ("/settings/mentees/cohorts/", {"name": ""}, "cohort_name"),
    ],
)
def test_mentor_is_led_to_the_field_that_is_wrong(action: str, values: dict[str, str], field: str, mentor: User, sign_in: SignIn) -> None:
    answer = sign_in(mentor).post(action, values)
    assert answer.status_code == 422
    page = html.fromstring(answer.content.decode())
    assert ids_named_twice(page) == set()
    assert [link.get("href") for link in page.cssselect("#errors a")] == [f"#{field}"]
    assert [element.get("value") or "" for element in page.cssselect(f"#{field}")] == [list(values.values())[-1]]


def test_learner_is_led_to_the_boxes_when_none_is_ticked(learner: User, sign_in: SignIn) -> None:
    answer = sign_in(learner).post("/settings/mentors/", {"email": "jonas@example.org"})
    page = html.fromstring(answer.content.decode())
    assert [link.get("href") for link in page.cssselect("#errors a")] == ["#id_scopes"]
    (boxes,) = page.cssselect("fieldset#id_scopes")
    assert boxes.get("aria-describedby") == page.cssselect("fieldset#id_scopes .error")[0].get("id")


def test_a_link_can_be_read_and_selected_without_a_script(mentor: User, sign_in: SignIn) -> None:
    cohort: Cohort = CohortFactory(mentor=mentor)
    invitation = InvitationFactory(sender=mentor, role="learner")
    page = html.fromstring(sign_in(mentor).get(MENTEES).content.decode())
    fields = {field.get("aria-label"): field for field in page.cssselect(".share input[readonly]")}
    assert set(fields) == {f"Link of {cohort.name}", f"Link for {invitation.email}"}
    assert fields[f"Link of {cohort.name}"].get("value", "").endswith(f"/mentoring/join/{cohort.link}/")
    assert all(field.get("tabindex") is None and "vh" not in field.get("class", "").split() for field in fields.values())
