"""Forms of the workshop: what editors write is held to the same rules as the content files."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext_lazy as _

from .graph import Node, circle, leads_back, read_graph
from .models import Advice, DonePoint, ProjectIdea, RubricItem, Skill, Stage
from .rules import clean_text, evidence_problem
from .services import check_slug

# As wide as the column: titles of skills are long.
WIDE = {"data-width": "100%"}


class LinesField(forms.CharField):
    """A list of texts, one on each line."""

    def __init__(self, *, rows: int = 4, exactly: int | None = None, **options: Any) -> None:
        self.exactly = exactly
        super().__init__(widget=forms.Textarea(attrs={"rows": rows, "class": "vLargeTextField"}), **options)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in clean_text(value or "").split("\n") if line.strip()]

    def validate(self, value: Any) -> None:
        super().validate(value)
        if self.exactly is not None and len(value) != self.exactly:
            raise ValidationError(_("Write %(wanted)s lines; there are %(held)s.") % {"wanted": self.exactly, "held": len(value)})

    def run_validators(self, value: Any) -> None:
        for line in value:
            super().run_validators(line)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or []) != self.to_python(data)


def several(model: Any, field: str, queryset: QuerySet[Any], **options: Any) -> forms.ModelMultipleChoiceField:
    """Some rows of another table, found by typing. `model` and `field` name the relation that the search belongs to."""
    widget = AutocompleteSelectMultiple(model._meta.get_field(field), admin.site, attrs=WIDE)
    return forms.ModelMultipleChoiceField(queryset, widget=widget, required=options.pop("required", False), **options)


class ContentForm(forms.ModelForm):
    """Texts are brought into the one form that they have in the files."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("title", "summary", "goal", "url"):
            if name in self.fields and not isinstance(self.fields[name].widget, forms.Textarea):
                self.fields[name].widget.attrs["class"] = "vLargeTextField"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, value in cleaned.items():
            if isinstance(value, str) and name not in ("url",):
                cleaned[name] = clean_text(value)
        return cleaned


class RetirableForm(ContentForm):
    """An entry that leaves the roadmap by a tick, and comes back when it is taken away."""

    is_retired = forms.BooleanField(
        label=_("Retired"), required=False, help_text=_("Leaves the roadmap. Nothing that hangs on it is lost.")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            self.fields["is_retired"].initial = self.instance.retired_at is not None


class SluggedForm(ContentForm):
    """An entry with an address: a new slug is a rename, and the earlier address leads on."""

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"]
        check_slug(entry=self.instance, slug=slug)
        return slug


class StageForm(SluggedForm):
    class Meta:
        model = Stage
        fields = ["position", "title", "short", "slug", "goal", "why", "body", "published_at"]


class SkillForm(RetirableForm, SluggedForm):
    """A skill with what it needs and what replaces it."""

    aliases = LinesField(required=False, rows=3, max_length=60, help_text=_("What else people call it; found by search. One on each line."))
    pitfalls = LinesField(rows=5, help_text=_("Mistakes, each with the way out. One on each line."))

    class Meta:
        model = Skill
        fields = [
            "stage", "position", "title", "slug", "summary", "level", "hours", "necessity", "group", "origin", "aliases", "why", "how", "pitfalls",
            "first_task", "next", "use_when", "avoid_when", "compare_with", "carries", "evidence",
        ]  # fmt: skip
        help_texts = {
            "evidence": _(
                "What in a repository shows this skill: a mapping in JSON, whose keys docs/content.md explains. "
                "Try it with “manage.py inspect_repository” before you save it."
            )
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        others = Skill.objects.exclude(pk=self.instance.pk)
        self.fields["needed"] = several(
            Skill, "needs", others, label=_("Needs"), help_text=_("What it builds on. It advises and never blocks.")
        )
        self.fields["replacements"] = several(
            Skill,
            "replaced_by",
            others,
            label=_("Replaced by"),
            help_text=_("For a retired skill: its address leads there, and marks on it are carried over."),
        )
        if self.instance.pk:
            self.fields["needed"].initial = list(self.instance.prerequisites.values_list("needs_id", flat=True))
            self.fields["replacements"].initial = list(self.instance.replaced_by.values_list("pk", flat=True))

    def clean_evidence(self) -> Any:
        evidence = self.cleaned_data["evidence"] or {}
        if problem := evidence_problem(evidence):
            raise ValidationError(problem)
        return evidence

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if (cleaned.get("necessity") == Skill.Necessity.ALTERNATIVE) != bool(cleaned.get("group")):
            self.add_error("group", _("An alternative has a group, and only an alternative has one."))
        if cleaned.get("replacements") and not cleaned.get("is_retired"):
            self.add_error("replacements", _("Only a retired skill is replaced: tick “retired” as well."))
        elif self.instance.pk and not self.errors:
            self._check_graph(cleaned)
        return cleaned

    def _check_graph(self, cleaned: dict[str, Any]) -> None:
        # The slug may be about to change: the skill goes by its old one here.
        slug, graph = self.initial["slug"], read_graph()
        needs, replaced_by = ([skill.slug for skill in cleaned[name]] for name in ("needed", "replacements"))
        graph[slug] = Node(cleaned["group"], cleaned["is_retired"], needs, replaced_by)
        if cleaned["is_retired"] and leads_back(graph, slug):
            self.add_error("replacements", _("A skill cannot be replaced by itself, or by what it replaces."))
        elif found := circle(graph):
            where = "replacements" if cleaned["is_retired"] else "needed"
            self.add_error(
                where, _("This closes a circle: %(circle)s. Take one of these needs out.") % {"circle": " → ".join((*found, found[0]))}
            )


class DonePointForm(RetirableForm):
    class Meta:
        model = DonePoint
        fields = ["key", "position", "text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"})}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["key"].disabled = bool(self.instance.pk)

    def clean_text(self) -> str:
        text = self.cleaned_data["text"]
        if not text.startswith("You"):
            raise ValidationError(_("Begin with “You”, and write what can be observed."))
        return text


class DonePointFormSet(BaseInlineFormSet):
    """Two to four points are shown, so that done means something."""

    def clean(self) -> None:
        super().clean()
        shown = [
            form
            for form in self.forms
            if form.cleaned_data.get("text") and not form.cleaned_data.get("is_retired") and not form.cleaned_data.get("DELETE")
        ]
        if not any(self.errors) and not 2 <= len(shown) <= 4:
            raise ValidationError(
                _("A skill has two to four done-points that aren’t retired; this one would have %(held)s.") % {"held": len(shown)}
            )


class AdviceForm(RetirableForm, SluggedForm):
    class Meta:
        model = Advice
        fields = ["stage", "position", "slug", "text", "carries"]


class IdeaForm(RetirableForm, SluggedForm):
    class Meta:
        model = ProjectIdea
        fields = ["stage", "position", "title", "slug", "brief", "data", "baseline", "hours", "carries"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["asked"] = several(
            ProjectIdea, "skills", Skill.objects.all(), label=_("Skills"), required=True, help_text=_("The skills that it asks for.")
        )
        if self.instance.pk:
            self.fields["asked"].initial = list(self.instance.ideaskill_set.values_list("skill_id", flat=True))


class RubricForm(ContentForm):
    levels = LinesField(rows=4, exactly=4, help_text=_("Four lines, from missing to excellent."))

    class Meta:
        model = RubricItem
        fields = ["position", "title", "levels"]
