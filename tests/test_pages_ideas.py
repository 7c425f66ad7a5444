"""Project ideas: by step for a visitor, by how near they are for a climber; and About, in plain words."""

from types import SimpleNamespace

import pytest
from django.test import Client
from lxml import html

from accounts.models import User
from roadmap.progress.services import mark_skill
from roadmap.stages.models import ProjectIdea
from tests.factories import PUBLISHED, IdeaFactory

pytestmark = pytest.mark.django_db


def page_of(client: Client, address: str):
    answer = client.get(address)
    assert answer.status_code == 200
    return html.fromstring(answer.content)


def text(element) -> str:
    return " ".join(element.text_content().split())


def groups(page) -> dict[str, list[str]]:
    """Titles of the ideas under each heading."""
    return {text(section.xpath(".//h2")[0]): [text(title) for title in section.xpath(".//h3")] for section in page.xpath("//main//section")}


def selections(page) -> dict[str, str | None]:
    """The filters, and which is in use."""
    return {text(link): link.get("aria-current") for link in page.xpath("//nav[@aria-label='Filter ideas']/a")}


@pytest.fixture
def ideas(curriculum: SimpleNamespace) -> SimpleNamespace:
    """house-prices (pandas, trees), and one idea for each other reach."""
    IdeaFactory(slug="script", title="A script", stage=curriculum.ground, skills=[curriculum.python])
    IdeaFactory(slug="cleaner", title="A cleaner", stage=curriculum.ground, skills=[curriculum.python, curriculum.numpy, curriculum.pandas])
    IdeaFactory(slug="gone", title="Gone", stage=curriculum.ground, retired_at=PUBLISHED)
    return curriculum


def test_visitor_sees_all_ideas_by_step(client: Client, ideas: SimpleNamespace) -> None:
    page = page_of(client, "/ideas/")
    assert groups(page) == {"1 Title of ground": ["A script", "A cleaner"], "2 Title of models": ["Title of house-prices"]}
    assert selections(page) == {"All 3": "page", "1 ground 2": None, "2 models 1": None}


def test_climber_sees_them_by_how_near_they_are(learner: User, ideas: SimpleNamespace, sign_in) -> None:
    client: Client = sign_in(learner)
    mark_skill(climber=learner.pk, skill_id=ideas.python.pk, state="done")
    page = page_of(client, "/ideas/")
    assert groups(page) == {
        "Almost within reach": ["A cleaner"],
        "You’re ready for these": ["A script"],
        "Further up": ["Title of house-prices"],
    }
    assert selections(page) == {"All 3": "page", "Ready 1": None, "Almost 1": None, "1 ground 2": None, "2 models 1": None}
    assert [text(fact) for fact in page.xpath("//*[@id='idea-cleaner']//p[@class='meta']/span")] == ["1 of 3 done", "Step 1", "About 10 h"]
    ready = page_of(client, "/ideas/?near=ready")
    assert groups(ready) == {"You’re ready for these": ["A script"]}
    assert selections(ready)["Ready 1"] == "true"


def test_skipped_skill_counts_as_known(learner: User, ideas: SimpleNamespace, sign_in) -> None:
    mark_skill(climber=learner.pk, skill_id=ideas.python.pk, state="skipped")
    assert groups(page_of(sign_in(learner), "/ideas/?near=ready")) == {"You’re ready for these": ["A script"]}


def test_step_in_the_address_narrows_the_list(client: Client, ideas: SimpleNamespace) -> None:
    page = page_of(client, "/ideas/?stage=models")
    assert groups(page) == {"2 Title of models": ["Title of house-prices"]}
    assert selections(page)["2 models 1"] == "true"


@pytest.mark.parametrize("query", ["stage=nonsense", "stage=draft", "near=ready", "near=later", "near=x&stage="])
def test_what_the_address_says_wrongly_is_no_filter(client: Client, ideas: SimpleNamespace, query: str) -> None:
    assert len(groups(page_of(client, f"/ideas/?{query}"))) == 2


def test_idea_has_all_that_is_needed_to_build_it(client: Client, ideas: SimpleNamespace) -> None:
    ProjectIdea.objects.filter(slug="house-prices").update(
        brief="Predict **prices**.", data="[Ames](https://example.org/ames)", baseline="The median."
    )
    page = page_of(client, "/ideas/house-prices/")
    assert text(page.xpath("//h1")[0]) == "Title of house-prices"
    assert page.xpath("string(//section[.//h2[text()='What to build']]//strong)") == "prices"
    data_link = page.xpath("//section[.//h2[text()='Data']]//a")[0]
    assert (data_link.get("href"), "noopener" in data_link.get("rel")) == ("https://example.org/ames", True)
    assert "The median." in text(page.xpath("//section[.//h2[text()='What it has to beat']]")[0])
    assert page.xpath("//section[.//h2[text()='Skills you’ll use']]//h3/a/@href") == ["/skills/pandas/", "/skills/trees/"]
    table = page.xpath("//table")[0]
    assert [text(cell) for cell in table.xpath(".//thead//th")] == ["Looks at", "Not yet", "Starting", "Solid", "Strong"]
    assert [text(cell) for cell in table.xpath(".//tbody/tr[1]/*")] == ["Baseline", "Missing", "Begun", "Good", "Excellent"]
    assert table.xpath(".//tbody/tr[1]/td/@data-th") == ["Not yet", "Starting", "Solid", "Strong"]
    assert all(block.get("hx-disable") is not None for block in page.xpath("//*[contains(@class,'prose')]"))


def test_idea_leads_to_the_first_skill_that_is_open(learner: User, ideas: SimpleNamespace, sign_in) -> None:
    client: Client = sign_in(learner)
    (button,) = page_of(client, "/ideas/house-prices/").xpath("//aside//a[contains(@class,'btn--primary')]")
    assert (text(button), button.get("href")) == ("Begin with 1.3", "/skills/pandas/")
    mark_skill(climber=learner.pk, skill_id=ideas.pandas.pk, state="done")
    page = page_of(client, "/ideas/house-prices/")
    assert page.xpath("//aside//a[contains(@class,'btn--primary')]/@href") == ["/skills/trees/"]
    assert [text(badge) for badge in page.xpath("//section[.//h2[text()='Skills you’ll use']]//span[contains(@class,'badge')]")] == [
        "Done",
        "Not started",
    ]
    mark_skill(climber=learner.pk, skill_id=ideas.trees.pk, state="skipped")
    (button,) = page_of(client, "/ideas/house-prices/").xpath("//aside//a[contains(@class,'btn--primary')]")
    assert (text(button), button.get("href")) == ("Attach your repository", "/projects/new/?idea=house-prices")


def test_idea_that_moved_redirects_and_one_that_left_is_not_found(client: Client, ideas: SimpleNamespace) -> None:
    ProjectIdea.objects.filter(slug="script").update(formerly=["first-script"])
    answer = client.get("/ideas/first-script/")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/ideas/script/")
    assert client.get("/ideas/gone/").status_code == 404


@pytest.mark.parametrize("address", ["/ideas/", "/ideas/messy-data-rescue/", "/about/"])
def test_pages_cost_a_visitor_one_statement_and_a_learner_with_all_marks_three(
    client: Client, learner: User, real_curriculum, sign_in, statements, address: str
) -> None:
    client.get(address)
    with statements(at_most=1):
        client.get(address)
    signed_in: Client = sign_in(learner)
    for skill in real_curriculum:
        mark_skill(climber=learner.pk, skill_id=skill.id, state="done")
    with statements(at_most=3):
        signed_in.get(address)


def test_about_says_how_numbers_are_counted_and_what_is_kept(client: Client, real_curriculum) -> None:
    page = page_of(client, "/about/")
    numbers = [text(number) for number in page.xpath("//*[@class='big-num']")]
    assert numbers[:3] == ["95", "260", "33"]
    for anchor, word in (("numbers", "count"), ("privacy", "keep"), ("accessibility", "everybody")):
        assert word in text(page.get_element_by_id(anchor))
    words = text(page.xpath("//main")[0])
    for said in (
        "90 days",
        "14 days",
        "rounded down",
        "estimates",
        "Archivo",
        "Open Font License",
        "level AA",
        "mentors to whom you show them",
        "asks GitHub",
        "found nothing are counted",
    ):
        assert said in words
