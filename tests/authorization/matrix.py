"""Who may do what, as data: one row for each address of the site. A new address needs a row, or the build fails.

A cell is what an actor gets for a method:

- ``ok``        the page (200), or an action done: a redirect to a page of the site, the fragment for htmx
- ``moved``     on to another page of the site, because there is nothing to do here
- ``invalid``   422 or 400: the actor may, the values are missing
- ``sign-in``   sent to sign-in, in the way that suits htmx or everybody else
- ``403 404 405``  refused; 403 exists in the workshop only, elsewhere what one may not see does not exist
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ACTORS = ("anonymous", "guest", "learner", "other_learner", "mentor", "other_mentor", "former_mentor", "editor", "admin_user")
METHODS = ("GET", "HEAD", "POST")

NOBODY = ("anonymous", "guest")
PEOPLE = ("learner", "other_learner", "mentor", "other_mentor", "former_mentor", "editor", "admin_user")
NOT_STAFF = ("learner", "other_learner", "mentor", "other_mentor", "former_mentor")

Cells = Mapping[str, str]


def everybody(answer: str) -> Cells:
    return dict.fromkeys(ACTORS, answer)


def people(answer: str, *, nobody: str = "sign-in") -> Cells:
    """One answer for who has an account, another for who has none."""
    return {**dict.fromkeys(NOBODY, nobody), **dict.fromkeys(PEOPLE, answer)}


def workshop(*, editor: str, admin: str = "ok") -> Cells:
    """Pages of the workshop: others are asked to sign in as somebody who may enter."""
    return {**dict.fromkeys(NOBODY, "sign-in"), **dict.fromkeys(NOT_STAFF, "sign-in"), "editor": editor, "admin_user": admin}


@dataclass(frozen=True)
class Row:
    """An address with the answers to each actor; HEAD is answered as GET unless said otherwise. `case` tells two rows of one address apart."""

    name: str
    get: Cells
    post: Cells
    arguments: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    case: str = ""
    head: Cells | None = None

    def cells(self, method: str) -> Cells:
        return {"GET": self.get, "HEAD": self.head or self.get, "POST": self.post}[method]

    def __str__(self) -> str:
        return f"{self.name} ({self.case})" if self.case else self.name


def page(name: str, arguments: Mapping[str, Any] | None = None, *, answer: str = "ok", case: str = "") -> Row:
    """A page that everybody may read; nobody may post to it."""
    return Row(name, everybody(answer), everybody("405"), arguments or {}, case=case)


def action(name: str, arguments: Mapping[str, Any] | None, values: Mapping[str, Any], cells: Cells, case: str = "") -> Row:
    """An address that is only posted to."""
    return Row(name, everybody("405"), cells, arguments or {}, values, case)


ROADMAP = [
    page("home"),
    page("about"),
    page("stage", {"slug": "ground"}),
    page("stage", {"slug": "draft"}, answer="404", case="draft"),
    page("stage", {"slug": "no-such"}, answer="404", case="unknown"),
    page("skill", {"slug": "numpy"}),
    page("skill", {"slug": "hidden"}, answer="404", case="of a draft"),
    page("skill", {"slug": "old-tool"}, answer="moved", case="retired"),
    page("idea_list"),
    page("download"),
    page("roadmap_markdown"),
    page("roadmap_table"),
    page("idea", {"slug": "house-prices"}),
    page("idea", {"slug": "no-such"}, answer="404", case="unknown"),
    page("resources:resource_list"),
    Row("resources:shelf", people("ok"), people("405", nobody="sign-in")),
    Row("resources:put_on_shelf", people("405"), people("ok"), {"slug": "book"}, {"state": "saved"}),
    Row("resources:put_on_shelf", people("405"), people("404"), {"slug": "no-such"}, {"state": "saved"}, case="unknown"),
    Row("resources:add_own_link", people("ok"), people("ok"), {"slug": "numpy"}, {"url": "https://example.org/", "title": ""}),
    Row("resources:add_own_link", people("404"), people("404"), {"slug": "hidden"}, {"url": "https://example.org/"}, case="of a draft"),
    Row("resources:read_own_link", people("405"), {**people("404"), "learner": "ok"}, {"id": 1004}, {"is_read": "yes"}),
    Row("resources:drop_own_link", people("405"), {**people("404"), "learner": "ok"}, {"id": 1004}),
    page("search:search"),
    action("search:count_unanswered", None, {"q": "zeppelin"}, everybody("ok")),
    action("choose_language", None, {"language": "es"}, everybody("ok")),
    action("choose_language", None, {"language": "xx"}, everybody("invalid"), case="not spoken here"),
    # Everybody marks for oneself: whose marks they are is never part of the request.
    action("mark_skill", {"slug": "numpy"}, {"state": "done"}, everybody("ok")),
    action("mark_skill", {"slug": "numpy"}, {"state": "finished"}, everybody("invalid"), case="no such state"),
    action("mark_skill", {"slug": "numpy"}, {"state": "done", "key": "1"}, everybody("invalid"), case="of a queue, without its facts"),
    action("mark_skill", {"slug": "hidden"}, {"state": "done"}, everybody("404"), case="of a draft"),
    action("mark_skill", {"slug": "old-tool"}, {"state": "done"}, everybody("404"), case="retired"),
    action("set_aside", {"slug": "numpy"}, {"state": "aside"}, everybody("ok")),
    action("set_aside", {"slug": "numpy"}, {"state": "open"}, everybody("ok"), case="taken back"),
    action("set_aside", {"slug": "numpy"}, {"state": "away"}, everybody("invalid"), case="no such state"),
    action("set_aside", {"slug": "hidden"}, {"state": "aside"}, everybody("404"), case="of a draft"),
    action("tick_point", {"slug": "numpy", "key": "array"}, {"reached": "yes"}, everybody("ok")),
    action("tick_point", {"slug": "numpy", "key": "frame"}, {"reached": "yes"}, everybody("404"), case="of another skill"),
]

CLIMB = [
    # Who has marked nothing yet is asked three questions; whose answers they are is never part of the request.
    page("climb"),
    Row("pace", everybody("ok"), everybody("ok"), values={"hours_a_week": "5", "known": "code", "draw": "work"}),
    Row("pace", everybody("ok"), everybody("invalid"), values={"hours_a_week": "500"}, case="no such pace"),
    Row("progress:merge", people("ok"), people("405", nobody="sign-in")),
    Row("progress:merge_marks", people("405"), people("ok"), values={"skill": "numpy"}),
    Row("progress:drop_marks", people("405"), people("ok")),
    Row("progress:note_list", people("ok"), people("405", nobody="sign-in")),
    Row("progress:note", people("ok"), people("ok"), {"slug": "numpy"}, {"text": "Broadcasting.", "version": 0}),
    Row("progress:note", people("404"), people("404"), {"slug": "hidden"}, {"text": "Mine.", "version": 0}, case="of a draft"),
    Row("progress:begin_anew", people("ok"), people("ok")),
    Row("progress:begin_anew", people("ok"), people("404"), values={"step": "draft"}, case="a draft"),
    Row("progress:take_back", people("405"), {**people("404"), "learner": "ok"}, {"id": 1003}),
]

PROJECT = {"id": "amina-builds"}


def of_the_owner(answer: str, *, admin: str = "404") -> Cells:
    """What only its learner gets; to other people it does not exist. Superusers read."""
    return {**people("404"), "learner": answer, "admin_user": admin}


def own_action(name: str, values: Mapping[str, Any], *, answer: str = "ok", case: str = "") -> Row:
    """An action on a project of the learner's."""
    return Row(name, people("405", nobody="sign-in"), of_the_owner(answer), PROJECT, values, case)


PROJECTS = [
    Row("portfolio:project_list", people("ok"), people("405", nobody="sign-in")),
    Row("portfolio:attach_project", people("ok"), people("ok"), values={"address": "github.com/amina/houses", "visibility": "private"}),
    Row("portfolio:attach_project", people("ok"), people("invalid"), values={"address": "houses"}, case="no address"),
    Row("portfolio:project", of_the_owner("ok", admin="ok"), people("405", nobody="sign-in"), PROJECT),
    Row("portfolio:reading", of_the_owner("ok", admin="ok"), people("405", nobody="sign-in"), PROJECT),
    own_action("portfolio:inspect_project", {}),
    own_action("portfolio:answer_evidence", {"skill": "numpy"}),
    own_action("portfolio:answer_evidence", {"decline": "numpy"}, case="declined"),
    own_action("portfolio:answer_evidence", {}, answer="invalid", case="nothing ticked"),
    Row(
        "portfolio:edit_project",
        of_the_owner("ok"),
        of_the_owner("ok"),
        PROJECT,
        {"title": "Houses", "visibility": "private", "version": "1"},
    ),
    Row("portfolio:edit_project", of_the_owner("ok"), of_the_owner("invalid"), PROJECT, {"title": ""}, case="no name"),
    Row("portfolio:write_up", of_the_owner("ok"), of_the_owner("ok"), PROJECT, {"split": "By time", "version": "1"}),
    own_action("portfolio:finish_project", {"state": "open"}),
    own_action("portfolio:finish_project", {"state": "finished"}, answer="invalid", case="without answers"),
    own_action("portfolio:archive_project", {"state": "archived"}),
    Row("portfolio:delete_project", of_the_owner("ok"), of_the_owner("ok"), PROJECT),
    own_action("portfolio:restore_project", {}),
]

HANDLE = {"handle": "amina-yusuf"}
# Bo's portfolio is on; Amina's is off.
OPEN = {"handle": "bo-lindqvist"}
PREVIEW = {**everybody("404"), "learner": "ok", "admin_user": "ok"}
DOWNLOADS = ("resume", "paper", "site", "readme")
SHOWN_ELSEWHERE = ("badge", "picture")

PORTFOLIO = [
    *(page(f"public:{name}", OPEN, case="on") for name in ("portfolio", *DOWNLOADS, *SHOWN_ELSEWHERE)),
    page("public:project", {**OPEN, "slug": "shown"}, case="listed"),
    page("public:project", {**OPEN, "slug": "hidden"}, answer="404", case="not listed"),
    *(Row(f"public:{name}", PREVIEW, everybody("405"), HANDLE, case="off") for name in ("portfolio", *DOWNLOADS)),
    # Kept by anybody's cache, and so the same for everybody.
    *(page(f"public:{name}", HANDLE, answer="404", case="off") for name in SHOWN_ELSEWHERE),
    page("public:portfolio", {"handle": "no-such-one"}, answer="404", case="unknown"),
    page("public:portfolio", {"handle": "BO-LINDQVIST"}, answer="moved", case="in other letters"),
]


def of_the_mentor(answer: str, *, admin: str = "404") -> Cells:
    """What only an active mentor of the learner gets; to everybody else, and to the learner, it does not exist."""
    return {**people("404"), "mentor": answer, "admin_user": admin}


def of_amina(slug: str) -> Mapping[str, str]:
    return {**HANDLE, "slug": slug}


SIGN_OFFS = [
    # Amina calls Git done; NumPy she learns, and no code shows it.
    Row("mentoring:confirm_skill", of_the_mentor("ok"), of_the_mentor("ok"), of_amina("git"), {"note": "Explained it."}),
    Row("mentoring:confirm_skill", of_the_mentor("ok"), of_the_mentor("invalid"), of_amina("git"), {"note": ""}, case="no word"),
    Row("mentoring:confirm_skill", of_the_mentor("ok"), of_the_mentor("invalid"), of_amina("numpy"), {"note": "Good."}, case="no claim"),
    Row("mentoring:confirm_skill", of_the_mentor("404"), of_the_mentor("404"), of_amina("hidden"), {"note": "Good."}, case="of a draft"),
    # Whoever signed, and administrators.
    Row(
        "mentoring:withdraw_sign_off",
        of_the_mentor("ok", admin="ok"),
        of_the_mentor("ok", admin="ok"),
        of_amina("pandas"),
        {"reason": "Copied."},
    ),
    Row(
        "mentoring:withdraw_sign_off",
        of_the_mentor("ok", admin="ok"),
        of_the_mentor("invalid", admin="invalid"),
        of_amina("pandas"),
        {"reason": ""},
        case="no reason",
    ),
    Row("mentoring:withdraw_sign_off", people("404"), people("404"), of_amina("git"), {"reason": "Copied."}, case="not signed"),
]
COHORT = {"id": "autumn"}

# Everybody has a list of one's own mentees, be it empty; a learner is there for active mentors, a note for who wrote it.
MENTEES = [
    Row("mentoring:home", people("ok"), people("405", nobody="sign-in")),
    Row("mentoring:mentees_file", people("ok"), people("405", nobody="sign-in")),
    Row("mentoring:cohort", of_the_mentor("ok"), people("405", nobody="sign-in"), COHORT),
    Row("mentoring:cohort_file", of_the_mentor("ok"), people("405", nobody="sign-in"), COHORT),
    Row("mentoring:learner", of_the_mentor("ok", admin="ok"), people("405", nobody="sign-in"), HANDLE),
    Row("mentoring:learner", people("404"), people("405", nobody="sign-in"), {"handle": "no-such-one"}, case="unknown"),
    Row(
        "mentoring:agree_step",
        people("405", nobody="sign-in"),
        of_the_mentor("ok"),
        HANDLE,
        {"next_step": "Clean the data", "version": "1"},
    ),
    Row(
        "mentoring:agree_step",
        people("405", nobody="sign-in"),
        of_the_mentor("invalid"),
        HANDLE,
        {"next_step": "", "next_step_on": "2026-12-01", "version": "1"},
        case="no step",
    ),
    Row("mentoring:add_note", people("405", nobody="sign-in"), of_the_mentor("ok"), HANDLE, {"text": "Strong on data."}),
    Row("mentoring:add_note", people("405", nobody="sign-in"), of_the_mentor("invalid"), HANDLE, {"text": ""}, case="nothing"),
    Row("mentoring:delete_note", people("405", nobody="sign-in"), of_the_mentor("ok"), {**HANDLE, "id": 1001}, {}),
    Row("mentoring:delete_note", people("405", nobody="sign-in"), of_the_mentor("404"), {**HANDLE, "id": 1002}, {}, case="somebody else's"),
]
REVIEW = {"id": "amina-asked"}
TYPED = {"version": "1", "draft_version": "1", "desk": "here", "verdict": "changes", "reason": "Honest errors; next, split by month."}


def mentors_action(name: str, values: Mapping[str, str], *, answer: str = "ok", case: str = "", **more: Any) -> Row:
    """An action on a review that its mentor writes."""
    return Row(name, people("405", nobody="sign-in"), of_the_mentor(answer), {**REVIEW, **more}, values, case)


# Amina has asked her mentor about one project, and not yet about another.
REVIEWS = [
    Row("mentoring:learner_project", of_the_mentor("ok"), people("405", nobody="sign-in"), {**HANDLE, **PROJECT}),
    Row("mentoring:learner_project", people("404"), people("405", nobody="sign-in"), {**HANDLE, "id": "no-such"}, case="unknown"),
    Row("mentoring:review", {**of_the_mentor("ok", admin="ok"), "learner": "ok"}, of_the_mentor("ok"), REVIEW, TYPED),
    Row("mentoring:review", {**of_the_mentor("ok", admin="ok"), "learner": "ok"}, of_the_mentor("invalid"), REVIEW, {}, case="nothing"),
    Row("mentoring:review", people("404"), people("404"), {"id": "no-such"}, TYPED, case="unknown"),
    mentors_action("mentoring:save_draft", TYPED),
    mentors_action("mentoring:keep_comment", {**TYPED, "text": "Cut here."}),
    mentors_action("mentoring:keep_comment", TYPED, answer="invalid", case="nothing"),
    mentors_action("mentoring:delete_comment", TYPED, comment=1),
    mentors_action("mentoring:save_phrase", {**TYPED, "text": "Name the baseline."}),
    mentors_action("mentoring:save_phrase", TYPED, answer="invalid", case="nothing"),
    mentors_action("mentoring:delete_phrase", TYPED, phrase=1),
    Row(
        "mentoring:reply",
        people("405", nobody="sign-in"),
        {**people("404"), "learner": "ok", "mentor": "ok"},
        REVIEW,
        {"reply-text": "By month."},
    ),
    Row("mentoring:withdraw_review", people("405", nobody="sign-in"), {**people("404"), "learner": "ok"}, REVIEW, {"version": "1"}),
    Row(
        "reviews:request_review",
        people("405", nobody="sign-in"),
        {**people("404"), "learner": "ok"},
        {"id": "amina-asks"},
        {"mentor": "jonas-weber"},
    ),
    Row(
        "reviews:request_review",
        people("405", nobody="sign-in"),
        {**people("404"), "learner": "invalid"},
        {"id": "amina-asks"},
        {"mentor": "priya-raman"},
        case="of somebody who is no mentor of hers",
    ),
]
PAIR, ENDED = {"id": "amina-jonas"}, {"id": "amina-luis"}
ASKED, TAKEN_BACK = {"token": "amina-asks"}, {"token": "amina-asked"}
INVITED: Cells = {**people("404"), "other_mentor": "ok"}
EITHER: Cells = {**people("404"), "learner": "ok", "mentor": "ok"}
POSTED_ONLY = people("405", nobody="sign-in")
NOT_THE_MENTOR: Cells = {**people("ok"), "mentor": "404"}

# Everybody may invite. Only who was invited answers; only the learner says what is shown; either of the two ends it, once.
RELATION = [
    Row("relation:mentors", people("ok"), people("ok"), values={"email": "new@example.org", "scopes": "progress"}),
    Row("relation:mentors", people("ok"), people("invalid"), values={"email": "nobody", "scopes": "progress"}, case="no address"),
    Row("relation:looks", people("ok"), POSTED_ONLY),
    Row("relation:change_scopes", POSTED_ONLY, of_the_owner("ok"), PAIR, {"scopes": "plan"}),
    Row("relation:change_scopes", POSTED_ONLY, of_the_owner("invalid"), PAIR, {"scopes": "everything"}, case="no such scope"),
    Row("relation:change_scopes", POSTED_ONLY, people("404"), ENDED, {"scopes": "plan"}, case="ended"),
    Row("relation:mentees", people("ok"), people("ok"), values={"email": "new@example.org"}),
    Row("relation:mentees", people("ok"), people("invalid"), values={"email": "nobody"}, case="no address"),
    Row("relation:save_mentor_profile", POSTED_ONLY, people("ok"), values={"line": "Sundays"}),
    Row("relation:save_mentor_profile", POSTED_ONLY, people("invalid"), values={"paused_until": "soon"}, case="no day"),
    Row("relation:create_cohort", POSTED_ONLY, people("ok"), values={"name": "Riga"}),
    Row("relation:create_cohort", POSTED_ONLY, people("invalid"), values={"name": ""}, case="no name"),
    Row("relation:close_cohort", POSTED_ONLY, of_the_mentor("ok"), COHORT, {"state": "closed"}),
    Row("relation:close_cohort", POSTED_ONLY, of_the_mentor("invalid"), COHORT, {"state": "ajar"}, case="no such state"),
    Row("relation:renew_link", POSTED_ONLY, of_the_mentor("ok"), COHORT),
    Row("relation:hand_over", of_the_mentor("ok"), of_the_mentor("ok"), PAIR, {"successor": "new@example.org"}),
    Row("relation:hand_over", of_the_mentor("ok"), of_the_mentor("invalid"), PAIR, {"successor": "nobody"}, case="no address"),
    Row("relation:hand_over", people("404"), people("404"), ENDED, {"successor": "new@example.org"}, case="ended"),
    Row("relation:end_mentorship", {**EITHER, "admin_user": "ok"}, {**EITHER, "admin_user": "ok"}, PAIR),
    Row("relation:end_mentorship", people("404"), people("404"), ENDED, case="ended"),
    Row("relation:withdraw_invitation", POSTED_ONLY, of_the_owner("ok"), ASKED),
    Row("mentoring:invitation", INVITED, INVITED, ASKED, {"answer": "accept"}),
    Row("mentoring:invitation", INVITED, INVITED, ASKED, {"answer": "decline"}, case="no"),
    Row("mentoring:invitation", INVITED, {**INVITED, "other_mentor": "invalid"}, ASKED, {"answer": "perhaps"}, case="no such answer"),
    Row(
        "mentoring:invitation",
        {**INVITED, "other_mentor": "410"},
        {**INVITED, "other_mentor": "410"},
        TAKEN_BACK,
        {"answer": "accept"},
        case="withdrawn",
    ),
    Row("mentoring:invitation", people("404"), people("404"), {"token": "no-such"}, {"answer": "accept"}, case="unknown"),
    Row("mentoring:join_cohort", NOT_THE_MENTOR, NOT_THE_MENTOR, {"link": "autumn-link"}, {"scopes": "progress"}),
    Row("mentoring:join_cohort", people("404"), people("404"), {"link": "no-such"}, {"scopes": "progress"}, case="unknown"),
]
RECORDS = ("credential_json", "credential_jwt")
CREDENTIALS = [
    *(page(f"credentials:{name}", {"number": "bo-signed"}, case="shown") for name in ("credential", "credential_status", *RECORDS)),
    *(page(f"credentials:{name}", {"number": "bo-withdrawn"}, case="withdrawn") for name in ("credential", "credential_status")),
    *(page(f"credentials:{name}", {"number": "bo-withdrawn"}, answer="410", case="withdrawn") for name in RECORDS),
    *(
        Row(f"credentials:{name}", PREVIEW, everybody("405"), {"number": "amina-signed"}, case="of a portfolio that is off")
        for name in ("credential", *RECORDS)
    ),
    page("credentials:credential_status", {"number": "amina-signed"}, case="of a portfolio that is off: whoever holds a copy may check it"),
    page("credentials:credential_status", {"number": "no-such"}, answer="404", case="unknown"),
    page("credentials:credential", {"number": "no-such"}, answer="404", case="unknown"),
    page("credentials:skill_credential", {"handle": "bo-lindqvist", "slug": "numpy"}, answer="moved", case="shown"),
    page("credentials:skill_credential", {"handle": "bo-lindqvist", "slug": "git"}, answer="404", case="withdrawn"),
    Row(
        "credentials:skill_credential",
        {**everybody("404"), "learner": "moved", "admin_user": "moved"},
        everybody("405"),
        of_amina("pandas"),
        case="of a portfolio that is off",
    ),
    page("credentials:check"),
    page("credentials:keys"),
    page("credentials:key", {"thumbprint": "no-such"}, answer="404", case="unknown"),
]

# Everybody's own: whose settings they are is never part of the request.
SETTINGS = [
    Row("settings:profile", people("ok"), people("ok"), values={"name": "Somebody", "handle": "some-body"}),
    Row("settings:profile", people("ok"), people("invalid"), values={"name": "", "handle": "some-body"}, case="no name"),
    Row("settings:profile", people("ok"), people("invalid"), values={"name": "Somebody", "handle": "admin"}, case="a word of the site"),
    Row("settings:privacy", people("ok"), people("ok"), values={"visibility": "public", "skills": "all"}),
    Row("settings:privacy", people("ok"), people("invalid"), values={"visibility": "everybody", "skills": "all"}, case="no such choice"),
    Row("mail:notifications", people("ok"), people("ok"), values={"asked": "review-asked"}),
    Row("mail:notifications", people("ok"), people("invalid"), values={"asked": "reset-password"}, case="always sent"),
    # A link out of a mail is for whoever has it; tests/accounts/test_notifications.py follows a real one.
    Row("mail:unsubscribe", everybody("404"), everybody("404"), {"token": "made-up"}, {"state": "off"}),
    Row("settings:hide_portfolio", people("405", nobody="sign-in"), people("ok")),
]

ACCOUNTS = [
    Row("account_signup", people("moved", nobody="ok"), people("moved", nobody="invalid")),
    Row("account_login", people("moved", nobody="ok"), people("moved", nobody="invalid")),
    Row("account_logout", people("ok", nobody="moved"), people("ok", nobody="moved")),
    page("account_inactive"),
    page("account_email_verification_sent"),
    Row("account_confirm_email", everybody("ok"), everybody("ok"), {"key": "made-up:key"}),
    Row("account_change_password", people("ok"), people("invalid")),
    Row("account_reset_password", everybody("ok"), everybody("invalid")),
    page("account_reset_password_done"),
    Row("account_reset_password_from_key", everybody("ok"), everybody("ok"), {"uidb36": "1", "key": "made-up-key"}),
    page("account_reset_password_from_key_done"),
]

MACHINES = [
    page("sitemap"),
    page("web:healthz"),
    page("web:readyz", answer="503"),
    page("web:robots"),
    page("web:favicon", answer="moved"),
    page("web:security", answer="404"),
    page("web:manifest"),
    page("web:worker"),
    page("web:offline"),
    page("web:person"),
]

WORKSHOP = [
    Row("admin:index", workshop(editor="ok"), workshop(editor="ok")),
    Row(
        "admin:login",
        {**dict.fromkeys(NOBODY, "sign-in"), **dict.fromkeys(NOT_STAFF, "403"), "editor": "moved", "admin_user": "moved"},
        {**dict.fromkeys(NOBODY, "sign-in"), **dict.fromkeys(NOT_STAFF, "403"), "editor": "ok", "admin_user": "ok"},
        # Django sends on whoever is in already, but only for GET.
        head={**dict.fromkeys(NOBODY, "sign-in"), **dict.fromkeys(NOT_STAFF, "403"), "editor": "ok", "admin_user": "ok"},
    ),
    # Who may not enter the workshop is not signed out of it either.
    Row(
        "admin:logout",
        {**workshop(editor="ok"), **dict.fromkeys(NOT_STAFF, "moved")},
        {**workshop(editor="moved", admin="moved"), **dict.fromkeys(NOT_STAFF, "moved")},
    ),
    # The door that everybody goes through.
    Row("admin:password_change", *[workshop(editor="moved", admin="moved")] * 2),
    Row("admin:password_change_done", workshop(editor="ok"), workshop(editor="405", admin="405")),
    Row("admin:autocomplete", workshop(editor="403", admin="403"), workshop(editor="405", admin="405")),
    Row("admin:jsi18n", workshop(editor="ok"), workshop(editor="405", admin="405")),
    Row(
        "admin:view_on_site",
        workshop(editor="404", admin="404"),
        workshop(editor="404", admin="404"),
        {"content_type_id": 0, "object_id": 0},
    ),
    Row("admin:app_list", workshop(editor="404"), workshop(editor="404"), {"app_label": "accounts"}, case="people"),
]

ROWS = [
    *ROADMAP,
    *CLIMB,
    *PROJECTS,
    *PORTFOLIO,
    *MENTEES,
    *RELATION,
    *SIGN_OFFS,
    *REVIEWS,
    *CREDENTIALS,
    *SETTINGS,
    *ACCOUNTS,
    *MACHINES,
    *WORKSHOP,
]

# Models that the workshop shows, by who may open them there. A registered model that is in neither fails the build.
CONTENT = {
    "stages.stage", "stages.advice", "stages.skill", "stages.donepoint", "stages.projectidea", "stages.statement", "resources.resource",
    "search.unanswered",
}  # fmt: skip
SUPERUSERS_ONLY = {"accounts.user", "auth.group", "account.emailaddress", "procrastinate.procrastinatejob"}
