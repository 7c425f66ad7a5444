"""The addresses of accounts. allauth's names, since its own code asks for them; only pages that the site has designed."""

from allauth.account import views as allauth_views
from django.urls import path, re_path

from . import views

urlpatterns = [
    path("signup/", views.SignUpView.as_view(), name="account_signup"),
    path("login/", views.SignInView.as_view(), name="account_login"),
    path("logout/", allauth_views.logout, name="account_logout"),
    path("inactive/", allauth_views.account_inactive, name="account_inactive"),
    path("confirm-email/", views.CheckYourMailView.as_view(), name="account_email_verification_sent"),
    re_path(r"^confirm-email/(?P<key>[-:\w]+)/$", views.ConfirmAddressView.as_view(), name="account_confirm_email"),
    path("password/change/", views.ChangePasswordView.as_view(), name="account_change_password"),
    path("password/reset/", views.ForgotPasswordView.as_view(), name="account_reset_password"),
    path("password/reset/done/", views.ResetMailedView.as_view(), name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.NewPasswordView.as_view(),
        name="account_reset_password_from_key",
    ),
    path("password/reset/key/done/", allauth_views.password_reset_from_key_done, name="account_reset_password_from_key_done"),
]
