"""The house rules that a machine can check."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from lxml import html

ROOT = Path(__file__).parents[1]
PYTHON = sorted(path for folder in ("accounts", "roadmap") for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts)
TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))
PAGES = [template for template in TEMPLATES if template.suffix == ".html" and "mail" not in template.parts]

# Names that Django gives a meaning to: they need no docstring to say what they are.
NAMED_BY_DJANGO = {"__init__", "admin", "apps", "forms", "models", "querysets", "receivers", "signals", "tasks", "urls", "views"}
# Where text may be declared safe: it is put together from escaped parts, or has been through the sanitiser.
SAFE_PLACES = {"roadmap/parts.py", "roadmap/web/markdown.py", "roadmap/web/templatetags/staircase.py"}
NO_PLACE = {"utils", "helpers", "common", "core", "mixins"}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def source(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def found(pattern: str, paths: list[Path]) -> list[str]:
    """Where a pattern stands, as file:line."""
    return [
        f"{name(path)}:{number}"
        for path in paths
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if re.search(pattern, line, re.IGNORECASE)
    ]


# --- Addresses and views --------------------------------------------------------------------------------------------


def routes(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    for pattern in (resolver or get_resolver("roadmap.urls")).url_patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace != "admin":
                yield from routes(pattern)
        else:
            yield pattern


OWN_ROUTES = [
    route
    for route in routes()
    if route.callback.__module__.startswith(("roadmap.", "accounts.")) and not hasattr(route.callback, "view_class")
]


@pytest.mark.parametrize("route", OWN_ROUTES, ids=lambda route: str(route.name))
def test_name_of_an_address_is_the_name_of_its_view(route):
    assert route.name == route.callback.__name__


@pytest.mark.parametrize("route", OWN_ROUTES, ids=lambda route: str(route.name))
def test_view_says_which_methods_it_takes(route):
    """require_safe or require_POST: no other method reaches the view's own lines."""
    from django.test import RequestFactory

    request = RequestFactory().generic("PUT", "/")
    assert route.callback(request, **dict.fromkeys(route.pattern.converters, "x")).status_code == 405


def test_views_never_name_a_table_themselves():
    """They begin from a queryset that knows who may see, a snapshot or a service."""
    views = [path for path in PYTHON if re.search(r"(^|_)(views|sitemap|parts)\.py$", path.name)]
    named = [
        f"{name(path)}:{node.lineno}"
        for path in views
        for node in ast.walk(source(path))
        if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager", "_base_manager")
    ]
    assert named == []


# --- Python ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "forbidden",
    [
        r"""fields\s*=\s*["']__all__["']""",
        r"\bcache_page\b",
        r"\*\*request\.(GET|POST)",
        r"\bxframe_options_exempt\b",
        r"\bcsp_exempt\b",
    ],
)
def test_short_cut_past_a_defence_is_never_taken(forbidden):
    assert found(forbidden, PYTHON) == []


def test_one_view_alone_takes_a_post_without_a_token():
    """A mail program that switches mails off; what allows it is the signed address (RFC 8058)."""
    exempt = [str(route.name) for route in routes() if getattr(route.callback, "csrf_exempt", False)]
    assert exempt == ["unsubscribe"]
    assert {place.partition(":")[0] for place in found(r"@csrf_exempt\b", PYTHON)} == {"accounts/mail_views.py"}


def test_text_is_declared_safe_in_a_few_places_only():
    assert {place.partition(":")[0] for place in found(r"\bmark_safe\b|SafeString\(|__html__", PYTHON)} <= SAFE_PLACES
    assert found(r"\|\s*safe\b|\bautoescape\s+off|\|\s*safeseq\b", PAGES) == []


def test_module_says_what_is_true_of_it():
    silent = [
        name(path)
        for path in PYTHON
        if path.stem not in NAMED_BY_DJANGO and "commands" not in path.parts and not ast.get_docstring(source(path))
    ]
    assert silent == []


def test_function_without_a_class_around_it_has_the_types_of_its_arguments():
    untyped = [
        f"{name(path)}:{node.lineno}"
        for path in PYTHON
        for node in source(path).body
        if isinstance(node, ast.FunctionDef) and (node.returns is None or any(argument.annotation is None for argument in node.args.args))
    ]
    assert untyped == []


def test_service_takes_its_values_by_name_only():
    positional = [
        f"{name(path)}:{node.lineno}"
        for path in PYTHON
        if path.name == "services.py" and "web" not in path.parts
        for node in source(path).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not node.name.startswith("read_") and node.args.args
    ]
    assert positional == []


def test_there_is_no_drawer_for_odds_and_ends():
    assert [name(path) for path in PYTHON if NO_PLACE & {path.stem, *path.relative_to(ROOT).parts}] == []


def test_no_migration_is_missing(db):
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)


# --- Templates ------------------------------------------------------------------------------------------------------

INLINE = {
    "a script in the page": r"<script(?![^>]*\bsrc=)",
    "a style in the page": r"<style|\sstyle\s*=",
    "an event attribute": r"\son[a-z]{3,}\s*=",
    "hx-on": r"\bhx-on\b",
    "a value that is evaluated": r"""\bjs:|javascript:""",
    "a trigger with a filter": r"""hx-trigger\s*=\s*["'][^"']*\[""",
    "hx-disabled-elt": r"\bhx-disabled-elt\b",
    "hx-delete": r"\bhx-(delete|put|patch)\b",
    "an address of another host": r"""\b(?:src|srcset)\s*=\s*["'](?:https?:)?//""",
}


@pytest.mark.parametrize("fault", INLINE)
def test_template_has_nothing_that_the_content_policy_or_htmx_refuses(fault):
    assert found(INLINE[fault], PAGES) == []


def test_out_of_band_parts_name_the_place_that_they_fill():
    values = [value for page in PAGES for value in re.findall(r"""hx-swap-oob\s*=\s*["']([^"']*)["']""", page.read_text())]
    assert values
    assert [value for value in values if not value.startswith("innerHTML:#")] == []


def test_target_swap_and_sync_stand_on_the_element_that_sends():
    """htmx inherits them, and then nobody can say what an element does without reading the whole page."""
    sending = r"<[^<>]*\bhx-(?:target|swap|sync)\b[^<>]*>"
    lost = [
        f"{name(page)}: {tag[:80]}"
        for page in PAGES
        for tag in re.findall(sending, re.sub(r"\{[{%].*?[}%]\}", "…", page.read_text()), re.DOTALL)
        if not re.search(r"\bhx-(?:get|post)\b|hx-swap-oob", tag)
    ]
    assert lost == []


def test_form_that_posts_carries_its_token():
    forms = re.compile(r"<form\b[^>]*\bmethod\s*=\s*[\"']post[\"'].*?</form>", re.IGNORECASE | re.DOTALL)
    assert [name(page) for page in PAGES for form in forms.findall(page.read_text()) if "csrf_token" not in form] == []


def test_static_file_that_a_template_names_exists():
    named = {(name(page), path) for page in PAGES for path in re.findall(r"""\{%\s*static\s+["']([^"']+)["']""", page.read_text())}
    assert named
    assert [(page, path) for page, path in sorted(named) if not finders.find(path)] == []


def test_static_files_can_be_built_with_hashed_names(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}}
    call_command("collectstatic", interactive=False, verbosity=0)
    assert (tmp_path / "staticfiles.json").exists()


# --- Pages and the answers that change them -------------------------------------------------------------------------

ACTIONS = {
    "mark on the page of a stage": ("/stages/ground/", "/skills/numpy/mark/", {"state": "done", "page": "stage"}),
    "mark on the page of a skill": ("/skills/numpy/", "/skills/numpy/mark/", {"state": "done", "page": "skill"}),
    "mark with a message to undo": ("/skills/numpy/", "/skills/numpy/mark/", {"state": "skipped", "page": "skill"}),
    "take a mark back": ("/stages/ground/", "/skills/numpy/mark/", {"state": "none", "page": "stage"}),
    "tick a point": ("/skills/numpy/", "/skills/numpy/points/array/tick/", {"reached": "yes", "page": "skill"}),
    "take a tick back": ("/skills/numpy/", "/skills/numpy/points/array/tick/", {"reached": "no", "page": "skill"}),
    "a state that does not exist": ("/skills/numpy/", "/skills/numpy/mark/", {"state": "finished", "page": "skill"}),
}


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("who", ["visitor", "learner"])
def test_answer_to_an_action_fills_only_places_that_its_page_has(action, who, curriculum, learner, sign_in):
    page, address, values = ACTIONS[action]
    browser = sign_in(learner) if who == "learner" else Client()
    ids = html.fromstring(browser.get(page).content.decode()).xpath("//@id")
    answer = browser.post(address, values, headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver{page}"})
    places = [
        target.removeprefix("innerHTML:#")
        for target in html.fragment_fromstring(answer.content.decode(), create_parent=True).xpath("//@hx-swap-oob")
    ]
    places += [answer["HX-Retarget"].removeprefix("#")] if "HX-Retarget" in answer else []
    assert answer.status_code in (200, 422)
    assert places
    assert [place for place in places if ids.count(place) != 1] == []


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/stages/ground/",
        "/skills/numpy/",
        "/ideas/",
        "/ideas/house-prices/",
        "/resources/",
        "/search/",
        "/search/?q=numpy",
        "/search/?q=zeppelin",
        "/about/",
        "/accounts/login/",
        "/accounts/signup/",
        "/no-such-page/",
    ],
)
def test_page_has_each_id_once_and_every_reference_leads_somewhere(address, curriculum, client):
    document = html.fromstring(client.get(address).content.decode())
    ids = document.xpath("//@id")
    assert [id for id in ids if ids.count(id) > 1] == []
    references = [
        word
        for attribute in ("for", "aria-labelledby", "aria-describedby", "aria-controls", "form")
        for value in document.xpath(f"//@{attribute}")
        for word in value.split()
    ]
    assert [reference for reference in references if reference not in ids] == []


def test_settings_name_every_middleware_in_the_order_that_the_design_needs():
    order = [middleware.rpartition(".")[2] for middleware in settings.MIDDLEWARE]
    assert order[:2] == ["RequestLog", "SecurityHeaders"]
    for outer, inner in [
        ("CSPMiddleware", "RequestGuard"),
        ("PrivateByDefault", "RequestGuard"),
        ("RequestGuard", "CsrfViewMiddleware"),
        ("SecurityMiddleware", "WhiteNoiseMiddleware"),
        ("WhiteNoiseMiddleware", "SessionMiddleware"),
        ("HtmxMiddleware", "SignInRequired"),
        ("AuthenticationMiddleware", "SignInRequired"),
    ]:
        assert order.index(outer) < order.index(inner)
