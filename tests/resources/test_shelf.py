import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from lxml import html

from roadmap.resources.models import OwnLink, Resource, ShelfItem
from roadmap.resources.shelf import LINKS, add_link, put_on_shelf, shelf_of

SHELF = reverse("resources:shelf")


def put(client, state: str, slug: str = "book"):
    return client.post(reverse("resources:put_on_shelf", args=[slug]), {"state": state})


def add(client, url: str, title: str = "", skill: str = "numpy", **kwargs):
    return client.post(reverse("resources:add_own_link", args=[skill]), {"url": url, "title": title}, **kwargs)


def pressed(response) -> list[str]:
    page = html.fromstring(response.content)
    return [button.get("id") for button in page.cssselect('.shelf button[aria-pressed="true"]')]


# --- The shelf ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", [reverse("skill", args=["numpy"]), reverse("resources:resource_list")])
def test_learner_saves_a_resource_for_later_and_sees_it_on_pages_and_shelf(curriculum, learner, sign_in, page):
    client = sign_in(learner)
    assert pressed(client.get(page)) == []
    answer = client.post(
        reverse("resources:put_on_shelf", args=["book"]), {"state": "saved"}, headers={"Referer": f"http://testserver{page}"}
    )
    assert answer["Location"] == page
    assert pressed(client.get(page)) == ["save-book"]
    assert pressed(client.get(SHELF)) == ["save-book"]


def test_htmx_gets_the_control_with_the_next_wanted_state(curriculum, learner, sign_in):
    answer = put(sign_in(learner, htmx=True), "read")
    values = {button.get("id"): button.get("value") for button in html.fromstring(answer.content).cssselect("button")}
    assert values == {"save-book": "saved", "read-book": "none"}
    assert "Title of book: read." in answer.content.decode()


def test_twice_is_once_and_off_is_off(curriculum, learner):
    for state in ("saved", "saved", "read", "read"):
        put_on_shelf(learner=learner.pk, slug="book", state=state)
    assert shelf_of(learner.pk) == {"book": "read"}
    for _time in range(2):
        put_on_shelf(learner=learner.pk, slug="book", state="none")
    assert shelf_of(learner.pk) == {}


def test_many_at_once_leave_one_item(curriculum, learner, together):
    together(8, lambda number: put_on_shelf(learner=learner.pk, slug="book", state=("saved", "read")[number % 2]))
    assert ShelfItem.objects.count() == 1


def test_what_has_left_the_roadmap_stays_on_the_shelf_and_can_be_taken_off(curriculum, learner, sign_in):
    client = sign_in(learner)
    put(client, "saved")
    Resource.objects.update(retired_at=timezone.now())
    assert pressed(client.get(SHELF)) == ["save-book"]
    assert put(client, "none").status_code == 302
    assert put(client, "saved").status_code == 404


@pytest.mark.parametrize(("state", "slug", "status"), [("eaten", "book", 422), ("", "book", 422), ("saved", "no-such", 404)])
def test_what_makes_no_sense_is_refused(curriculum, learner, sign_in, state, slug, status):
    assert put(sign_in(learner), state, slug).status_code == status
    assert not ShelfItem.objects.exists()


def test_visitor_sees_no_shelf(curriculum, client):
    for page in (reverse("skill", args=["numpy"]), reverse("resources:resource_list")):
        assert not html.fromstring(client.get(page).content).cssselect(".shelf, #own-links")


def test_empty_shelf_says_how_to_fill_it(curriculum, learner, sign_in):
    assert "“Save for later” stands beside every resource" in sign_in(learner).get(SHELF).content.decode()


# --- Own links ------------------------------------------------------------------------------------------------------


def links(response) -> list[tuple[str, str]]:
    found = html.fromstring(response.content).cssselect("#own-links li.res a")
    return [(link.text_content(), link.get("href")) for link in found]


def test_learner_adds_a_link_reads_it_and_takes_it_out(curriculum, learner, sign_in):
    client = sign_in(learner)
    page = add(client, "https://www.example.org/lecture-3", follow=True)
    assert links(page) == [("example.org", "https://www.example.org/lecture-3")]
    link = OwnLink.objects.get()
    for is_read in ("yes", "yes", "no"):
        client.post(reverse("resources:read_own_link", args=[link.pk]), {"is_read": is_read})
        link.refresh_from_db()
        assert link.is_read is (is_read == "yes")
    assert "example.org" in client.get(SHELF).content.decode()
    assert links(client.post(reverse("resources:drop_own_link", args=[link.pk]), follow=True)) == []


@pytest.mark.parametrize(
    "url", ["", "lecture", "javascript:alert(1)", "ftp://example.org/a", "https://", "https://ex ample.org", "https://[::1"]
)
def test_an_address_that_is_none_of_the_web_is_refused_and_stays_in_the_field(curriculum, learner, sign_in, url):
    answer = add(sign_in(learner), url, "Lecture 3")
    assert answer.status_code == 422
    assert "such as https://example.org/lecture-3." in answer.content.decode()
    page = html.fromstring(answer.content)
    assert [field.get("value") or "" for field in page.cssselect("#link_url, #link_title")] == [url, "Lecture 3"]


def test_the_same_address_again_is_the_same_link(curriculum, learner):
    one, other = (add_link(learner=learner.pk, skill=curriculum.numpy, url="https://example.org/", title=title) for title in ("A", "B"))
    assert (one.pk, other.title) == (other.pk, "A")


def test_one_skill_holds_so_many_links_and_no_more_also_at_once(curriculum, learner, together):
    for number in range(LINKS - 1):
        add_link(learner=learner.pk, skill=curriculum.numpy, url=f"https://example.org/{number}", title="")

    def one_more(number: int) -> str:
        try:
            return add_link(learner=learner.pk, skill=curriculum.numpy, url=f"https://example.net/{number}", title="").title
        except ValidationError as error:
            return error.messages[0]

    said = together(4, one_more)
    assert sorted(said) == ["30 links are the most for one skill. Take one out first."] * 3 + ["example.net"]
    assert OwnLink.objects.count() == LINKS


def test_links_of_somebody_else_do_not_exist(curriculum, learner, other_learner, sign_in):
    link = add_link(learner=learner.pk, skill=curriculum.numpy, url="https://example.org/", title="sentinel-of-amina")
    client = sign_in(other_learner)
    assert "sentinel-of-amina" not in client.get(reverse("skill", args=["numpy"])).content.decode()
    for name, values in (("read_own_link", {"is_read": "yes"}), ("drop_own_link", {})):
        assert client.post(reverse(f"resources:{name}", args=[link.pk]), values).status_code == 404
    link.refresh_from_db()
    assert not link.is_read


@pytest.mark.parametrize("count", [1, 5])
def test_shelf_takes_as_many_statements_for_many_things(curriculum, learner, sign_in, statements, count):
    for number in range(count):
        add_link(learner=learner.pk, skill=curriculum.skills[number], url="https://example.org/", title="")
    put_on_shelf(learner=learner.pk, slug="book", state="saved")
    put_on_shelf(learner=learner.pk, slug="course", state="read")
    client = sign_in(learner)
    client.get(SHELF)
    with statements(exactly=5):
        client.get(SHELF)
