import pytest
from django.urls import reverse
from lxml import html

from roadmap.progress.models import Mark, Reset
from roadmap.progress.services import mark_skill

ANEW = reverse("progress:begin_anew")


@pytest.fixture
def climbed(curriculum, learner):
    for slug in ("python", "statistics"):
        mark_skill(climber=learner.pk, skill_id=getattr(curriculum, slug).pk, state="done")
    return curriculum


def says(response) -> str:
    return " ".join(html.fromstring(response.content).cssselect("main")[0].text_content().split())


def marked(learner) -> set[str]:
    return set(Mark.objects.filter(learner=learner).values_list("skill__slug", flat=True))


def test_learner_is_asked_and_offered_a_copy_before_anything_goes(climbed, learner, sign_in):
    response = sign_in(learner).get(ANEW, {"step": "ground"})
    page = html.fromstring(response.content)
    assert "This takes out 1 done, 0 learning and 0 skipped" in says(response)
    assert {link.get("href") for link in page.cssselect("main a[download]")} == {
        reverse("roadmap_markdown") + "?marks=yes",
        reverse("roadmap_table") + "?marks=yes",
    }
    assert marked(learner) == {"python", "statistics"}


def test_learner_begins_one_step_anew_and_takes_it_back(climbed, learner, sign_in):
    client = sign_in(learner)
    answer = client.post(ANEW, {"step": "ground"}, follow=True)
    assert marked(learner) == {"statistics"}
    assert "Step 1 begins anew. You can take that back for 30 days." in answer.content.decode()

    [form] = html.fromstring(answer.content).cssselect("#take-back form")
    answer = client.post(form.get("action"), follow=True)
    assert "1 mark is back." in answer.content.decode()
    assert marked(learner) == {"python", "statistics"}

    answer = client.post(form.get("action"), follow=True)
    assert "There was nothing left to bring back." in answer.content.decode()
    assert marked(learner) == {"python", "statistics"}


def test_without_a_step_everything_begins_anew(climbed, learner, sign_in):
    sign_in(learner).post(ANEW)
    assert marked(learner) == set()


def test_where_nothing_is_marked_there_is_nothing_to_begin_anew(climbed, learner, sign_in):
    client = sign_in(learner)
    page = client.get(ANEW, {"step": "work"})
    assert "Nothing is marked there" in says(page)
    assert not html.fromstring(page.content).cssselect("main form")
    client.post(ANEW, {"step": "work"})
    assert not Reset.objects.exists()


@pytest.mark.parametrize("ask", ["get", "post"])
def test_a_step_that_does_not_exist_is_not_found_and_takes_nothing_out(climbed, learner, sign_in, ask):
    assert getattr(sign_in(learner), ask)(ANEW, {"step": "cellar"}).status_code == 404
    assert marked(learner) == {"python", "statistics"}


def test_the_new_beginning_of_somebody_else_does_not_exist(climbed, learner, other_learner, sign_in):
    sign_in(learner).post(ANEW)
    address = reverse("progress:take_back", args=[Reset.objects.get().pk])
    assert sign_in(other_learner).post(address).status_code == 404
    assert marked(learner) == set()


def test_page_of_a_step_leads_there_once_something_is_marked(climbed, learner, sign_in):
    def links(slug: str) -> list[str]:
        page = html.fromstring(sign_in(learner).get(reverse("stage", args=[slug])).content)
        return page.xpath("//main//a[starts-with(@href, $to)]/@href", to=ANEW)

    assert links("ground") == [f"{ANEW}?step=ground"]
    assert links("work") == []
