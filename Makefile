# Every target explains itself in its comment; `make help` prints them.
# On a fresh machine, Python 3.11 or newer and make are enough.

PYTHON ?= python3
BIN := .venv/bin
DATA ?= data

.DEFAULT_GOAL := help
.PHONY: help setup demo run audit check test test-slow test-foreign test-spark golden bench docs lock release

help: ## Say what each target does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venv/.installed ## Make .venv with everything, from locks with hashes

# The environment is made again only when a lock changes, our own package when its description does.
.venv/.locked: requirements/test.lock
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.lock
	@touch $@

.venv/.installed: .venv/.locked pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: setup ## Drive a synthetic province through the real system, prove it, serve it (DEMO_EXIT=1 stops after the proof)
	$(BIN)/dossier-ledger demo

run: setup ## Serve the ledger in DATA (default: data)
	$(BIN)/dossier-ledger serve --data $(DATA)

audit: setup ## Check the whole log in DATA: every hash, seal, signature, key and public decision
	$(BIN)/dossier-ledger audit --data $(DATA)

check: setup ## Format, lint, types, imports and the quick tests: run it before each commit
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q -n 2 -m "not slow and not served and not long"

test: setup ## Run the whole suite, but for the thousand seeds of test-slow
	$(BIN)/pytest -n 2 --dist loadfile -m "not slow"

test-slow: setup ## Run only the slow tests: many seeds and large trees
	$(BIN)/pytest -m slow

test-foreign: setup ## Let pm4py (AGPL, never a dependency) read the event logs, in an environment of its own
	$(BIN)/pytest -s tests/foreign/process_mining.py

test-spark: setup ## Compare Spark with DuckDB, byte for byte, in an environment of its own (large; needs Java)
	$(BIN)/pytest -s tests/spark/both_engines.py

golden: setup ## Write the golden files again; read their diff before you commit it
	GOLDEN=write $(BIN)/pytest tests/golden

bench: setup ## Measure, and write bench/results.json
	$(BIN)/python -m bench

docs: setup ## Check that README, glossary, decisions and links tell the truth
	$(BIN)/pytest -q tests/architecture

COMPILE := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links \
	--custom-compile-command "make lock"

lock: setup ## Write the locks again (LOCK_FLAGS=--upgrade takes newer versions)
	$(COMPILE) $(LOCK_FLAGS) --group build --group dev -o requirements/test.lock
	$(COMPILE) $(LOCK_FLAGS) --group build --constraint requirements/test.lock -o requirements/run.lock

release: check ## Build from a clean tree and print how to publish; pushes nothing
	@test -z "$$(git status --porcelain)" || { echo "The tree is dirty: commit first."; exit 1; }
	$(BIN)/pytest
	rm -rf dist
	$(BIN)/python -m hatchling build -t wheel
	@version=$$($(BIN)/python -m hatchling version); \
	  grep -q "^## $$version " CHANGELOG.md || { echo "CHANGELOG.md has no section $$version."; exit 1; }; \
	  ls dist; echo "To publish:"; echo "  git tag -s v$$version -m 'Dossier Ledger '$$version"; echo "  git push origin v$$version"
