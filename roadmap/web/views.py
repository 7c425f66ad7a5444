"""What machines ask for: whether the process and its parts are up, what to crawl, where to report a hole."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from . import offline as without_connection
from .languages import vary_by_language

DAY = 86400
# A worker beats every 10 seconds.
WORKER_SILENT_SECONDS = 30
WORKER_BEATS = "SELECT EXISTS (SELECT FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %s))"


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Whether this process answers; asks nothing else."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Whether visitors can be sent here: database, migrations, a living worker. 503 with the reasons otherwise."""
    reasons = _reasons()
    return JsonResponse({"ready": not reasons, "reasons": reasons}, status=503 if reasons else 200)


@login_not_required
@require_safe
@cache_control(public=True, max_age=DAY)
def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse(render_to_string("robots.txt", {"origin": settings.SITE_ORIGIN}), content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
@cache_control(public=True, max_age=DAY)
def favicon(request: HttpRequest) -> HttpResponse:
    """For whoever asks for it without having read a page."""
    return redirect(static("img/favicon.svg"))


@login_not_required
@require_safe
@cache_control(public=True, max_age=DAY)
def security(request: HttpRequest) -> HttpResponse:
    """RFC 9116: whom to tell about a hole."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    expires = timezone.now().replace(microsecond=0) + timedelta(days=365)
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {expires.isoformat()}",
        f"Canonical: {settings.SITE_ORIGIN}{request.path}",
        "Preferred-Languages: en",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
@cache_control(public=True, max_age=DAY)
def manifest(request: HttpRequest) -> HttpResponse:
    """How the site looks and begins where it is installed as an app. Its colours in the dark are those of the page's head."""
    icons = [
        {"src": static(f"img/app-{name}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for name, size, purpose in (("192", 192, "any"), ("512", 512, "any"), ("maskable", 512, "maskable"))
    ]
    shortcuts = [
        {"name": name, "url": reverse(page)}
        for name, page in (
            (_("Resources"), "resources:resource_list"),
            (_("Ideas"), "idea_list"),
            (_("Projects"), "portfolio:project_list"),
        )
    ]
    response = JsonResponse(
        {
            "id": "/",
            "name": "Staircase",
            "short_name": "Staircase",
            "description": _("A free, self-paced roadmap to becoming a machine-learning engineer: 8 steps, one skill at a time."),
            "lang": get_language(),
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": "#fbf4ef",
            "theme_color": "#fbf4ef",
            "icons": icons,
            "shortcuts": shortcuts,
        },
        content_type="application/manifest+json",
    )
    return vary_by_language(response)


@login_not_required
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, for the whole site. Browsers ask for it on their own, and always get today's."""
    return HttpResponse(without_connection.worker(), content_type="text/javascript; charset=utf-8")


@login_not_required
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What the service worker shows without a connection in place of a page that was not seen. Nothing in it is personal."""
    return render(request, "offline.html")


@login_not_required
@require_safe
@cache_control(private=True, no_store=True)
def person(request: HttpRequest) -> JsonResponse:
    """Who is signed in on this device by now, and the token for what is sent: the page that asks may be from before."""
    return JsonResponse({"person": without_connection.person_of(request), "token": get_token(request)})


def _reasons() -> list[str]:
    try:
        if waiting := _unapplied_migrations():
            return [f"{waiting} migrations are not applied."]
        with connection.cursor() as cursor:
            cursor.execute(WORKER_BEATS, [WORKER_SILENT_SECONDS])
            beats = cursor.fetchone()[0]
    except DatabaseError:
        return ["The database does not answer."]
    return [] if beats else ["No worker has given a sign of life."]


_migrated = False


def _unapplied_migrations() -> int:
    """How many migrations of this release the database lacks; once none, a process need not look again."""
    global _migrated  # noqa: PLW0603
    if _migrated:
        return 0
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    _migrated = not waiting
    return waiting
