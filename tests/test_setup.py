import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import psycopg
import pytest
from ruamel.yaml import YAML

from roadmap.web.embedded_postgres.membership import join, leave

ROOT = Path(__file__).parents[1]
INSTALL = ROOT / "requirements" / "install.py"


# --- requirements/install.py ----------------------------------------------------------------------------------------


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with the script, and lock files that ask for nothing but uv: no test here needs the network."""
    (tmp_path / "requirements").mkdir()
    shutil.copy(INSTALL, tmp_path / "requirements")
    for name in ("runtime.txt", "development.txt", "uv.txt"):
        (tmp_path / "requirements" / name).write_text("")
    return tmp_path


def install(checkout: Path, *arguments: str, path: Path | None = None, **variables: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "PIP_NO_INDEX": "1", **variables, **({"PATH": str(path)} if path else {})}
    command = [sys.executable, str(checkout / "requirements" / "install.py"), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def as_if_installed(checkout: Path, packages: str) -> None:
    """An environment with nothing in it, and the stamp of one that the script has finished."""
    program = f"""
import sys, venv; sys.path.insert(0, {str(checkout / "requirements")!r})
import install
venv.create(install.VENV, symlinks=True)
install.STAMP.write_text("{packages} " + install.digest() + " " + str(install.VENV))
"""
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)


def test_an_old_python_is_told_which_one_is_needed() -> None:
    program = f"import sys; sys.version_info = (3, 9, 2); exec(compile(open({str(INSTALL)!r}).read(), 'install.py', 'exec'))"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert answer.returncode == 1
    assert re.fullmatch(
        r"Staircase needs Python 3\.11 or later, and \S+ is 3\.9\. Install a newer one .*make run PYTHON=python3\.12\n", answer.stderr
    )


def test_an_old_python_can_read_the_script_as_far_as_the_sentence() -> None:
    assert ast.parse(INSTALL.read_text(), feature_version=(3, 8))


def test_a_second_run_does_nothing(checkout: Path) -> None:
    as_if_installed(checkout, "runtime")
    before = (checkout / ".venv" / "installed").stat().st_mtime_ns
    answer = install(checkout, "runtime")
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")
    assert (checkout / ".venv" / "installed").stat().st_mtime_ns == before


def test_what_development_installed_serves_the_runtime_but_not_the_other_way_round(checkout: Path) -> None:
    as_if_installed(checkout, "development")
    assert install(checkout, "runtime").stdout == ""
    as_if_installed(checkout, "runtime")
    assert install(checkout, "development").stdout.startswith("Setting up Python packages")


@pytest.mark.parametrize("fault", ["lock changed", "moved", "interrupted", "interpreter gone", "no stamp"])
def test_an_environment_that_is_not_what_the_lock_says_is_set_up_again(checkout: Path, fault: str) -> None:
    as_if_installed(checkout, "runtime")
    venv = checkout / ".venv"
    if fault == "lock changed":
        (checkout / "requirements" / "runtime.txt").write_text("# changed\n")
    elif fault == "moved":
        checkout = checkout.rename(checkout.with_name(f"{checkout.name}-moved"))
    elif fault == "interrupted":
        (venv / "unfinished").touch()
    elif fault == "interpreter gone":
        for link in (venv / "bin").glob("python*"):
            link.unlink()
    else:
        (venv / "installed").unlink()
    answer = install(checkout, "runtime")
    assert answer.stdout.startswith("Setting up Python packages")
    # Without the network it gets no further than the packages, and says so.
    assert answer.returncode == 1
    assert "Check the network" in answer.stderr
    sound = subprocess.run([checkout / ".venv" / "bin" / "python", "-c", "import pip"], check=False)
    assert sound.returncode == 0


def test_a_package_that_is_not_what_its_hash_says_is_refused(checkout: Path, tmp_path: Path) -> None:
    (checkout / "requirements" / "uv.txt").write_text(f"uv==0.0.1 --hash=sha256:{'0' * 64}\n")
    answer = install(checkout, "runtime")
    assert answer.returncode == 1
    assert "did not match their hashes" in answer.stderr
    assert not (checkout / ".venv" / "installed").exists()


def test_a_python_without_ensurepip_says_what_to_install(checkout: Path) -> None:
    program = f"""
import sys; sys.path.insert(0, {str(checkout / "requirements")!r})
import install
install.importlib.util.find_spec = lambda name: None
install.os.geteuid = lambda: 1000
sys.exit(install.main(["runtime"]))
"""
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    assert answer.stderr.strip() == (
        f"This Python cannot make a virtual environment. Install {package} (sudo apt-get install {package}) and run it again."
    )


def test_a_browser_that_is_there_is_taken_and_one_that_does_not_answer_is_not(checkout: Path) -> None:
    as_if_installed(checkout, "development")
    programs = checkout / "programs"
    programs.mkdir()
    stub = programs / "chromium"
    stub.write_text("#!/bin/sh\necho 'install the snap'; exit 1\n")
    real = programs / "google-chrome"
    real.write_text("#!/bin/sh\necho Chromium 1\n")
    for program in (stub, real):
        program.chmod(0o755)
    assert install(checkout, "development", "--browser", path=programs).returncode == 0
    assert (checkout / ".venv" / "browser").read_text() == str(real)


def test_without_any_browser_it_says_what_to_install(checkout: Path) -> None:
    as_if_installed(checkout, "development")
    answer = install(checkout, "development", "--browser", path=checkout / "empty")
    assert answer.returncode == 1
    assert "sudo apt-get install chromium" in answer.stderr


def test_no_lock_file_names_an_index_and_each_package_has_hashes() -> None:
    for name in ("runtime", "development", "uv"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text()
        assert "://" not in text
        assert "--index" not in text
        for package in re.split(r"\n(?=\S)", text.strip()):
            assert re.match(r"[a-z0-9-]+(\[[a-z,]+\])?==\S+", package), package
            assert "--hash=sha256:" in package, package


# --- Makefile and CI ------------------------------------------------------------------------------------------------


def test_help_names_every_command() -> None:
    listed = subprocess.run(["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    commands = {line.split()[1] for line in listed.splitlines()}
    assert {
        "run",
        "test",
        "check",
        "unit",
        "browser",
        "bench",
        "detection",
        "demo",
        "messages",
        "lock",
        "audit",
        "dump",
        "restore",
        "help",
    } == commands


def test_ci_runs_the_tests_and_nothing_else() -> None:
    lines = [line for line in (ROOT / ".ci" / "run").read_text().splitlines() if not line.startswith("#")]
    assert lines == ["exec make test"]
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


# --- The image and its neighbours -----------------------------------------------------------------------------------

COMPOSE_VARIABLES = {
    "SECRET_KEY": "s" * 50,
    "CREDENTIAL_KEYS": json.dumps([{"kty": "OKP", "crv": "Ed25519", "x": "x" * 43, "d": "d" * 43}]),
    "SITE_ORIGIN": "https://staircase.example",
    "ALLOWED_HOSTS": "staircase.example",
    "MAIL_URL": "submission://user:password@mail.example:587",
    "MAIL_FROM": "Staircase <staircase@staircase.example>",
    "POSTGRES_PASSWORD": "super",
    "OWNER_PASSWORD": "owner",
    "WEB_PASSWORD": "web",
    "WORKER_PASSWORD": "worker",
}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The compose file, its variables filled in."""

    def fill(match: "re.Match[str]") -> str:
        name, operator, rest = re.fullmatch(r"(\w+)(:-|:\?)?(.*)", match[1]).groups()  # type: ignore[union-attr]
        return COMPOSE_VARIABLES.get(name) or (rest if operator == ":-" else pytest.fail(f"{name} is not set"))

    def filled(value: Any) -> Any:
        """As Docker does: first the file is read, then each of its texts is filled in."""
        match value:
            case dict():
                return {key: filled(each) for key, each in value.items()}
            case list():
                return [filled(each) for each in value]
            case str():
                return re.sub(r"(?<!\$)\$\{([^}]+)\}", fill, value)
        return value

    yaml = YAML(typ="safe")
    yaml.allow_duplicate_keys = False
    return filled(json.loads(json.dumps(yaml.load((ROOT / "docker-compose.yml").read_text()))))


def test_a_variable_that_must_be_set_is_asked_for_by_name() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    asked = set(re.findall(r"\$\{(\w+):\?must be set in \.env", text))
    assert asked == set(COMPOSE_VARIABLES)


def test_each_service_waits_for_what_it_needs(compose: dict[str, Any]) -> None:
    waits = {
        name: {other: how["condition"] for other, how in service.get("depends_on", {}).items()}
        for name, service in compose["services"].items()
    }
    assert waits == {
        "postgres": {},
        "prepare": {"postgres": "service_healthy"},
        "web": {"prepare": "service_completed_successfully"},
        "worker": {"prepare": "service_completed_successfully"},
        "certificate": {},
        "proxy": {"web": "service_healthy", "certificate": "service_completed_successfully"},
    }


def test_only_the_proxy_is_reachable_and_web_reaches_nothing_outside(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert compose["networks"]["inside"] == {"internal": True}
    assert services["web"]["networks"] == ["inside"]
    assert services["postgres"]["networks"] == ["inside"]


def test_services_run_with_as_little_as_they_need(compose: dict[str, Any]) -> None:
    for name in ("prepare", "web", "worker", "proxy"):
        service = compose["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
    users = re.findall(r"^USER (.+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert users == ["10001:10001"]


def test_each_process_signs_in_as_its_own_role_and_the_data_stay_in_a_volume(compose: dict[str, Any]) -> None:
    services = compose["services"]
    roles = {name: services[name]["environment"]["DATABASE_URL"].split("//")[1].split(":")[0] for name in ("prepare", "web", "worker")}
    assert roles == {"prepare": "app_owner", "web": "app_web", "worker": "app_worker"}
    assert "database:/var/lib/postgresql" in services["postgres"]["volumes"]
    assert set(compose["volumes"]) == {"database", "certificates"}


def test_the_settings_accept_the_environment_of_each_process(compose: dict[str, Any]) -> None:
    for name in ("prepare", "web", "worker"):
        environment = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "roadmap.settings", "STAIRCASE_DATA": "/nonexistent"}
        environment |= {key: "" if value is None else str(value) for key, value in compose["services"][name]["environment"].items()}
        program = "from django.conf import settings; assert settings.PRODUCTION; assert settings.SECRET_KEY_FALLBACKS == []"
        answer = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert answer.returncode == 0, answer.stderr


def test_the_web_process_has_fewer_connections_than_its_role_and_all_roles_fewer_than_the_server(compose: dict[str, Any]) -> None:
    limits = {
        role: int(count)
        for role, count in re.findall(r"CREATE ROLE (\w+) LOGIN .* CONNECTION LIMIT (\d+);", (ROOT / "deploy" / "roles.sql").read_text())
    }
    threads = int(re.search(r"^threads = (\d+)$", (ROOT / "deploy" / "gunicorn.py").read_text(), re.MULTILINE)[1])  # type: ignore[index]
    assert int(compose["services"]["web"]["environment"]["WEB_CONCURRENCY"]) * threads < limits["app_web"]
    assert sum(limits.values()) < 100 - 3


def test_roles_can_do_their_work_and_no_more() -> None:
    data = Path(tempfile.mkdtemp(prefix="staircase-test-"))
    data.chmod(0o755)
    server = join(data / "postgres", database="production")
    passwords = {f"{role.upper()}_PASSWORD": role for role in ("owner", "web", "worker")}
    try:
        psql = [server.program("psql"), "-h", server.socket, "-U", "postgres", "-d", "production", "-f", ROOT / "deploy" / "roles.sql"]
        subprocess.run(psql, env={**os.environ, **passwords}, check=True, capture_output=True)

        def as_role(role: str) -> "psycopg.Connection[Any]":
            return psycopg.connect(host=str(server.socket), user=role, dbname="production", autocommit=True)

        with as_role("app_owner") as owner:
            owner.execute("CREATE EXTENSION pg_trgm; CREATE EXTENSION unaccent; CREATE TABLE mark (id bigserial PRIMARY KEY, state text)")
        for role, patience in (("app_web", "5s"), ("app_worker", "1min")):
            with as_role(role) as connection:
                connection.execute("INSERT INTO mark (state) VALUES ('done')")
                connection.execute("UPDATE mark SET state = 'learning'")
                assert connection.execute("SHOW statement_timeout").fetchone() == (patience,)
                for forbidden in ("CREATE TABLE other (id integer)", "TRUNCATE mark", "DROP TABLE mark", "CREATE ROLE friend SUPERUSER"):
                    with pytest.raises(psycopg.errors.InsufficientPrivilege):
                        connection.execute(forbidden)
    finally:
        leave(data / "postgres")
        shutil.rmtree(data)


def test_the_image_has_what_it_needs_and_nothing_else() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in ignored
    taken = {line[1:] for line in ignored if line.startswith("!")}
    assert taken == {"accounts", "deploy", "locale", "manage.py", "requirements", "roadmap", "static", "templates"}


def test_the_proxy_believes_no_forwarded_header_and_keeps_the_limits() -> None:
    configuration = (ROOT / "deploy" / "nginx.conf").read_text()
    overwritten = dict(re.findall(r"proxy_set_header (\S+) (\S+);", configuration))
    assert overwritten == {
        "Host": "$host",
        "Connection": '""',
        "X-Forwarded-For": "$remote_addr",
        "X-Forwarded-Proto": "$scheme",
        "X-Forwarded-Host": '""',
        "X-Forwarded-Port": '""',
        "X-Real-IP": '""',
        "Forwarded": '""',
    }
    for wanted in (
        "client_header_timeout 5s;",
        "client_body_timeout 10s;",
        "client_max_body_size 1m;",
        "client_max_body_size 20m;",
        "ssl_protocols TLSv1.2 TLSv1.3;",
        "proxy_request_buffering on;",
        "rate=10r/s;",
        "burst=40 nodelay;",
        "server_tokens off;",
    ):
        assert wanted in configuration


def test_the_proxy_gives_up_idle_connections_before_the_web_process_does() -> None:
    upstream = int(re.search(r"keepalive_timeout (\d+)s;  #", (ROOT / "deploy" / "nginx.conf").read_text())[1])  # type: ignore[index]
    web = int(re.search(r"^keepalive = (\d+)", (ROOT / "deploy" / "gunicorn.py").read_text(), re.MULTILINE)[1])  # type: ignore[index]
    assert upstream < web


@pytest.mark.skipif(shutil.which("nginx") is None, reason="optional: nginx is not installed here")
def test_nginx_accepts_the_configuration(tmp_path: Path) -> None:
    key, certificate = tmp_path / "privkey.pem", tmp_path / "fullchain.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=x", "-keyout", key, "-out", certificate],
        check=True,
        capture_output=True,
    )
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    version = subprocess.run(["nginx", "-v"], capture_output=True, text=True, check=True).stderr
    if tuple(map(int, re.search(r"(\d+)\.(\d+)\.(\d+)", version).groups())) < (1, 25, 1):  # type: ignore[union-attr]
        text = text.replace("http2 on;", "")
    text = (
        text.replace("/certificates/", f"{tmp_path}/")
        .replace("server web:8000", "server 127.0.0.1:8000")
        .replace("/tmp/nginx.pid", f"{tmp_path}/pid")
    )
    (tmp_path / "nginx.conf").write_text(text)
    checked = subprocess.run(["nginx", "-t", "-c", tmp_path / "nginx.conf"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
