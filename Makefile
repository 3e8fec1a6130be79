# make run: everything needed, then http://127.0.0.1:8000.  make test: everything quick.
.DEFAULT_GOAL := run
.DELETE_ON_ERROR:
PYTHON ?= python3
BIN := .venv/bin
# uv does not read pip's configuration; a mirror that pip was told to use serves both.
export UV_DEFAULT_INDEX ?= $(shell $(PYTHON) -m pip config get global.index-url 2>/dev/null)
ifeq ($(strip $(UV_DEFAULT_INDEX)),)
unexport UV_DEFAULT_INDEX
endif
# The certificates that this machine trusts, as pip uses them.
export UV_SYSTEM_CERTS := 1
UV := $(BIN)/uv pip install --quiet --python $(BIN)/python

# Tests start many processes: without its compiled files each of them takes seconds to begin.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: install run test test-faults bench bench-knowledge lint pins clean

install: .venv/installed

.venv/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("guanxin needs Python 3.11 or newer; try: make PYTHON=python3.12 ...") if sys.version_info < (3, 11) else None'
	@echo "Making .venv (about half a minute)…"
	@$(PYTHON) -m venv .venv
	@sed -n '/^uv==/,/[^\\]$$/p' constraints.txt > .venv/uv.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.txt
	@sed -n 's/^\(hatchling\|editables\)==.*/\1/p' constraints.txt > .venv/build.txt
	@$(UV) -r pyproject.toml -r .venv/build.txt -c constraints.txt
	@$(UV) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/tests-installed: .venv/installed
	@echo "Installing what the tests need…"
	@$(UV) -r pyproject.toml --extra test -c constraints.txt
	@$(BIN)/python tests/need_browser.py
	@touch $@

run: install
	@$(BIN)/guanxin samples --if-empty
	@$(BIN)/guanxin serve

test: .venv/tests-installed lint
	@$(BIN)/pytest --numprocesses 2 --dist loadfile

test-faults: .venv/tests-installed
	@$(BIN)/pytest tests/faults --numprocesses 2 --dist worksteal

# The engines to compare with need an older SQLAlchemy: they have an environment of their own.
.venv/bench/installed: .venv/installed tests/bench/constraints.txt
	@echo "Installing the engines to compare with…"
	@$(PYTHON) -m venv .venv/bench
	@$(BIN)/uv pip install --quiet --python .venv/bench/bin/python -r pyproject.toml --extra bench \
		-c tests/bench/constraints.txt
	@touch $@

bench: bench-knowledge

bench-knowledge: .venv/bench/installed
	@.venv/bench/bin/python -m tests.bench.knowledge

lint: .venv/tests-installed
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

# Choose newer versions: the result names no index and no address.
pins: install
	@printf 'hatchling\neditables\nuv\n' > .venv/build.in
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
		--no-annotate --extra test pyproject.toml .venv/build.in --output-file constraints.txt
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
		--no-annotate --extra bench pyproject.toml --output-file tests/bench/constraints.txt

clean:
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis
