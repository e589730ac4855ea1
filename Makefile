# Everything one does with this repository. `make help` lists it.
# Needs Python 3.11, Node 20 and make; the rest is installed under .venv/ and frontend/node_modules/ from hashed locks.

PYTHON   ?= python3
PORT     ?= 8000
WORKERS  ?= 2

BIN   := .venv/bin
MINGA := $(BIN)/python -m app
FRONT := $(shell find frontend \( -name node_modules -o -name dist \) -prune -o -type f \
           \( -name '*.css' -o -name '*.js' -o -name '*.mjs' -o -name '*.svg' -o -name '*.png' -o -name '*.woff2' -o -name package.json \) -print)

# Only what was given: everything else is for the environment or a .env file to say.
ifdef DATABASE
export MINGA_DATABASE_URL := $(DATABASE)
endif
ifneq ($(PORT),8000)
export MINGA_BASE_URL ?= http://127.0.0.1:$(PORT)
endif

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install front run dev check lint test test-deep bench bench-letters bench-pages bench-search valladolid looks lock clean chromium

help: ## list what can be done
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

## ---------------------------------------------------------------------------------------------------- installing

install: .venv/.runtime ## the virtual environment, from the hashed lock file
front: frontend/dist/.built ## the front end, built to hashed files; only if a source changed

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Minga needs Python 3.11 or newer."; exit 1; }
	$(PYTHON) -m venv .venv || { echo "On Debian: apt-get install python3-venv"; rm -rf .venv; exit 1; }
	@touch $@

.venv/.runtime: .venv/.made requirements.lock pyproject.toml
	@# The development lock holds all of the runtime's: where it is installed there is nothing to add.
	@[ -e .venv/.dev ] || $(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --no-index -e .
	@touch $@

.venv/.dev: .venv/.made requirements-dev.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --no-index -e .
	@touch $@

frontend/node_modules/.installed: frontend/package-lock.json frontend/.npmrc
	cd frontend && npm ci --ignore-scripts --no-progress --loglevel=error
	@touch $@

frontend/dist/.built: frontend/node_modules/.installed $(FRONT)
	cd frontend && node build.mjs
	@touch $@

chromium:
	@if [ -n "$$MINGA_CHROMIUM" ] || command -v chromium >/dev/null; then true; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; \
	else \
	  echo "The browser tests need Chromium. Run:  sudo apt-get install chromium   (or set MINGA_CHROMIUM to one)"; exit 1; \
	fi

## ------------------------------------------------------------------------------------------------------- running

run: install front ## everything, on http://127.0.0.1:8000 with the demo; PORT=… DATABASE=… override
	@$(MINGA) migrate
	@$(MINGA) demo
	@exec $(MINGA) serve --port $(PORT)

dev: .venv/.dev front ## the same, starting again whenever a file changes
	@$(MINGA) migrate
	@$(MINGA) demo
	@exec $(MINGA) serve --port $(PORT) --reload

## ------------------------------------------------------------------------------------------------------- checking

PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

lint: .venv/.dev ## rules of writing, types, who may import whom, templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/djlint frontend/templates frontend/letters --lint --quiet

check: lint front ## what one runs while working: lint, types, imports, and the tests that need no server and no browser
	$(PYTEST) -q -m "not deep and not postgres and not browser"

test: lint front chromium ## everything that has to hold before a change is handed in; under 12 minutes on 2 cores
	$(PYTEST)

test-deep: lint front chromium ## kill matrices, long state machines, every axe combination, load; under 60 minutes
	$(PYTEST) -m deep

bench: .venv/.dev front ## how many proposals and ballots per second are acknowledged, how well and fast search finds
	$(BIN)/python -m tests.deep.bench

bench-letters: .venv/.dev ## how long ten thousand answers take to be written and sent, on both databases
	$(BIN)/python -m tests.deep.bench_letters

bench-pages: .venv/.dev front ## how long the pages people read take
	$(BIN)/python -m tests.deep.bench_pages

bench-search: .venv/.dev front ## how well and how fast search and similar proposals find, on both databases
	$(BIN)/python -m tests.deep.bench_search

valladolid: .venv/.dev front chromium ## 1,008 real proposals of Valladolid and what became of them, from the folder MINGA_SHARED
	$(BIN)/python -m tests.deep.valladolid

looks: .venv/.dev front chromium ## pictures of the pages people meet, taken from the demo into docs/looks
	$(BIN)/python -m tests.deep.looks

## ---------------------------------------------------------------------------------------------------- maintaining

COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --group build --python-version 3.11

lock: .venv/.dev ## the two lock files anew from pyproject.toml; UPGRADE=1 takes the newest versions
	$(COMPILE) $(if $(UPGRADE),--upgrade) --group dev pyproject.toml -o requirements-dev.lock
	$(COMPILE) $(if $(UPGRADE),--upgrade) --constraints requirements-dev.lock pyproject.toml -o requirements.lock

clean: ## forget what was built and installed; var/ (the data) stays
	rm -rf .venv frontend/node_modules frontend/dist build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find app migrations tests -name __pycache__ -type d -exec rm -rf {} +
