# What one does with this repository; `make help` lists it. Everything happens in .venv, nothing outside is changed.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
WORKERS ?= 2
FUZZ_CASES ?= 20000
FAULTS ?= 10000
MINUTES ?= 120
SEED ?= 1

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --no-input
SOURCES := app ldap_sync migrations tests bench tools wsgi.py
TEST_PACKAGES := curl nginx-light slapd ldap-utils chromium postgresql 389-ds-base \
	samba samba-ad-dc samba-ad-provision samba-dsdb-modules samba-vfs-modules winbind

.NOTPARALLEL:
.PHONY: help run test test-sqlite test-postgresql lint types browser bench fuzz chaos house words sbom revision lock clean

help: ## List what can be done
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' Makefile

run: $(VENV)/installed ## Start Rung with the demo company (HOST=127.0.0.1 PORT=8000)
	@exec $(BIN)/rung serve --demo --host $(HOST) --port $(PORT)

test: lint types test-sqlite test-postgresql ## All checks and the whole suite, on SQLite and on PostgreSQL

test-sqlite: $(VENV)/installed-dev packages
	$(BIN)/python -m pytest -n $(WORKERS)

test-postgresql: $(VENV)/installed-dev packages
	$(BIN)/python -m tests.postgres $(BIN)/python -m pytest -n $(WORKERS)

lint: $(VENV)/installed-dev ## Style, and who may import whom
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/lint-imports --no-cache

types: $(VENV)/installed-dev ## Types, strictly
	$(BIN)/mypy

browser: $(VENV)/installed-dev packages ## Only the journeys in a real browser
	$(BIN)/python -m pytest -m browser

bench: $(VENV)/installed-dev ## Measure speed; prints figures, asserts nothing
	@for script in bench/*.py; do echo "== $$script"; PYTHONPATH=. $(BIN)/python -P $$script; done

fuzz: $(VENV)/installed-dev ## Throw odd input at every parser for some minutes (FUZZ_CASES=20000)
	FUZZ_CASES=$(FUZZ_CASES) $(BIN)/python -m pytest -n $(WORKERS) tests/fuzz

chaos: $(VENV)/installed-dev packages ## Move people while everything breaks (FAULTS=10000 MINUTES=120 SEED=1)
	PYTHONPATH=. $(BIN)/python -m tests.chaos --faults $(FAULTS) --minutes $(MINUTES) --seed $(SEED)

house: $(VENV)/installed-dev ## Print the figures of the house: loops, tables named by a text, size, density
	$(BIN)/python tools/house.py

mutate: $(VENV)/installed-dev ## Break rules one at a time and see whether a test notices (MUTATIONS=60)
	$(BIN)/python tools/mutate.py --count $(MUTATIONS)

words: $(VENV)/installed ## Read all texts, bring the translations to them, say how much is translated
	@mkdir -p build
	PYTHONPATH=. $(BIN)/pybabel --quiet extract -F babel.cfg $(TEXTS) --add-location=file --sort-by-file --omit-header --ignore-dirs=".*" -o build/messages.pot .
	$(BIN)/pybabel --quiet update -i build/messages.pot -d translations --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --width=100
	$(BIN)/pybabel compile -d translations --statistics

TEXTS := -k _l -k said -k _said -k nsaid:1,2 -k lazy_ngettext:1,2

sbom: $(VENV)/installed-dev ## Write what ships with Rung as CycloneDX JSON (build/rung.cdx.json)
	$(BIN)/python tools/sbom.py build/rung.cdx.json

revision: $(VENV)/installed-dev ## Write the revision that brings the tables to the models (MESSAGE="what changes")
	PYTHONPATH=. $(BIN)/python tools/revision.py "$(MESSAGE)"

lock: $(VENV)/installed-dev ## Choose library versions anew and pin them by hash (needs uv)
	uv pip compile -q pyproject.toml --group build -o requirements.lock $(LOCK)
	uv pip compile -q pyproject.toml --group build --group dev -o requirements-dev.lock $(LOCK)

LOCK := --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

clean: ## Remove the local environment and caches; data in var/ stays
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

.PHONY: packages
packages:
	@tools/debian-packages.sh $(TEST_PACKAGES)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Rung needs Python 3.11 or newer: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || tools/debian-packages.sh python3-venv
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(BIN)/python requirements.lock pyproject.toml
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/installed-dev: $(BIN)/python requirements-dev.lock pyproject.toml
	$(PIP) --require-hashes -r requirements-dev.lock
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/installed
