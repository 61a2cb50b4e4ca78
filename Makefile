# The commands of the project; everything runs in .venv.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
export PYTHONDONTWRITEBYTECODE :=
ifneq ($(wildcard ../shared/data),)
export PODIUM_DATA ?= $(abspath ../shared/data)
endif

.PHONY: run test test-all check bench eval install clean format

run: $(STAMP)
	@$(BIN)/podium chat

install: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
		{ echo "Podium needs Python 3.11 to 3.13; name one with PYTHON=python3.12"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV): some minutes the first time, 2.4 GB in all"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@$(BIN)/python -m compileall -q src
	@touch $@

test: $(STAMP)
	$(BIN)/python -m pytest -m "not slow" -n 2 --dist worksteal

test-all: $(STAMP)
	$(BIN)/python -m pytest -m slow

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/sizes.py

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# make bench runs all benchmarks, make bench NAME=overhead one of them.
bench: $(STAMP)
	@$(BIN)/python -m benchmarks.run $(NAME)

# make eval runs the shipped suites whole on the offline agents; make eval SUITE="answers actions" some of them.
# Logs and reports lie under .podium/evals, or under OUT.
SUITE ?= retrieval guardrails planted answers abstentions actions approvals rollbacks recovery calibration \
	ablations held_out
eval: $(STAMP)
	@$(BIN)/podium eval run $(SUITE) --model offline $(if $(OUT),--out $(OUT))

clean:
	rm -rf $(VENV) .podium
