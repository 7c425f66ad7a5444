"""Pages of accounts: allauth's views, with the answers of the house. A form that comes back with errors is a 422."""

from pathlib import Path
from typing import Any

from allauth.account import views as allauth_views
from allauth.account.stages import EmailVerificationStage, LoginStageController
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.generic.base import ContextMixin, TemplateResponseMixin

from roadmap.web.htmx import page_behind, refuse

from . import services


class _FormPage(TemplateResponseMixin, ContextMixin):
    def form_invalid(self, form: BaseForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class _MailedPage(ContextMixin):
    """A page that says where the mail went: in development that is a folder."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "mail_folder": _mail_folder()}


class SignUpView(_FormPage, allauth_views.SignupView):
    def form_valid(self, form: BaseForm) -> HttpResponse:
        """The account, the marks that were made before it and the mail's job: all or nothing."""
        with transaction.atomic():
            return super().form_valid(form)


class SignInView(_FormPage, allauth_views.LoginView): ...


class CheckYourMailView(_MailedPage, allauth_views.EmailVerificationSentView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        stage = LoginStageController.enter(self.request, EmailVerificationStage.key)
        login = stage.login if stage else None
        address = login and (login.email or (login.user and login.user.email))
        return {**super().get_context_data(**kwargs), "address": address}


class ConfirmAddressView(allauth_views.ConfirmEmailView):
    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """A link that is too old or used gets the page that says so, also after a double click."""
        if self._is_spent():
            return self.get(*args, **kwargs)
        return super().post(*args, **kwargs)

    def _is_spent(self) -> bool:
        return allauth_views.get_emailconfirmation_model().from_key(self.kwargs["key"]) is None


class ForgotPasswordView(_FormPage, allauth_views.PasswordResetView): ...


class ResetMailedView(_MailedPage, allauth_views.PasswordResetDoneView): ...


class NewPasswordView(_FormPage, allauth_views.PasswordResetFromKeyView): ...


class ChangePasswordView(_FormPage, allauth_views.PasswordChangeView): ...


@login_not_required
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keeps the language in a cookie, and with the account for its mails; leads back to the page."""
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        return refuse(request, _("Choose one of the languages at the foot of the page."))
    if request.user.is_authenticated:
        services.choose_language(person=request.user, language=language)
    response = HttpResponseRedirect(page_behind(request))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
    return response


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """The answer where sign-up, sign-in or a reset is tried faster than a person does."""
    return refuse(
        request, _("That’s been tried too often from here. Nothing was changed; wait a minute and try again."), status=429, wait=60
    )


def _mail_folder() -> str:
    """Where mails are put as files, for a developer; empty where a mail server sends them."""
    folder = getattr(settings, "EMAIL_FILE_PATH", None)
    if settings.PRODUCTION or folder is None:
        return ""
    path = Path(folder)
    return str(path.relative_to(settings.BASE_DIR)) if path.is_relative_to(settings.BASE_DIR) else f"STAIRCASE_DATA/{path.name}"
