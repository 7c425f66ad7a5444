import pytest
from django.test import Client

pytestmark = pytest.mark.urls("tests.web.urls_with_a_private_page")

EVERYWHERE = {
    "Content-Security-Policy": (
        "base-uri 'none'; connect-src 'self'; default-src 'none'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; "
        "img-src 'self'; manifest-src 'self'; object-src 'none'; script-src 'self'; style-src 'self'; worker-src 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": (
        "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(self), geolocation=(), "
        "gyroscope=(), microphone=(), midi=(), payment=(), usb=(), browsing-topics=()"
    ),
}

KINDS_OF_ANSWER = {
    "page": ("GET", "/", {}),
    "page for htmx": ("GET", "/", {"HX-Request": "true"}),
    "not found": ("GET", "/no-such-page/", {}),
    "redirect": ("GET", "/skills/numpy", {}),
    "to sign-in": ("GET", "/private/", {}),
    "to sign-in for htmx": ("GET", "/private/", {"HX-Request": "true"}),
    "no csrf token": ("POST", "/skills/numpy/mark/", {}),
    "method refused by the view": ("GET", "/skills/numpy/mark/", {}),
    "method refused by the guard": ("TRACE", "/", {}),
    "unreadable": ("GET", "/?q=%00", {}),
    "wrong host": ("GET", "/", {"Host": "evil.example"}),
    "static file": ("GET", "/static/img/favicon.svg", {}),
    "missing static file": ("GET", "/static/nothing.css", {}),
    "sitemap": ("GET", "/sitemap.xml", {}),
    "health": ("GET", "/healthz", {}),
    "workshop": ("GET", "/admin/", {}),
    "sign-in": ("GET", "/accounts/login/", {}),
}


def send(kind, browser):
    method, address, headers = KINDS_OF_ANSWER[kind]
    answer = browser.generic(method, address, headers=headers)
    if answer.streaming:
        answer.close()
    return answer


@pytest.mark.parametrize("kind", KINDS_OF_ANSWER)
def test_every_kind_of_answer_has_every_header(kind, curriculum):
    answer = send(kind, Client(enforce_csrf_checks=True))
    policy = "; ".join(sorted(answer["Content-Security-Policy"].split("; ")))
    assert {**{name: answer.get(name) for name in EVERYWHERE}, "Content-Security-Policy": policy} == EVERYWHERE
    assert "HX-Request" in answer["Vary"]
    assert len(answer["X-Request-ID"]) == 36


@pytest.mark.parametrize("kind", [kind for kind in KINDS_OF_ANSWER if "static file" not in kind and kind != "sitemap"])
def test_answer_is_kept_by_nobody_else_unless_it_says_so(kind, curriculum):
    assert send(kind, Client())["Cache-Control"] in ("private, no-cache", "private, no-store")


@pytest.mark.parametrize(
    "address", ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/admin/", "/settings/profile/", "/mentoring/"]
)
def test_pages_about_the_account_are_not_kept_at_all(address, db, client):
    assert client.get(address)["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("address", ["/sitemap.xml", "/robots.txt", "/favicon.ico"])
def test_what_is_the_same_for_everybody_is_public_and_sets_no_cookie(address, curriculum, learner, sign_in):
    answer = sign_in(learner).get(address)
    assert "public" in answer["Cache-Control"]
    assert not answer.cookies
    assert "Cookie" not in answer["Vary"]


def test_signing_out_empties_the_cache_of_the_browser(learner, sign_in):
    answer = sign_in(learner).post("/accounts/logout/")
    assert (answer.status_code, answer["Clear-Site-Data"]) == (302, '"cache"')


def test_signing_out_without_having_signed_in_empties_nothing(db, client):
    assert "Clear-Site-Data" not in client.post("/accounts/logout/")


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Host": "127.0.0.1", "X-Forwarded-Host": "evil.example"}])
def test_no_answer_repeats_a_host_that_is_not_ours(headers, curriculum):
    answer = Client(headers=headers).get("/")
    assert b"evil.example" not in answer.content
