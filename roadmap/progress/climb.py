"""Who climbs: the learner of the account, or the guest that the session holds. Views ask here and nowhere else."""

import hashlib
import hmac
from uuid import UUID, uuid4

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from .models import Guest
from .services import Climb, Climber, read_climb

SESSION_KEY = "guest"
# In the session, how many skills of a guest wait for an answer: pages show a quiet note of it without a statement.
WAITING_KEY = "waiting_marks"
# The day that a guest was last seen; once a day, both session and marks begin to live their 90 days anew.
SEEN_KEY = "guest_seen_on"
GUEST_DAYS = 90


def climber_of(request: HttpRequest) -> Climber | None:
    """The climber behind a request; None for a visitor who has not marked anything yet."""
    if request.user.is_authenticated:
        return request.user.pk
    return guest_of(request)


def guest_of(request: HttpRequest) -> UUID | None:
    """The guest that this device was, whoever is signed in on it now."""
    held = request.session.get(SESSION_KEY)
    return UUID(held) if held else None


def forget_guest_of(request: HttpRequest) -> None:
    """The device has no guest any more."""
    for key in (SESSION_KEY, WAITING_KEY):
        request.session.pop(key, None)


def climb_of(request: HttpRequest) -> Climb:
    """The climb behind a request; an empty one (and no statement) for a visitor who has not marked anything yet.

    A guest's first visit of a day is written down, also on a GET: it is what keeps the marks for another 90 days.
    """
    climber = climber_of(request)
    if climber is None:
        return Climb()
    if isinstance(climber, UUID) and _keep_session(request):
        Guest.objects.filter(pk=climber).update(seen_on=timezone.now().date())
    return read_climb(climber)


def begin_climb(request: HttpRequest) -> Climber:
    """The climber behind a request that is about to write: a visitor becomes a guest here."""
    climber = climber_of(request)
    if climber is None:
        climber = _guest_id(request)
        request.session[SESSION_KEY] = str(climber)
    if isinstance(climber, UUID):
        _keep_session(request)
    return climber


def _keep_session(request: HttpRequest) -> bool:
    """Lets a guest's session live on from today; says whether this is the first time today."""
    today = timezone.now().date().isoformat()
    if request.session.get(SEEN_KEY) == today:
        return False
    request.session[SEEN_KEY] = today
    request.session.set_expiry(GUEST_DAYS * 86400)
    return True


def _guest_id(request: HttpRequest) -> UUID:
    """An opaque id that is the same for all first requests of one browser.

    Several marks made at once by a new visitor each start a session of their own, and the browser keeps the last cookie. So the
    id is derived, under the site's key, from the one secret that this browser has sent with all of them: its CSRF cookie.
    """
    cookie = request.COOKIES.get(settings.CSRF_COOKIE_NAME)
    if not cookie:
        return uuid4()
    digest = hmac.new(settings.SECRET_KEY.encode(), b"guest:" + cookie.encode(), hashlib.sha256).digest()
    return UUID(bytes=digest[:16], version=4)
