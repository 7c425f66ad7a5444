"""Makes `.venv` what the lock files say: `python3 requirements/install.py runtime|development [--browser]`.

Needs Python 3.11 and nothing else; it is written so that older Pythons can read it far enough to say so. A second run finds
that nothing changed and ends at once. Every package is checked against its hash.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "Staircase needs Python 3.11 or later, and %s is %d.%d. Install a newer one (Debian 12 and Ubuntu 24.04 have it: "
        "apt-get install python3 python3-venv), or name it: make run PYTHON=python3.12" % ((sys.executable,) + sys.version_info[:2])
    )

import argparse
import contextlib
import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed"
UNFINISHED = VENV / "unfinished"
BROWSER = VENV / "browser"
CHROMIUMS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
MAC_CHROME = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
NO_NETWORK = (
    "The packages could not be fetched or did not match their hashes (see above). Check the network, the proxy and the package "
    "index that pip is told to use, then run the same command again: what was fetched is kept."
)


class Stop(Exception):
    """Set-up cannot go on; the message says what to do."""


def main(arguments):
    parser = argparse.ArgumentParser(description="Installs the locked dependencies into .venv.")
    parser.add_argument("packages", choices=["runtime", "development"])
    parser.add_argument("--browser", action="store_true", help="also find or install a Chromium for the browser tests")
    options = parser.parse_args(arguments)
    try:
        with one_at_a_time():
            install(options.packages)
            if options.browser:
                install_browser()
    except Stop as stop:
        return str(stop)
    except OSError as error:
        return f"Set-up failed: {error.strerror} ({error.filename or VENV}). Mend that (free space, permissions), then run it again."
    except KeyboardInterrupt:
        return "Interrupted. Run the same command again to go on."
    return 0


@contextlib.contextmanager
def one_at_a_time():
    """Two terminals may set up the same folder."""
    try:
        import fcntl
    except ImportError:
        raise Stop("Staircase needs Linux or macOS; on Windows, use the Windows Subsystem for Linux.") from None
    with open(__file__) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def install(packages):
    state = f"{digest()} {VENV}"
    if PYTHON.exists() and not UNFINISHED.exists() and STAMP.exists() and STAMP.read_text() in (f"{packages} {state}", f"development {state}"):
        return
    print("Setting up Python packages in .venv (half a minute the first time) …", flush=True)
    if not is_sound():
        make_environment()
    UNFINISHED.touch()  # stays if we are killed: the next run then starts afresh
    pip("install", "--quiet", "--only-binary", ":all:", "--require-hashes", "--requirement", REQUIREMENTS / "uv.txt")
    uv = [PYTHON, "-m", "uv", "pip", "install", "--quiet", "--python", PYTHON, "--require-hashes", "--no-deps", "--only-binary", ":all:"]
    run([*uv, *unavailable_here(), "--requirement", REQUIREMENTS / f"{packages}.txt"], NO_NETWORK, environment=index_of_pip())
    UNFINISHED.unlink()
    STAMP.write_text(f"{packages} {state}")


def digest():
    content = hashlib.sha256(sys.version.encode())
    for name in ("uv.txt", "runtime.txt", "development.txt"):
        content.update((REQUIREMENTS / name).read_bytes())
    return content.hexdigest()


def is_sound():
    if UNFINISHED.exists() or not PYTHON.exists():
        return False
    same = f"import pip, sys; sys.exit(sys.version_info[:2] != {tuple(sys.version_info[:2])} or sys.prefix != {str(VENV)!r})"
    return subprocess.run([PYTHON, "-c", same], capture_output=True, check=False).returncode == 0


def make_environment():
    if importlib.util.find_spec("ensurepip") is None:
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        apt_install(package, f"This Python cannot make a virtual environment. Install {package} (sudo apt-get install {package}) and run it again.")
    shutil.rmtree(VENV, ignore_errors=True)
    run([sys.executable, "-m", "venv", VENV], "The virtual environment could not be made (see above).")


def unavailable_here():
    """No embedded Postgres is built for musl (Alpine): there, DATABASE_URL must name a server."""
    if sys.platform == "linux" and platform.libc_ver()[0] != "glibc":
        return ["--excludes", REQUIREMENTS / "not-on-musl.txt"]
    return []


def index_of_pip():
    """uv does not read pip's configuration; whoever set an index or a certificate there means it for uv too.

    Like pip, uv then looks through all indexes for a version: the hashes say which file is the right one.
    """
    names = {"index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX", "find-links": "UV_FIND_LINKS", "cert": "SSL_CERT_FILE"}
    listed = subprocess.run([PYTHON, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False).stdout
    environment = {"UV_INDEX_STRATEGY": "unsafe-best-match"}
    for line in listed.splitlines():
        name, _, value = line.partition("=")
        if (variable := names.get(name.rpartition(".")[2])) and variable not in os.environ:
            environment[variable] = value.strip("'\"").replace("\\n", " ")
    return environment


def install_browser():
    """Leaves the path of a Chromium in `.venv/browser`; an empty file stands for Playwright's own."""
    if BROWSER.exists() and (BROWSER.read_text() == "" or Path(BROWSER.read_text()).exists()):
        return
    found = find_chromium()
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Chromium with apt-get …", flush=True)
        with contextlib.suppress(Stop):
            apt_install("chromium", "")
        found = find_chromium()
    if found is None:
        print("Fetching Playwright's Chromium …", flush=True)
        with_system_libraries = ["--with-deps"] if os.geteuid() == 0 and shutil.which("apt-get") else []
        run(
            [PYTHON, "-m", "playwright", "install", *with_system_libraries, "chromium"],
            "The browser tests need a Chromium. Install one with the system's package manager (sudo apt-get install chromium) and run it again.",
        )
    BROWSER.write_text(str(found or ""))


def find_chromium():
    for candidate in [*map(shutil.which, CHROMIUMS), str(MAC_CHROME)]:
        # Ubuntu's package is a stub that asks for a snap: only one that answers counts.
        if candidate and Path(candidate).exists() and subprocess.run([candidate, "--version"], capture_output=True, check=False).returncode == 0:
            return candidate
    return None


def apt_install(package, otherwise):
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Stop(otherwise)
    environment = {"DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "update", "-qq"], otherwise, environment=environment)
    run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", package], otherwise, environment=environment)


def pip(*arguments):
    run([PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments], NO_NETWORK)


def run(command, otherwise, environment=None):
    """Runs a command; where it fails, `otherwise` is the sentence to stop with."""
    done = subprocess.run(command, env={**os.environ, **(environment or {})}, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)
    if done.returncode:
        raise Stop(otherwise)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
