"""Mail as it arrives: the waiting ones are delivered as the worker does it, and read."""

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.core import mail as outbox

from tests.mailbox import deliver


@pytest.fixture
def delivered() -> Callable[[], list[outbox.EmailMultiAlternatives]]:
    """`delivered()` lets the worker send what waits and returns what has arrived since the last time."""

    return deliver


def link_in(message: outbox.EmailMultiAlternatives) -> str:
    """The path of the one link that a mail is about."""
    link = re.search(r"^https?://\S+$", message.body, re.MULTILINE)[0]
    assert link.startswith(settings.SITE_ORIGIN + "/")
    return link.removeprefix(settings.SITE_ORIGIN)
