# Python 3.11 or newer is all that must be there; everything else goes into .venv.
.DEFAULT_GOAL := help
.PHONY: help site serve test test-whoosh3 lint lock docs clean

PYTHON  ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
ANSWERS ?= answers
OUTPUT  ?= _site
ARGS    ?=
JOBS    ?= auto

PIP := .venv/bin/python -m pip --disable-pip-version-check --quiet

help: ## say what there is to make
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s %s\n", $$1, $$2 }' Makefile

site: .venv/site.stamp ## build answers/ into _site/ and say where to look
	@status=0; .venv/bin/agsite build --answers "$(ANSWERS)" --output "$(OUTPUT)" $(ARGS) || status=$$?; \
	if [ "$$status" -le 1 ] && [ -f "$(OUTPUT)/index.html" ]; then \
		echo; echo "The site is in $(OUTPUT)/: open $(OUTPUT)/index.html, or run \`make serve\` to see it with search."; \
	fi; exit "$$status"

serve: .venv/site.stamp ## open the site in a preview server that follows your edits
	@.venv/bin/agsite serve --answers "$(ANSWERS)" --open $(ARGS)

# The tests of a file share what they build, so one of the JOBS processes runs them all.
test: .venv/dev.stamp checkers ## run every test (ARGS="-k name" for some)
	.venv/bin/python -m pytest -n $(JOBS) --maxprocesses 4 --dist loadfile $(ARGS)

# What pages are judged by. Without npm those tests are left out, each with a line that says so.
.PHONY: checkers
checkers:
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory tests/browser/node_modules/stamp; fi

tests/browser/node_modules/stamp: tests/browser/package-lock.json
	@echo "Installing what pages are judged by …"
	@npm ci --prefix tests/browser --ignore-scripts --loglevel=error >/dev/null && touch $@

# Whoosh's last release is of 2016. Its maintained drop-in is put before it on the path, so the same tests run with either.
test-whoosh3: .venv/dev.stamp .venv/whoosh3/whoosh/__init__.py ## run the tests of search with the drop-in whoosh3
	PYTHONPATH=.venv/whoosh3 .venv/bin/python -c 'import whoosh; assert whoosh.__file__.count("whoosh3"), whoosh.__file__'
	PYTHONPATH=.venv/whoosh3 .venv/bin/python -m pytest $(ARGS) tests/test_search_*.py tests/browser/test_search*.py

.venv/whoosh3/whoosh/__init__.py: | .venv/dev.stamp
	@$(PIP) install --no-deps --target .venv/whoosh3 whoosh3==3.54.0

lint: .venv/dev.stamp ## check style, formatting and types
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

lock: .venv/dev.stamp ## pin what workflows install, with hashes (after a change of dependencies)
	.venv/bin/python scripts/lock.py requirements-deploy.txt . hatchling editables
	.venv/bin/python scripts/lock.py requirements-generate.txt '.[generate]' hatchling editables
	.venv/bin/python scripts/lock.py requirements-test.txt '.[dev]' hatchling editables

docs: .venv/site.stamp ## write commands and settings into docs/ (after a change of an option or a setting)
	.venv/bin/python scripts/reference.py

clean: ## delete what was built and installed; what was paid for stays
	rm -rf .venv tests/browser/node_modules _site dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@if [ -d .agsite ]; then find .agsite -mindepth 1 -maxdepth 1 ! -name pregenerate -exec rm -rf {} +; fi
	find agsite tests -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "agsite needs Python 3.11 or newer; install it, or name it: make PYTHON=/path/to/python3" >&2; exit 1; fi
	@echo "Setting up .venv …"
	@"$(PYTHON)" -m venv .venv || { rm -rf .venv; \
		echo "On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }

# `| .venv/bin/python`: it must be there, but its date is the interpreter's and says nothing.
.venv/site.stamp: pyproject.toml | .venv/bin/python
	@echo "Installing agsite …"
	@$(PIP) install --editable .
	@touch $@

.venv/dev.stamp: pyproject.toml | .venv/bin/python
	@echo "Installing agsite and what its tests need …"
	@$(PIP) install --editable '.[dev]'
	@touch $@ .venv/site.stamp
