# make run, make test and make check first install what they need into .venv. make system installs Chromium, Redis,
# nginx, PgBouncer and wrk, which tests need, from Debian.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
# For `make prove`.
SECONDS ?= 60
DB ?= postgresql

VENV := .venv
BIN := $(VENV)/bin
JAVASCRIPT := tests/node_modules/.package-lock.json
CODEGEN := tests/codegen/node_modules/.package-lock.json
EXPLORER := web/explorer/static/explorer/main.js
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade

# Tests start many processes, which would compile every module again.
unexport PYTHONDONTWRITEBYTECODE

PYTEST := $(BIN)/pytest -n auto --dist loadgroup
ON_POSTGRESQL := $(BIN)/python -m tests.with_postgresql

TEST_SETTINGS := DJANGO_SETTINGS_MODULE=tests.settings
# The settings of a production server that have no default.
PRODUCTION = DEBUG=false ALLOWED_HOSTS=cinema.example FRONT_END_URL=https://cinema.example \
	EMAIL_HOST=mail.cinema.example DATABASE_URL=postgresql://cinema@db.cinema.example/cinema \
	SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_hex(32))')

.PHONY: run explorer system system-cluster test test-deep fuzz check prove prove-cluster bench format sdl lock clean
.DEFAULT_GOAL := run

run: $(VENV)/.runtime .env $(EXPLORER)
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py load_demo --if-empty
	@exec $(BIN)/python manage.py serve --host $(HOST) --port $(PORT)

# Installs Chromium, Redis, nginx, PgBouncer and wrk from Debian. Without them, the tests that need them are skipped.
system:
	@sh tests/system.sh

# Installs Patroni, etcd, HAProxy, PostgreSQL and nftables from Debian, too, for `make prove-cluster`.
system-cluster:
	@sh tests/system.sh cluster

# Builds the explorer, for `collectstatic`.
explorer: $(EXPLORER)

# Takes about six minutes on two cores. docs/testing.md explains which tests run on which database.
# ARGS="tests/booking -k hold" selects tests, and runs all of them on both databases.
test: $(VENV)/.dev $(JAVASCRIPT) $(EXPLORER)
	@echo "On PostgreSQL"
	$(ON_POSTGRESQL) $(PYTEST) $(if $(ARGS),$(ARGS),-m "not deep")
	@echo "On SQLite: the tests that depend on the database"
	$(PYTEST) $(if $(ARGS),$(ARGS),-m "not deep and not once")

# Long proofs, seeded bugs, random disconnects, races at SERIALIZABLE, and tests of libraries that are not used.
test-deep: $(VENV)/.dev $(JAVASCRIPT) $(CODEGEN) $(EXPLORER)
	@echo "On PostgreSQL: the deployment, without other tests beside it"
	$(ON_POSTGRESQL) $(BIN)/pytest -m deep tests/deploy
	@echo "On PostgreSQL"
	$(ON_POSTGRESQL) $(PYTEST) -m deep --ignore tests/deploy
	@echo "On SQLite"
	$(PYTEST) -m "deep and not once"
	@echo "Races on PostgreSQL at SERIALIZABLE"
	$(ON_POSTGRESQL) --serializable $(PYTEST) tests/concurrency

# Sixty generated calls of every operation. The calls differ in each run, so CI does not run this.
fuzz: $(VENV)/.dev
	$(ON_POSTGRESQL) $(PYTEST) --hypothesis-profile=deep -rP tests/fuzz

check: $(VENV)/.dev $(JAVASCRIPT)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(TEST_SETTINGS) $(BIN)/python manage.py makemigrations --check --dry-run
	$(TEST_SETTINGS) $(BIN)/python manage.py export_schema schema.root | diff -u schema/schema.graphql - \
		|| { echo "schema/schema.graphql is out of date: make sdl"; exit 1; }
	@if [ -e $(JAVASCRIPT) ] || [ -n "$(CI)" ]; then node tests/conformance/lint.mjs schema/schema.graphql; \
		else echo "Skipped linting the schema: it needs Node 20 or newer, with npm."; fi
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/python -m pip check

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Kills processes and the database of a real server for SECONDS, then checks every response. DB is postgresql or sqlite.
# SEED repeats the random choices, but not the timing. ISOLATION=serializable works with PostgreSQL.
prove: $(VENV)/.dev
	$(BIN)/python -m tests.proof --database $(DB) --seconds $(SECONDS) $(if $(SEED),--seed $(SEED)) $(if $(ISOLATION),--isolation "$(ISOLATION)")

# The same with a cluster of three database hosts and two application hosts, which are network namespaces on this
# machine. Their processes are killed and paused, and their packets dropped. Needs root, and `make system-cluster`.
# REPLICATION=asynchronous loses bookings, so it must fail.
prove-cluster: $(VENV)/.dev
	$(BIN)/python -m tests.cluster --seconds $(SECONDS) $(if $(SEED),--seed $(SEED)) $(if $(REPLICATION),--replication $(REPLICATION))

# Compares the server with baselines in the same run: 25 minutes, or two with QUICK=1. Fails if a target is
# missed. The first run loads its database. docs/performance.md explains the rows.
bench: $(VENV)/.dev
	@$(BIN)/python -m tests.bench $(if $(QUICK),--quick)

sdl: $(VENV)/.dev
	$(TEST_SETTINGS) $(BIN)/python manage.py export_schema schema.root > schema/schema.graphql

lock: $(VENV)/.dev
	$(LOCK) pyproject.toml -o requirements.txt
	$(LOCK) --extra telemetry -c requirements.txt pyproject.toml -o requirements-telemetry.txt
	$(LOCK) --extra dev --extra telemetry -c requirements-telemetry.txt pyproject.toml -o requirements-dev.txt

clean:
	rm -rf $(VENV) tests/node_modules tests/codegen/node_modules web/explorer/node_modules web/explorer/static .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
		|| { echo "Could not create $(VENV). On Debian: apt install python3-venv"; rm -rf $(VENV); exit 1; }

$(VENV)/.runtime: requirements.txt | $(VENV)/bin/python
	@echo "Installing the packages of the server ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt | $(VENV)/bin/python
	@echo "Installing the packages of the tests ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ $(VENV)/.runtime

# The npm packages of the tests, for Node and (axe) for the browser. Those in tests/codegen are for `make test-deep`. Without Node the tests that need them are skipped,
# except in CI.
$(JAVASCRIPT) $(CODEGEN): %/node_modules/.package-lock.json: %/package-lock.json
	@echo "Installing the npm packages of $* ..."
	@cd $* && npm ci --loglevel=error && touch node_modules/.package-lock.json \
		|| { echo "The tests that need Node 20 or newer, with npm, will be skipped."; test -z "$(CI)"; }

# Without Node the explorer is not built, except in CI, where that is an error.
$(EXPLORER): web/explorer/package-lock.json web/explorer/build.mjs $(wildcard web/explorer/src/* web/explorer/src/tabs/*)
	@echo "Building the explorer ..."
	@cd web/explorer && npm ci --ignore-scripts --fetch-retries=1 --loglevel=error && npm run --silent build \
		|| { echo "The explorer at /graphql was not built: it needs Node 20 or newer, with npm."; test -z "$(CI)"; }

.env: | $(VENV)/.runtime
	@umask 077; $(BIN)/python -c 'import secrets; print(f"DEBUG=true\nSECRET_KEY={secrets.token_urlsafe(48)}")' > $@
	@echo "Wrote .env with a new secret key, for development on this machine."
