"""What a browser is given for times without a connection: the manifest, the service worker, the page that stands in for others."""

import json
import re
from io import BytesIO
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from lxml import html
from PIL import Image

from roadmap.web import offline

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _written_anew():
    offline.worker.cache_clear()
    yield
    offline.worker.cache_clear()


def release_of(client):
    return json.loads(re.match(r"const RELEASE = (.*);\n", client.get("/sw.js").content.decode()).group(1))


def test_manifest_names_pictures_of_the_sizes_that_they_have(client):
    answer = client.get("/manifest.webmanifest")
    manifest = answer.json()
    assert answer["Content-Type"] == "application/manifest+json"
    assert (manifest["name"], manifest["start_url"], manifest["scope"], manifest["display"]) == ("Staircase", "/", "/", "standalone")
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    for icon in manifest["icons"]:
        content = Path(finders.find(icon["src"].removeprefix("/static/"))).read_bytes()
        assert len(content) < 10_000
        assert "{}x{}".format(*Image.open(BytesIO(content)).size) == icon["sizes"]


def test_manifest_leads_to_pages_that_exist(client, curriculum, sign_in, learner):
    manifest = client.get("/manifest.webmanifest").json()
    for address in (manifest["start_url"], *(shortcut["url"] for shortcut in manifest["shortcuts"])):
        assert sign_in(learner).get(address).status_code == 200


@pytest.mark.parametrize("who", ["visitor", "learner"])
def test_page_says_whose_it_is_and_which_worker_there_is(client, curriculum, sign_in, learner, who):
    browser = sign_in(learner) if who == "learner" else client
    page = html.fromstring(browser.get("/").content.decode())
    assert page.xpath("//link[@rel='manifest']/@href") == ["/manifest.webmanifest"]
    assert page.xpath("//body/@data-worker") == ["/sw.js"]
    assert page.xpath("//body/@data-person") == [browser.get("/offline/person/").json()["person"]]
    assert (page.xpath("//body/@data-person") == ["guest"]) == (who == "visitor")


def test_worker_is_for_the_whole_site_and_never_an_old_one(client):
    answer = client.get("/sw.js")
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["Cache-Control"] == "private, no-cache"
    assert "worker-src 'self'" in answer["Content-Security-Policy"]


def test_worker_keeps_every_file_that_a_page_loads(client, curriculum):
    page = html.fromstring(client.get("/").content.decode())
    loaded = {address.partition("#")[0] for address in page.xpath("//link[not(@rel='canonical')]/@href | //script/@src | //use/@href")}
    assert {address for address in loaded if address.startswith("/static/")} <= set(release_of(client)["files"])
    scripts = "".join(Path(finders.find(f"js/{name}.js")).read_text() for name in ("staircase", "offline"))
    imported = re.findall(r"""(?:import\(|from )["']\./(\w+\.js)""", scripts)
    assert {f"/static/js/{name}" for name in imported} <= set(release_of(client)["files"])


def test_worker_is_another_one_when_a_file_or_its_script_is(client, monkeypatch):
    versions = [release_of(client)["version"]]
    monkeypatch.setattr(offline, "FILES", offline.FILES[1:])
    offline.worker.cache_clear()
    versions.append(release_of(client)["version"])
    source = offline._source
    monkeypatch.setattr(offline, "_source", lambda template: source(template) + "// changed")
    offline.worker.cache_clear()
    versions.append(release_of(client)["version"])
    assert len(set(versions)) == 3


def test_worker_is_withdrawn_by_one_setting(client, curriculum, settings):
    settings.SERVICE_WORKER = False
    assert "unregister" in client.get("/sw.js").content.decode()
    assert html.fromstring(client.get("/").content.decode()).xpath("//body/@data-worker") == [""]


def test_page_that_stands_in_is_the_same_for_everybody(client, sign_in, learner):
    assert client.get("/offline/").content == sign_in(learner).get("/offline/").content


def test_what_scripts_import_is_built_under_hashed_names(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {"staticfiles": {"BACKEND": "roadmap.web.static_files.HashedFiles"}}
    call_command("collectstatic", interactive=False, verbosity=0)
    names = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    imported = {"staircase": "offline", "offline": "queue"}
    for script, other in imported.items():
        assert f'"./{names[f"js/{other}.js"].removeprefix("js/")}"' in (tmp_path / names[f"js/{script}.js"]).read_text()
