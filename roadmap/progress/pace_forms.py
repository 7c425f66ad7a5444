"""The three questions of the first visit, as a form; each may be left open."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.time_zones import zones

from .models import Aim

# Hours a week to choose from. Who said something else once finds that too.
PACES = (2, 5, 8, 12)


# What each choice means, beside its name.
_HINTS = {
    Aim.Draw.CAREER: _("I work in another field now"),
    Aim.Draw.STUDIES: _("I’m a student, or about to be"),
    Aim.Draw.WORK: _("I write software and want to add ML"),
    Aim.Draw.CURIOSITY: _("No plan yet"),
    Aim.Known.CODE: _("In any language"),
    Aim.Known.DATA: _("NumPy, pandas or notebooks"),
    Aim.Known.MATH: _("Vectors, derivatives, probability"),
    Aim.Known.MODELS: _("In a course counts, too"),
}


class PaceForm(forms.Form):
    """What draws somebody, what is known, hours a week; of who has an account the time zone as well."""

    draw = forms.ChoiceField(
        label=_("What brings you here?"),
        choices=Aim.Draw.choices,
        required=False,
        error_messages={"invalid_choice": _("Choose one of these, or none.")},
    )
    known = forms.MultipleChoiceField(
        label=_("What have you done before?"),
        choices=Aim.Known.choices,
        required=False,
        error_messages={"invalid_choice": _("Choose from these, or none.")},
    )
    hours_a_week = forms.TypedChoiceField(
        label=_("How many hours a week feel possible?"),
        coerce=int,
        empty_value=None,
        required=False,
        error_messages={"invalid_choice": _("Choose one of these, or none.")},
    )
    time_zone = forms.ChoiceField(
        label=_("Your time zone"),
        required=False,
        widget=forms.Select(attrs={"class": "input", "data-zone": ""}),
        error_messages={"invalid_choice": _("Choose a place near you from the list, or leave it at UTC.")},
    )

    def __init__(self, *args: Any, has_zone: bool, hours: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        paces = sorted({*PACES, hours} if hours else PACES)
        self.fields["hours_a_week"].choices = [(pace, str(pace)) for pace in paces]  # type: ignore[attr-defined]
        if has_zone:
            self.fields["time_zone"].choices = [("", "UTC"), *zones()]  # type: ignore[attr-defined]
        else:
            del self.fields["time_zone"]

    def clean_known(self) -> list[str]:
        """Each kind once, in the order of the list."""
        return [kind for kind in Aim.Known.values if kind in self.cleaned_data["known"]]

    @property
    def draws(self) -> list[tuple[str, Any, Any]]:
        """Each choice with its name and what it means."""
        return [(draw.value, draw.label, _HINTS[draw]) for draw in Aim.Draw]

    @property
    def knowledge(self) -> list[tuple[str, Any, Any]]:
        return [(known.value, known.label, _HINTS[known]) for known in Aim.Known]
