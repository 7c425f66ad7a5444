"""A confirmation that a learner takes along: anybody checks it, with or without this site, as long as the portfolio shows the skill."""

import base64
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jsonschema
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from joserfc.jwk import OKPKey
from lxml import html

from accounts.models import Profile, User
from roadmap.mentoring.credentials.signing import all_keys
from roadmap.mentoring.models import SignOff
from roadmap.mentoring.sign_offs.services import confirm_skill, withdraw_sign_off
from roadmap.portfolio.models import HiddenSkill
from roadmap.progress.services import mark_skill
from roadmap.stages.services import retire_skill
from tests.factories import ListedProjectFactory, MentorshipFactory, ProfileFactory, ProjectFactory
from tests.mentoring.open_badge_schema import SCHEMA
from tests.parsed import texts

SignIn = Callable[..., Client]
NOTE = "Explained every line of the split."


def new_key() -> dict[str, str]:
    return OKPKey.generate_key("Ed25519").as_dict(private=True)  # type: ignore[return-value]


def public(key: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in key.items() if name != "d"}


def claims_of(jwt: bytes) -> dict[str, Any]:
    payload = jwt.decode().split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def verified(tmp_path: Path, jwt: bytes, key_set: bytes) -> subprocess.CompletedProcess[str]:
    """What a stranger's program says of a credential: a process of its own, with the public keys and nothing of this site."""
    (tmp_path / "credential.jwt").write_bytes(jwt)
    (tmp_path / "keys.json").write_bytes(key_set)
    program = Path(__file__).with_name("verify_credential.py")
    return subprocess.run(
        [sys.executable, "-I", program, tmp_path / "credential.jwt", tmp_path / "keys.json"], capture_output=True, text=True, check=False
    )


@pytest.fixture
def project(learner: User) -> Any:
    return ListedProjectFactory(learner=learner)


@pytest.fixture
def signed(learner: User, mentor: User, project: Any, curriculum: SimpleNamespace) -> SignOff:
    """NumPy, confirmed from a listed project; the portfolio is on."""
    ProfileFactory(person=learner, visibility="public")
    mark_skill(climber=learner.pk, skill_id=curriculum.numpy.pk, state="done")
    mentorship = MentorshipFactory(learner=learner, mentor=mentor)
    return confirm_skill(mentorship=mentorship, skill=curriculum.numpy.pk, note=NOTE, project=project).sign_off


def page_of(sign_off: SignOff) -> str:
    return f"/credentials/{sign_off.pk}/"


def answers(client: Client, sign_off: SignOff) -> list[int]:
    """What page, JSON, JWT, status and the address without a number answer."""
    endings = [page_of(sign_off), *(f"/credentials/{sign_off.pk}{ending}" for ending in (".json", ".jwt", "/status.json"))]
    skill = f"/credentials/of/{sign_off.learner.handle}/{sign_off.skill.slug}/"
    return [client.get(address).status_code for address in (*endings, skill)]


# Whoever holds a copy learns at its status address whether it stands, also where the portfolio does not show it.
SHOWN, HIDDEN, NOBODY = [200, 200, 200, 200, 302], [404, 404, 404, 200, 404], [404] * 5


# --- The page -------------------------------------------------------------------------------------------------------


def test_stranger_reads_who_confirmed_what_and_when(signed: SignOff, project: Any, client: Client) -> None:
    page = client.get(page_of(signed))
    day = f"{signed.signed_at:%-d %B %Y}"
    assert texts(page, "h1") == ["Title of numpy"]
    assert texts(page, ".verdict strong") == ["This is genuine."]
    assert texts(page, ".lede") == [f"Amina Yusuf has learned it, and Jonas Weber confirmed it on {day}."]
    assert "You can show array." in texts(page, ".dl dd")[0]
    assert texts(page, ".dl dd")[1] == f"{project.title} at commit aaaaaaa"
    assert texts(page, ".dl dd")[2] == "Jonas Weber, 1 skill confirmed"
    assert texts(page, ".dl code") == [signed.pk]


def test_the_note_is_for_the_learner_alone(signed: SignOff, learner: User, mentor: User, client: Client, sign_in: SignIn) -> None:
    assert NOTE in sign_in(learner).get(page_of(signed)).content.decode()
    for reader in (client, sign_in(mentor)):
        for ending in ("/", ".json", ".jwt"):
            answer = reader.get(f"/credentials/{signed.pk}{ending}")
            said = json.dumps(claims_of(answer.content)) if ending == ".jwt" else answer.content.decode()
            assert NOTE not in said


def test_a_project_that_is_not_on_the_portfolio_is_not_named(signed: SignOff, learner: User, client: Client) -> None:
    hidden = ProjectFactory(learner=learner, title="A secret of mine")
    SignOff.objects.update(project=hidden)
    assert "A secret of mine" not in client.get(page_of(signed)).content.decode()
    assert "evidence" not in client.get(f"/credentials/{signed.pk}.json").json()


def test_the_name_stays_when_the_mentor_deletes_the_account(signed: SignOff, mentor: User, client: Client) -> None:
    mentor.delete()
    page = client.get(page_of(signed))
    assert "Jonas Weber confirmed it" in texts(page, ".lede")[0]
    assert texts(page, ".dl dd")[2] == "Jonas Weber"


def test_whoever_has_a_number_looks_it_up(signed: SignOff, client: Client) -> None:
    assert texts(client.get("/credentials/"), "h1") == ["Check a credential"]
    assert client.get("/credentials/", {"number": f" {signed.pk} "})["Location"] == page_of(signed)
    answer = client.get("/credentials/", {"number": "nosuchnumber"})
    assert (answer.status_code, texts(answer, "#errors strong")) == (404, ["There is no credential with this number"])


def test_the_mentor_finds_the_way_to_take_it_back(
    signed: SignOff, mentor: User, other_mentor: User, client: Client, sign_in: SignIn
) -> None:
    link = "/mentoring/learners/amina-yusuf/skills/numpy/withdraw/"
    assert link in sign_in(mentor).get(page_of(signed)).content.decode()
    for reader in (client, sign_in(other_mentor)):
        assert link not in reader.get(page_of(signed)).content.decode()


# --- Who sees it ----------------------------------------------------------------------------------------------------


def test_it_is_there_while_the_portfolio_shows_the_skill(signed: SignOff, client: Client) -> None:
    assert answers(client, signed) == SHOWN


@pytest.mark.parametrize("visibility", ["off", "unlisted"])
def test_it_follows_the_portfolio(
    signed: SignOff,
    learner: User,
    other_learner: User,
    former_mentor: User,
    admin_user: User,
    client: Client,
    sign_in: SignIn,
    visibility: str,
) -> None:
    Profile.objects.update(visibility=visibility)
    for reader in (client, sign_in(other_learner), sign_in(former_mentor)):
        assert answers(reader, signed) == (HIDDEN if visibility == "off" else SHOWN)
    for reader in (sign_in(learner), sign_in(admin_user)):
        assert answers(reader, signed) == SHOWN
        assert reader.get(page_of(signed))["X-Robots-Tag"] == "noindex"


def test_a_skill_that_is_left_out_has_no_credential(signed: SignOff, learner: User, client: Client, sign_in: SignIn) -> None:
    HiddenSkill.objects.create(learner=learner, skill=signed.skill)
    assert answers(client, signed) == HIDDEN
    assert answers(sign_in(learner), signed) == SHOWN


def test_a_skill_whose_mark_is_gone_has_no_credential(signed: SignOff, learner: User, client: Client) -> None:
    mark_skill(climber=learner.pk, skill_id=signed.skill_id, state="none")
    assert answers(client, signed) == HIDDEN
    mark_skill(climber=learner.pk, skill_id=signed.skill_id, state="done")
    assert answers(client, signed) == SHOWN


def test_it_stays_when_the_skill_is_replaced(signed: SignOff, curriculum: SimpleNamespace, client: Client) -> None:
    retire_skill(skill=signed.skill, replaced_by=[curriculum.pandas])
    assert texts(client.get(page_of(signed)), "h1") == ["Title of numpy"]
    assert client.get(f"/credentials/{signed.pk}.json").json()["name"] == "Title of numpy"
    assert client.get("/credentials/of/amina-yusuf/pandas/").status_code == 302


def test_a_closed_account_has_no_credentials(signed: SignOff, learner: User, client: Client) -> None:
    User.objects.filter(pk=learner.pk).update(is_active=False)
    assert answers(client, signed) == NOBODY


def test_the_signed_record_lives_through_a_change_of_handle(signed: SignOff, learner: User, client: Client) -> None:
    User.objects.filter(pk=learner.pk).update(handle="amina-builds")
    assert claims_of(client.get(f"/credentials/{signed.pk}.jwt").content)["jti"].endswith(page_of(signed))
    assert client.get(page_of(signed)).status_code == 200
    moved = client.get("/credentials/of/amina-yusuf/numpy/")
    assert (moved.status_code, moved["Location"]) == (301, "/credentials/of/amina-builds/numpy/")
    assert client.get(moved["Location"])["Location"] == page_of(signed)


@pytest.mark.parametrize("rows", [1, 30])
def test_the_page_costs_the_same_with_many_projects(signed: SignOff, learner: User, client: Client, statements: Any, rows: int) -> None:
    for _ in range(rows):
        ListedProjectFactory(learner=learner, shows=[signed.skill])
    client.get(page_of(signed))
    with statements(at_most=12):
        assert client.get(page_of(signed)).status_code == 200


# --- The signed record ----------------------------------------------------------------------------------------------


def test_the_record_has_what_open_badges_ask_for(signed: SignOff, mentor: User, client: Client) -> None:
    answer = client.get(f"/credentials/{signed.pk}.json")
    assert (answer["Content-Type"], answer["Access-Control-Allow-Origin"]) == ("application/ld+json", "*")
    badge = answer.json()
    jsonschema.Draft201909Validator(SCHEMA).validate(badge)
    assert badge["credentialSubject"]["source"]["name"] == "Jonas Weber"
    assert badge["credentialSubject"]["achievement"]["criteria"]["narrative"] == "- You can show array."
    assert badge["evidence"][0]["id"].endswith(f"/tree/{'a' * 40}")
    assert badge["validFrom"] == f"{signed.signed_at:%Y-%m-%dT%H:%M:%SZ}"


@pytest.mark.parametrize("missing", ["@context", "id", "type", "credentialSubject", "issuer", "validFrom"])
def test_the_schema_misses_what_is_missing(signed: SignOff, client: Client, missing: str) -> None:
    badge = client.get(f"/credentials/{signed.pk}.json").json()
    del badge[missing]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft201909Validator(SCHEMA).validate(badge)


def test_stranger_verifies_it_with_the_public_key_alone(signed: SignOff, client: Client, tmp_path: Path) -> None:
    jwt = client.get(f"/credentials/{signed.pk}.jwt")
    assert (jwt["Content-Type"], jwt["Content-Disposition"]) == ("application/vc+jwt", 'attachment; filename="staircase-numpy.jwt"')
    done = verified(tmp_path, jwt.content, client.get("/credentials/keys.json").content)
    assert done.returncode == 0, done.stderr
    claims = json.loads(done.stdout)
    jsonschema.Draft201909Validator(SCHEMA).validate(claims)
    assert {name: claims.pop(name) for name in ("iss", "jti", "nbf", "sub")} == {
        "iss": claims["issuer"]["id"],
        "jti": claims["id"],
        "nbf": int(signed.signed_at.timestamp()),
        "sub": claims["credentialSubject"]["id"],
    }
    assert claims == client.get(f"/credentials/{signed.pk}.json").json()


def test_a_record_that_was_changed_does_not_verify(signed: SignOff, client: Client, tmp_path: Path) -> None:
    header, payload, signature = client.get(f"/credentials/{signed.pk}.jwt").content.decode().split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    claims["name"] = "Everything"
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    done = verified(tmp_path, f"{header}.{forged}.{signature}".encode(), client.get("/credentials/keys.json").content)
    assert "InvalidSignature" in done.stderr


def test_another_key_does_not_verify(signed: SignOff, client: Client, tmp_path: Path) -> None:
    jwt = client.get(f"/credentials/{signed.pk}.jwt").content
    key_set = client.get("/credentials/keys.json").json()
    key_set["keys"][0]["x"] = new_key()["x"]
    assert "InvalidSignature" in verified(tmp_path, jwt, json.dumps(key_set).encode()).stderr


def test_the_key_id_leads_to_the_key(signed: SignOff, client: Client) -> None:
    header = client.get(f"/credentials/{signed.pk}.jwt").content.decode().split(".")[0]
    kid = json.loads(base64.urlsafe_b64decode(header + "=="))["kid"]
    answer = client.get(kid.removeprefix("http://127.0.0.1:8000"))
    assert answer.json() == client.get("/credentials/keys.json").json()["keys"][0]
    assert set(answer.json()) == {"kty", "crv", "x", "kid", "use", "alg"}
    assert answer["Cache-Control"] == "public, max-age=300"


# --- Keys change ----------------------------------------------------------------------------------------------------


def test_after_rotation_the_new_key_signs_and_the_old_one_still_verifies(
    signed: SignOff, client: Client, tmp_path: Path, settings: Any
) -> None:
    old, new = new_key(), new_key()
    settings.CREDENTIAL_KEYS = [old]
    before = client.get(f"/credentials/{signed.pk}.jwt").content
    settings.CREDENTIAL_KEYS = [new, public(old)]
    after = client.get(f"/credentials/{signed.pk}.jwt").content
    key_set = client.get("/credentials/keys.json").content
    assert [key["x"] for key in json.loads(key_set)["keys"]] == [new["x"], old["x"]]
    assert b'"d"' not in key_set
    assert [verified(tmp_path, jwt, key_set).returncode for jwt in (before, after)] == [0, 0]
    settings.CREDENTIAL_KEYS = [new]
    key_set = client.get("/credentials/keys.json").content
    assert [verified(tmp_path, jwt, key_set).returncode for jwt in (before, after)] == [1, 0]


def test_halves_of_two_keys_are_refused(settings: Any) -> None:
    settings.CREDENTIAL_KEYS = [new_key() | {"d": new_key()["d"]}]
    with pytest.raises(ImproperlyConfigured, match="the parts of key 1 do not belong together"):
        all_keys()


def test_operator_makes_a_key(settings: Any) -> None:
    script = Path(__file__).parents[2] / "deploy" / "credential-key.sh"
    made = json.loads(subprocess.run(["sh", script], capture_output=True, text=True, check=True).stdout)
    settings.CREDENTIAL_KEYS = made
    assert all_keys()[0].published()["x"] == made[0]["x"]


# --- Withdrawn ------------------------------------------------------------------------------------------------------


@pytest.fixture
def withdrawn(signed: SignOff) -> SignOff:
    return withdraw_sign_off(sign_off=signed, by="Jonas Weber", reason="The code was somebody else’s.")


def test_a_withdrawn_one_says_so_with_the_date(withdrawn: SignOff, client: Client) -> None:
    page = client.get(page_of(withdrawn))
    assert texts(page, ".verdict strong") == [f"Withdrawn on {withdrawn.withdrawn_at:%-d %B %Y}."]
    assert "This is genuine" not in page.content.decode()
    assert "somebody else’s" not in page.content.decode()
    assert page.status_code == 200


def test_a_withdrawn_one_is_never_signed_again(withdrawn: SignOff, client: Client) -> None:
    for ending in (".json", ".jwt"):
        answer = client.get(f"/credentials/{withdrawn.pk}{ending}")
        assert answer.status_code == 410
        assert (answer.json()["status"], answer.json()["revokedAt"]) == ("revoked", f"{withdrawn.withdrawn_at:%Y-%m-%dT%H:%M:%SZ}")


def test_the_status_tells_who_holds_an_earlier_copy(signed: SignOff, client: Client) -> None:
    claims = claims_of(client.get(f"/credentials/{signed.pk}.jwt").content)
    address = claims["credentialStatus"]["id"].removeprefix("http://127.0.0.1:8000")
    assert client.get(address).json()["revokedCredential"] == []
    withdraw_sign_off(sign_off=signed, by="Jonas Weber", reason="Copied.")
    answer = client.get(address)
    assert answer.json() == {
        "id": claims["credentialStatus"]["id"],
        "issuer": claims["iss"],
        "revokedCredential": [{"id": claims["id"], "revoked": True, "revocationReason": "Withdrawn."}],
    }
    assert answer["Cache-Control"] == "private, no-cache"


def test_a_withdrawal_is_not_hidden_with_the_portfolio(signed: SignOff, learner: User, client: Client) -> None:
    withdraw_sign_off(sign_off=signed, by="Jonas Weber", reason="Copied.")
    HiddenSkill.objects.create(learner=learner, skill=signed.skill)
    Profile.objects.update(visibility="off")
    answer = client.get(f"/credentials/{signed.pk}/status.json")
    assert answer.json()["revokedCredential"][0]["revoked"]
    assert "amina" not in answer.content.decode().lower()
    assert answers(client, signed) == HIDDEN


def test_a_withdrawn_one_stays_visible_where_only_confirmed_skills_are_shown(withdrawn: SignOff, client: Client) -> None:
    Profile.objects.update(skills="confirmed")
    assert client.get(page_of(withdrawn)).status_code == 200


def test_the_learner_reads_the_reason(withdrawn: SignOff, learner: User, sign_in: SignIn) -> None:
    assert "The code was somebody else’s." in sign_in(learner).get(page_of(withdrawn)).content.decode()


# --- If something is wrong ------------------------------------------------------------------------------------------

REPORT = "//a[normalize-space()='Report this credential']/@href"


def report_links(page: Any) -> list[str]:
    return html.fromstring(page.content.decode()).xpath(REPORT)  # type: ignore[no-any-return]


def test_whoever_finds_it_false_can_say_so_and_need_not_say_which(signed: SignOff, client: Client, settings: Any) -> None:
    page = page_of(signed)
    assert report_links(client.get(page)) == []
    settings.ABUSE_CONTACT = "https://example.org/report"
    assert report_links(client.get(page)) == ["https://example.org/report"]
    settings.ABUSE_CONTACT = "mailto:abuse@example.org"
    (link,) = report_links(client.get(page))
    assert link.startswith("mailto:abuse@example.org?")
    assert parse_qs(urlsplit(link).query) == {
        "subject": [f"Credential {signed.pk}"],
        "body": [f"What is wrong with {settings.SITE_ORIGIN}{page}?"],
    }
    assert "+" not in link
