"""The forms of a review: asking for it, writing it, replying."""

import re
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import plain_text
from roadmap.mentoring.models import Comment, Review, SavedPhrase
from roadmap.stages.rules import clean_text

from .rubric import LEVELS, Line
from .services import Words
from .standing import Choice

LONGEST_QUESTION = 1000
LONGEST_COMMENT = Comment._meta.get_field("text").max_length
LONGEST_REASON = Review._meta.get_field("reason").max_length
LONGEST_PATH = 500
# Fewer words are no sentence.
FEWEST_WORDS = 3
COMMENTS = "comments"

_PLACE = re.compile(r"^(?P<path>.*?[^:])(?::(?P<line>[1-9][0-9]{0,6}))?$")
_NO_PLACE = _("Give the path as it stands in the repository, and the line after a colon: src/model.py:12")
# What somebody meant as a line, and no file has: 0, -3, 12-14.
_NO_LINE = re.compile(r":\s*[-+]?[0-9][0-9.,:-]*$")


class Prose(forms.CharField):
    """Text of several lines, counted as browsers count it: a new line is one character, though it is sent as two."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return clean_text(super().to_python(value) or "")


class _Radios(forms.RadioSelect):
    """What is wrong with it leads to the group: the fieldset has its id."""

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return id_ if index is None else super().id_for_label(id_, index)


class RequestForm(forms.Form):
    """Whom the learner asks, and what about. Mentors who pause cannot be chosen."""

    mentor = forms.ChoiceField(
        label=_("Whom do you ask?"), widget=_Radios, error_messages={"required": _("Choose the mentor whom you ask.")}
    )
    question = Prose(
        label=_("What would you like to know?"),
        help_text=_("One question gets a better answer than “Any thoughts?”, such as “Is my split fair?”. You can use Markdown."),
        max_length=LONGEST_QUESTION,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "input"}),
    )

    def __init__(self, *args: Any, choices: Sequence[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices = {choice.mentor.handle: choice for choice in choices if not choice.paused_until}
        self.fields["mentor"].choices = [(handle, choice.mentor.name) for handle, choice in self.choices.items()]  # type: ignore[attr-defined]
        if len(self.choices) == 1:
            self.fields["mentor"].initial = next(iter(self.choices))

    @property
    def chosen(self) -> Choice:
        """The mentor whom the learner asks."""
        return self.choices[self.cleaned_data["mentor"]]


class _WordsForm(forms.Form):
    """A comment: its text, and a line of the rubric or of a file."""

    text = Prose(
        label=_("Comment"),
        required=False,
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 3, "class": "input"}),
        help_text=_("You can use Markdown."),
    )
    about = forms.ChoiceField(label=_("About"), required=False, widget=forms.Select(attrs={"class": "input"}))
    place = forms.CharField(
        label=_("File and line"),
        required=False,
        max_length=LONGEST_PATH + 8,
        validators=[plain_text],
        widget=forms.TextInput(attrs={"class": "input", "list": "places", "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("If it’s about the code, such as src/model.py:12."),
    )

    def __init__(self, *args: Any, rubric: Sequence[Line], has_files: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rubric = rubric
        self.fields["about"].choices = [  # type: ignore[attr-defined]
            ("", _("The project as a whole")),
            *((str(line.place), _(line.title)) for line in rubric),
        ]
        if not has_files:
            del self.fields["place"]

    def clean_place(self) -> tuple[str, int | None]:
        typed = self.cleaned_data["place"].strip().removeprefix("./")
        if not typed:
            return "", None
        found = _PLACE.match(typed)
        if found is None:
            raise ValidationError(_NO_PLACE)
        path = found["path"].strip()
        if (
            _NO_LINE.search(path)
            or path.startswith(("/", "\\"))
            or "://" in typed
            or len(path) > LONGEST_PATH
            or any(part in ("..", "") for part in path.split("/"))
        ):
            raise ValidationError(_NO_PLACE)
        return path, int(found["line"]) if found["line"] else None

    def words(self) -> Words | None:
        """The comment as it was typed; None where nothing was."""
        text = self.cleaned_data["text"]
        about = self.cleaned_data["about"]
        path, line = self.cleaned_data.get("place") or ("", None)
        return Words(text, int(about) if about else None, path, line) if text else None


class ReplyForm(_WordsForm):
    """A word of the learner's, or of the mentor's outside of an answer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _("Reply")
        self.fields["text"].required = True
        self.fields["text"].error_messages["required"] = _("Write what you want to say.")


class ReviewForm(_WordsForm):
    """The whole answer: levels, the comment that is being typed, the reason and the verdict.

    With `is_comment` only the comment has to be there: it is kept, and the rest is not sent yet.
    """

    reason = Prose(
        label=_("What’s good, and the one next thing"),
        max_length=LONGEST_REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "class": "input"}),
        help_text=_("At least a sentence. The learner reads it first."),
    )
    verdict = forms.ChoiceField(
        label=_("Verdict"),
        choices=[
            (Review.State.APPROVED.value, _("Approve")),
            (Review.State.CHANGES.value, _("Ask for changes")),
            (COMMENTS, _("Comments only")),
        ],
        widget=_Radios,
        error_messages={"required": _("Choose a verdict, or send the comments only.")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
    draft_version = forms.IntegerField(widget=forms.HiddenInput)
    desk = forms.CharField(widget=forms.HiddenInput, max_length=32)
    commit = forms.RegexField(r"^[0-9a-f]{0,40}$", widget=forms.HiddenInput, required=False)
    # Which rubric the page showed: levels belong to its lines, and not to others in their places.
    rubric_read = forms.CharField(widget=forms.HiddenInput, max_length=12, required=False)

    def __init__(self, *args: Any, has_comments: bool = False, is_comment: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_comments, self.is_comment = has_comments, is_comment
        if is_comment:
            for name in ("verdict", "version", "draft_version", "desk"):
                self.fields[name].required = False
            self.fields["text"].required = True
            self.fields["text"].error_messages["required"] = _("Write the comment first.")
        for line in self.rubric:
            self.fields[f"level_{line.place}"] = forms.TypedChoiceField(
                label=_(line.title),
                choices=list(enumerate(LEVELS)),
                required=False,
                coerce=int,
                empty_value=None,
                widget=_Radios,
            )

    def clean(self) -> dict[str, Any]:
        verdict, reason = self.cleaned_data.get("verdict"), self.cleaned_data.get("reason", "")
        if self._is_of_another_rubric() and (self.levels() or self.cleaned_data.get("about")):
            self._take_levels_out()
            self.add_error(
                "about",
                _("The rubric has changed since you opened this page. Your texts are as they were; choose the lines and levels again."),
            )
        if self.is_comment:
            return self.cleaned_data
        if verdict == COMMENTS and not self.has_comments and not self.cleaned_data.get("text"):
            self.add_error("text", _("Write a comment first, or choose another verdict."))
        if verdict in (Review.State.APPROVED, Review.State.CHANGES) and "reason" not in self.errors and len(reason.split()) < FEWEST_WORDS:
            self.add_error("reason", _("Say in a sentence what’s good and what comes next, such as “Honest errors; next, split by month”."))
        return self.cleaned_data

    def _is_of_another_rubric(self) -> bool:
        return self.data.get("rubric_read", "") not in ("", fingerprint(self.rubric))

    def _take_levels_out(self) -> None:
        """What was chosen was about other lines."""
        others = {"about": "", "rubric_read": fingerprint(self.rubric)}
        self.data = {name: others.get(name, value) for name, value in self.data.items() if not name.startswith("level_")}

    def levels(self) -> dict[int, int]:
        """The levels that were given, by the place of their line."""
        given = {line.place: self.cleaned_data.get(f"level_{line.place}") for line in self.rubric}
        return {place: level for place, level in given.items() if level is not None}

    def draft(self) -> dict[str, Any]:
        """Everything as it was typed, right or wrong, cut to what can be sent: a draft need not be finished."""
        longest = {"text": LONGEST_COMMENT, "reason": LONGEST_REASON, "place": LONGEST_PATH + 8, "about": 3, "verdict": 8}
        typed = {name: self.data.get(name, "").replace("\x00", "").replace("\r\n", "\n") for name in longest}
        draft: dict[str, Any] = {name: typed[name][:most] for name, most in longest.items()}
        draft["rubric_read"] = self.data.get("rubric_read", "")[:12].replace("\x00", "")
        levels = {str(line.place): self.data.get(f"level_{line.place}", "") for line in self.rubric}
        return {**draft, "levels": {place: level for place, level in levels.items() if level in ("0", "1", "2", "3")}}


class PhraseForm(forms.ModelForm):
    """A sentence to keep."""

    class Meta:
        model = SavedPhrase
        fields = ["text"]


def from_draft(draft: dict[str, Any], rubric: Sequence[Line]) -> dict[str, Any]:
    """The first values of a form from a draft that was kept. Levels that were given to the lines of another rubric are left out."""
    words = {name: draft.get(name, "") for name in ("text", "reason", "place", "about", "verdict")}
    if draft.get("rubric_read", "") not in ("", fingerprint(rubric)):
        return {**words, "about": ""}
    return {**words, **{f"level_{place}": int(level) for place, level in draft.get("levels", {}).items()}}


def fingerprint(rubric: Sequence[Line]) -> str:
    """Tells one rubric from another: the lines of another idea, or lines that were edited."""
    return sha256(repr([(line.title, line.levels) for line in rubric]).encode()).hexdigest()[:12]
