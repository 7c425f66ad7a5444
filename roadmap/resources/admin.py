"""The workshop of editors: resources."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminURLFieldWidget
from django.core.exceptions import ValidationError
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from roadmap.stages import services
from roadmap.stages.admin import ContentAdmin, RetiredFilter
from roadmap.stages.forms import RetirableForm, several
from roadmap.stages.models import Skill
from roadmap.stages.rules import is_slug

from .addresses import problem_with, sameness
from .models import Resource, ResourceSkill


class ResourceForm(RetirableForm):
    """A resource with the skills that it teaches."""

    url = forms.URLField(label=_("Address"), max_length=400, assume_scheme="https", widget=AdminURLFieldWidget)

    class Meta:
        model = Resource
        fields = ["title", "url", "slug", "publisher", "kind", "cost", "level", "hours", "language", "checked", "position"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["taught"] = several(
            Resource, "skills", Skill.objects.all(), label=_("Skills"), required=True, help_text=_("The skills that it teaches.")
        )
        if self.instance.pk:
            self.fields["taught"].initial = list(self.instance.resourceskill_set.values_list("skill_id", flat=True))

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"]
        if not is_slug(slug):
            raise ValidationError(_("Write small letters, digits and single hyphens, such as google-ml-crash-course."))
        return slug

    def clean_url(self) -> str:
        address = self.cleaned_data["url"]
        if problem := problem_with(address):
            raise ValidationError(_("This address %(problem)s") % {"problem": problem})
        others = Resource.objects.exclude(pk=self.instance.pk).values_list("url", "slug")
        if other := next((slug for url, slug in others if sameness(url) == sameness(address)), None):
            raise ValidationError(_("This is the address of “%(other)s”: keep one of them, with the skills of both.") % {"other": other})
        return address


@admin.register(Resource)
class ResourceAdmin(ContentAdmin):
    form = ResourceForm
    list_display = ["title", "publisher", "kind", "cost", "level", "hours", "is_on"]
    list_filter = [RetiredFilter, "kind", "cost", "level"]
    search_fields = ["title", "slug", "publisher", "url"]
    ordering = ["position", "pk"]
    fieldsets = [
        (None, {"fields": ["title", "url", "slug", "publisher", "taught"]}),
        (_("Facts"), {"fields": ["kind", "cost", "level", "hours", "language", "checked", "position"]}),
        (_("Leaving the roadmap"), {"fields": ["is_retired"]}),
    ]
    actions = ["retire", "reinstate"]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        return super().get_form(request, obj, change, **{**options, "fields": ResourceForm.Meta.fields})

    @admin.display(description=_("on the roadmap"), boolean=True)
    def is_on(self, resource: Resource) -> bool:
        return resource.retired_at is None

    def save_related(self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        services.set_links(through=ResourceSkill, owner=form.instance, targets=list(form.cleaned_data["taught"]))
