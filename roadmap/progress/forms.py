from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Note
from .services import WANTED, Waiting


class WaitingForm(forms.Form):
    """What comes along with a mark that was made without a connection."""

    key = forms.UUIDField()
    before = forms.ChoiceField(choices=[(state, state) for state in WANTED])
    at = forms.DateTimeField()
    person = forms.CharField(max_length=32)

    @property
    def waiting(self) -> Waiting:
        return Waiting(self.cleaned_data["key"], self.cleaned_data["before"], self.cleaned_data["at"])


class NoteForm(forms.ModelForm):
    # As many as its column holds.
    version = forms.IntegerField(min_value=0, max_value=2**31 - 2, widget=forms.HiddenInput)

    class Meta:
        model = Note
        fields = ["text"]
        labels = {"text": _("Your note")}
        help_texts = {"text": _("Markdown works: **bold**, lists, `code`. Up to 20,000 characters.")}
        widgets = {"text": forms.Textarea({"class": "input", "rows": 6})}
        error_messages = {"text": {"max_length": _("This is %(show_value)s characters long; shorten it to %(limit_value)s.")}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A field name of its own: a page has other forms, and each id is there once.
        self.auto_id = "note_%s"
