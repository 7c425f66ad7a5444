from datetime import UTC, datetime, timedelta

from django.db import connection
from lxml import etree

from roadmap.web import views


def beat(seconds_ago: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s))", [seconds_ago])


def test_process_answers_without_asking_anybody(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_site_is_ready_with_migrations_applied_and_a_worker_alive(db, client):
    beat(seconds_ago=5)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "reasons": []})


def test_site_is_not_ready_when_its_worker_is_silent(db, client):
    beat(seconds_ago=300)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"ready": False, "reasons": ["No worker has given a sign of life."]})


def test_site_is_not_ready_before_its_migrations(db, client, monkeypatch):
    monkeypatch.setattr(views, "_migrated", False)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'web'")
    assert client.get("/readyz").json() == {"ready": False, "reasons": ["1 migrations are not applied."]}


def test_robots_are_kept_out_of_private_areas_and_shown_the_sitemap(client, settings):
    settings.SITE_ORIGIN = "https://staircase.example"
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert {"Disallow: /accounts/", "Disallow: /admin/", "Disallow: /climb/", "Sitemap: https://staircase.example/sitemap.xml"} <= set(
        lines
    )


def test_sitemap_names_every_public_page_and_nothing_else(curriculum, client, settings):
    settings.SITE_ORIGIN = "https://staircase.example"
    root = etree.fromstring(client.get("/sitemap.xml").content)
    found = [location.text.removeprefix("https://staircase.example") for location in root.iterfind(".//{*}loc")]
    pages = ["/", "/about/", "/ideas/", "/resources/"]
    stages = [f"/stages/{stage.slug}/" for stage in curriculum.stages]
    assert found == [*pages, *stages, *[f"/skills/{skill.slug}/" for skill in curriculum.skills], "/ideas/house-prices/"]
    assert {client.get(address).status_code for address in found} == {200}


def test_sitemap_says_when_content_was_changed(curriculum, client):
    def days() -> dict[str, str | None]:
        root = etree.fromstring(client.get("/sitemap.xml").content)
        return {url.findtext("{*}loc").partition("8000")[2]: url.findtext("{*}lastmod") for url in root}

    today = datetime.now(UTC).date().isoformat()
    assert days()["/skills/numpy/"] == days()["/stages/ground/"] == days()["/ideas/house-prices/"] == today
    assert days()["/about/"] is None
    with connection.cursor() as cursor:
        cursor.execute("UPDATE curriculum_revision SET number = number + 1")
        cursor.execute("ALTER TABLE stages_skillevent DISABLE TRIGGER USER")
        cursor.execute("UPDATE stages_skillevent SET pgh_created_at = '2026-02-03 04:05:06+00' WHERE pgh_obj_id = %s", [curriculum.git.pk])
    assert days()["/skills/git/"] == "2026-02-03"
    curriculum.git.title = "Git"
    curriculum.git.save()
    assert days()["/skills/git/"] == today


def test_favicon_is_found_at_its_old_address(client):
    assert client.get("/favicon.ico").url == "/static/img/favicon.svg"


def test_security_txt_says_whom_to_tell(client, settings):
    settings.SECURITY_CONTACT = "mailto:security@staircase.example"
    fields = dict(line.split(": ", 1) for line in client.get("/.well-known/security.txt").content.decode().splitlines())
    assert fields["Contact"] == "mailto:security@staircase.example"
    assert fields["Canonical"] == f"{settings.SITE_ORIGIN}/.well-known/security.txt"
    assert timedelta(days=300) < datetime.fromisoformat(fields["Expires"]) - datetime.now(UTC) <= timedelta(days=365)


def test_security_txt_is_missing_until_there_is_somebody_to_tell(db, client):
    assert client.get("/.well-known/security.txt").status_code == 404
