"""A learner's shelf, and links of one's own on skills."""

from typing import cast

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from roadmap.stages.models import Skill
from roadmap.web.htmx import page_behind, refuse, render_page, respond, say

from .forms import LinkForm
from .models import Resource
from .shelf import WANTED, add_link, drop_link, links_on, mark_link_read, own_links, shelved, skill_called
from .shelf import put_on_shelf as put


@require_safe
def shelf(request: HttpRequest) -> HttpResponse:
    items = shelved(_learner(request))
    context = {
        "saved": [resource for resource, state in items if state == "saved"],
        "read": [resource for resource, state in items if state == "read"],
        "links": own_links(_learner(request)),
    }
    return _private(render_page(request, "resources/shelf.html", context))


@require_POST
def put_on_shelf(request: HttpRequest, slug: str) -> HttpResponse:
    state = request.POST.get("state", "")
    if state not in WANTED:
        return refuse(request, _("“%(state)s” isn’t a place on the shelf. Send none, saved or read.") % {"state": state[:40]})
    try:
        resource = put(learner=_learner(request), slug=slug, state=state)
    except Resource.DoesNotExist as missing:
        raise Http404 from missing
    said = {"saved": _("%(title)s: saved for later."), "read": _("%(title)s: read."), "none": _("%(title)s: off your shelf.")}[state]
    say(request, said % {"title": resource.title})
    context = {"resource": resource, "shelf_state": state, "is_answer": True}
    return respond(request, "components/shelf-control.html", context, page=page_behind(request))


@require_http_methods(["GET", "HEAD", "POST"])
def add_own_link(request: HttpRequest, slug: str) -> HttpResponse:
    """The links of one skill with the form for one more."""
    if (skill := skill_called(slug, learner=_learner(request))) is None:
        raise Http404
    if request.method != "POST":
        return _links_page(request, skill, LinkForm())
    form = LinkForm(request.POST)
    if form.is_valid():
        try:
            link = add_link(learner=_learner(request), skill=skill, url=form.cleaned_data["url"], title=form.cleaned_data["title"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            say(request, _("Link added: %(title)s.") % {"title": link.title})
            return _links_again(request, skill)
    return _links_page(request, skill, form, status=422)


@require_POST
def read_own_link(request: HttpRequest, id: int) -> HttpResponse:
    is_read = request.POST.get("is_read")
    if is_read not in ("yes", "no"):
        return refuse(request, _("Send is_read=yes for a link that you’ve read, or is_read=no."))
    link = mark_link_read(learner=_learner(request), link_id=id, is_read=is_read == "yes")
    if link is None:
        raise Http404
    say(request, _("%(title)s: read.") % {"title": link.title} if link.is_read else _("%(title)s: not read yet.") % {"title": link.title})
    return _links_again(request, link.skill)


@require_POST
def drop_own_link(request: HttpRequest, id: int) -> HttpResponse:
    link = drop_link(learner=_learner(request), link_id=id)
    if link is None:
        raise Http404
    say(request, _("%(title)s is taken out.") % {"title": link.title})
    return _links_again(request, link.skill)


def _links_again(request: HttpRequest, skill: Skill) -> HttpResponse:
    context = {"skill": skill, "own_links": links_on(_learner(request), skill.pk), "link_form": LinkForm(), "is_answer": True}
    # A skill that has left the roadmap has no page to show them on.
    page = reverse("resources:shelf") if skill.retired_at else f"{reverse('skill', args=[skill.slug])}#own-links"
    return _private(respond(request, "components/own-links.html", context, page=page))


def _links_page(request: HttpRequest, skill: Skill, form: LinkForm, *, status: int = 200) -> HttpResponse:
    context = {"skill": skill, "own_links": links_on(_learner(request), skill.pk), "link_form": form}
    return _private(render_page(request, "resources/add_own_link.html", context, partial="links", status=status))


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    return response


def _learner(request: HttpRequest) -> int:
    return cast(int, request.user.pk)
