"""How many statements pages and marks send, session and user included: the same with one mark and with all of them."""

import pytest
from django.test import Client

from roadmap.progress.models import Guest
from roadmap.progress.services import mark_skill

pytestmark = pytest.mark.django_db

PAGES = ["home", "stage", "skill"]
VISITOR, GUEST, MARKING = 1, 3, 6
# The page of a skill also asks for the evidence, for what mentors signed and for the own note.
SIGNED_IN = {"home": 3, "stage": 3, "skill": 6}


@pytest.fixture
def skill(real_curriculum):
    return next(skill for skill in real_curriculum if skill.needs and skill.leads_to and skill.points)


@pytest.fixture
def addresses(skill):
    return {"home": "/", "stage": skill.stage.get_absolute_url(), "skill": skill.get_absolute_url()}


@pytest.fixture(params=["one mark", "all marks"])
def marked(request, real_curriculum):
    return list(real_curriculum)[: 1 if request.param == "one mark" else None]


@pytest.fixture
def guest(marked):
    client = Client()
    client.post(f"{marked[0].get_absolute_url()}mark/", {"state": "done"}, follow=True)
    for skill in marked:
        mark_skill(climber=Guest.objects.get().pk, skill_id=skill.id, state="done")
    return client


@pytest.fixture
def amina(marked, learner, sign_in):
    for skill in marked:
        mark_skill(climber=learner.pk, skill_id=skill.id, state="done")
    return sign_in(learner)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("htmx", [{}, {"HX-Request": "true"}], ids=["page", "htmx"])
def test_visitor_without_marks(client, addresses, statements, page, htmx):
    with statements(at_most=VISITOR):
        assert client.get(addresses[page], headers=htmx).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_visitor_with_marks(guest, addresses, statements, page):
    with statements(at_most=GUEST):
        assert guest.get(addresses[page]).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_signed_in(amina, addresses, statements, page):
    with statements(at_most=SIGNED_IN[page]):
        assert amina.get(addresses[page]).status_code == 200


@pytest.mark.parametrize("state", ["learning", "done", "none"])
@pytest.mark.parametrize("page", ["stage", "skill"])
def test_marking_in_place(amina, guest, skill, statements, state, page):
    for client in (amina, guest):
        with statements(at_most=MARKING):
            answer = client.post(f"{skill.get_absolute_url()}mark/", {"state": state, "page": page}, headers={"HX-Request": "true"})
        assert answer.status_code == 200


def test_marking_without_htmx(amina, guest, skill, statements):
    for client in (amina, guest):
        with statements(at_most=MARKING):
            assert client.post(f"{skill.get_absolute_url()}mark/", {"state": "learning"}).status_code == 302


def test_the_first_mark_of_a_visitor(client, skill, statements):
    with statements(at_most=MARKING):
        assert client.post(f"{skill.get_absolute_url()}mark/", {"state": "done"}).status_code == 302


def test_ticking(amina, guest, skill, statements):
    for client in (amina, guest):
        with statements(at_most=MARKING):
            answer = client.post(f"{skill.get_absolute_url()}points/{skill.points[0].key}/tick/", {"reached": "yes"})
        assert answer.status_code == 302
