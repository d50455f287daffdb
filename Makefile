# Each target works as the first command in a fresh checkout: it installs what it needs into .venv.
# Wants Python 3.11 or later with venv, git and make. Nothing else.

.DEFAULT_GOAL := help
.PHONY: help up claude live test lint lint-python lint-django lint-templates lint-web lint-dist bench bench-processes bench-workspaces bench-trading chaos build lock clean

# Found by running it, since a name on PATH may be a pyenv shim for a version that is not there.
PROBE = import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
FIND_PYTHON = for python in .venv/bin/python python3.12 python3.11 python3.13 python3; do \
	"$$python" -c '$(PROBE)' >/dev/null 2>&1 && echo "$$python" && break; done
PYTHON = $(eval PYTHON := $$(shell $$(FIND_PYTHON)))$(PYTHON)

INSTALL = @test -n "$(PYTHON)" || { \
	echo "✗ There is no Python 3.11 or later with venv here. Install one: apt install python3 python3-venv" \
	"(Debian, Ubuntu), dnf install python3.12 (Fedora), brew install python@3.12 (macOS)."; exit 1; }; \
	"$(PYTHON)" -I orchestrator/embedded/bootstrap.py
VENV = .venv/bin/python
SERVICES = $(VENV) -m orchestrator.embedded run

# EXTRAS="claude live" has the tests of the coding agent and the signer run, and fail where one is missing.
export EXTRAS

# `check --deploy` looks at what a server on the internet would be given.
DEPLOYED = DEBUG=0 BASE_URL=https://orchestrator.example ALLOWED_HOSTS=orchestrator.example \
	SECRET_KEY=only-for-make-lint-0123456789-abcdefghijklmnopqrstuvwxyz \
	FIELD_ENCRYPTION_KEYS=only-for-make-lint-0123456789-abcdefghijklmnopqrstuvwxyz

help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

up: ## Start everything on http://127.0.0.1:8000 with demo data, until Ctrl-C (PORT, HOST, WORKERS).
	$(INSTALL) base
	@exec $(VENV) -m orchestrator.embedded up

claude: ## Install the coding agent of pattern workspaces: 160 MB, for those who have a key of Anthropic.
	$(INSTALL) base claude

live: ## Install the signer of live orders at Polymarket, for engine and task workers.
	$(INSTALL) base live

test: ## Run all tests on a real PostgreSQL and Redis (ARGS="-k name" is passed to pytest).
	$(INSTALL) base dev $(EXTRAS)
	@exec $(SERVICES) --fast --data .data/test -- $(VENV) -m pytest -n logical $(ARGS)

lint: ## Check style, types, import rules, migrations, templates and the front end.
	@$(MAKE) --no-print-directory --keep-going lint-python lint-django lint-templates lint-web

lint-python:
	$(INSTALL) base dev bench
	$(VENV) -m ruff check .
	$(VENV) -m ruff format --check .
	$(VENV) -m mypy
	$(VENV) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'

lint-django:
	$(INSTALL) base dev
	$(VENV) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	env $(DEPLOYED) $(VENV) manage.py check --deploy --fail-level WARNING

lint-templates:
	$(INSTALL) base dev
	$(VENV) -m djlint templates --check --quiet
	$(VENV) -m djlint templates --lint --quiet

lint-web:
	@if command -v npm >/dev/null; then \
		npm ci --no-audit --no-fund && npm run lint && npm run test && $(MAKE) --no-print-directory lint-dist; \
	else echo "npm is not installed: the front end was not checked (CI checks it)."; fi

lint-dist:
	@dist() { find static/dist -type f -exec cksum {} + | sort -k 3; }; \
	before=$$(dist); npm run build || exit 1; \
	test "$$before" = "$$(dist)" || { echo "✗ static/dist was out of date. Commit it as it is now."; exit 1; }

bench: ## Measure the engine beside its peers (ARGS are passed on to manage.py bench).
	$(INSTALL) base bench
	@exec $(SERVICES) --data .data/bench -- $(VENV) manage.py bench $(ARGS)

bench-processes: ## Measure guided processes with a million sessions (ARGS for manage.py bench_processes).
	$(INSTALL) base
	@exec $(SERVICES) --data .data/bench-processes -- $(VENV) manage.py bench_processes $(ARGS)

bench-workspaces: ## Measure workspaces with a million messages (ARGS for manage.py bench_workspaces).
	$(INSTALL) base
	@exec $(SERVICES) --data .data/bench-workspaces -- $(VENV) manage.py bench_workspaces $(ARGS)

bench-trading: ## Measure backtests (ARGS="--live": a live market) for manage.py bench_trading.
	$(INSTALL) base
	@exec $(SERVICES) --data .data/bench-trading -- $(VENV) manage.py bench_trading $(ARGS)

chaos: ## Kill workers, Redis and PostgreSQL under load and check that no run is lost.
	$(INSTALL) base dev
	@exec env CHAOS=full $(SERVICES) --data .data/chaos -- $(VENV) -m pytest -m chaos $(ARGS)

build: ## Build static/dist from static/src (wants npm).
	@test node_modules/.package-lock.json -nt package-lock.json || npm ci --no-audit --no-fund
	npm run build

lock: ## Work out requirements/*.txt anew from *.in (ARGS=--upgrade takes newer releases).
	$(INSTALL) base
	@for name in bootstrap base dev bench claude live; do \
		$(VENV) -m uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header \
		$(ARGS) -o requirements/$$name.txt requirements/$$name.in || exit 1; done

clean: ## Delete .venv, caches, node_modules and the test databases; your data in .data stays.
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache node_modules
	@for data in .data/test .data/bench .data/bench-processes .data/bench-workspaces .data/bench-trading .data/chaos; do \
		case "$$(readlink "$$data/postgres")" in /var/lib/orchestrator-*/postgres) \
			rm -rf "$$(dirname "$$(readlink "$$data/postgres")")";; esac; \
		rm -rf "$$data"; done
