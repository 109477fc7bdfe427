# Two commands are enough: "make run" and "make test". "make help" lists the rest.

PYTHON ?= python3
PORT   ?= 8000
VENV   := .venv
PY     := $(VENV)/bin/python
PIP    := $(PY) -m pip --quiet --disable-pip-version-check install --require-hashes
PYTEST := $(PY) -m pytest
SUITE  := tests --ignore=tests/browser --ignore=tests/test_migrations.py --ignore=tests/test_translations.py \
	-n auto --maxprocesses=2 --dist loadfile --no-loadscope-reorder

export PORT
# Compiled modules are kept: collecting the tests takes half the time in each process.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test check bench screens lock messages clean

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1|/p' Makefile | while IFS='|' read -r name text; do \
		printf '  make %-10s %s\n' "$$name" "$$text"; done
	@echo
	@echo "  PORT=9000 make run          another port than 8000"
	@echo "  PYTHON=python3.12 make run  another Python than python3 (3.11 or newer)"

# exec: the server itself gets Ctrl-C, finishes what it is answering and ends.
run: $(VENV)/.runtime  ## install what is needed, prepare the database, serve on 127.0.0.1:8000
	@exec $(PY) -m flask --app wsgi start

test: check  ## everything: checks, the suite on SQLite and on PostgreSQL, the browser tests
	@echo "== tests on SQLite"
	@$(PYTEST) $(SUITE)
	@echo "== tests on PostgreSQL"
	@$(PYTEST) $(SUITE) --database=postgresql
	@echo "== tests in a browser"
	@$(PYTEST) tests/browser -n 3 --dist loadfile

check: $(VENV)/.dev  ## style, templates, types, translations, migrations
	@echo "== ruff";         $(PY) -m ruff check . && $(PY) -m ruff format --check .
	@echo "== djlint";       $(PY) -m djlint --quiet --profile=jinja --lint dialogues/templates
	@echo "== mypy";         $(PY) -m mypy
	@echo "== translations and migrations"
	@$(PYTEST) -q tests/test_translations.py tests/test_migrations.py
	@$(PYTEST) -q tests/test_migrations.py --database=postgresql

bench: $(VENV)/.dev  ## speed and weight of the main pages on ten years of data
	@$(PY) -m tests.bench

screens: $(VENV)/.dev  ## pictures of all main pages at 360 and 1280 px, in build/screens; those of the guides anew
	@$(PY) -m tests.browser.screens
	@$(PY) tests/browser/squeeze.py build/screens/shown docs/screens

messages: $(VENV)/.dev  ## collect the texts of the code, update and compile the Vietnamese catalogue
	@$(PY) -m tests.catalogue

lock: $(VENV)/.made  ## new exact versions from requirements.in and requirements-dev.in
	@$(PY) -m venv $(VENV)/lock && $(VENV)/lock/bin/python -m pip --quiet --disable-pip-version-check install uv
	@for name in requirements requirements-dev; do \
		$(VENV)/lock/bin/uv pip compile --quiet --upgrade --universal --no-strip-extras --python-version 3.11 --generate-hashes \
			--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
			$$name.in -o $$name.txt || exit 1; done

clean:  ## remove the virtualenv and what tools left; the database in instance/ stays
	rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage htmlcov test-results
	find dialogues tests -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "This program needs Python 3.11 or newer, and \"$(PYTHON)\" is not. Install it, then name it: PYTHON=python3.12 make run"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "This Python cannot make a virtualenv. On Debian and Ubuntu install the package python3-venv: apt install python3-venv"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.runtime: $(VENV)/.made requirements.txt
	@echo "Installing what the program needs (once) ..."
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.txt
	@echo "Installing what the tests need (once) ..."
	@$(PIP) -r requirements-dev.txt
	@touch $@
