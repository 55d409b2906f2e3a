# Everything a person or a machine runs here.  Needs make, and Python 3.11 or later with venv;
# each target sets up what it needs under .venv.  `make` alone lists the targets.

VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check
SOURCES := $(wildcard src tests tools bench fuzz)
JOBS ?= $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)

# The first Python on the path that is new enough and can make a virtual environment.
USABLE := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))
FIND_PYTHON = for p in $(PYTHON) python3.11 python3 python3.12 python3.13 python3.14 python; do \
	    "$$p" -c '$(USABLE)' >/dev/null 2>&1 && { command -v "$$p"; exit 0; }; done; exit 1

# What `make test T=…` means: a folder or file under tests/, or the name of a module there.
T ?=
ifneq ($(T),)
TESTS = $(firstword $(wildcard tests/$(T) tests/test_$(T).py $(T)))
else
TESTS = tests
endif

.DEFAULT_GOAL := help
.PHONY: help demo test torture bench fuzz fix check golden lock clean
.DELETE_ON_ERROR:

help:
	@echo 'make demo     set up what running needs, then show the main job (SERVE=1: and serve the result)'
	@echo 'make test     set up everything, then run the tests (T=core: a part; JOBS=0: in one process)'
	@echo 'make torture  every bit flipped, every crash, many kills, many pages: hours'
	@echo 'make bench    the benchmarks, each beside its peer'
	@echo 'make fuzz     look for inputs that break what is promised (FUZZ_SECONDS=60 for each target)'
	@echo 'make fix      format, safe lint fixes, regenerate documents'
	@echo 'make check    format, lint, types, layers, documents current; then the tests'
	@echo 'make golden   rewrite golden files, then show the difference'
	@echo 'make lock     pin the newest releases of all dependencies, with hashes'
	@echo 'make clean    remove what these targets made'

demo: $(VENV)/.runtime
	@$(BIN)/archive demo $(if $(filter-out 0 no,$(SERVE)),--serve)

test: $(VENV)/.dev
	@$(if $(TESTS),,echo "make: no tests are called '$(T)' (a folder, file or module under tests/)" >&2; exit 2;) \
	    $(BIN)/python -m pytest -n $(JOBS) $(TESTS)

# What CI has no time for: every bit, every state of every crash, many kills.
torture: $(VENV)/.dev
	@ARCHIVE_TESTS_TORTURE=1 ARCHIVE_TESTS_KILLS=200 $(BIN)/python -m pytest -n $(JOBS) --timeout 36000 \
	    tests/store/test_kill.py tests/store/test_check.py tests/store/test_faults.py \
	    tests/workflows/test_faults.py tests/workflows/test_flips.py tests/workflows/test_keys.py \
	    tests/workflows/test_noise.py tests/datasette_plugin/test_real_pages.py \
	    tests/datasette_plugin/test_quoting.py tests/extract/test_noise.py

bench: $(VENV)/.dev
	@$(BIN)/python -m bench

FUZZ_SECONDS ?= 60
fuzz: $(VENV)/.fuzz
	@$(BIN)/python -m fuzz $(FUZZ_SECONDS)

fix: $(VENV)/.dev
	@$(BIN)/ruff format --quiet
	@$(BIN)/ruff check --fix
	@$(BIN)/python tools/generate_docs.py

check: $(VENV)/.dev
	@echo '== format';    $(BIN)/ruff format --check --quiet --output-format concise || { echo 'run: make fix'; exit 1; }
	@echo '== lint';      $(BIN)/ruff check --quiet --output-format concise
	@echo '== types';     $(BIN)/mypy $(SOURCES)
	@echo '== layers';    $(BIN)/lint-imports --no-logo
	@echo '== documents'; $(BIN)/python tools/generate_docs.py --check
	@echo '== tests'
	@$(MAKE) --no-print-directory test T=

golden: $(VENV)/.dev
	@$(BIN)/python -m pytest -q --update-golden -k golden tests
	@git status --short -- tests/golden
	@git --no-pager diff --stat --patch -- tests/golden

# --- the environment -----------------------------------------------------------------------------
# Two stamps: what running needs, and on top of it what tests and checks need.  Every file that pip
# takes is checked against a hash; the package itself is installed in place, with the pinned builder.

$(VENV)/bin/python:
	@python=$$($(FIND_PYTHON)) || { \
	    echo 'make: Python 3.11 or later with venv is needed (Debian: apt-get install python3-venv);' \
	        'if it lies elsewhere: make PYTHON=/path/to/python3' >&2; exit 1; }; \
	    echo "making $(VENV) with $$python" >&2; "$$python" -m venv --clear $(VENV)

$(VENV)/.runtime: constraints.txt pyproject.toml | $(VENV)/bin/python
	@echo 'installing what running needs (constraints.txt)' >&2
	@$(PIP_INSTALL) --require-hashes -r constraints.txt
	@$(PIP_INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: constraints-dev.txt $(VENV)/.runtime
	@echo 'installing what tests and checks need (constraints-dev.txt)' >&2
	@$(PIP_INSTALL) --require-hashes -r constraints-dev.txt
	@touch $@

# atheris is optional: it is not published for every Python, and the tests do not need it.
$(VENV)/.fuzz: constraints-fuzz.txt $(VENV)/.dev
	@echo 'installing what fuzzing by coverage needs (constraints-fuzz.txt)' >&2
	@$(PIP_INSTALL) --require-hashes --only-binary :all: -r constraints-fuzz.txt || \
	    echo 'make: no atheris for this Python; inputs are drawn by Hypothesis alone' >&2
	@touch $@

# --- the lock files ------------------------------------------------------------------------------
# Made against the public registry alone, whatever this machine's pip is set up with, so that the
# hashes are those of the published files, for every platform they are published for.

LOCK_ENV = env -u PIP_FIND_LINKS -u PIP_EXTRA_INDEX_URL -u PIP_NO_INDEX PIP_CONFIG_FILE=/dev/null
PIP_COMPILE = $(LOCK_ENV) $(VENV)-lock/bin/pip-compile --quiet --no-config --no-header --upgrade \
	--generate-hashes --strip-extras --allow-unsafe --build-deps-for editable --extra fast \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options

lock:
	@python=$$($(FIND_PYTHON)) && "$$python" -m venv --clear $(VENV)-lock
	@$(VENV)-lock/bin/python -m pip install -qq --disable-pip-version-check 'pip-tools==7.6.2'
	@$(PIP_COMPILE) -o constraints.tmp pyproject.toml
	@$(PIP_COMPILE) --extra dev -c constraints.tmp -o constraints-dev.tmp pyproject.toml
	@{ echo '# What running the archive needs, extra "fast" included, and what installing it in place needs.'; \
	    echo '# Made by "make lock" (pip-compile, Python 3.11) from pyproject.toml; do not edit.'; \
	    cat constraints.tmp; } > constraints.txt
	@{ echo '# What tests, checks and benchmarks need, everything in constraints.txt included.'; \
	    echo '# Made by "make lock" (pip-compile, Python 3.11) from pyproject.toml; do not edit.'; \
	    sed 's/constraints\.tmp/constraints.txt/' constraints-dev.tmp; } > constraints-dev.txt
	@rm -rf constraints.tmp constraints-dev.tmp $(VENV)-lock
	@grep -c '^[a-z]' constraints.txt constraints-dev.txt | sed 's/:/: packages pinned: /'

clean:
	@rm -rf $(VENV) $(VENV)-lock build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find src tests tools bench fuzz -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
