"""The filters of a mentor's list, a private note, and the agreed next step."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from roadmap.mentoring.models import Mentorship, PrivateNote
from roadmap.stages.rules import clean_text

from .mentees import QUIET_CHOICES, Filters, Sort


class FilterForm(forms.Form):
    """The filters in an address. What the site does not know is left out, so that every address shows a list."""

    q = forms.CharField(required=False, max_length=80)
    cohort = forms.CharField(required=False, max_length=12)
    quiet = forms.ChoiceField(required=False, choices=[(str(days), days) for days in QUIET_CHOICES])
    stuck = forms.ChoiceField(required=False, choices=[("yes", "yes")])
    sort = forms.ChoiceField(required=False, choices=Sort.choices)

    def filters(self) -> Filters:
        self.full_clean()
        return Filters(**{name: value for name, value in self.cleaned_data.items() if value})


class NoteForm(forms.ModelForm):
    class Meta:
        model = PrivateNote
        fields = ["text"]
        labels = {"text": _("Add a note")}
        widgets = {"text": forms.Textarea(attrs={"class": "input", "rows": 3, "maxlength": 4000})}
        error_messages = {"text": {"required": _("Write something first; the note was empty.")}}

    def clean_text(self) -> str:
        return clean_text(self.cleaned_data["text"])


class StepForm(forms.ModelForm):
    """The agreed step with its day. `version` says what the mentor had on screen."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    class Meta:
        model = Mentorship
        fields = ["next_step", "next_step_on"]
        labels = {"next_step": _("What you agreed on"), "next_step_on": _("By when")}
        help_texts = {
            "next_step": _("One thing, small enough for the time until then. You both see it; leave it empty when nothing is agreed."),
            "next_step_on": _("The day that you’ll look at it together, if you have one."),
        }
        widgets = {
            "next_step": forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
            "next_step_on": forms.DateInput(attrs={"class": "input", "type": "date"}, format="%Y-%m-%d"),
        }
        error_messages = {"next_step_on": {"invalid": _("Write the day as 2027-01-31, or leave it empty.")}}

    def clean_next_step(self) -> str:
        return " ".join(self.cleaned_data["next_step"].split())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("next_step_on") and not cleaned.get("next_step") and "next_step" not in self.errors:
            self.add_error("next_step", _("Say what you agreed on for this day, such as “Clean the survey data”."))
        return cleaned

    @property
    def step(self) -> tuple[str, date | None]:
        return self.cleaned_data["next_step"], self.cleaned_data["next_step_on"]
