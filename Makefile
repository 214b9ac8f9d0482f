# make run, make test, make check: everything they need is installed into .venv first. What tests need of the machine
# itself: make system.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
# Of `make prove`.
SECONDS ?= 60
DB ?= postgresql

VENV := .venv
BIN := $(VENV)/bin
JAVASCRIPT := tests/node_modules/.package-lock.json
EXPLORER := web/explorer/static/explorer/main.js
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade

TEST_SETTINGS := DJANGO_SETTINGS_MODULE=tests.settings
# What a production machine sets; the rest is by default as it has to be there.
PRODUCTION = DEBUG=false ALLOWED_HOSTS=cinema.example FRONT_END_URL=https://cinema.example \
	EMAIL_HOST=mail.cinema.example SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_hex(32))')

.PHONY: run explorer system test check check-deep prove bench format sdl lock clean
.DEFAULT_GOAL := run

run: $(VENV)/.runtime .env $(EXPLORER)
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py load_demo --if-empty
	@exec $(BIN)/python manage.py serve --host $(HOST) --port $(PORT)

# Chromium and Redis, from Debian. Without them, what needs them is not tested, and the tests say so.
system:
	@sh tests/system.sh

# The explorer, for `collectstatic` to collect.
explorer: $(EXPLORER)

test: $(VENV)/.dev $(JAVASCRIPT) $(EXPLORER)
	@echo "On SQLite"
	$(BIN)/pytest -n auto --dist loadgroup $(ARGS)
	@echo "On PostgreSQL"
	$(BIN)/python -m tests.with_postgresql $(BIN)/pytest -n auto --dist loadgroup $(ARGS)
ifndef ARGS
	@echo "The races, on PostgreSQL at SERIALIZABLE"
	$(BIN)/python -m tests.with_postgresql --serializable $(BIN)/pytest -n auto --dist loadgroup tests/concurrency
endif

check: $(VENV)/.dev $(JAVASCRIPT)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(TEST_SETTINGS) $(BIN)/python manage.py makemigrations --check --dry-run
	$(TEST_SETTINGS) $(BIN)/python manage.py export_schema schema.root | diff -u schema/schema.graphql - \
		|| { echo "schema/schema.graphql is out of date: make sdl"; exit 1; }
	@if [ -e $(JAVASCRIPT) ] || [ -n "$(CI)" ]; then node tests/conformance/lint.mjs schema/schema.graphql; \
		else echo "The schema is not linted: that needs Node 20 or newer, with npm."; fi
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/python -m pip check

# Sixty made-up calls of every operation, as nobody, as a customer and as staff; other calls each time.
check-deep: $(VENV)/.dev
	@echo "On SQLite"
	$(BIN)/pytest -n auto --hypothesis-profile=deep -rP tests/fuzz $(ARGS)
	@echo "On PostgreSQL"
	$(BIN)/python -m tests.with_postgresql $(BIN)/pytest -n auto --hypothesis-profile=deep -rP tests/fuzz $(ARGS)

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The proof: SECONDS of chaos on a real server. DB=postgresql or sqlite; SEED: the same choices again, though not the
# same timing; ISOLATION=serializable for PostgreSQL.
prove: $(VENV)/.dev
	$(BIN)/python -m tests.proof --database $(DB) --seconds $(SECONDS) $(if $(SEED),--seed $(SEED)) $(if $(ISOLATION),--isolation "$(ISOLATION)")

bench: $(VENV)/.dev
	@echo "On SQLite"
	@$(BIN)/python -m tests.bench
	@echo "On PostgreSQL"
	@$(BIN)/python -m tests.with_postgresql $(BIN)/python -m tests.bench

sdl: $(VENV)/.dev
	$(TEST_SETTINGS) $(BIN)/python manage.py export_schema schema.root > schema/schema.graphql

lock: $(VENV)/.dev
	$(LOCK) pyproject.toml -o requirements.txt
	$(LOCK) --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt

clean:
	rm -rf $(VENV) tests/node_modules web/explorer/node_modules web/explorer/static .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
		|| { echo "Could not make $(VENV); on Debian: apt install python3-venv"; rm -rf $(VENV); exit 1; }

$(VENV)/.runtime: requirements.txt | $(VENV)/bin/python
	@echo "Installing what the server needs ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt | $(VENV)/bin/python
	@echo "Installing what the tests need ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ $(VENV)/.runtime

# What the tests have of npm: programs that run on Node, and axe, which runs in a browser. A machine may do without; CI
# may not.
$(JAVASCRIPT): tests/package-lock.json
	@echo "Installing what the tests in JavaScript need ..."
	@cd tests && npm ci --loglevel=error && touch node_modules/.package-lock.json \
		|| { echo "Without Node 20 or newer, with npm, the tests in JavaScript are skipped."; test -z "$(CI)"; }

# So does what makes the explorer.
$(EXPLORER): web/explorer/package-lock.json web/explorer/build.mjs $(wildcard web/explorer/src/* web/explorer/src/tabs/*)
	@echo "Building the explorer ..."
	@cd web/explorer && npm ci --ignore-scripts --fetch-retries=1 --loglevel=error && npm run --silent build \
		|| { echo "Without Node 20 or newer, with npm, /graphql has no explorer for browsers."; test -z "$(CI)"; }

.env: | $(VENV)/.runtime
	@umask 077; $(BIN)/python -c 'import secrets; print(f"DEBUG=true\nSECRET_KEY={secrets.token_urlsafe(48)}")' > $@
	@echo "Wrote .env with a secret key of its own, for development on this machine."
