"""What people type when they invite, answer, and say who they are to mentees."""

from datetime import date
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import plain_text
from roadmap.mentoring.models import Cohort, Invitation, MentorProfile, Scope

LONGEST_LINE = Invitation._meta.get_field("line").max_length
USUAL = [Scope.PROGRESS, Scope.PROJECTS]
HINTS = {
    Scope.PROGRESS: _("Which skills you have marked, and when"),
    Scope.PROJECTS: _("The private ones as well, with what was found in them"),
    Scope.PLAN: _("Per week, never per hour"),
    Scope.PRACTICE: _("How many were right, never your answers"),
    Scope.CAREER: _("Where you’ve applied and how far it got"),
}


# The same for the mentor: what is “my” to the learner is the learner’s.
TO_MENTOR = {
    Scope.PROGRESS: _("Skills and steps"),
    Scope.PROJECTS: _("Projects and their code, the private ones too"),
    Scope.PLAN: _("Plan and hours"),
    Scope.PRACTICE: _("How practice goes"),
    Scope.CAREER: _("Applications"),
}


def _day(label: Any, help_text: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "input"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the day as 2027-01-31, or leave it empty.")},
    )


def _to_come(day: date | None) -> date | None:
    if day is not None and day < timezone.now().date():
        raise forms.ValidationError(_("This day is over. Choose one to come, or leave it empty."))
    return day


class _Boxes(forms.CheckboxSelectMultiple):
    """What is wrong with it leads to the group: the fieldset has its id."""

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return id_ if index is None else super().id_for_label(id_, index)


class ScopesForm(forms.Form):
    """What a learner lets a mentor see; nothing at all is an answer too."""

    scopes = forms.MultipleChoiceField(choices=Scope.choices, required=False, widget=_Boxes)

    @property
    def offered(self) -> list[dict[str, Any]]:
        """Each scope, whether it is chosen, and what it means."""
        chosen = self["scopes"].value() or []
        return [{"value": scope, "label": scope.label, "hint": HINTS[scope], "is_chosen": scope in chosen} for scope in Scope]


class ShowingForm(ScopesForm):
    """What a learner will show, before there is a mentor: something, or there would be no point."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"scopes": USUAL, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.fields["scopes"].required = True
        self.fields["scopes"].error_messages["required"] = _("Tick one thing at least: a mentor who sees nothing can’t help.")


class _InvitationForm(forms.Form):
    email = forms.EmailField(
        label=_("Their e-mail address"),
        help_text=_("They get one mail. It doesn’t say how far you are."),
        max_length=254,
        widget=forms.EmailInput(attrs={"class": "input", "autocomplete": "off"}),
        error_messages={
            "required": _("Whom do you want to invite? Write an address such as jonas@example.org."),
            "invalid": _("This isn’t a whole address. Write it as jonas@example.org."),
        },
    )
    line = forms.CharField(
        label=_("A line from you (optional)"),
        help_text=_("They read it once they’ve signed in."),
        max_length=LONGEST_LINE,
        required=False,
        validators=[plain_text],
        widget=forms.TextInput(attrs={"class": "input"}),
    )
    ends_on = _day(
        _("Until (optional)"), _("When this day is over (UTC), it ends by itself. Left empty, it goes on until one of you ends it.")
    )

    def clean_ends_on(self) -> date | None:
        return _to_come(self.cleaned_data["ends_on"])


class InviteMentorForm(_InvitationForm, ShowingForm):
    """A learner asks somebody to be a mentor."""

    # As on the page, for the list of what is wrong.
    field_order = ("email", "line", "scopes", "ends_on")


class InviteLearnerForm(_InvitationForm):
    """A mentor asks somebody to be a mentee, perhaps in one of the own open cohorts."""

    cohort = forms.ModelChoiceField(
        label=_("Cohort"), queryset=Cohort.objects.none(), required=False, empty_label=_("None: by themselves"),
        widget=forms.Select(attrs={"class": "input"}),
    )  # fmt: skip

    def __init__(self, *args: Any, cohorts: "QuerySet[Cohort]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["cohort"]).queryset = cohorts.filter(closed_at=None)


class AnswerForm(forms.Form):
    """No, perhaps with a reason."""

    reason = forms.CharField(
        label=_("A reason (optional)"),
        help_text=_("Only the person who asked reads it."),
        max_length=LONGEST_LINE,
        required=False,
        validators=[plain_text],
        widget=forms.TextInput(attrs={"class": "input"}),
    )


class HandOverForm(forms.Form):
    """A mentor names the next one."""

    successor = forms.EmailField(
        label=_("The new mentor’s e-mail address"),
        help_text=_("Ask them first. Your mentee sees this address, and invites them by saying yes."),
        max_length=254,
        widget=forms.EmailInput(attrs={"class": "input", "autocomplete": "off"}),
        error_messages={
            "required": _("Who takes over? Write an address such as priya@example.org."),
            "invalid": _("This isn’t a whole address. Write it as priya@example.org."),
        },
    )
    line = forms.CharField(
        label=_("A line to your mentee (optional)"),
        max_length=LONGEST_LINE,
        required=False,
        validators=[plain_text],
        widget=forms.TextInput(attrs={"class": "input"}),
    )


class MentorProfileForm(forms.ModelForm):
    """What mentees read, and until when no reviews are taken."""

    class Meta:
        model = MentorProfile
        fields = ["line", "paused_until"]
        labels = {"line": _("One line for your mentees (optional)")}
        help_texts = {"line": _("What you do and when you look, such as: Data engineer in Riga; I read on Sundays.")}
        widgets = {"line": forms.TextInput(attrs={"class": "input"})}

    paused_until = _day(_("No reviews until (optional)"), _("Your mentees see it, and don’t wait for you. Left empty, you take reviews."))

    def clean_paused_until(self) -> date | None:
        return _to_come(self.cleaned_data["paused_until"])


class CohortForm(forms.ModelForm):
    """The name of a cohort."""

    class Meta:
        model = Cohort
        fields = ["name"]
        labels = {"name": _("A new cohort")}
        help_texts = {"name": _("Its members see the name, such as: Riga, autumn 2026.")}
        widgets = {"name": forms.TextInput(attrs={"class": "input", "autocomplete": "off"})}
        error_messages = {"name": {"required": _("Give the cohort a name, such as: Riga, autumn 2026.")}}
