"""Structured logs: JSON lines in production, colours in development; no secrets and no e-mail addresses in either."""

import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from django.http import HttpRequest

Event = MutableMapping[str, Any]

# Names of values that are never written down, whatever they hold.
SECRET_NAME = re.compile(r"password|secret|token|cookie|authorization|credential|session_?key|e-?mail", re.IGNORECASE)
# Begins where a word begins: else a long word without an @, such as the Host of a hostile request, takes a time that grows with its square.
EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
# Parts of an address that open something: keys of confirmation and reset links, tokens of calendars and invitations, links of cohorts.
SECRET_ARGUMENTS = ("key", "token", "link", "code", "uidb36", "uidb64")
# Signed values and long random ones, also where no address matched.
SECRET_SEGMENT = re.compile(r"(?<=/)(?:[^/\s]*:[^/\s]*|(?=[^/\s]*\d)(?=[^/\s]*[A-Z])[\w-]{16,})(?=[/.]|\s|$)")
REMOVED = "[removed]"


def safe_path(request: HttpRequest) -> str:
    """The path of a request without its query and without what opens something."""
    path = request.path
    match = getattr(request, "resolver_match", None)
    for name in SECRET_ARGUMENTS:
        if match and (value := match.kwargs.get(name)):
            path = path.replace(str(value), REMOVED)
    return SECRET_SEGMENT.sub(REMOVED, path)


def remove_secrets(logger: object, method: str, event: Event) -> Event:
    """Takes secrets and e-mail addresses out of everything that is logged, by name and by shape."""
    for name, value in event.items():
        if SECRET_NAME.search(name):
            event[name] = REMOVED
        elif isinstance(value, str):
            event[name] = EMAIL.sub(REMOVED, value)
    return event


_shared: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure(*, json: bool) -> dict[str, Any]:
    """The LOGGING setting; configures structlog on the way. Everything goes to standard error."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer: Any = structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _shared,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    remove_secrets,
                    renderer,
                ],
            }
        },
        "handlers": {"standard_error": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["standard_error"], "level": "INFO"},
        "loggers": {
            # Django hangs handlers of its own on these; RequestLog says the same, once and with the request's id.
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.request": {"handlers": [], "level": "CRITICAL", "propagate": False},
            # The same refusals, with whole paths and with tracebacks: errors.csrf_failure and RequestLog say what is needed of them.
            "django.security.csrf": {"level": "CRITICAL"},
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            # Every job and every task at every start, and on a desk every request: `make run` shows its sign-ins, and what fails.
            "procrastinate": {"level": "WARNING"},
            # Every table of every font that a PDF takes letters from.
            "fontTools": {"level": "WARNING"},
            # Every question to GitHub; what goes wrong is said by whoever asked.
            "httpx": {"level": "WARNING"},
            **({} if json else {"django_structlog": {"level": "WARNING"}}),
        },
    }
