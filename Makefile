# Everything here works on a fresh machine with Python 3.11 or newer and make.
#
#   make demo       expand small data sets, print tables, save a plot
#   make test       the fast tests, in parallel
#   make help       the rest

PYTHON      ?= python3
VENV        ?= .venv
CONSTRAINTS ?= constraints.txt
# Parallel test processes; each keeps to one thread, so they do not fight for cores.
JOBS        ?= auto
THREADS     ?= 1

BIN      := $(VENV)/bin
PIP      := $(BIN)/python -m pip --disable-pip-version-check
RUFF_PIN  = $(shell sed -n 's/.*"ruff==\([0-9.]*\)".*/\1/p' pyproject.toml)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test test-all lint format types doctest docs linkcheck pages-check release-check bench-install clean
# Stamps are made by a pattern rule; keep them.
.SECONDARY:

help: ## show these lines
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

demo: $(VENV)/.installed-demo ## expand small data sets, print tables, save demo.png
	$(BIN)/python examples/demo.py

test: $(VENV)/.installed-test ## the fast tests, in parallel
	OMP_NUM_THREADS=$(THREADS) $(BIN)/python -m pytest -m "not slow" -n $(JOBS)

test-all: $(VENV)/.installed-test ## all tests, the slow ones too
	OMP_NUM_THREADS=$(THREADS) $(BIN)/python -m pytest -n $(JOBS)

lint: $(VENV)/.installed-test ## ruff: rules and format; import-linter: the floors
	@grep -q "rev: v$(RUFF_PIN)$$" .pre-commit-config.yaml || { \
	  echo "pyproject.toml pins ruff $(RUFF_PIN); .pre-commit-config.yaml must name the same version"; exit 1; }
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

format: $(VENV)/.installed-test ## let ruff repair and format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(VENV)/.installed-test ## mypy
	$(BIN)/mypy

doctest: $(VENV)/.installed-test ## the examples in docstrings and in the documentation
	OMP_NUM_THREADS=$(THREADS) $(BIN)/python -m pytest --doctest-modules skexpand
	OMP_NUM_THREADS=$(THREADS) $(BIN)/python -m pytest --doctest-glob='*.rst' docs

docs: $(VENV)/.installed-docs ## the documentation, in docs/_build/html; warnings are errors
	$(BIN)/python -m sphinx -W --keep-going -b html docs docs/_build/html

linkcheck: docs ## every link and anchor of the built documentation, without a network
	$(BIN)/python docs/check_links.py docs/_build/html README.md CONTRIBUTING.md CHANGELOG.md

pages-check: docs $(VENV)/.installed-pages $(VENV)/.installed-test ## the documentation and a report in Chromium, with axe-core
	command -v chromium || $(BIN)/python -m playwright install --with-deps chromium
	$(BIN)/skexpand report examples/data/penguins.csv --target species --out docs/_build/report.html --force
	$(BIN)/python docs/check_pages.py docs/_build/html docs/_build/report.html --shots docs/_build/shots

release-check: $(VENV)/.installed-release ## wheel and sdist: build, install, run the README there; CHECK=--commands: make, too
	$(BIN)/python packaging/release_check.py $(CHECK)

bench-install: $(VENV)/.installed-bench ## what examples/benchmarks needs

clean: ## remove the environment and everything generated
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache demo.png
	rm -rf docs/_build docs/auto_examples docs/generated docs/sg_execution_times.rst
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

# One stamp for each set of extras; a change of the project file or of the pins installs again.
$(VENV)/.installed-%: pyproject.toml $(CONSTRAINTS) | $(BIN)/python
	$(PIP) install --quiet -c $(CONSTRAINTS) -e ".[$*]"
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "skexpand needs Python 3.11 or newer; name one, as in: make test PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }
