"""Which addresses a resource may have."""

from urllib.parse import parse_qsl, urlsplit

from django.utils.translation import gettext as _

SHORTENERS = frozenset({
    "amzn.to", "bit.ly", "buff.ly", "cutt.ly", "dlvr.it", "goo.gl", "is.gd", "lnkd.in", "ow.ly", "rb.gy", "rebrand.ly", "shorturl.at",
    "t.co", "t.ly", "tiny.cc", "tinyurl.com", "trib.al", "youtu.be",
})  # fmt: skip
TRACKING = frozenset({
    "aff", "aff_id", "affid", "affiliate", "affiliate_id", "dclid", "fbclid", "gclid", "igshid", "irclickid", "mc_cid", "mc_eid", "msclkid",
    "partner", "ranmid", "ransiteid", "raneaid", "ref", "ref_", "referral", "referralcode", "sharedid", "tag", "trk", "yclid",
})  # fmt: skip


def problem_with(address: str) -> str:
    """What is wrong with an address, as the end of a sentence that begins with its name, and what to write; empty when nothing is."""
    if not address.isascii() or any(letter.isspace() or ord(letter) < 32 for letter in address):
        return _("may hold plain ASCII characters only, without blanks: copy it from the address bar of a browser.")
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return _("is not an address: write one such as https://example.org/page.")
    if parts.scheme != "https":
        return _("must begin with https://; choose a source that is served so.")
    if parts.username is not None or parts.password is not None:
        return _("must not hold a name or password: take out what stands before the @.")
    if "." not in host.strip(".") or host.endswith(".") or ".." in host:
        return _("names no public host: write one such as https://example.org/page.")
    if host.removeprefix("www.") in SHORTENERS:
        return _("hides where it leads: write the address that %(host)s forwards to.") % {"host": host}
    for name, _value in parse_qsl(parts.query, keep_blank_values=True):
        if name.lower() in TRACKING or name.lower().startswith(("utm_", "pk_", "mtm_")):
            return _("tracks or pays somebody: take out the parameter “%(name)s”.") % {"name": name}
    return ""


def sameness(address: str) -> str:
    """What two spellings of one address have in common."""
    parts = urlsplit(address)
    return f"{parts.netloc.lower().removeprefix('www.')}{parts.path.rstrip('/')}?{parts.query}#{parts.fragment}"
