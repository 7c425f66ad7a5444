"""What a person pastes, read strictly: a repository on GitHub, a link to show, or a sentence that says what to write instead.

Nothing is ever fetched from an address itself. Of a repository only owner and name remain, and requests are built from these;
a link is shown on a public page and leads to an https address of a host that looks public.
"""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit

import idna
from django.conf import settings
from django.utils.translation import gettext as _

LONGEST = 500

OWNER = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,37}[A-Za-z0-9])?"
NAME = r"[A-Za-z0-9._-]{1,100}"

# Pages of github.com whose addresses look like a repository's.
_PAGES = frozenset(
    "about account apps codespaces collections contact customer-stories dashboard enterprise events explore features issues join login "
    "marketplace new notifications organizations orgs pricing pulls search security sessions settings site sponsors stars team topics "
    "trending users".split()
)
_OF_FILES = frozenset({"blob", "raw", "blame", "edit"})
# Hosts whose addresses are understood without https:// before them.
_OTHER_HOSTS = frozenset({"gitlab.com", "codeberg.org", "bitbucket.org"})
# Endings that no public site has (RFC 6761, RFC 6762, RFC 8375, and what home networks use).
_PRIVATE = frozenset("arpa corp home internal intranet invalid lan local localdomain localhost onion private test".split())
# What a "share" button adds to say who shared.
_TRACKING = re.compile(r"(?:utm_\w*|fbclid|gclid|rcm|trk|trackingId)(?:=.*)?", re.IGNORECASE)

_AROUND = frozenset({"<>", '""', "''", "“”", "‘’", "``", "()"})
_COPIED_COMMAND = re.compile(r"(?:git clone|gh repo clone) +(\S+)")
_SHORT = re.compile(rf"({OWNER})/({NAME})/?")
_SSH = re.compile(r"(?:ssh://git@([A-Za-z0-9.-]+)(?::\d{1,5})?/|git@([A-Za-z0-9.-]+):/?)([^@]+)")
_HOST = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})")
_REPOSITORY_SOMEWHERE = re.compile(rf"github\.com(?:(?::\d{{1,5}})?/|:)({OWNER})/({NAME})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository on GitHub, as it was written."""

    owner: str
    name: str

    def __str__(self) -> str:
        return f"{self.owner}/{self.name}"

    @property
    def key(self) -> str:
        """The same for every way to write it: GitHub does not tell cases apart."""
        return str(self).lower()

    @property
    def url(self) -> str:
        return f"{settings.GITHUB_URL}/{self.owner}/{self.name}"


@dataclass(frozen=True, slots=True)
class Link:
    """An https address of another host, of ASCII characters only: shown, never fetched."""

    url: str
    host: str


Address = Repository | Link


class BadAddress(Exception):
    """What was pasted is not an address of a repository. `sentence` says what to write; `try_instead` is an address that is one, or empty."""

    def __init__(self, sentence: str, try_instead: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.try_instead = try_instead


def parse(text: str) -> Address:
    """The repository, or the link, that a pasted text means. Raises BadAddress."""
    pasted = _tidy(text)
    if not pasted:
        raise BadAddress(_("Paste the address of your repository, such as https://github.com/amina/house-prices."))
    if command := _COPIED_COMMAND.fullmatch(pasted):
        pasted = command[1]
    if short := _SHORT.fullmatch(pasted):
        return _repository(short[1], short[2])
    if clone := _SSH.fullmatch(pasted):
        host = (clone[1] or clone[2]).lower()
        pasted = f"https://{_github() if host == f'ssh.{_github()}' else host}/{clone[3].removesuffix('.git')}"
    elif _first_part(pasted) in {_github(), f"www.{_github()}", *_OTHER_HOSTS}:
        pasted = f"https://{pasted}"
    address = _split(pasted)
    if _authority(address) in {_github(), f"www.{_github()}"}:
        return _on_github(address)
    if _github() == "github.com":
        _refuse_relatives_of_github(_ascii_host(address), address.path)
    return _link(address)


def clean_link(text: str, *, on: str = "") -> str:
    """The https address of a demo, a write-up or a post, without what tells who shared it; empty for blank text. Raises BadAddress.

    `on` names the host that it must be of, with its subdomains: "linkedin.com".
    """
    pasted = _tidy(text)
    if not pasted:
        return ""
    first = _first_part(pasted)
    if on and (first == on or first.endswith(f".{on}")):
        pasted = f"https://{pasted}"
    link = _link(_split(pasted))
    if on and not (link.host == on or link.host.endswith(f".{on}")):
        raise BadAddress(_("This link is not on %(host)s. Open the post there and copy its address.") % {"host": on})
    return link.url


# --- The text ---------------------------------------------------------------------------------------------------------


def _tidy(text: str) -> str:
    """The text without what surrounds an address that was copied from a mail or a page."""
    pasted = text.strip()
    if pasted[:1] + pasted[-1:] in _AROUND:
        pasted = pasted[1:-1].strip()
    if len(pasted) > LONGEST:
        raise BadAddress(
            _("An address has at most %(longest)s characters. Copy only the address, without the text around it.") % {"longest": LONGEST}
        )
    if any(unicodedata.category(character)[0] == "C" or unicodedata.category(character) in ("Zl", "Zp") for character in pasted):
        raise BadAddress(
            _("There are invisible characters in this address. Type it, or copy it again from the address bar."), _guess(pasted)
        )
    return pasted


def _first_part(pasted: str) -> str:
    return pasted.partition("/")[0].lower()


def _split(pasted: str) -> SplitResult:
    if any(character.isspace() or character in "\\" for character in pasted):
        raise BadAddress(
            _("An address has no spaces and no backslashes. Copy it again from the address bar."),
            "" if _is_broken_off(pasted) else _guess(pasted),
        )
    try:
        address = urlsplit(pasted)
        port = address.port
    except ValueError:
        raise BadAddress(_("This is not an address that a browser understands. Copy it from the address bar."), _guess(pasted)) from None
    if address.scheme not in ("http", "https") or not address.hostname:
        raise BadAddress(
            _("Begin the address with https://, such as https://github.com/amina/house-prices."), _guess(pasted) or _with_https(pasted)
        )
    if "@" in address.netloc:
        bare = pasted.replace(address.netloc, address.netloc.rpartition("@")[2])
        raise BadAddress(
            _("Leave out the name and password before the @: this address may be shown to others. If it was a real password, change it."),
            _guess(bare) or _with_https(bare),
        )
    if port not in (None, 443 if address.scheme == "https" else 80) and _authority(address) != _github():
        raise BadAddress(_("Leave out the port (the number after the colon)."), _guess(pasted))
    return address


def _guess(pasted: str) -> str:
    """A repository on GitHub that the text seems to mean, or nothing."""
    found = _REPOSITORY_SOMEWHERE.search(pasted)
    return _address_of(found[1], found[2].rstrip(".")) if found and _github() == "github.com" else ""


def _is_broken_off(pasted: str) -> bool:
    """Whether the text begins with an address and a space stands in its name: what comes before the space may be another repository."""
    found = _REPOSITORY_SOMEWHERE.search(pasted)
    return found is not None and not re.search(r"\s", pasted[: found.start()]) and pasted[found.end() : found.end() + 1].isspace()


def _with_https(pasted: str) -> str:
    """The same address with https:// before it, if that is an address; nothing otherwise."""
    rest = pasted.partition("://")[2] or pasted
    if "@" in rest:
        return ""
    try:
        return parse(_link(urlsplit(f"https://{rest}")).url).url
    except (BadAddress, ValueError):
        return ""


# --- GitHub -----------------------------------------------------------------------------------------------------------


def _github() -> str:
    """Host, and port if there is one, of GitHub or of the GitHub Enterprise that is set."""
    return urlsplit(settings.GITHUB_URL).netloc.lower()


def _authority(address: SplitResult) -> str:
    """Host, and the port where it is not the scheme's own."""
    host = _ascii_host(address)
    usual = {"http": 80, "https": 443}.get(address.scheme)
    return host if address.port in (None, usual) else f"{host}:{address.port}"


def _repository(owner: str, name: str) -> Repository:
    """Owner and name if GitHub can have given them. Raises BadAddress."""
    bare = re.sub(r"(?:\.git)+\Z", "", name)
    if bare.endswith(".wiki"):
        raise BadAddress(_("This is a wiki. Link to the repository that it belongs to."), _address_of(owner, bare.removesuffix(".wiki")))
    if not re.fullmatch(OWNER, owner) or not re.fullmatch(NAME, bare) or bare in (".", "..") or owner.lower() in _PAGES:
        raise BadAddress(
            _(
                "This is not the address of a repository. Open the repository's own page and copy its address, such as https://github.com/amina/house-prices."
            )
        )
    return Repository(owner, bare)


def _address_of(owner: str, name: str) -> str:
    """The address of a repository, or nothing where there can be none."""
    try:
        return _repository(owner, name).url
    except BadAddress:
        return ""


def _on_github(address: SplitResult) -> Repository:
    owner, _slash, rest = address.path.strip("/").partition("/")
    name, _slash, rest = rest.partition("/")
    if not name:
        raise BadAddress(
            _(
                "This is a page of a person, an organisation or GitHub itself. Open the repository that you want to attach, and copy the address of its page."
            )
        )
    repository = _repository(owner, name)
    place = rest.split("/")
    if "." in place or ".." in place:
        raise BadAddress(_("Link to the repository itself."), repository.url)
    if place[0] in _OF_FILES:
        raise BadAddress(_("Link to the repository, not to a file in it."), repository.url)
    return repository


def _refuse_relatives_of_github(host: str, path: str) -> None:
    """Addresses that lead to GitHub by another way: each has a sentence, and the repository's address where it can be told."""
    parts = [part for part in path.split("/") if part]
    if host == "gist.github.com":
        raise BadAddress(_("A gist is not a repository. Put its files into a repository of their own, and link to that."))
    if host.endswith(".github.io"):
        owner = host.removesuffix(".github.io")
        raise BadAddress(
            _("This is the website that GitHub makes of a repository. Link to the repository itself; the website fits as the demo."),
            _address_of(owner, parts[0] if parts else host),
        )
    if host in ("raw.githubusercontent.com", "codeload.github.com", "github.dev") and len(parts) > 1:
        raise BadAddress(_("Link to the repository, not to a file in it."), _address_of(parts[0], parts[1]))
    if host in ("api.github.com", "colab.research.google.com", "nbviewer.org", "mybinder.org") and len(parts) > 2:
        at = next((number for number, part in enumerate(parts[:-2]) if part in ("repos", "github", "gh")), None)
        if at is not None:
            raise BadAddress(_("Link to the repository on GitHub itself."), _address_of(parts[at + 1], parts[at + 2]))


# --- Links ------------------------------------------------------------------------------------------------------------


def _link(address: SplitResult) -> Link:
    """An address with every character that is not plain written as its code.

    Raises BadAddress for a host that only its own network can know, or that is a number.
    """
    host = _ascii_host(address)
    if host == "localhost":
        raise BadAddress(_("Only you can open this address."))
    if not _HOST.fullmatch(host) or host.rpartition(".")[2] in _PRIVATE:
        raise BadAddress(_("Others must be able to open the link: its host needs a public name, such as gitlab.com."))
    query = "&".join(pair for pair in address.query.split("&") if not _TRACKING.fullmatch(pair))
    url = f"https://{host}{_plain(address.path)}"
    url += f"?{_plain(query)}" if query else ""
    url += f"#{_plain(address.fragment)}" if address.fragment else ""
    if len(url) > LONGEST:
        raise BadAddress(_("This address is too long. Link to the page itself, without what follows the question mark."))
    if address.scheme != "https":
        raise BadAddress(_("Only addresses that begin with https:// can be shown. Try whether the page opens with it."), url)
    return Link(url, host)


def _ascii_host(address: SplitResult) -> str:
    """The host's name as browsers look it up (IDNA 2008), or nothing where none of them would."""
    host = address.hostname or ""
    try:
        return (host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")).removesuffix(".")
    except idna.IDNAError:
        return ""


def _plain(part: str) -> str:
    return quote(re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", part), safe="/:@!$&*+,;=%~?-._")
