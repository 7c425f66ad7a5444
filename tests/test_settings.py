"""The settings: what production refuses, what `.env.example` promises, and what a cache must be."""

import ast
import json
import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from django.core.checks import run_checks

ROOT = Path(__file__).parents[1]
SOUND = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "made-up-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLM",
    "CREDENTIAL_KEYS": '[{"kty":"OKP","crv":"Ed25519","x":"sCxe4upNvszuPce7oiEARWlGa5qNgnj1F9tBV_8YsXg","d":"i3YuwezrwcunXeAN9egdY8pRIMOtKg34ak-s_cKsvss"}]',
    "SITE_ORIGIN": "https://staircase.example",
    "ALLOWED_HOSTS": "staircase.example",
    "DATABASE_URL": "postgres://staircase:secret@127.0.0.1:5432/staircase",
    "MAIL_URL": "submission://user:secret@mail.example:587",
}
REFUSED = [
    ({"DEBUG": "1"}, "DEBUG must be off in production"),
    ({"SECRET_KEY": ""}, "SECRET_KEY must have 50 characters or more"),
    ({"SECRET_KEY": "short"}, "SECRET_KEY must have 50 characters or more"),
    ({"CREDENTIAL_KEYS": ""}, "CREDENTIAL_KEYS must be a JSON list of Ed25519 keys"),
    ({"CREDENTIAL_KEYS": "secret"}, "CREDENTIAL_KEYS must be a JSON list of Ed25519 keys"),
    ({"CREDENTIAL_KEYS": "[]"}, "CREDENTIAL_KEYS must be a JSON list of Ed25519 keys"),
    ({"CREDENTIAL_KEYS": json.dumps([{"kty": "OKP", "crv": "Ed25519", "x": "x" * 43}])}, "the first with its secret part"),
    ({"SITE_ORIGIN": "http://staircase.example"}, "SITE_ORIGIN must be the public address"),
    ({"SITE_ORIGIN": ""}, "SITE_ORIGIN must be the public address"),
    ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS must list the host names served"),
    ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must list the host names served"),
    ({"DATABASE_URL": ""}, "DATABASE_URL must name a Postgres"),
    ({"DATABASE_URL": "mysql://user:secret@127.0.0.1/staircase"}, "Staircase runs on Postgres 15 or later and nothing else"),
    ({"DATABASE_URL": "sqlite:///staircase.sqlite3"}, "Staircase runs on Postgres 15 or later and nothing else"),
    ({"MAIL_URL": ""}, "MAIL_URL must name a mail server"),
    ({"MAIL_URL": "console://"}, "MAIL_URL must name a mail server"),
    ({"ABUSE_CONTACT": "javascript:alert(1)"}, "ABUSE_CONTACT must begin with mailto: or https://"),
    ({"GITHUB_URL": "http://github.example"}, "GITHUB_URL must begin with https://"),
    ({"GITHUB_API_URL": "http://api.github.example"}, "GITHUB_API_URL must begin with https://"),
    ({"GITHUB_TOKEN": "two words"}, "GITHUB_TOKEN must be one word"),
    ({"MAIL_URL": "smtp+tls://user:secret@mail.example:587"}, "MAIL_URL must name a mail server"),
]

# Runs the settings module anew for each environment: one process for all of them.
LOAD = """
import json, os, sys
from importlib import reload
from unittest.mock import patch
for environment in json.load(sys.stdin):
    with patch.dict(os.environ, environment):
        try:
            settings = reload(sys.modules["roadmap.settings"]) if "roadmap.settings" in sys.modules else __import__("roadmap.settings")
            print("started")
        except Exception as error:
            print(f"{type(error).__name__}: {error}".splitlines()[0])
"""


def run(*arguments: str, environment: dict[str, str], stdin: str = "") -> subprocess.CompletedProcess[str]:
    clean = {name: os.environ[name] for name in ("PATH", "STAIRCASE_DATA", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, *arguments], env=clean | environment, cwd=ROOT, input=stdin, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def outcomes() -> list[str]:
    environments = [SOUND, *(SOUND | unsafe for unsafe, _ in REFUSED)]
    done = run("-c", LOAD, environment={}, stdin=json.dumps(environments))
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_production_starts_with_what_it_needs(outcomes):
    assert outcomes[0] == "started"


@pytest.mark.parametrize(
    "number", range(len(REFUSED)), ids=[f"{next(iter(unsafe))}={next(iter(unsafe.values()))}" for unsafe, _ in REFUSED]
)
def test_production_refuses_an_unsafe_switch_and_says_what_to_write(outcomes, number):
    _, sentence = REFUSED[number]
    assert outcomes[number + 1].startswith("ImproperlyConfigured: ")
    assert sentence in outcomes[number + 1]


def test_production_settings_pass_the_deployment_check():
    done = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", environment=SOUND)
    assert (done.returncode, done.stdout.strip()) == (0, "System check identified no issues (0 silenced)."), done.stderr


@pytest.mark.parametrize("backend", ["locmem.LocMemCache", "dummy.DummyCache"])
def test_cache_that_processes_do_not_share_is_refused_in_production(settings, backend):
    settings.CACHES = {"default": {"BACKEND": f"django.core.cache.backends.{backend}"}}
    assert "web.E001" in [found.id for found in run_checks(include_deployment_checks=True)]


def test_cache_of_the_product_is_shared():
    assert "web.E001" not in [found.id for found in run_checks(include_deployment_checks=True)]


def _read_by_settings() -> set[str]:
    """The names in calls such as env.str("NAME", …)."""
    tree = ast.parse((ROOT / "roadmap/settings.py").read_text())
    return {
        call.args[0].value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "env"
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }


def _read_by_gunicorn() -> set[str]:
    return set(re.findall(r"environ\.get\(['\"](\w+)['\"]", (ROOT / "deploy/gunicorn.py").read_text()))


def _read_by_compose() -> set[str]:
    return set(re.findall(r"(?<!\$)\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))


def test_env_example_names_every_variable_that_is_read_and_no_other():
    described = re.findall(r"^#?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert sorted(described) == sorted(_read_by_settings() | _read_by_gunicorn() | _read_by_compose())


def test_env_example_says_what_each_variable_is_for():
    lines = (ROOT / ".env.example").read_text().splitlines()
    unexplained = [line for before, line in pairwise(lines) if re.match(r"#?[A-Z_]+=", line) and not before.startswith("#")]
    assert unexplained == []


def test_production_starts_with_the_values_of_the_example():
    text = (ROOT / ".env.example").read_text().partition("# --- Production")[2].partition("# --- docker")[0]
    example = dict(re.findall(r"^#([A-Z_]+)=(.*)$", text, re.MULTILINE))
    made_up = {name: SOUND[name] for name in ("SECRET_KEY", "CREDENTIAL_KEYS", "DATABASE_URL")}
    done = run("-c", "import roadmap.settings", environment=example | made_up)
    assert done.returncode == 0, done.stderr
