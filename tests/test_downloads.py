import csv
import io

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from lxml import html

from roadmap.progress.models import Mark, Note
from roadmap.progress.services import mark_skill, tick_point
from roadmap.stages.models import DonePoint

MARKDOWN, TABLE, PAGE = (reverse(name) for name in ("roadmap_markdown", "roadmap_table", "download"))


def rows(response) -> list[list[str]]:
    text = response.content.decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.fixture
def climbed(curriculum, learner):
    mark_skill(climber=learner.pk, skill_id=curriculum.python.pk, state="done")
    mark_skill(climber=learner.pk, skill_id=curriculum.numpy.pk, state="learning")
    Mark.objects.filter(skill=curriculum.python).update(claimed_at="2026-05-03T12:00:00Z")
    tick_point(climber=learner.pk, point_id=DonePoint.objects.get(key="script").pk, reached=True)
    Note.objects.create(learner=learner, skill=curriculum.python, text="# Mine\n=1+1")
    return curriculum


def test_visitor_downloads_every_skill_in_the_order_of_the_staircase(curriculum):
    header, *skills = rows(Client().get(TABLE))
    assert header == ["Step", "Number", "Skill", "Needed", "Hours", "Builds on", "Address"]
    assert [row[2] for row in skills] == [skill.title for skill in curriculum.skills]
    assert skills[1][4:6] == ["6", "1.1"]

    response = Client().get(MARKDOWN)
    assert response["Content-Type"] == "text/markdown; charset=utf-8"
    headings = [line for line in response.content.decode().splitlines() if line.startswith("### ")]
    assert [line.split(" ", 2)[2] for line in headings] == [skill.title for skill in curriculum.skills]


def test_learner_downloads_marks_points_dates_and_notes(climbed, learner, sign_in):
    header, python, numpy, *_others = rows(sign_in(learner).get(TABLE, {"marks": "yes"}))
    assert dict(zip(header, python, strict=True)) == {
        "Step": f"1 {climbed.ground.title}",
        "Number": "1.1",
        "Skill": climbed.python.title,
        "Needed": "must",
        "Hours": "10",
        "Builds on": "",
        "Address": f"{settings.SITE_ORIGIN}/skills/{climbed.python.slug}/",
        "State": "Done",
        "How well backed": "claimed",
        "Done since": "2026-05-03",
        "Points reached": "1/2",
        "My note": "# Mine\n=1+1",
    }
    assert numpy[7:] == ["Learning", "", "", "0/1", ""]

    text = sign_in(learner).get(MARKDOWN, {"marks": "yes"}).content.decode()
    assert "**State: Done, claimed, 3 May 2026**" in text
    assert text.count("- [x] ") == 1
    assert "**My note**\n\n> # Mine\n> =1+1" in text


def test_a_note_that_is_a_formula_is_text_in_the_table(climbed, learner, sign_in):
    Note.objects.update(text="=HYPERLINK(1)")
    assert rows(sign_in(learner).get(TABLE, {"marks": "yes"}))[1][-1] == "'=HYPERLINK(1)"


@pytest.mark.parametrize("address", [MARKDOWN, TABLE, PAGE])
def test_without_asking_nothing_of_ones_own_is_in_it(climbed, learner, sign_in, address):
    text = sign_in(learner).get(address).content.decode()
    if address == PAGE:
        text = html.fromstring(text).cssselect("main")[0].text_content()
    assert "Mine" not in text
    assert "Learning" not in text


@pytest.mark.parametrize("address", [MARKDOWN, TABLE, PAGE])
def test_visitor_without_marks_who_asks_for_them_gets_the_roadmap(curriculum, address):
    assert Client().get(address, {"marks": "yes"}).content.decode().count("State") == 0


def test_guest_takes_marks_along(curriculum):
    guest = Client()
    guest.post(reverse("mark_skill", args=["python"]), {"state": "done"})
    assert rows(guest.get(TABLE, {"marks": "yes"}))[1][7:9] == ["Done", "claimed"]


def test_page_to_print_has_boxes_ticked_where_a_point_is_reached(climbed, learner, sign_in):
    page = html.fromstring(sign_in(learner).get(PAGE, {"marks": "yes"}).content)
    points = page.cssselect("ul.boxes li")
    assert [point.text_content().strip()[0] for point in points].count("☑") == 1
    assert "Done, claimed, 3 May 2026" in page.text_content()


def test_statements_are_few_and_the_same_for_any_number_of_marks(climbed, learner, sign_in, statements):
    client = sign_in(learner)
    client.get(TABLE, {"marks": "yes"})
    with statements() as sent:
        client.get(TABLE, {"marks": "yes"})
    assert len(sent) == 5, sent
