# Everything here also works by hand: see "Without make" in README.md.
.POSIX:
.PHONY: help run explore test study tables docs benchmark clean check-clean
.DEFAULT_GOAL := help

BIN = .venv/bin
SCENARIO = scenarios/full_time.yaml
PYTEST_ARGS = -q -n 2 --dist loadfile
# setuptools says of every editable installation, ours included, that a folder of the same name would go before it.
WITHOUT_NOTE = PYTHONWARNINGS='ignore:Editable installation'

help:
	@echo 'make run          set up, then the full-time run for all schools of England (minutes on two cores)'
	@echo 'make explore      set up, then the page that answers, outputs/explorer.html, from the runs that ship'
	@echo 'make test         set up, then every check: style, types, import contracts, scenarios, tests'
	@echo 'make study        the slow statistical studies'
	@echo 'make benchmark    measure speed and memory in an environment of its own (some forty minutes), then the page'
	@echo 'make tables       run the factorial study and every shipped scenario on all schools (half an hour), then the pages'
	@echo 'make docs         rewrite the generated pages of docs/'
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

benchmark: .venv-benchmark/.installed
	.venv-benchmark/bin/python -m benchmarks

check-clean:
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT INT TERM && \
	git clone --quiet . "$$folder/sencosim" && \
	$(MAKE) -C "$$folder/sencosim" test && \
	$(MAKE) -C "$$folder/sencosim" run && \
	echo 'check-clean: make test and make run both work in a clean clone'

clean:
	rm -rf .venv .venv-benchmark build dist sencosim.egg-info .mypy_cache .ruff_cache .hypothesis .import_linter_cache .numba_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The first Python of 3.11 or newer that can make an environment.
.venv/bin/python:
	@for python in python3.11 python3.12 python3.13 python3.14 python3 python; do \
	  if $$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "Making .venv with $$($$python --version)" && exec $$python -m venv .venv; \
	  fi; \
	done; \
	echo 'sencosim needs Python 3.11 or newer, with its venv module (on Debian or Ubuntu: python3-venv).' >&2; exit 1

# Set-up is repeated only when what it installs has changed.
.venv/.installed-run: pyproject.toml constraints.txt
	@$(MAKE) -s --no-print-directory .venv/bin/python
	@$(BIN)/python -m pip install --quiet --upgrade pip || echo 'Keeping the pip that is there.'
	$(WITHOUT_NOTE) $(BIN)/python -m pip install --quiet -c constraints.txt -e .
	@touch $@

.venv/.installed-dev: pyproject.toml constraints.txt
	@$(MAKE) -s --no-print-directory .venv/bin/python
	@$(BIN)/python -m pip install --quiet --upgrade pip || echo 'Keeping the pip that is there.'
	$(WITHOUT_NOTE) $(BIN)/python -m pip install --quiet -c constraints.txt -e '.[dev]'
	@touch $@ .venv/.installed-run

# The engines of the comparison stay out of the environment that sencosim is used and tested in.
.venv-benchmark/.installed: pyproject.toml constraints.txt benchmarks/requirements.txt
	@$(MAKE) -s --no-print-directory .venv/bin/python
	@test -x .venv-benchmark/bin/python || $(BIN)/python -m venv .venv-benchmark
	$(WITHOUT_NOTE) .venv-benchmark/bin/python -m pip install --quiet -c constraints.txt -r benchmarks/requirements.txt -e .
	@touch $@
