"""The workshop of editors: stages, skills, advice, ideas and statements."""

from typing import Any

import pghistory
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from . import forms, services
from .graph import circle, read_graph
from .models import Advice, DonePoint, IdeaSkill, Prerequisite, ProjectIdea, RubricItem, Skill, Stage, Statement

admin.site.site_header = admin.site.site_title = _("Staircase workshop")
admin.site.index_title = _("What would you like to work on?")


class RetiredFilter(admin.SimpleListFilter):
    title = _("roadmap")
    parameter_name = "retired"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("on the roadmap")), ("yes", _("retired"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(retired_at__isnull=self.value() == "no") if self.value() in ("yes", "no") else queryset


class ContentAdmin(admin.ModelAdmin):
    """Content: every version is kept, with who made it; an entry with an address is renamed, and nothing on the roadmap is deleted."""

    list_per_page = 100
    show_full_result_count = False

    def changeform_view(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        with pghistory.context(user=request.user.pk):
            return super().changeform_view(request, *args, **options)

    def changelist_view(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        with pghistory.context(user=request.user.pk):
            return super().changelist_view(request, *args, **options)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        held = super().formfield_for_manytomany(db_field, request, **options)
        if held is not None:
            held.widget.attrs |= forms.WIDE
        return held

    @admin.display(description=_("stage"), ordering="stage__position")
    def step(self, entry: Any) -> str:
        return f"{entry.stage.position} {entry.stage.short}"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or not self.is_on_the_roadmap(obj))

    def is_on_the_roadmap(self, entry: Any) -> bool:
        return entry.retired_at is None

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        new = obj.slug if change and "slug" in form.changed_data and hasattr(obj, "formerly") else None
        if new:
            obj.slug = form.initial["slug"]
        super().save_model(request, obj, form, change)
        if new:
            services.rename(entry=obj, slug=new)
            obj.refresh_from_db(fields=["slug", "formerly"])

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if "is_retired" in form.cleaned_data:
            self.set_retired(form.instance, form.cleaned_data)

    def set_retired(self, entry: Any, cleaned: dict[str, Any]) -> None:
        _set_retired(entry, is_retired=cleaned["is_retired"])

    @admin.action(description=_("Retire: take off the roadmap and keep all that hangs on it"), permissions=["change"])
    def retire(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self.tell(request, services.retire(entries=queryset), _retired_text)

    @admin.action(description=_("Bring back to the roadmap"), permissions=["change"])
    def reinstate(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self.tell(request, services.reinstate(entries=queryset), _reinstated_text)

    def tell(self, request: HttpRequest, number: int, text: Any) -> None:
        self.message_user(request, text(number), messages.SUCCESS if number else messages.WARNING)


def _retired_text(number: int) -> str:
    return ngettext("%(number)s entry is retired.", "%(number)s entries are retired.", number) % {"number": number}


def _reinstated_text(number: int) -> str:
    return ngettext("%(number)s entry is back.", "%(number)s entries are back.", number) % {"number": number}


def _set_retired(entry: Any, *, is_retired: bool) -> None:
    entries = type(entry).objects.filter(pk=entry.pk)
    if is_retired:
        services.retire(entries=entries)
    else:
        services.reinstate(entries=entries)


@admin.register(Stage)
class StageAdmin(ContentAdmin):
    form = forms.StageForm
    list_display = ["position", "title", "slug", "skill_count", "idea_count", "is_published"]
    list_display_links = ["title"]
    search_fields = ["title", "slug"]
    readonly_fields = ["formerly"]
    fieldsets = [
        (None, {"fields": ["position", "title", "short", "slug", "formerly", "published_at"]}),
        (_("Text"), {"fields": ["goal", "why", "body"]}),
    ]
    actions = ["publish"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Stage]:
        held = Q(skills__retired_at=None)
        return super().get_queryset(request).annotate(
            skill_count=Count("skills", held, distinct=True), idea_count=Count("ideas", Q(ideas__retired_at=None), distinct=True)
        )  # fmt: skip

    @admin.display(description=_("skills"), ordering="skill_count")
    def skill_count(self, stage: Any) -> int:
        return stage.skill_count

    @admin.display(description=_("ideas"), ordering="idea_count")
    def idea_count(self, stage: Any) -> int:
        return stage.idea_count

    @admin.display(description=_("published"), boolean=True)
    def is_published(self, stage: Stage) -> bool:
        return stage.published_at is not None

    def is_on_the_roadmap(self, entry: Stage) -> bool:
        return entry.published_at is not None

    @admin.action(description=_("Publish: show to visitors"), permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Stage]) -> None:
        number = queryset.filter(published_at=None).update(published_at=timezone.now())
        self.message_user(
            request, ngettext("%(number)s stage is published.", "%(number)s stages are published.", number) % {"number": number}
        )


class DonePointInline(admin.StackedInline):
    model = DonePoint
    form = forms.DonePointForm
    formset = forms.DonePointFormSet
    fields = ["key", "position", "text", "is_retired"]
    extra = 0
    ordering = ["position", "pk"]
    # Ticks hang on a point: it is retired, never deleted.
    can_delete = False


@admin.register(Skill)
class SkillAdmin(ContentAdmin):
    form = forms.SkillForm
    list_display = ["title", "step", "position", "necessity", "hours", "is_on"]
    list_select_related = ["stage"]
    list_filter = [RetiredFilter, "stage", "necessity", "level"]
    search_fields = ["title", "slug", "summary", "aliases"]
    ordering = ["stage__position", "position", "pk"]
    readonly_fields = ["formerly"]
    autocomplete_fields = ["carries"]
    inlines = [DonePointInline]
    fieldsets = [
        (None, {"fields": ["stage", "position", "title", "slug", "formerly", "summary"]}),
        (_("Facts"), {"fields": ["level", "hours", "necessity", "group", "origin", "aliases", "needed", "carries"]}),
        (_("Text"), {"fields": ["why", "how", "pitfalls", "first_task", "next"]}),
        (_("Choosing an algorithm"), {"fields": ["use_when", "avoid_when", "compare_with"], "classes": ["collapse"]}),
        (_("Evidence"), {"fields": ["evidence"], "classes": ["collapse"]}),
        (_("Leaving the roadmap"), {"fields": ["is_retired", "replacements"]}),
    ]
    actions = ["retire", "reinstate"]

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> tuple[QuerySet[Any], bool]:
        """Whoever picks a skill by typing picks one that is on the roadmap; the list finds the others too."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        return (found.filter(retired_at=None) if request.path.endswith("/autocomplete/") else found), may_repeat

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        # Fields that the form makes for itself are no fields of the model.
        return super().get_form(request, obj, change, **{**options, "fields": forms.SkillForm.Meta.fields})

    @admin.display(description=_("on the roadmap"), boolean=True)
    def is_on(self, skill: Skill) -> bool:
        return skill.retired_at is None

    def is_on_the_roadmap(self, entry: Skill) -> bool:
        return entry.retired_at is None and entry.stage.published_at is not None

    def save_model(self, request: HttpRequest, obj: Skill, form: ModelForm, change: bool) -> None:
        if change and "stage" in form.changed_data and "position" not in form.changed_data:
            wanted, obj.stage_id = obj.stage, form.initial["stage"]
            super().save_model(request, obj, form, change)
            services.move_skill(skill=obj, stage=wanted)
            obj.refresh_from_db(fields=["stage", "position"])
        else:
            super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        for point in formset.forms:
            if point.instance.pk and "is_retired" in point.cleaned_data:
                _set_retired(point.instance, is_retired=point.cleaned_data["is_retired"])

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        services.set_links(through=Prerequisite, owner=form.instance, targets=list(form.cleaned_data["needed"]))

    def set_retired(self, entry: Skill, cleaned: dict[str, Any]) -> None:
        if cleaned["is_retired"]:
            services.retire_skill(skill=entry, replaced_by=list(cleaned["replacements"]))
        elif entry.retired_at is not None:
            services.reinstate_skill(skill=entry)

    @admin.action(description=_("Retire: take off the roadmap and keep all marks"), permissions=["change"])
    def retire(self, request: HttpRequest, queryset: QuerySet[Skill]) -> None:
        skills = list(queryset.filter(retired_at=None))
        for skill in skills:
            services.retire_skill(skill=skill)
        self.tell(request, len(skills), _retired_text)

    @admin.action(description=_("Bring back to the roadmap"), permissions=["change"])
    def reinstate(self, request: HttpRequest, queryset: QuerySet[Skill]) -> None:
        skills = list(queryset.filter(retired_at__isnull=False))
        with transaction.atomic():
            for skill in skills:
                services.reinstate_skill(skill=skill)
            if found := circle(read_graph()):
                transaction.set_rollback(True)
        if found:
            text = _("Nothing was brought back: %(circle)s would need one another, and nobody could begin.") % {
                "circle": " → ".join((*found, found[0]))
            }
            self.message_user(request, text, messages.ERROR)
        else:
            self.tell(request, len(skills), _reinstated_text)


@admin.register(Advice)
class AdviceAdmin(ContentAdmin):
    form = forms.AdviceForm
    list_display = ["slug", "step", "position", "text"]
    list_select_related = ["stage"]
    list_filter = [RetiredFilter, "stage"]
    search_fields = ["slug", "text"]
    ordering = ["stage__position", "position", "pk"]
    autocomplete_fields = ["carries"]
    fields = ["stage", "position", "slug", "text", "carries", "is_retired"]
    actions = ["retire", "reinstate"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["slug"] if obj else []


class RubricInline(admin.StackedInline):
    model = RubricItem
    form = forms.RubricForm
    extra = 0
    ordering = ["position", "pk"]


@admin.register(ProjectIdea)
class IdeaAdmin(ContentAdmin):
    form = forms.IdeaForm
    list_display = ["title", "step", "position", "hours", "is_on"]
    list_select_related = ["stage"]
    list_filter = [RetiredFilter, "stage"]
    search_fields = ["title", "slug", "brief"]
    ordering = ["stage__position", "position", "pk"]
    readonly_fields = ["formerly"]
    autocomplete_fields = ["carries"]
    inlines = [RubricInline]
    fieldsets = [
        (None, {"fields": ["stage", "position", "title", "slug", "formerly", "hours", "asked", "carries"]}),
        (_("Text"), {"fields": ["brief", "data", "baseline"]}),
        (_("Leaving the roadmap"), {"fields": ["is_retired"]}),
    ]
    actions = ["retire", "reinstate"]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        return super().get_form(request, obj, change, **{**options, "fields": forms.IdeaForm.Meta.fields})

    @admin.display(description=_("on the roadmap"), boolean=True)
    def is_on(self, idea: ProjectIdea) -> bool:
        return idea.retired_at is None

    def is_on_the_roadmap(self, entry: ProjectIdea) -> bool:
        return entry.retired_at is None and entry.stage.published_at is not None

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        services.set_links(through=IdeaSkill, owner=form.instance, targets=list(form.cleaned_data["asked"]))


@admin.register(Statement)
class StatementAdmin(ContentAdmin):
    list_display = ["id", "step", "kind", "says"]
    list_select_related = ["stage"]
    list_filter = ["stage", "kind"]
    search_fields = ["id", "says"]
    ordering = ["stage__position", "position"]
    fields = ["id", "stage", "position", "kind", "says"]
    readonly_fields = ["id"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
