import pgtrigger
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, RegexValidator
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

HANDLE = r"^[a-z0-9](?:[a-z0-9-]{1,28})[a-z0-9]$"
# Control characters, line separators and bidirectional overrides have no place in a name: they forge headers and mails.
PLAIN_TEXT = "^[^\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]*$"
plain_text = RegexValidator(PLAIN_TEXT, _("Use letters, digits and ordinary punctuation."))


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody with an account: a learner, and perhaps a mentor, an editor or an administrator as well."""

    email = models.EmailField(_("e-mail"), max_length=254, unique=True)
    name = models.CharField(
        _("name"), max_length=80, validators=[RegexValidator(PLAIN_TEXT, _("Use letters, spaces and ordinary punctuation."))]
    )
    handle = models.CharField(
        _("handle"),
        max_length=30,
        unique=True,
        validators=[RegexValidator(HANDLE, _("Use 3 to 30 small letters, digits and hyphens, such as amina-yusuf."))],
        help_text=_("The last part of the address of a person's portfolio."),
    )
    time_zone = models.CharField(
        _("time zone"), max_length=40, blank=True, db_default="", help_text=_("A name such as Africa/Nairobi; empty means UTC.")
    )
    language = models.CharField(
        _("language"),
        max_length=8,
        blank=True,
        db_default="",
        help_text=_("The language of the last choice, for mails; empty means English."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("editor"), default=False, help_text=_("May sign in to the workshop (Django admin)."))
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)

    objects = UserManager()

    EMAIL_FIELD = USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name", "handle"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            # Small letters only, so that "unique" holds whatever a person types.
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="email_is_small_letters"),
            models.CheckConstraint(condition=models.Q(handle__regex=HANDLE), name="handle_is_plain"),
        ]
        # Whatever changes a handle, the old one stays its owner's. Looked at after the row is written: whoever takes a handle
        # that is being given up has waited for its owner by then, and sees what the owner left. (They run in order of their names.)
        triggers = [
            pgtrigger.Trigger(
                name="handle_was_nobody_elses",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("handle"),
                when=pgtrigger.After,
                func="""
                    IF EXISTS (SELECT 1 FROM accounts_formerhandle WHERE handle = NEW.handle AND person_id <> NEW.id) THEN
                        RAISE unique_violation USING MESSAGE = 'this handle was somebody else''s';
                    END IF;
                    RETURN NULL;
                """,
            ),
            pgtrigger.Trigger(
                name="keep_the_former_handle",
                operation=pgtrigger.UpdateOf("handle"),
                when=pgtrigger.After,
                condition=pgtrigger.Q(old__handle__df=pgtrigger.F("new__handle")),
                func="""
                    DELETE FROM accounts_formerhandle WHERE handle = NEW.handle;
                    INSERT INTO accounts_formerhandle (handle, person_id, until) VALUES (OLD.handle, NEW.id, now());
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.handle

    def clean(self) -> None:
        if FormerHandle.objects.filter(handle=self.handle).exclude(person_id=self.pk).exists():
            raise ValidationError({"handle": _("This handle was somebody else’s, and its links still lead to them.")})

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        """The first word of the name: what a page calls the person by."""
        return self.name.split()[0] if self.name.split() else self.handle


# Whoever asks, signed in or not.
Person = User | AnonymousUser


class FormerHandle(models.Model):
    """A handle that a person had before: its addresses lead to the new one, and nobody else gets it."""

    handle = models.CharField(primary_key=True, max_length=30)
    person = models.ForeignKey(User, models.CASCADE, related_name="former_handles")
    until = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.handle


class Profile(models.Model):
    """What a person says about oneself, and who may see it. Without a row nothing is said, and nothing is public."""

    class Visibility(models.TextChoices):
        OFF = "off", _("Off: only I see it")
        UNLISTED = "unlisted", _("Unlisted: everyone who has the link")
        PUBLIC = "public", _("Public: everyone, and search engines may list it")

    class Skills(models.TextChoices):
        ALL = "all", _("All that I’ve done or shown, each with its level")
        SHOWN = "shown", _("Only what is shown or confirmed")
        CONFIRMED = "confirmed", _("Only what a mentor confirmed")

    person = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="profile")
    headline = models.CharField(_("one line about you"), max_length=160, blank=True, validators=[RegexValidator(PLAIN_TEXT)])
    about = models.TextField(_("about you"), max_length=2000, blank=True, validators=[MaxLengthValidator(2000)])
    place = models.CharField(_("where you live"), max_length=80, blank=True, validators=[RegexValidator(PLAIN_TEXT)])
    open_to = models.CharField(_("what you are open to"), max_length=120, blank=True, validators=[RegexValidator(PLAIN_TEXT)])
    github = models.CharField(_("GitHub name"), max_length=39, blank=True)
    linkedin_url = models.URLField(_("LinkedIn"), max_length=300, blank=True)
    website_url = models.URLField(_("website"), max_length=300, blank=True)
    visibility = models.CharField(_("portfolio"), max_length=8, choices=Visibility, default=Visibility.OFF)
    skills = models.CharField(_("skills"), max_length=9, choices=Skills, default=Skills.ALL)
    # The address only by opting in; the steps with the portfolio, unless that is switched off.
    shows_email = models.BooleanField(_("e-mail address"), default=False)
    shows_progress = models.BooleanField(_("how far I am with each step"), default=True)
    published_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(visibility__in=["off", "unlisted", "public"]), name="portfolio_visibility_is_known"),
            models.CheckConstraint(condition=models.Q(skills__in=["all", "shown", "confirmed"]), name="shown_skills_are_known"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.visibility}"


class Mail(models.Model):
    """A mail that waits for the worker. It holds no words and no links: they are made when it is sent, and the row goes with it."""

    class Kind(models.TextChoices):
        CONFIRM_SIGN_UP = "confirm-sign-up", _("confirm the address of a new account")
        CONFIRM_ADDRESS = "confirm-address", _("confirm an address")
        ACCOUNT_EXISTS = "account-exists", _("somebody signed up with an address that has an account")
        RESET_PASSWORD = "reset-password", _("choose a new password")
        NO_ACCOUNT = "no-account", _("a new password was asked for, and there is no account")
        PASSWORD_CHANGED = "password-changed", _("the password was changed")
        INVITATION = "invitation", _("somebody invites to mentoring")
        INVITATION_ANSWERED = "invitation-answered", _("an invitation was answered")
        MENTORING_ENDED = "mentoring-ended", _("mentoring has ended")
        REVIEW_ASKED = "review-asked", _("a review was asked for")
        REVIEW_ANSWERED = "review-answered", _("a review was answered")
        REVIEW_WAITS = "review-waits", _("a review waits for its mentor")
        REVIEW_CLOSED = "review-closed", _("a review was closed without an answer")
        SKILL_CONFIRMED = "skill-confirmed", _("a skill was confirmed")
        SIGN_OFF_WITHDRAWN = "sign-off-withdrawn", _("a confirmation was taken back")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    to = models.EmailField(_("to"), max_length=254)
    person = models.ForeignKey(User, models.CASCADE, null=True, related_name="+", verbose_name=_("person"))
    # What it is about, by its key in the app that writes the words: there is asked, when it is sent, whether it still holds.
    about = models.CharField(_("about"), max_length=43, blank=True, db_default="")
    # That of the page which caused it: for somebody without an account.
    language = models.CharField(_("language"), max_length=8, blank=True, db_default="")
    queued_at = models.DateTimeField(_("queued"), db_default=Now())

    class Meta:
        verbose_name = _("waiting mail")
        verbose_name_plural = _("waiting mails")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["account-exists", "no-account"]) | models.Q(person__isnull=False),
                name="a_personal_mail_has_a_person",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class UnwantedMail(models.Model):
    """A kind of mail that a person has switched off. No row: it is sent."""

    pk = models.CompositePrimaryKey("person_id", "kind")
    person = models.ForeignKey(User, models.CASCADE, related_name="unwanted_mails", db_index=False)
    kind = models.CharField(max_length=20, choices=Mail.Kind)

    def __str__(self) -> str:
        return f"{self.person_id}: no {self.kind}"
