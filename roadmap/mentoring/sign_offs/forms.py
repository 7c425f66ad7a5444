"""The forms in which a mentor confirms a skill, and takes it back."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from roadmap.mentoring.models import SignOff
from roadmap.mentoring.reviews.forms import Prose
from roadmap.portfolio.models import Project

LONGEST = SignOff._meta.get_field("note").max_length


class ConfirmForm(forms.Form):
    """What convinced the mentor, and in which of the projects that the learner shows."""

    note = Prose(
        label=_("What convinced you?"),
        help_text=_(
            "The learner reads it beside your name. It isn’t published; your name and the day are, where the learner shows the skill."
        ),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4, "class": "input"}),
        error_messages={
            "required": _(
                "Say in a sentence what convinced you, such as “Explained why the split is by month, and found the leak unaided”."
            )
        },
    )
    project = forms.ChoiceField(label=_("Project that shows it"), required=False, widget=forms.Select(attrs={"class": "input"}))

    def __init__(self, *args: Any, projects: Collection[Project], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._projects = {project.pk: project for project in projects}
        self.fields["project"].choices = [  # type: ignore[attr-defined]
            ("", _("None in particular")),
            *((project.pk, project.title) for project in projects),
        ]
        if not projects:
            del self.fields["project"]

    @property
    def chosen(self) -> Project | None:
        """The project that was named, if any."""
        return self._projects.get(self.cleaned_data.get("project", ""))


class WithdrawForm(forms.Form):
    """Why a sign-off is taken back."""

    reason = Prose(
        label=_("Why do you take it back?"),
        help_text=_("The learner reads it. The public page says only that it was withdrawn, and when."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "class": "input"}),
        error_messages={"required": _("Say why in a sentence: the learner will want to know what to do about it.")},
    )
    # The one that the page showed: another may have been signed since.
    sign_off = forms.CharField(widget=forms.HiddenInput, max_length=12, required=False)
