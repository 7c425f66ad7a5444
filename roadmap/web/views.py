"""What machines ask for: whether the process and its parts are up, what to crawl, where to report a hole."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

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
