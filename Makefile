# Everything here also works by hand: see docs/quick_start.md.
.POSIX:
.PHONY: help run explore test study tables docs notebooks site benchmark wheel clean check-clean
.DEFAULT_GOAL := help

BIN = .venv/bin
SCENARIO = scenarios/full_time.yaml
PYTEST_ARGS = -q -n 2 --dist loadfile
# With uv where it is there, else with pip. Python compiles a library when it is first imported: all of them now would
# take as long as the rest. -qq: what pip warns of is about the machine, not about sencosim; errors are still shown.
INSTALL = get() { python="$$1/bin/python"; shift; \
  if command -v uv >/dev/null 2>&1; then uv pip install --quiet --python "$$python" -c constraints.txt "$$@"; \
  else "$$python" -m pip install -qq --disable-pip-version-check --no-compile -c constraints.txt "$$@"; fi; }; get

help:
	@echo 'make run          set up, then the full-time run for all schools of England (minutes on two cores)'
	@echo 'make explore      set up, then the page that answers, outputs/explorer.html, from the runs that ship'
	@echo 'make test         set up, then every check: style, types, import contracts, scenarios, tests'
	@echo 'make study        the slow statistical studies'
	@echo 'make benchmark    measure speed and memory in an environment of its own (some 25 minutes), then the page'
	@echo 'make tables       run the factorial study and every shipped scenario on all schools (half an hour), then the pages'
	@echo 'make docs         rewrite the generated pages of docs/'
	@echo 'make notebooks    run the notebooks of docs/ and store what they print (some minutes)'
	@echo 'make site         the documentation as a site, in build/site/: it needs no network, and every link is checked'
	@echo 'make wheel        a file to install elsewhere, in dist/, with the engine compiled for any processor of this kind'
	@echo 'make check-clean  clone the last commit elsewhere and prove make test and make run there'
	@echo 'make clean        remove the environment and all caches; outputs/ is kept'

run: .venv/.installed-run
	$(BIN)/sencosim run $(SCENARIO)

explore: .venv/.installed-run
	$(BIN)/sencosim explore

test: .venv/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/sencosim validate scenarios/*.yaml
	$(BIN)/python -m pytest -m 'not study' $(PYTEST_ARGS)

study: .venv/.installed-dev
	$(BIN)/python -m pytest -m study

tables: .venv/.installed-dev
	$(BIN)/python docs/studies.py factorial
	$(BIN)/python docs/studies.py scenarios
	$(BIN)/python docs/generate.py

docs: .venv/.installed-dev
	$(BIN)/python docs/generate.py

notebooks: .venv/.installed-dev
	$(BIN)/python docs/executed.py

site: .venv/.installed-site
	@$(BIN)/python docs/build_site.py

benchmark: .venv-benchmark/.installed
	.venv-benchmark/bin/python -m benchmarks

# The compiled engine travels inside. Where it does not fit, on another system or with other versions, the first run compiles.
wheel: .venv/.installed-run
	@rm -rf build sencosim/compiled_code
	NUMBA_CPU_NAME=generic SENCOSIM_COMPILED="$$PWD/sencosim/compiled_code" $(BIN)/python -m sencosim.engine.compiled
	@$(BIN)/python -m pip wheel -qq --disable-pip-version-check --no-deps --wheel-dir dist .
	@rm -rf build sencosim/compiled_code
	@ls dist/*.whl

check-clean:
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT INT TERM && \
	git clone --quiet . "$$folder/sencosim" && \
	$(MAKE) -C "$$folder/sencosim" test && \
	$(MAKE) -C "$$folder/sencosim" run && \
	echo 'check-clean: make test and make run both work in a clean clone'

clean:
	rm -rf .venv .venv-benchmark build dist sencosim.egg-info .mypy_cache .ruff_cache .hypothesis .import_linter_cache .numba_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# uv finds a Python by itself; else the first of 3.11 or newer that can make an environment.
.venv/bin/python:
	@if command -v uv >/dev/null 2>&1 && uv venv --quiet --seed --no-python-downloads .venv; then exit 0; fi; \
	for python in python3.11 python3.12 python3.13 python3.14 python3 python; do \
	  if $$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "Making .venv with $$($$python --version)" && exec $$python -m venv .venv; \
	  fi; \
	done; \
	echo 'sencosim needs Python 3.11 or newer, with its venv module (on Debian or Ubuntu: python3-venv).' >&2; exit 1

# Set-up is repeated only when what it installs has changed.
.venv/.installed-run: pyproject.toml constraints.txt
	@$(MAKE) -s --no-print-directory .venv/bin/python
	@echo 'Installing what a run needs in .venv, once: half a minute or less, and the time to download 210 MB.'
	@$(INSTALL) .venv -e .
	@touch $@

.venv/.installed-dev: pyproject.toml constraints.txt
	@$(MAKE) -s --no-print-directory .venv/bin/python
	@echo 'Installing what the checks need in .venv, once: a minute or less, and the time to download 290 MB.'
	@$(INSTALL) .venv -e '.[dev]'
	@touch $@ .venv/.installed-run

.venv/.installed-site: pyproject.toml constraints.txt
	@$(MAKE) -s --no-print-directory .venv/bin/python
	@echo 'Installing what the site needs in .venv, once.'
	@$(INSTALL) .venv -e '.[site]'
	@touch $@ .venv/.installed-run

# The engines of the comparison stay out of the environment that sencosim is used and tested in.
.venv-benchmark/.installed: pyproject.toml constraints.txt benchmarks/requirements.txt
	@$(MAKE) -s --no-print-directory .venv/bin/python
	@test -x .venv-benchmark/bin/python || $(BIN)/python -m venv .venv-benchmark
	@$(INSTALL) .venv-benchmark -r benchmarks/requirements.txt -e .
	@touch $@
