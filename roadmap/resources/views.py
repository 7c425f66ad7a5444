from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from django_htmx.http import push_url

from roadmap.web.htmx import from_htmx, render_page

from .catalogue import Entry, Filters, catalogue
from .forms import FilterForm
from .shelf import shelf_of

ON_A_PAGE = 20


@login_not_required
@require_safe
def resource_list(request: HttpRequest) -> HttpResponse:
    found = catalogue(FilterForm(request.GET).filters())
    page = Paginator(found.entries, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "catalogue": found,
        "page": page,
        "pages": _pages(found.filters, page),
        "items": _with_shelf(request, page.object_list or found.nearest),
    }
    response = render_page(request, "resources/resource_list.html", context, partial="results")
    if from_htmx(request):
        # The address without filters that say nothing.
        push_url(response, request.path + found.filters.query(page.number))
    return response


def _with_shelf(request: HttpRequest, entries: Iterable[Entry]) -> list[tuple[Entry, str]]:
    """Each with its place on the reader's shelf: "none", "saved" or "read"; nothing for somebody without an account."""
    if not request.user.is_authenticated:
        return [(entry, "") for entry in entries]
    shelf = shelf_of(request.user.pk)
    return [(entry, shelf.get(entry.slug, "none")) for entry in entries]


def _pages(filters: Filters, page: Page) -> dict[str, Any]:
    """Where the pager leads; a gap in the numbers leads nowhere."""
    return {
        "previous": filters.query(page.number - 1),
        "next": filters.query(page.number + 1),
        "numbers": [
            (number, filters.query(number) if isinstance(number, int) else "")
            for number in page.paginator.get_elided_page_range(page.number)
        ],
    }
