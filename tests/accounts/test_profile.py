"""What a person says about oneself: the page of settings, and what it takes."""

import pytest
from django.urls import reverse
from lxml import html

from accounts.models import Profile, User
from accounts.services import read_profile
from tests.factories import ProfileFactory
from tests.parsed import document

PAGE = "/settings/profile/"
SAID = {
    "name": "Amina Yusuf",
    "handle": "amina-yusuf",
    "headline": "Learns from freight.",
    "about": "I plan *freight*.\n\nAnd learn.",
    "place": "Mombasa, Kenya",
    "open_to": "Junior roles",
    "github": "amina-yusuf",
    "linkedin_url": "https://www.linkedin.com/in/amina-yusuf",
    "website_url": "https://amina.example.org/",
}


def errors(answer) -> list[str]:
    """The fields that the page marks as wrong."""
    return [field.get("name") for field in document(answer).xpath("//*[@aria-invalid='true']")]


def kept(person: User) -> dict[str, str]:
    person = User.objects.get(pk=person.pk)
    profile = read_profile(person)
    return {name: getattr(person if name in ("name", "handle") else profile, name) for name in SAID}


def test_learner_says_who_they_are_and_finds_it_there_again(learner, sign_in):
    browser = sign_in(learner)
    answer = browser.post(PAGE, SAID)
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    assert kept(learner) == {**SAID, "about": SAID["about"]}
    page = document(browser.get(PAGE))
    assert {field: page.xpath(f"string(//*[@name='{field}']/@value)") for field in SAID if field != "about"} == {
        field: value for field, value in SAID.items() if field != "about"
    }
    assert page.xpath("string(//textarea[@name='about'])").strip() == SAID["about"]
    assert "Profile saved." in page.xpath("string(//div[@id='toasts'])")


def test_saving_twice_is_saving_once(learner, sign_in):
    browser = sign_in(learner)
    for _ in range(2):
        browser.post(PAGE, SAID)
    assert Profile.objects.filter(person=learner).count() == 1
    assert not learner.former_handles.exists()


def test_learner_leaves_everything_but_the_name_empty(learner, sign_in):
    ProfileFactory(person=learner, **{name: SAID[name] for name in SAID if name not in ("name", "handle")})
    empty = {**dict.fromkeys(SAID, ""), "name": "Amina", "handle": learner.handle}
    assert sign_in(learner).post(PAGE, empty).status_code == 302
    assert kept(learner) == empty


def test_htmx_gets_the_form_and_the_message(learner, sign_in):
    answer = sign_in(learner, htmx=True).post(PAGE, {**SAID, "handle": "amina"})
    assert answer.status_code == 200
    fragment = html.fragment_fromstring(answer.content.decode(), create_parent=True)
    assert fragment.xpath("./form/@id") == ["profile-form"]
    assert fragment.xpath("string(//*[@hx-swap-oob='innerHTML:#status'])").strip() == "Profile saved."
    # The form is of the new handle, and says where the old one went.
    assert fragment.xpath("//a[contains(@href, '/u/')]/@href") == ["/u/amina/"]
    assert "amina-yusuf" in fragment.xpath("string(//p[contains(@class, 'hint') and contains(., 'Also yours')])")


@pytest.mark.parametrize("is_htmx", [True, False])
def test_what_was_typed_stays_beside_the_errors(is_htmx, learner, sign_in):
    typed = {**SAID, "name": "", "handle": "No Such Handle", "website_url": "http://amina.example.org", "headline": "x" * 161}
    answer = sign_in(learner, htmx=is_htmx).post(PAGE, typed)
    assert answer.status_code == 422
    assert errors(answer) == ["name", "handle", "headline", "website_url"]
    page = document(answer)
    assert [link.get("href") for link in page.xpath("//div[@id='errors']//a")] == [
        "#id_name",
        "#id_handle",
        "#id_headline",
        "#id_website_url",
    ]
    assert page.xpath("string(//input[@name='handle']/@value)") == "No Such Handle"
    assert page.xpath("string(//input[@name='place']/@value)") == SAID["place"]
    assert bool(page.xpath("//header")) is not is_htmx or page.xpath("//title") == []
    assert kept(learner) == {**dict.fromkeys(SAID, ""), "name": learner.name, "handle": learner.handle}


@pytest.mark.parametrize(
    ("typed", "github"),
    [
        ("amina-yusuf", "amina-yusuf"), ("@amina", "amina"), ("https://github.com/Amina/", "Amina"), ("github.com/amina", "amina"),
        (" amina ", "amina"), ("", ""),
    ],
)  # fmt: skip
def test_name_on_github_is_understood_in_each_usual_form(typed, github, learner, sign_in):
    sign_in(learner).post(PAGE, {**SAID, "github": typed})
    assert kept(learner)["github"] == github


@pytest.mark.parametrize(
    "typed",
    [
        "amina yusuf",
        "-amina",
        "amina-",
        "a" * 40,
        "amina/houses",
        "https://evil.example/amina",
        "аmina",
        "amina?x",
        "a\u202eb",
        "..",
        "%2e",
    ],
)
def test_name_that_github_cannot_have_given_is_refused(typed, learner, sign_in):
    assert errors(sign_in(learner).post(PAGE, {**SAID, "github": typed})) == ["github"]


@pytest.mark.parametrize(
    "typed",
    [
        "javascript:alert(1)", "java\nscript:alert(1)", "data:text/html,x", "http://amina.example.org", "https://user:pass@example.org",
        "https://localhost/", "localhost", "127.0.0.1", "printer.local", "https://127.0.0.1/", "https://[::1]/", "https://", "//example.org", "https://exa mple.org", "ftp://example.org",
    ],
)  # fmt: skip
def test_website_is_an_https_address_that_others_can_open(typed, learner, sign_in):
    assert errors(sign_in(learner).post(PAGE, {**SAID, "website_url": typed})) == ["website_url"]


@pytest.mark.parametrize(
    "typed", ["https://evil.example/in/amina", "https://linkedin.com.evil.example/in/amina", "https://notlinkedin.com/x"]
)
def test_linkedin_is_on_linkedin(typed, learner, sign_in):
    assert errors(sign_in(learner).post(PAGE, {**SAID, "linkedin_url": typed})) == ["linkedin_url"]


@pytest.mark.parametrize("field", ["name", "headline", "place", "open_to"])
@pytest.mark.parametrize("sign", ["\r\nBcc: x@example.org", "\u202e", "\u2028", "\x07", "\u2066"])
def test_signs_that_forge_headers_or_turn_text_around_are_refused(field, sign, learner, sign_in):
    assert errors(sign_in(learner).post(PAGE, {**SAID, field: f"Amina{sign}Yusuf"})) == [field]


def test_only_what_the_form_asks_for_is_saved(learner, other_learner, sign_in):
    more = {
        "is_staff": "on", "is_superuser": "on", "is_active": "", "email": "evil@example.org", "password": "x", "id": other_learner.pk,
        "person": other_learner.pk, "person_id": other_learner.pk, "visibility": "public", "shows_email": "on", "skills": "confirmed",
    }  # fmt: skip
    before = User.objects.filter(pk=learner.pk).values("is_staff", "is_superuser", "is_active", "email", "password").get()
    assert sign_in(learner).post(PAGE, {**SAID, **more}).status_code == 302
    assert User.objects.filter(pk=learner.pk).values("is_staff", "is_superuser", "is_active", "email", "password").get() == before
    profile = Profile.objects.get(person=learner)
    assert (profile.visibility, profile.shows_email, profile.skills) == ("off", False, "all")
    assert not Profile.objects.filter(person=other_learner).exists()


def test_profile_is_saved_for_whoever_is_signed_in_and_nobody_else(learner, other_learner, sign_in):
    sign_in(other_learner).post(PAGE, {**SAID, "handle": other_learner.handle})
    assert kept(learner)["headline"] == ""
    assert kept(other_learner)["headline"] == SAID["headline"]


def test_signed_out_visitor_is_asked_to_sign_in(client):
    for answer in (client.get(PAGE), client.post(PAGE, SAID)):
        assert (answer.status_code, answer["Location"]) == (
            302,
            f"{reverse('account_login')}?next={PAGE if answer.request['REQUEST_METHOD'] == 'GET' else '/'}",
        )


def test_page_is_kept_by_no_cache_and_no_search_engine(learner, sign_in):
    answer = sign_in(learner).get(PAGE)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert document(answer).xpath("//meta[@name='robots']/@content") == ["noindex"]


@pytest.mark.parametrize("address", [PAGE, "/settings/privacy/"])
def test_page_has_each_id_once_and_every_reference_leads_somewhere(address, curriculum, learner, sign_in):
    browser = sign_in(learner)
    browser.post("/skills/numpy/mark/", {"state": "done"})
    for answer in (browser.get(address), browser.post(address, {})):
        page = document(answer)
        ids = page.xpath("//@id")
        assert [id for id in ids if ids.count(id) > 1] == []
        references = [
            word for name in ("for", "aria-labelledby", "aria-describedby") for value in page.xpath(f"//@{name}") for word in value.split()
        ]
        assert [word for word in references if word not in ids] == []
        assert [link for link in page.xpath("//main//a/@href") if link.startswith("#") and link[1:] not in ids] == []


@pytest.mark.parametrize("address", [PAGE, "/settings/privacy/"])
def test_answer_fills_only_places_that_the_page_has(address, curriculum, learner, sign_in):
    ids = document(sign_in(learner).get(address)).xpath("//@id")
    values = SAID if address == PAGE else {"visibility": "public", "skills": "all"}
    answer = sign_in(learner, htmx=True).post(address, values)
    fragment = html.fragment_fromstring(answer.content.decode(), create_parent=True)
    places = [value.removeprefix("innerHTML:#") for value in fragment.xpath("//@hx-swap-oob")]
    assert places
    assert [place for place in places if ids.count(place) != 1] == []
    target = document(sign_in(learner).get(address)).xpath(f"string(//form[@hx-post='{address}']/@hx-target)")
    assert target == "this" or target.removeprefix("#") in ids


def test_profile_page_takes_few_statements(learner, sign_in, statements):
    browser = sign_in(learner)
    with statements(at_most=4):
        browser.get(PAGE)
