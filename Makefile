# Two commands do everything on a fresh machine that has Python 3.11+ and make: `make run` and `make test`.

PYTHONS := $(or $(PYTHON),python3.13 python3.12 python3.11 python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
STAMP := $(VENV)/.installed

.PHONY: run test check bench lock clean

run: $(STAMP)
	@$(BIN)/tapeboard $(ARGS)

test: $(STAMP)
	$(BIN)/python -m pytest $(ARGS)

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/test_architecture.py tests/test_project.py

bench: $(STAMP)
	$(BIN)/python -m bench $(ARGS)

# The lock holds versions and hashes only; pip takes the packages from wherever it is configured to.
$(STAMP): $(BIN)/python requirements.lock pyproject.toml
	@echo "Installing what requirements.lock names into $(VENV) ..."
	@$(PIP) install --only-binary :all: --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
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

lock: $(STAMP)
	$(PIP) install uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --only-binary :all: --generate-hashes --no-header --no-annotate --no-emit-index-url --group dev --all-extras pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV)
