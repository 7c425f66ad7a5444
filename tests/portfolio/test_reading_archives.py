"""A repository is a stream of files under limits: nothing is written, nothing crashes, every end is an honest one."""

import contextlib
import gzip
import io
import os
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadmap.portfolio.detection.limits import MB, Limits
from roadmap.portfolio.detection.reading import read_archive, read_folder
from roadmap.portfolio.detection.report import Remark, Report, Rule, Unreadable
from tests.portfolio.repositories import TOP, Files, packed, read, zipped

RULE = Rule("skill", calls=("numpy.dot",), files=("*.sql",), requirements=("numpy",), syntax=("FunctionDef",))
CODE = "import numpy as np\nnp.dot(1, 2)\n"
FILES: Files = {"src/main.py": CODE, "a.sql": "select a from b;", "requirements.txt": "numpy\n", "README.md": "# Title\n"}


def unreadable(stream: io.BytesIO, **options: object) -> str:
    with pytest.raises(Unreadable) as caught:
        read_archive(stream, [RULE], **options)  # type: ignore[arg-type]
    return caught.value.code


def tar_of(*members: tarfile.TarInfo) -> io.BytesIO:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for member in members:
            archive.addfile(member, io.BytesIO(b"x" * member.size))
    buffer.seek(0)
    return buffer


def member(name: str, kind: bytes = tarfile.REGTYPE, size: int = 0, link: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.size, made.linkname = kind, size, link
    return made


def test_folder_tar_and_zip_say_the_same(tmp_path: Path) -> None:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(str(text))
    from_tar = read_archive(io.BytesIO(packed(FILES)), [RULE])
    assert [finding.path for finding in from_tar.findings] == ["src/main.py", "a.sql"]
    assert read_folder(tmp_path, [RULE]) == from_tar == read_archive(io.BytesIO(zipped(FILES)), [RULE], kind="zip")
    assert (from_tar.files, from_tar.code_files) == (4, 1)


@pytest.mark.parametrize("prefix", ["", "./", f"{TOP}/"])
def test_the_folder_around_all_is_stripped_where_there_is_one(prefix: str) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name in ("README.md", "src/main.py"):
            archive.addfile(member(prefix + name, size=len(CODE)), io.BytesIO(CODE.encode()))
    buffer.seek(0)
    assert [finding.path for finding in read_archive(buffer, [RULE]).findings] == ["src/main.py"]


def test_githubs_global_header_is_passed_over() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", format=tarfile.PAX_FORMAT, pax_headers={"comment": "0" * 40}) as archive:
        long = f"{TOP}/{'d' * 90}/{'e' * 90}/main.py"
        archive.addfile(member(long, size=len(CODE)), io.BytesIO(CODE.encode()))
    buffer.seek(0)
    (finding,) = read_archive(buffer, [RULE]).findings
    assert finding.path == f"{'d' * 90}/{'e' * 90}/main.py"


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(packed=100), "packed-size"),
        (Limits(unpacked=2000), "unpacked-size"),
        (Limits(entries=3), "entries"),
        (Limits(seconds=-1), "time"),
    ],
)
def test_over_a_limit_of_the_whole_nothing_is_answered(limits: Limits, code: str) -> None:
    assert unreadable(io.BytesIO(packed(FILES)), limits=limits) == code


def test_over_a_limit_of_one_file_it_is_passed_over() -> None:
    files = {"big.py": "x = 1\n" * 60_000, "small.py": CODE, "/".join("abcdefghij") + "/deep.py": CODE}
    report = read(files, RULE, limits=Limits(depth=5))
    assert [finding.path for finding in report.findings] == ["small.py"]
    assert report.remarks == (Remark("file-too-large", "big.py"), Remark("path-too-deep", count=1))


def test_code_files_are_counted() -> None:
    report = read({f"{number}.py": CODE for number in range(5)}, RULE, limits=Limits(code_files=3))
    assert len(report.findings) == 3
    assert report.remarks == (Remark("too-many-code-files", count=2),)
    assert report.code_files == 3


# --- Hostile archives -----------------------------------------------------------------------------------------------


def test_links_devices_and_paths_that_lead_away_are_ignored() -> None:
    archive = tar_of(
        member(f"{TOP}/a.py", tarfile.SYMTYPE, link="/etc/passwd"),
        member(f"{TOP}/b.py", tarfile.LNKTYPE, link="/etc/passwd"),
        member(f"{TOP}/c.py", tarfile.CHRTYPE),
        member(f"{TOP}/d.py", tarfile.FIFOTYPE),
        member(f"{TOP}/../../e.py", size=3),
        member("/etc/f.py", size=3),
        member(f"{TOP}/.git/config", size=3),
    )
    report = read_archive(archive, [RULE])
    assert (report.findings, report.files) == ((), 0)
    assert report.remarks == (Remark("empty"), Remark("link", count=2), Remark("unsafe-path", count=4))


def test_a_bomb_ends_when_it_has_unpacked_too_much() -> None:
    squeezed = zlib.compressobj(9, wbits=31)
    block = b"\0" * MB
    bomb = b"".join(squeezed.compress(block) for _ in range(450)) + squeezed.flush()
    assert unreadable(io.BytesIO(bomb)) == "unpacked-size"


def test_a_header_that_promises_ten_gigabytes_ends_at_once() -> None:
    promise = gzip.compress(member(f"{TOP}/a.py", size=10**10).tobuf() + b"x" * 100_000)
    assert unreadable(io.BytesIO(promise)) == "unpacked-size"


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK])
def test_a_header_of_absurd_length_is_not_read(kind: bytes) -> None:
    asked = []

    class Counted(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            asked.append(size)
            return super().read(size)

    assert unreadable(Counted(gzip.compress(member("x", kind, size=200 * MB).tobuf() + b"x" * MB))) == "not-an-archive"
    assert len(asked) == 1


@pytest.mark.parametrize("length", [30, 200, -20])
def test_an_archive_that_breaks_off_is_said_so(length: int) -> None:
    whole = packed({"a.bin": os.urandom(5000), "b.py": CODE})
    assert unreadable(io.BytesIO(whole[:length])) == "cut-off"


@pytest.mark.parametrize("data", [b"", b"hello", b"\x1f\x8b", gzip.compress(b"no tar " * 200, mtime=0), b"PK\x03\x04 no tar"])
def test_other_bytes_are_no_archive(data: bytes) -> None:
    assert unreadable(io.BytesIO(data)) in ("not-an-archive", "cut-off")
    assert unreadable(io.BytesIO(data), kind="zip") == "not-an-archive"


def test_a_zip_that_lies_about_its_sizes_is_no_archive() -> None:
    data = bytearray(zipped({"a.py": CODE * 50}))
    place = data.rindex(b"PK\x01\x02")
    data[place + 24 : place + 28] = (10).to_bytes(4, "little")
    assert unreadable(io.BytesIO(bytes(data)), kind="zip") == "not-an-archive"


def test_a_zip_with_links_passwords_or_rare_packing_is_read_without_them() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("r/link.py")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("r/rare.py", CODE, zipfile.ZIP_LZMA)
        archive.writestr("r/plain.py", CODE)
    report = read_archive(buffer, [RULE], kind="zip")
    assert [finding.path for finding in report.findings] == ["plain.py"]
    assert report.remarks == (Remark("link", count=1), Remark("unsafe-path", count=1))


def test_links_out_of_a_folder_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.py").write_text(CODE)
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "folder").symlink_to(outside)
    (inside / "file.py").symlink_to(outside / "secret.py")
    os.mkfifo(inside / "pipe.py")
    report = read_folder(inside, [RULE])
    assert (report.findings, report.remarks) == ((), (Remark("empty"), Remark("link", count=2)))


def test_a_folder_that_is_none_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as caught:
        read_folder(tmp_path / "missing", [RULE])
    assert caught.value.code == "not-a-folder"


# --- Hostile code ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "remark"),
    [
        ("(" * 200_000, "not-parsed"),
        ("x = " + "[" * 5000 + "]" * 5000, "not-parsed"),
        ("-" * 100_000 + "1", "too-deep"),
        ("a" + ".b" * 50_000, "too-deep"),
        ("lambda: " * 20_000 + "1", "too-deep"),
        ("print 'hello'", "old-python"),
        ("try: pass\nexcept ValueError, e: pass", "old-python"),
        ("def broken(:", "not-parsed"),
        ("x = 1\0", "not-parsed"),
    ],
)
def test_code_that_cannot_be_parsed_is_remarked_and_the_rest_is_read(code: str, remark: str) -> None:
    report = read({"bad.py": code, "good.py": CODE}, RULE)
    assert [finding.path for finding in report.findings] == ["good.py"]
    assert report.remarks == (Remark(remark, "bad.py"),)


def test_a_long_chain_of_branches_and_a_long_sum_are_read() -> None:
    chain = "if a: 1\n" + "elif b: 2\n" * 300 + "else:\n    import numpy as np\n    np.dot(1)\n"
    total = "import numpy as np\nx = " + " + ".join(["np.dot(1)"] * 300)
    assert [finding.path for finding in read({"a.py": chain, "b.py": total}, RULE).findings] == ["a.py", "b.py"]


def test_a_script_in_another_encoding_is_read_and_remarked() -> None:
    report = read(
        {"bad.py": CODE.encode() + b"x = '\xff'\n", "latin.py": b"# -*- coding: latin-1 -*-\n" + b"x = '\xff'\n" + CODE.encode()}, RULE
    )
    assert [finding.path for finding in report.findings] == ["bad.py", "latin.py"]
    assert report.remarks == (Remark("not-utf-8", "bad.py"),)


def test_the_same_remark_on_many_files_is_told_in_short() -> None:
    report = read({f"{number:02}.py": "def broken(:" for number in range(30)}, RULE)
    assert len(report.remarks) == 21
    assert report.remarks[-1] == Remark("more", count=10)


# --- Anything at all ------------------------------------------------------------------------------------------------


def survives(make: Callable[[], Report]) -> None:
    with contextlib.suppress(Unreadable):
        make()


@given(st.binary(max_size=2000))
@settings(max_examples=150, deadline=None)
def test_random_bytes_end_honestly(data: bytes) -> None:
    survives(lambda: read_archive(io.BytesIO(data), [RULE]))
    survives(lambda: read_archive(io.BytesIO(gzip.compress(data, 1)), [RULE]))
    survives(lambda: read_archive(io.BytesIO(data), [RULE], kind="zip"))


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_spoilt_archive_ends_honestly(data: st.DataObject) -> None:
    plain = bytearray(gzip.decompress(packed(FILES)))
    spoilt_zip = bytearray(zipped(FILES))
    for whole in (plain, spoilt_zip):
        for _ in range(data.draw(st.integers(1, 6))):
            whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    survives(lambda: read_archive(io.BytesIO(gzip.compress(bytes(plain), 1)), [RULE]))
    survives(lambda: read_archive(io.BytesIO(bytes(spoilt_zip)), [RULE], kind="zip"))


NAMES = ["a.py", "b.ipynb", "requirements.txt", "pyproject.toml", "setup.py", "setup.cfg", "Pipfile", "environment.yml", "a.sql", "README.md", "README.rst", "LICENSE", ".env", "Dockerfile", ".github/workflows/a.yml", "docker-compose.yml"]  # fmt: skip


@given(st.dictionaries(st.sampled_from(NAMES), st.text(max_size=400) | st.binary(max_size=400), max_size=4))
@settings(max_examples=200, deadline=None)
def test_any_text_in_any_file_is_read(files: dict[str, str | bytes]) -> None:
    every = Rule("all", files=("*",), requirements=("numpy",), readme=1)
    read({path: text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text for path, text in files.items()}, RULE, every)
