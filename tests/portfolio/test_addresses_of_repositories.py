"""What people paste: a repository, a link that is safe to show, or a sentence that says what to write; never a visit, never a crash."""

import random
import re
from time import process_time
from urllib.parse import urlsplit

import pytest

from roadmap.portfolio.github.addresses import BadAddress, Link, Repository, clean_link, parse
from roadmap.portfolio.github.client import Client
from roadmap.portfolio.github.troubles import NotFound

# The expression of the threat model: what a repository's address is, whatever was pasted.
CANONICAL = re.compile(
    r"https://(?:www\.)?github\.com/([A-Za-z0-9](?:[A-Za-z0-9-]{0,37}[A-Za-z0-9])?)/([A-Za-z0-9._-]{1,100}?)(?:\.git)?/?", re.ASCII
)
HARMLESS = re.compile(r"https://[a-z0-9.-]+\.[a-z0-9-]{2,}(?:[/?#][A-Za-z0-9/:@!$&*+,;=%~?#._-]*)?", re.ASCII)


def parsed(text: str) -> Repository | Link | BadAddress:
    try:
        return parse(text)
    except BadAddress as bad:
        return bad


THE_REPOSITORY = [
    "https://github.com/amina/house-prices",
    "https://github.com/amina/house-prices/",
    "https://github.com/amina/house-prices.git",
    "https://www.github.com/amina/house-prices",
    "http://github.com/amina/house-prices",
    "HTTPS://GitHub.com/amina/house-prices",
    "https://github.com:443/amina/house-prices",
    "https://github.com./amina/house-prices",
    "https://ｇｉｔｈｕｂ。com/amina/house-prices",
    "github.com/amina/house-prices",
    "www.github.com/amina/house-prices.git",
    "amina/house-prices",
    "  https://github.com/amina/house-prices \n",
    "<https://github.com/amina/house-prices>",
    '"https://github.com/amina/house-prices"',
    "git@github.com:amina/house-prices.git",
    "git@github.com:amina/house-prices",
    "ssh://git@github.com/amina/house-prices.git",
    "ssh://git@github.com:22/amina/house-prices.git",
    "ssh://git@ssh.github.com:443/amina/house-prices.git",
    "git clone https://github.com/amina/house-prices.git",
    "git clone git@github.com:amina/house-prices.git",
    "gh repo clone amina/house-prices",
    "https://github.com/amina/house-prices/tree/main",
    "https://github.com/amina/house-prices/tree/feature/lower-error",
    "https://github.com/amina/house-prices/tree/main/notebooks",
    "https://github.com/amina/house-prices/issues",
    "https://github.com/amina/house-prices/pull/3",
    "https://github.com/amina/house-prices/commits/main/",
    "https://github.com/amina/house-prices?tab=readme-ov-file",
    "https://github.com/amina/house-prices#readme",
    "https://github.com/amina/house-prices?tab=MIT-1-ov-file#readme",
]


@pytest.mark.parametrize("pasted", THE_REPOSITORY)
def test_every_usual_form_means_the_same_repository(pasted):
    assert parse(pasted) == Repository("amina", "house-prices")


@pytest.mark.parametrize("name", ["a", "a.b", "...", "-", "_", "x" * 100, ".github", "v1.0", "my.git.notes"])
def test_odd_but_allowed_names_are_kept(name):
    assert parse(f"https://github.com/a1-b/{name}") == Repository("a1-b", name)


def test_way_to_write_a_repository_does_not_make_it_another():
    assert parse("https://github.com/Amina/House-Prices").key == parse("git@github.com:amina/house-prices.git").key


def test_repository_knows_its_address_and_its_name():
    repository = parse("git@github.com:amina/house-prices.git")
    assert (str(repository), repository.url) == ("amina/house-prices", "https://github.com/amina/house-prices")


INSTEAD = [
    ("https://github.com/amina/house-prices/blob/main/train.py", "to the repository, not to a file"),
    ("https://github.com/amina/house-prices/raw/main/train.py", "to the repository, not to a file"),
    ("https://raw.githubusercontent.com/amina/house-prices/main/train.py", "to the repository, not to a file"),
    ("https://codeload.github.com/amina/house-prices/zip/refs/heads/main", "to the repository, not to a file"),
    ("https://github.dev/amina/house-prices", "to the repository, not to a file"),
    ("https://api.github.com/repos/amina/house-prices", "to the repository on GitHub itself"),
    ("https://colab.research.google.com/github/amina/house-prices/blob/main/x.ipynb", "to the repository on GitHub itself"),
    ("https://nbviewer.org/github/amina/house-prices/blob/main/x.ipynb", "to the repository on GitHub itself"),
    ("https://mybinder.org/v2/gh/amina/house-prices/main", "to the repository on GitHub itself"),
    ("https://amina.github.io/house-prices/", "the website that GitHub makes"),
    ("https://github.com/amina/house-prices.wiki.git", "This is a wiki"),
    ("https://github.com/amina/house-prices/tree/../../../settings", "Link to the repository itself"),
    ("https://token@github.com/amina/house-prices", "Leave out the name and password"),
    ("https://github.com:8443/amina/house-prices", "Leave out the port"),
    ("See https://github.com/amina/house-prices.", "no spaces"),
    ("[House prices](https://github.com/amina/house-prices)", "no spaces"),
    ("https://github.com\\amina/house-prices https://github.com/amina/house-prices", "no spaces and no backslashes"),
    ("https://github.com/amina/house-prices\u202e", "invisible characters"),
    ("ftp://github.com/amina/house-prices", "Begin the address with https://"),
]


@pytest.mark.parametrize(("pasted", "sentence"), INSTEAD)
def test_address_that_nearly_fits_comes_back_with_one_that_does(pasted, sentence):
    with pytest.raises(BadAddress, match=re.escape(sentence)) as bad:
        parse(pasted)
    assert bad.value.try_instead == "https://github.com/amina/house-prices"


NOTHING_TO_TRY = [
    ("", "Paste the address of your repository"),
    ("   ", "Paste the address of your repository"),
    ("house-prices", "Begin the address with https://"),
    ("amina@example.org", "Begin the address with https://"),
    ("https://github.com", "a page of a person, an organisation or GitHub itself"),
    ("https://github.com/amina", "a page of a person, an organisation or GitHub itself"),
    ("https://github.com/orgs/amina/repositories", "not the address of a repository"),
    ("https://github.com/settings/profile", "not the address of a repository"),
    ("https://github.com/topics/machine-learning", "not the address of a repository"),
    ("https://github.com/-amina/house-prices", "not the address of a repository"),
    ("https://github.com/amina-/house-prices", "not the address of a repository"),
    ("https://github.com/a/..", "not the address of a repository"),
    ("https://github.com/a/.", "not the address of a repository"),
    ("https://github.com/a/.git", "not the address of a repository"),
    ("https://github.com/a%2Fb/c", "not the address of a repository"),
    ("https://github.com/a/b%20c", "not the address of a repository"),
    ("https://github.com/a/b%00", "not the address of a repository"),
    (f"https://github.com/{'a' * 40}/b", "not the address of a repository"),
    (f"https://github.com/a/{'b' * 101}", "not the address of a repository"),
    ("https://gist.github.com/amina/0123456789abcdef", "A gist is not a repository"),
    ("https://github.com/" + "a" * 600, "at most 500 characters"),
]


@pytest.mark.parametrize(("pasted", "sentence"), NOTHING_TO_TRY)
def test_address_of_something_else_is_told_what_is_wanted(pasted, sentence):
    with pytest.raises(BadAddress, match=re.escape(sentence)) as bad:
        parse(pasted)
    assert bad.value.try_instead == ""


LINKS = [
    ("https://gitlab.com/amina/house-prices", "https://gitlab.com/amina/house-prices", "gitlab.com"),
    ("gitlab.com/amina/group/house-prices", "https://gitlab.com/amina/group/house-prices", "gitlab.com"),
    ("git@gitlab.com:amina/house-prices.git", "https://gitlab.com/amina/house-prices", "gitlab.com"),
    ("https://codeberg.org/amina/house-prices", "https://codeberg.org/amina/house-prices", "codeberg.org"),
    ("https://bitbucket.org/amina/house-prices/src/main/", "https://bitbucket.org/amina/house-prices/src/main/", "bitbucket.org"),
    ("https://www.kaggle.com/code/amina/prices", "https://www.kaggle.com/code/amina/prices", "www.kaggle.com"),
    ("https://straße.de/über?a='b'", "https://xn--strae-oqa.de/%C3%BCber?a=%27b%27", "xn--strae-oqa.de"),
    ("https://gіthub.com/amina/prices", "https://xn--gthub-n2e.com/amina/prices", "xn--gthub-n2e.com"),
    ("https://github.com.evil.org/amina/prices", "https://github.com.evil.org/amina/prices", "github.com.evil.org"),
    ('https://blog.org/"><script>', "https://blog.org/%22%3E%3Cscript%3E", "blog.org"),
]


@pytest.mark.parametrize(("pasted", "url", "host"), LINKS)
def test_address_elsewhere_is_kept_as_a_link_that_cannot_pretend(pasted, url, host):
    assert parse(pasted) == Link(url, host)


@pytest.mark.parametrize(
    ("pasted", "instead"),
    [
        ("http://codeberg.org/amina/prices", "https://codeberg.org/amina/prices"),
        ("https://amina@bitbucket.org/amina/prices.git", "https://bitbucket.org/amina/prices.git"),
        ("blog.org/prices", "https://blog.org/prices"),
    ],
)
def test_link_that_nearly_fits_comes_back_with_one_that_does(pasted, instead):
    with pytest.raises(BadAddress) as bad:
        parse(pasted)
    assert bad.value.try_instead == instead
    assert parse(instead).url == instead


# --- Demo, write-up and post ------------------------------------------------------------------------------------------


def test_link_loses_what_tells_who_shared_it():
    assert clean_link("https://blog.org/prices?utm_source=x&page=2&fbclid=abc#top") == "https://blog.org/prices?page=2#top"


def test_blank_link_is_no_link():
    assert clean_link("  ") == ""


@pytest.mark.parametrize(
    ("pasted", "clean"),
    [
        (
            "https://www.linkedin.com/posts/amina_ml-activity-1-x?utm_source=share&rcm=ACo",
            "https://www.linkedin.com/posts/amina_ml-activity-1-x",
        ),
        ("linkedin.com/feed/update/urn:li:activity:1/", "https://linkedin.com/feed/update/urn:li:activity:1/"),
    ],
)
def test_post_is_a_link_on_linkedin(pasted, clean):
    assert clean_link(pasted, on="linkedin.com") == clean


@pytest.mark.parametrize(
    "pasted", ["https://linkedin.com.evil.org/posts/x", "https://notlinkedin.com/x", "https://lnkd.in/x", "https://blog.org"]
)
def test_post_elsewhere_is_refused(pasted):
    with pytest.raises(BadAddress, match=r"not on linkedin\.com"):
        clean_link(pasted, on="linkedin.com")


@pytest.mark.parametrize(
    "pasted", ["javascript:alert(1)", "data:text/html,x", "http://localhost/", "//evil.org/x", "https://user:pass@blog.org/"]
)
def test_link_that_could_harm_is_refused(pasted):
    with pytest.raises(BadAddress):
        clean_link(pasted)


# --- GitHub Enterprise ------------------------------------------------------------------------------------------------


def test_repository_of_an_own_github_is_one_and_github_com_is_then_a_link(settings):
    settings.GITHUB_URL = "https://git.company.internal"
    assert parse("https://git.company.internal/amina/prices").url == "https://git.company.internal/amina/prices"
    assert parse("https://github.com/amina/prices") == Link("https://github.com/amina/prices", "github.com")


# --- Attacks ----------------------------------------------------------------------------------------------------------


def attacks(target: str, port: str) -> list[str]:
    """Ways to make a server connect to an address of one's choice."""
    return [
        f"http://{target}/a/b",
        f"https://{target}/a/b",
        f"http://localhost:{port}/a/b",
        f"http://127.1:{port}/a/b",
        f"http://127.0.1:{port}/a/b",
        f"http://2130706433:{port}/a/b",
        f"http://0x7f000001:{port}/a/b",
        f"http://0x7f.0.0.1:{port}/a/b",
        f"http://0177.0.0.1:{port}/a/b",
        f"http://017700000001:{port}/a/b",
        f"http://0:{port}/a/b",
        f"http://0.0.0.0:{port}/a/b",
        f"http://[::1]:{port}/a/b",
        f"http://[::]:{port}/a/b",
        f"http://[::ffff:127.0.0.1]:{port}/a/b",
        f"http://[::ffff:7f00:1]:{port}/a/b",
        f"http://[0:0:0:0:0:0:0:1%25lo]:{port}/a/b",
        f"http://①②⑦.⓪.⓪.①:{port}/a/b",
        f"http://127。0。0。1:{port}/a/b",
        f"http://127.0.0.1.nip.io:{port}/a/b",
        f"http://localtest.me:{port}/a/b",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00:ec2::254]/latest/meta-data/",
        "http://metadata.google.internal/computeMetadata/v1/",
        f"https://github.com@{target}/a/b",
        f"https://github.com:443@{target}/a/b",
        f"https://github.com%40{target}/a/b",
        f"https://{target}@github.com/a/b",
        f"https://{target}#@github.com/a/b",
        f"https://{target}?@github.com/a/b",
        f"https://{target}\\@github.com/a/b",
        f"https://github.com\\@{target}/a/b",
        f"https://github.com#@{target}/a/b",
        f"https://github.com?@{target}/a/b",
        f"https://github.com/../../{target}/a/b",
        f"https://github.com//{target}/a/b",
        f"https://github.com/a/b/../../../{target}",
        f"https://github.com/login/oauth/authorize?redirect_uri=http://{target}/",
        f"https://github.com/a/b?url=http://{target}/",
        f"https://github.com:{port}/a/b",
        f"https://github.com.{target}/a/b",
        f"//{target}/a/b",
        f"\\\\{target}\\a\\b",
        f"///{target}/a/b",
        f"http:{target}/a/b",
        f"http:/{target}/a/b",
        f"http:///{target}/a/b",
        f"git@{target}:a/b.git",
        f"git@127.0.0.1:{port}/a/b.git",
        f"ssh://git@{target}/a/b.git",
        f"ssh://-oProxyCommand=curl%20{target}/a",
        f"git://{target}/a/b.git",
        f"git+https://{target}/a/b",
        f"ext::curl http://{target}/a",
        f"gopher://{target}/_GET",
        f"dict://{target}/",
        f"ftp://{target}/a/b",
        "file:///etc/passwd",
        "file://github.com/etc/passwd",
        f"jar:http://{target}!/a",
        f"data:text/html,<img src=http://{target}/>",
        f"javascript:fetch('http://{target}/')",
        f"https://github.com/a/b\r\nHost: {target}",
        f"https://github.com/a/b%0d%0aHost:%20{target}",
        f"https://github.com/a/b HTTP/1.1\r\nHost: {target}",
        f"https://github.com/a\t/b@{target}",
        f"https://api.github.com@{target}/repos/a/b",
        f"https://www.github.com.@{target}/a/b",
        f"https://ｇｉｔｈｕｂ.com@{target}/a/b",
        f"https://github。com@{target}/a/b",
    ]


def test_no_address_makes_the_server_connect_to_anything_but_github(github, canary, github_client):
    """Whatever is understood as a repository is asked of the configured GitHub, which does not know it."""
    tried = attacks(canary.host, canary.host.partition(":")[2])
    assert len(set(tried)) >= 46
    for pasted in tried:
        address = parsed(pasted)
        if isinstance(address, Link):
            assert_harmless(address)
        elif isinstance(address, Repository):
            assert CANONICAL.fullmatch(address.url), pasted
            with pytest.raises(NotFound):
                github_client.repository(address.owner, address.name)
    assert canary.visits == 0


def test_repository_that_is_asked_for_with_odd_parts_stays_one_question_to_github(github, canary):
    """Even where somebody calls the client without the parser."""
    with Client(github.api_url, archive_hosts=[github.archive_host]) as client:
        for owner, name in [
            ("..", ".."),
            ("a/b", "c"),
            ("a", "b?c=d"),
            ("a", "b#c"),
            (f"@{canary.host}", "b"),
            ("a\r\n", "b"),
            ("", ""),
            ("é", "\u202e"),
        ]:
            with pytest.raises(NotFound):
                client.repository(owner, name)
    assert canary.visits == 0


# --- Whatever is pasted -----------------------------------------------------------------------------------------------

PIECES = [
    *("https://", "http://", "HTTPS://", "ssh://", "git@", "git://", "//", "javascript:", "file:///", "git clone ", "gh repo clone ", "<", ">"),
    *("github.com", "www.github.com", "GitHub.com", "gist.github.com", "amina.github.io", "gitlab.com", "127.0.0.1", "localhost", "[::1]", "[", "]"),
    *("/", "/", "/", "\\", ":", "@", "?", "#", "%", "%2f", "%2e%2e", "..", ".", "-", "_", " ", "\t", "\r\n", "\0", "&", "=", "'", '"', "`", "$("),
    *("amina", "house-prices", "a", "b" * 40, "c" * 101, ".git", ".wiki", "tree/main", "blob/main/x.py", "issues", "orgs", "settings", "1", "0x7f"),
    *("é", "ü", "ß", "中", "ｇ", "\u202e", "\u200d", "\ufeff", "\ud800", "😀", "①", "。", "xn--", "xn--a", "e\u0301", "\u2028"),
    *(":80", ":443", ":99999", ":-1", ":x", "user:pass@", "utm_source=x", "1.2.3.4.5", "com", ".internal", "https://github.com/amina/house-prices"),
]  # fmt: skip


def generated(number: int) -> list[str]:
    """The same texts each time: addresses put together from pieces that matter to a parser, and some with characters changed."""
    chance = random.Random(20260501)
    texts = []
    for _text in range(number):
        kind = chance.random()
        if kind < 0.45:
            texts.append("".join(chance.choices(PIECES, k=chance.randint(1, 9))))
        elif kind < 0.9:
            text = list(chance.choice([*THE_REPOSITORY, *(pasted for pasted, *_rest in (*INSTEAD, *LINKS))]))
            for _change in range(chance.randint(1, 2)):
                text[chance.randrange(len(text))] = chance.choice([*PIECES, chr(chance.randrange(0x250)), ""])
            texts.append("".join(text))
        else:
            texts.append(
                "".join(chr(chance.randrange(0x11000 if chance.random() < 0.1 else 0x80)) for _character in range(chance.randint(0, 60)))
            )
    return texts


def assert_harmless(link: Link) -> None:
    assert HARMLESS.fullmatch(link.url), link
    parts = urlsplit(link.url)
    assert (parts.scheme, parts.netloc) == ("https", link.host)
    assert "@" not in parts.netloc
    assert not link.host.rpartition(".")[2].isdecimal()
    assert len(link.url) <= 500


def test_fifty_thousand_texts_end_as_a_repository_a_harmless_link_or_a_sentence():
    ends = {Repository: 0, Link: 0, BadAddress: 0}
    texts = generated(50_000)
    began = process_time()
    for text in texts:
        address = parsed(text)
        ends[type(address)] += 1
        if isinstance(address, BadAddress):
            assert not address.try_instead or parse(address.try_instead).url == address.try_instead, text
        elif isinstance(address, Link):
            assert_harmless(address)
        else:
            found = CANONICAL.fullmatch(address.url)
            assert found, text
            assert (found[1], found[2]) == (address.owner, address.name), text
            assert address.name not in (".", ".."), text
        if not isinstance(address, BadAddress):
            assert parse(address.url) == address, text
    assert process_time() - began < 20
    # The generator is worth something only if it reaches all three.
    assert min(ends.values()) > 1000, ends


def test_long_text_takes_no_time():
    began = process_time()
    for text in (
        "a." * 250,
        "https://" + "a-" * 240,
        "é" * 500,
        "https://" + "é." * 240,
        "/" * 500,
        "[" * 500,
        "git@" + "a." * 200 + ":x",
        "x" * 10**6,
    ):
        with pytest.raises(BadAddress):
            parse(text)
    assert process_time() - began < 1


def test_a_name_with_a_space_suggests_no_other_repository():
    with pytest.raises(BadAddress) as error:
        parse("https://github.com/linh/my repo")
    assert error.value.try_instead == ""


def test_an_address_of_ones_own_machine_is_called_so():
    with pytest.raises(BadAddress, match="Only you can open this address"):
        parse("http://localhost/")
