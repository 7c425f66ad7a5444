"""Settings of Staircase, read from the environment; `.env.example` describes every variable.

Development needs none of them. Production (`ENVIRONMENT=production`) refuses to start until each that matters for safety is
set: a missing or unsafe one raises `ImproperlyConfigured` with the sentence that says what to write instead.
"""

import json
import logging
from collections.abc import Callable
from contextlib import suppress
from os import getpid
from pathlib import Path
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environs import Env, validate

from roadmap.web import logs

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()
env.read_env(str(BASE_DIR / ".env"), recurse=False)

# --- What runs here -------------------------------------------------------------------------------------------------

ENVIRONMENT = env.str("ENVIRONMENT", "development", validate=validate.OneOf(["development", "production"]))
PRODUCTION = ENVIRONMENT == "production"
PROCESS = env.str("STAIRCASE_PROCESS", "command", validate=validate.OneOf(["web", "worker", "command"]))
DEBUG = env.bool("DEBUG", False)
PORT = env.int("PORT", 8000)
STAIRCASE_DATA = (BASE_DIR / env.str("STAIRCASE_DATA", ".data")).resolve()


def _require(condition: bool, sentence: str) -> None:
    if PRODUCTION and not condition:
        raise ImproperlyConfigured(sentence)


def _development_key(name: str, make: Callable[[], str]) -> str:
    """A secret that survives restarts, so that what it signed in development does too. Many processes may make it at once: one wins."""
    file = STAIRCASE_DATA / name
    try:
        if not file.exists():
            STAIRCASE_DATA.mkdir(parents=True, exist_ok=True)
            draft = file.with_name(f"{name}.{getpid()}")
            draft.touch(mode=0o600)
            draft.write_text(make())
            with suppress(FileExistsError):
                file.hardlink_to(draft)
            draft.unlink()
        return file.read_text()
    except OSError as error:
        raise ImproperlyConfigured(
            f"{STAIRCASE_DATA} cannot hold data ({error.strerror}). Free some space, make it writable for this user, or set STAIRCASE_DATA to another folder."
        ) from error


_require(not DEBUG, "DEBUG must be off in production: remove it from the environment.")

SECRET_KEY = env.str("SECRET_KEY", "") or ("" if PRODUCTION else _development_key("secret_key", lambda: token_urlsafe(50)))
_require(len(SECRET_KEY) >= 50, "SECRET_KEY must have 50 characters or more: python -c 'import secrets; print(secrets.token_urlsafe(50))'")
# Set and empty is none: an empty key would let anybody sign.
SECRET_KEY_FALLBACKS: list[str] = [key for key in env.list("SECRET_KEY_FALLBACKS", [], subcast=str) if key]

SITE_ORIGIN = env.str("SITE_ORIGIN", f"http://127.0.0.1:{PORT}").rstrip("/")
_require(urlsplit(SITE_ORIGIN).scheme == "https", "SITE_ORIGIN must be the public address, such as https://staircase.example.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", [] if PRODUCTION else ["127.0.0.1", "localhost", "[::1]"])
_require(bool(ALLOWED_HOSTS) and "*" not in ALLOWED_HOSTS, "ALLOWED_HOSTS must list the host names served, without '*'.")
CSRF_TRUSTED_ORIGINS = [SITE_ORIGIN] if PRODUCTION else []

# --- Parts ----------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "roadmap",
    "roadmap.mentoring",
    "roadmap.portfolio",
    "roadmap.search",
    "roadmap.progress",
    "roadmap.curriculum",
    "roadmap.resources",
    "roadmap.stages",
    "accounts",
    "roadmap.web",
    "allauth",
    "allauth.account",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "procrastinate.contrib.django",
    "pghistory",
    "pgtrigger",
    "csp",
    "django_structlog",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "roadmap.web.middleware.RequestLog",
    "roadmap.web.middleware.SecurityHeaders",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "roadmap.web.middleware.PrivateByDefault",
    "django.middleware.security.SecurityMiddleware",
    "roadmap.web.middleware.Language",
    "roadmap.web.middleware.RequestGuard",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "roadmap.web.middleware.SignInRequired",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

ROOT_URLCONF = "roadmap.urls"
WSGI_APPLICATION = "roadmap.wsgi.application"

_loaders = [
    "template_partials.loader.Loader",
    (
        "django.template.loaders.cached.Loader",
        ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
    ),
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [("template_partials.loader.Loader", _loaders[1][1] if DEBUG else [_loaders[1]])],
            "builtins": [
                "template_partials.templatetags.partials",
                "django.templatetags.i18n",
                "django.templatetags.static",
                "django_htmx.templatetags.django_htmx",
                "roadmap.web.templatetags.staircase",
                "roadmap.portfolio.templatetags.portfolio",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Data -----------------------------------------------------------------------------------------------------------

# Seconds a statement may run and wait for a lock: a page gives up early, a command (migrate, load) may take its time.
_statement_timeout, _lock_timeout = {"web": ("5s", "2s"), "worker": ("60s", "5s"), "command": ("0", "0")}[PROCESS]
_postgres = {
    "CONN_MAX_AGE": None if PROCESS == "web" else 0,
    "CONN_HEALTH_CHECKS": True,
    "OPTIONS": {
        "connect_timeout": 2,
        # Milliseconds that sent bytes may stay unacknowledged: a server that the network has lost must not hold a thread.
        "tcp_user_timeout": 10000,
        "options": f"-c statement_timeout={_statement_timeout} -c lock_timeout={_lock_timeout} -c idle_in_transaction_session_timeout=60s",
    },
}
_database_url = env.str("DATABASE_URL", "")
_require(bool(_database_url), "DATABASE_URL must name a Postgres, such as postgres://user:password@host:5432/staircase.")
if _database_url:
    _url = urlsplit(_database_url)
    if _url.scheme not in ("postgres", "postgresql"):
        raise ImproperlyConfigured("DATABASE_URL must begin with postgres://; Staircase runs on Postgres 15 or later and nothing else.")
    DATABASES = {"default": {**env.dj_db_url("DATABASE_URL"), "CONN_MAX_AGE": _postgres["CONN_MAX_AGE"], "CONN_HEALTH_CHECKS": True}}
    DATABASES["default"].setdefault("OPTIONS", {}).update(_postgres["OPTIONS"])
else:
    DATABASES = {
        "default": {
            "ENGINE": "roadmap.web.embedded_postgres",
            "NAME": "staircase",
            "USER": "postgres",
            "EMBEDDED_DIR": STAIRCASE_DATA / "postgres",
            **_postgres,
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Shared by all processes: the limits of allauth depend on it.
CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache", "OPTIONS": {"MAX_ENTRIES": 100_000}},
}

# --- People ---------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["name", "email", "handle"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "climb"
PASSWORD_RESET_TIMEOUT = 3600

ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "signup": "accounts.forms.SignUpForm",
    "login": "accounts.forms.SignInForm",
    "reset_password": "accounts.forms.ForgotPasswordForm",
    "reset_password_from_key": "accounts.forms.NewPasswordForm",
    "change_password": "accounts.forms.ChangePasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_MAX_EMAIL_ADDRESSES = 2
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 1
# Only in the browser that signed up, and within ACCOUNT_LOGIN_TIMEOUT: elsewhere a confirmed address leads to sign-in.
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_LOGIN_TIMEOUT = 900
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "signup": "10/m/ip,50/d/ip",
    "reset_password": "10/m/ip,3/h/key",
    "reauthenticate": "5/m/user",
    "manage_email": "5/m/user",
    "change_password": "5/m/user",
}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if PRODUCTION else 0

# --- Safety ---------------------------------------------------------------------------------------------------------

HTTPS = PRODUCTION
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 63072000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_ENGINE = "roadmap.web.sessions"
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 1209600
CSRF_FAILURE_VIEW = "roadmap.web.errors.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 262144
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 5
FILE_UPLOAD_PERMISSIONS = 0o640
# Pages that no cache keeps, not even the reader's own: neither the next person at this computer
# nor a former mentor must find them by going back.
NEVER_STORED = ("/accounts/", "/settings/", "/mentoring/", "/admin/")
SECURITY_CONTACT = env.str("SECURITY_CONTACT", "")
ABUSE_CONTACT = env.str("ABUSE_CONTACT", "")
if ABUSE_CONTACT and urlsplit(ABUSE_CONTACT).scheme not in ("mailto", "https"):
    raise ImproperlyConfigured("ABUSE_CONTACT must begin with mailto: or https://, such as mailto:abuse@staircase.example.")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "upgrade-insecure-requests": HTTPS,
    }
}

# --- Files, words, mail ---------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(STAIRCASE_DATA / "static")))
STORAGES = {"staticfiles": {"BACKEND": "roadmap.web.static_files.HashedFiles"}}
# Off, devices that have a service worker drop it, with all that it kept, on their next visit.
SERVICE_WORKER = env.bool("SERVICE_WORKER", True)

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
LANGUAGE_COOKIE_NAME = "__Host-language" if HTTPS else "language"
LANGUAGE_COOKIE_AGE = 31536000
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "roadmap.web.formats"
USE_TZ = True
TIME_ZONE = "UTC"

DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("MAIL_FROM", "Staircase <staircase@localhost>")
_mail_url = env.str("MAIL_URL", "")
EMAIL_TIMEOUT = 10
if (PRODUCTION or _mail_url) and urlsplit(_mail_url).scheme not in ("submission", "smtp"):
    raise ImproperlyConfigured("MAIL_URL must name a mail server, such as submission://user:password@host:587.")
if _mail_url:
    _mail = env.dj_email_url("MAIL_URL")
    EMAIL_BACKEND, EMAIL_HOST, EMAIL_PORT = _mail["EMAIL_BACKEND"], _mail["EMAIL_HOST"], _mail["EMAIL_PORT"]
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_USER"], _mail["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS, EMAIL_USE_SSL = _mail["EMAIL_USE_TLS"], _mail["EMAIL_USE_SSL"]
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = STAIRCASE_DATA / "mail"

# --- GitHub ---------------------------------------------------------------------------------------------------------

# Where repositories are, where their facts are asked, and the one other host that serves archives (with its port, if any).
GITHUB_URL = env.str("GITHUB_URL", "https://github.com").rstrip("/").lower()
GITHUB_API_URL = env.str("GITHUB_API_URL", "https://api.github.com").rstrip("/")
GITHUB_ARCHIVE_HOST = env.str("GITHUB_ARCHIVE_HOST", "codeload.github.com").lower()
GITHUB_TOKEN = env.str("GITHUB_TOKEN", "").strip()
for _name, _address in (("GITHUB_URL", GITHUB_URL), ("GITHUB_API_URL", GITHUB_API_URL)):
    _require(urlsplit(_address).scheme == "https", f"{_name} must begin with https://, such as https://github.example.")
if not (GITHUB_TOKEN.isascii() and GITHUB_TOKEN.isprintable() and " " not in GITHUB_TOKEN):
    raise ImproperlyConfigured("GITHUB_TOKEN must be one word of letters, digits and underscores, as GitHub showed it.")

# --- Credentials ----------------------------------------------------------------------------------------------------


def _new_credential_key() -> str:
    from joserfc.jwk import OKPKey

    return json.dumps([OKPKey.generate_key("Ed25519").as_dict(private=True)])


def _are_credential_keys(keys: Any) -> bool:
    """Whether these are Ed25519 keys as JWKs, of which the first has its secret part; that the parts belong together is seen at use."""
    return (
        isinstance(keys, list)
        and bool(keys)
        and all(
            isinstance(key, dict) and (key.get("kty"), key.get("crv")) == ("OKP", "Ed25519") and len(key.get("x", "")) == 43 for key in keys
        )
        and len(keys[0].get("d", "")) == 43
    )


# The first signs credentials, all are published: what an earlier one signed stays verifiable.
CREDENTIAL_KEYS: list[dict[str, str]] = []
with suppress(ValueError):
    CREDENTIAL_KEYS = json.loads(
        env.str("CREDENTIAL_KEYS", "") or ("" if PRODUCTION else _development_key("credential_keys", _new_credential_key))
    )
if not _are_credential_keys(CREDENTIAL_KEYS):
    raise ImproperlyConfigured(
        "CREDENTIAL_KEYS must be a JSON list of Ed25519 keys, the first with its secret part: deploy/credential-key.sh writes one."
    )

# --- Log ------------------------------------------------------------------------------------------------------------

LOGGING = logs.configure(json=PRODUCTION)
# Requests are logged when they end. Addresses and people are logged by our own middleware.
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_STATUS_4XX_LOG_LEVEL = logging.INFO
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
