"""The forms of accounts: allauth's, in the words of the site."""

from typing import Any

from allauth.account import forms as allauth_forms
from django import forms
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from .letters import CHOICES
from .models import User
from .services import AddressTaken

NEW_PASSWORD_HINT = _("At least 12 characters. Four random words work well.")
ADDRESS_ERRORS = {
    "required": _("Write your e-mail address, for example amina@example.com"),
    "invalid": _("This address can’t be right. Check it, for example amina@example.com"),
}


def _say_plainly(form: forms.Form, **words: dict[str, Any]) -> None:
    """Our words in place of allauth's: label, help_text, error_messages by field; labels stand above fields, so no placeholders."""
    for name, said in words.items():
        field = form.fields[name]
        field.label, field.help_text = said["label"], said.get("help_text", "")
        field.error_messages |= said.get("error_messages", {})
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
        if not isinstance(field.widget, forms.CheckboxInput):
            field.widget.attrs["class"] = "input"


class SignUpForm(allauth_forms.SignupForm):
    name = forms.CharField(
        label=_("What should we call you?"),
        max_length=User._meta.get_field("name").max_length,
        validators=User._meta.get_field("name").validators,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Write the name that you want to be called by.")},
    )
    field_order = ["name", "email", "password1"]
    account_already_exists: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say_plainly(
            self,
            name={"label": self.fields["name"].label},
            email={"label": _("E-mail"), "error_messages": ADDRESS_ERRORS},
            password1={"label": _("Password"), "help_text": NEW_PASSWORD_HINT, "error_messages": {"required": _("Choose a password.")}},
        )

    def clean(self) -> dict[str, Any]:
        """allauth has compared the password with the address alone."""
        data = super().clean()
        if data.get("password1"):
            try:
                validate_password(data["password1"], User(name=data.get("name", ""), email=data.get("email", "")))
            except forms.ValidationError as error:
                self.add_error("password1", error)
        return data

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponseBase | None]:
        """As allauth's, and a taken address costs the same time: a password is hashed for it too.

        An address that is taken between the check and the writing is treated as one taken before.
        """
        if not self.account_already_exists:
            try:
                return super().try_save(request)
            except AddressTaken:
                self.account_already_exists = True
        make_password(self.cleaned_data["password1"])
        return super().try_save(request)


class SignInForm(allauth_forms.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say_plainly(
            self,
            login={"label": _("E-mail"), "error_messages": ADDRESS_ERRORS},
            password={"label": _("Password"), "error_messages": {"required": _("Write your password.")}},
            remember={"label": _("Keep me signed in on this device")},
        )


class ForgotPasswordForm(allauth_forms.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say_plainly(self, email={"label": _("E-mail"), "error_messages": ADDRESS_ERRORS})


class NewPasswordForm(allauth_forms.ResetPasswordKeyForm):
    """Chosen once: whoever mistypes it asks for another mail, and most people let the browser write it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        _say_plainly(
            self,
            password1={"label": _("New password"), "help_text": NEW_PASSWORD_HINT, "error_messages": {"required": _("Choose a password.")}},
        )


class ChangePasswordForm(allauth_forms.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        _say_plainly(
            self,
            oldpassword={
                "label": _("Present password"),
                "error_messages": {"required": _("Write the password that you sign in with now.")},
            },
            password1={"label": _("New password"), "help_text": NEW_PASSWORD_HINT, "error_messages": {"required": _("Choose a password.")}},
        )


class NotificationsForm(forms.Form):
    """Kinds of mail: those that the form showed (`asked`), and those of them that are wanted."""

    asked = forms.MultipleChoiceField(choices=CHOICES.items, required=False)
    wanted = forms.MultipleChoiceField(choices=CHOICES.items, required=False)
