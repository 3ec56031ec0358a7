# Two commands do everything on a fresh machine that has Python 3.11+ and make: `make run` and `make test`.

PYTHONS := $(or $(PYTHON),python3.13 python3.12 python3.11 python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
RUN := $(VENV)/.run
DEV := $(VENV)/.dev

.PHONY: run test check bench faults docs shots catalogue lock clean

run: $(RUN)
	@$(BIN)/tapeboard $(ARGS)

test: $(DEV)
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile $(ARGS)

check: $(DEV)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/test_architecture.py tests/test_project.py tests/test_catalogues.py

bench: $(DEV)
	$(BIN)/python -m bench $(ARGS)

faults: $(DEV)
	$(BIN)/python -m tests.feed.table $(ARGS)

docs: $(DEV)
	$(BIN)/python -m tests.oracle.report
	$(BIN)/python -m tests.core.backtest.page

shots: $(DEV)
	$(BIN)/python -m tests.tui.shots $(ARGS)

catalogue: $(DEV)
	$(BIN)/python -m tests.support.catalogue

# The locks hold versions and hashes only; pip takes the packages from wherever it is configured to.
# Who only runs Tapeboard installs requirements.lock; the other one adds what tests and checks need.
$(RUN): $(BIN)/python requirements.lock pyproject.toml
	@echo "Setting up $(VENV): what requirements.lock names ..."
	@$(PIP) install --only-binary :all: --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): $(RUN) requirements-dev.lock
	@echo "Setting up $(VENV): what requirements-dev.lock names ..."
	@$(PIP) install --only-binary :all: --require-hashes -r requirements-dev.lock
	@touch $@

# A name on the PATH may be an empty shim, too old, or (Debian) without its venv package: try them all.
$(BIN)/python:
	@for python in $(PYTHONS); do \
	    $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	    echo "Making $(VENV) with $$python ..."; \
	    $$python -m venv --clear $(VENV) && exit; \
	    rm -rf $(VENV); \
	done; \
	echo "Tapeboard needs Python 3.11 or newer with its venv module; tried: $(PYTHONS)." >&2; \
	echo "Name another one with 'make PYTHON=/path/to/python3'; on Debian and Ubuntu 'apt install python3-venv' may help." >&2; \
	exit 2

COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --only-binary :all: --generate-hashes \
	--no-header --no-annotate --no-emit-index-url pyproject.toml

lock: $(DEV)
	$(PIP) install uv
	$(COMPILE) --extra alpaca --extra notify --extra parquet --extra report --extra web --group build -o requirements.lock
	$(COMPILE) --all-extras --group dev -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf $(VENV)
