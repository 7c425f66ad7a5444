# What one can do with Staircase. PORT, STAIRCASE_DATA and DATABASE_URL are read from the environment or the command line
# (make run PORT=9000) and passed on; .env.example describes all variables.

PYTHON ?= python3
VENV := .venv/bin
FILE ?= staircase.dump
EMBEDDED := $(VENV)/python -m roadmap.web.embedded_postgres $(or $(STAIRCASE_DATA),.data)/postgres

# No line of a lock file names an index, so that any mirror serves.
LOCK = $(VENV)/uv pip compile --quiet --generate-hashes --no-header --no-annotate --universal --python-version 3.11 $(UPGRADE)

# Settings as a production has them, with made-up secrets: what `check --deploy` looks at.
PRODUCTION := ENVIRONMENT=production DEBUG=0 SITE_ORIGIN=https://staircase.example ALLOWED_HOSTS=staircase.example \
	SECRET_KEY=made-up-for-the-check-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLM \
	CREDENTIAL_KEYS='[{"kty":"OKP","crv":"Ed25519","x":"sCxe4upNvszuPce7oiEARWlGa5qNgnj1F9tBV_8YsXg","d":"i3YuwezrwcunXeAN9egdY8pRIMOtKg34ak-s_cKsvss"}]' \
	DATABASE_URL=postgres://staircase:secret@127.0.0.1:5432/staircase MAIL_URL=submission://user:secret@mail.example:587

.DEFAULT_GOAL := help
.PHONY: help run demo test check unit browser bench detection messages lock audit dump restore setup setup-development setup-browser

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: setup ## set up what is missing and serve the site on PORT (8000); Ctrl-C stops it
	@$(VENV)/python manage.py run

demo: setup ## load the demo people into a development database and show how to sign in as them
	@$(VENV)/python manage.py load_demo

test: setup-browser check ## everything: checks, unit tests, browser tests; ends with one line of counts
	@$(VENV)/python tests/run.py

check: setup-development ## format, lint, types, import contracts, migrations, production settings, templates
	$(VENV)/ruff format --check .
	$(VENV)/ruff check .
	$(VENV)/mypy
	$(VENV)/lint-imports
	$(VENV)/python manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(VENV)/python manage.py check --deploy --fail-level WARNING
	git ls-files -z -- '*.html' | xargs -0 -r $(VENV)/djade --check --target-version 5.2

unit: setup-development ## the unit tests, in parallel
	$(VENV)/python -m pytest -n auto --dist loadgroup tests --ignore=tests/browser

browser: setup-browser ## the browser tests, in Chromium
	$(VENV)/python -m pytest tests/browser

bench: setup-development ## measure the product beside a bare reference, in one run and one table
	$(VENV)/python -m bench

detection: setup-development ## what reading repositories finds and misses on the corpus, skill by skill
	$(VENV)/python -m tests.portfolio.measure_detection

messages: setup-development ## bring new strings of the interface into locale/ and list what waits for a translation
	$(VENV)/python manage.py messages

lock: setup-development ## write the lock files anew from pyproject.toml (UPGRADE=--upgrade takes newer versions)
	$(LOCK) pyproject.toml --output-file requirements/runtime.txt
	$(LOCK) pyproject.toml --group development --group content --output-file requirements/development.txt
	echo uv | $(LOCK) - --output-file requirements/uv.txt

audit: setup-development ## look for known vulnerabilities in the locked packages
	$(VENV)/pip-audit --require-hashes --disable-pip --requirement requirements/runtime.txt

dump: setup ## save the embedded database to FILE (staircase.dump)
	$(EMBEDDED) pg_dump --format=custom --file=$(FILE) staircase

restore: setup ## read FILE into the embedded database, in place of what it holds
	$(EMBEDDED) pg_restore --clean --if-exists --create --dbname=postgres $(FILE)

setup:
	@$(PYTHON) requirements/install.py runtime

setup-development:
	@$(PYTHON) requirements/install.py development

setup-browser:
	@$(PYTHON) requirements/install.py development --browser
