"""Which language somebody reads: what they chose, else what their browser asks for, else English."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.conf import settings
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.template import Context, Template
from django.test import Client
from django.utils.translation import get_language, override
from lxml import html

from accounts.letters import compose
from accounts.models import Mail, User
from accounts.services import send_mail
from roadmap.web.templatetags.staircase import hours
from tests.factories import ProfileFactory

SPANISH = {"Accept-Language": "es-MX,es;q=0.9,en;q=0.5"}
COOKIE = settings.LANGUAGE_COOKIE_NAME


def page(client: Client, address: str = "/about/", **headers: str) -> html.HtmlElement:
    return html.fromstring(client.get(address, headers=headers).content)


def language(client: Client, address: str = "/about/", **headers: str) -> str:
    """What a page says it is in; its words must be of that language."""
    read = page(client, address, **headers)
    said = read.get("lang")
    assert {"en": "About Staircase", "es": "Acerca de Staircase"}[said] == read.findtext(".//h1").strip()
    return said


@pytest.mark.parametrize(
    ("asked", "given"),
    [("", "en"), ("es", "es"), ("es-MX,es;q=0.9", "es"), ("de,es;q=0.8,en;q=0.7", "es"), ("de", "en"), ("en,es;q=0.9", "en"), ("%$", "en")],
)
def test_visitor_reads_what_the_browser_asks_for(curriculum, client, asked, given):
    assert language(client, **{"Accept-Language": asked}) == given


@pytest.mark.parametrize(("chosen", "given"), [("en", "en"), ("es", "es"), ("xx", "es"), ("", "es")])
def test_visitor_reads_what_was_chosen_before_what_the_browser_asks_for(curriculum, client, chosen, given):
    client.cookies[COOKIE] = chosen
    assert language(client, **SPANISH) == given


def test_visitor_chooses_a_language_and_is_back_on_the_page(curriculum, client):
    answer = client.post("/language/", {"language": "es"}, headers={"Referer": "http://testserver/skills/numpy/?a=1"})
    assert (answer.status_code, answer["Location"]) == (302, "/skills/numpy/?a=1")
    cookie = answer.cookies[COOKIE]
    assert (cookie.value, cookie["httponly"], cookie["samesite"], cookie["path"]) == ("es", True, "Lax", "/")
    assert int(cookie["max-age"]) == 31536000
    assert language(client) == "es"
    client.post("/language/", {"language": "en"})
    assert language(client, **SPANISH) == "en"


@pytest.mark.parametrize("behind", ["https://evil.example/x", "http://testserver//evil.example/x", "javascript:alert(1)", ""])
def test_choice_leads_to_no_other_site(curriculum, client, behind):
    answer = client.post("/language/", {"language": "es", "next": "https://evil.example/"}, headers={"Referer": behind})
    assert answer["Location"] in ("/", "/evil.example/x")


@pytest.mark.parametrize("wrong", ["xx", "", "es\n", "de"])
def test_language_that_is_not_spoken_here_is_refused_with_a_sentence(curriculum, client, wrong):
    answer = client.post("/language/", {"language": wrong})
    assert answer.status_code == 422
    assert "Choose one of the languages" in answer.content.decode()
    assert COOKIE not in answer.cookies


def test_every_page_offers_the_languages_and_says_which_is_chosen(curriculum, client):
    buttons = page(client, "/", **SPANISH).cssselect("form.languages button")
    assert [(button.get("value"), button.get("lang"), button.text, button.get("aria-pressed")) for button in buttons] == [
        ("en", "en", "English", "false"),
        ("es", "es", "Español", "true"),
    ]


def test_caches_are_told_that_a_page_is_in_the_language_of_its_reader(curriculum, client):
    for address in ("/", "/skills/numpy/", "/manifest.webmanifest", "/offline/"):
        answer = client.get(address, headers=SPANISH)
        assert {"Accept-Language", "Cookie"} <= {name.strip() for name in answer["Vary"].split(",")}, address
        assert answer["Content-Language"] == "es"
    for address in ("/robots.txt", "/sitemap.xml"):
        assert "Accept-Language" not in client.get(address, headers=SPANISH)["Vary"], address


def test_static_file_is_the_same_in_every_language(db, client):
    answer = client.get("/static/img/favicon.svg", headers=SPANISH)
    answer.close()
    assert "Accept-Language" not in answer["Vary"]
    assert "Content-Language" not in answer


def test_the_words_of_one_reader_are_not_those_of_the_next(curriculum):
    first = Client().get("/", headers=SPANISH).content
    assert get_language() == "en"
    assert b'lang="en"' in Client().get("/").content[:200]
    assert Client().get("/", headers=SPANISH).content[:200] == first[:200]


def test_page_of_trouble_is_in_the_readers_language(curriculum, client):
    for address, status in (("/no-such-page/", 404), ("/skills/numpy/mark/", 405), ("/?q=%00", 400)):
        answer = client.get(address, headers=SPANISH)
        read = html.fromstring(answer.content)
        assert (answer.status_code, read.get("lang")) == (status, "es")
        assert "Skip to content" not in read.text_content()


def test_texts_of_the_curriculum_say_that_they_are_english(curriculum, client):
    spanish, english = page(client, "/skills/numpy/", **SPANISH), page(client, "/skills/numpy/")
    assert spanish.find(".//h1").get("lang") == "en"
    assert {part.get("lang") for part in spanish.cssselect(".prose")} == {"en"}
    assert "están por ahora en inglés" in spanish.text_content()
    assert english.cssselect("main [lang]") == []
    assert "in English for now" not in english.text_content()


def test_what_other_sites_show_is_in_the_language_that_the_browser_asks_for_whatever_was_chosen(curriculum, learner, client):
    ProfileFactory(person=learner, visibility="public")
    client.cookies[COOKIE] = "es"
    english, spanish = (client.get("/u/amina-yusuf/badge.svg", headers={"Accept-Language": asked}) for asked in ("en", "es"))
    assert ("Just begun" in english.content.decode(), "Recién empieza" in spanish.content.decode()) == (True, True)
    assert (english["Content-Language"], spanish["Content-Language"]) == ("en", "es")
    assert "Accept-Language" in spanish["Vary"]


# --- Dates and numbers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("en", ["24 November 2026", "24 November", "24 November 2026, 09:05", "Tuesday, 24 November 2026"]),
        ("es", ["24 de noviembre de 2026", "24 de noviembre", "24 de noviembre de 2026, 09:05", "martes 24 de noviembre de 2026"]),
    ],
)
def test_dates_are_written_as_the_language_writes_them(code, said):
    formats = ("DATE_FORMAT", "MONTH_DAY_FORMAT", "DATETIME_FORMAT", "WEEKDAY_DATE_FORMAT")
    with override(code):
        written = [
            Template(f'{{{{ at|date:"{name}" }}}}').render(Context({"at": datetime(2026, 11, 24, 9, 5, tzinfo=UTC)})) for name in formats
        ]
    assert written == said


@pytest.mark.parametrize(("code", "said"), [("en", ["1.5", "12", "0.25"]), ("es", ["1,5", "12", "0,25"])])
def test_hours_are_written_as_the_language_writes_them(code, said):
    with override(code):
        assert [hours(Decimal(number)) for number in ("1.50", "12.0", "0.25")] == said


# --- Mails ----------------------------------------------------------------------------------------------------------


def written(kind: Mail.Kind, to: str, person: User | None = None) -> EmailMultiAlternatives:
    send_mail(kind=kind, to=to, person=person)
    message = compose(Mail.objects.latest("pk"))
    assert message is not None
    return message


def test_person_gets_mails_in_the_language_of_the_last_choice(learner, sign_in):
    assert written(Mail.Kind.PASSWORD_CHANGED, learner.email, learner).subject == "Your password was changed"
    sign_in(learner).post("/language/", {"language": "es"})
    learner.refresh_from_db()
    message = written(Mail.Kind.PASSWORD_CHANGED, learner.email, learner)
    assert message.subject == "Se cambió tu contraseña"
    assert '<html lang="es">' in str(message.alternatives[0][0])
    assert "No es un boletín." in message.body
    assert get_language() == "en"


def test_whoever_has_an_account_reads_a_strangers_mail_in_their_own_language(learner, other_learner):
    User.objects.filter(pk=other_learner.pk).update(language="es")
    with override("en"):
        assert written(Mail.Kind.ACCOUNT_EXISTS, other_learner.email.upper()).subject == "Ya tienes una cuenta"


def test_whoever_has_none_reads_the_language_of_the_page_that_caused_the_mail(db, client):
    client.post("/accounts/password/reset/", {"email": "nobody@example.com"}, headers=SPANISH)
    message = compose(Mail.objects.get())
    assert message is not None
    assert message.subject == "No hay cuenta con esta dirección"
    assert mail.outbox == []


def test_account_begins_with_the_language_that_it_was_made_in(curriculum, client):
    values = {"name": "Lucía Vega", "email": "lucia@example.com", "password1": "cuatro palabras al azar"}
    client.post("/accounts/signup/", values, headers=SPANISH)
    assert User.objects.get(email="lucia@example.com").language == "es"
    message = compose(Mail.objects.get())
    assert message is not None
    assert message.subject == "Confirma tu dirección para empezar a subir"
