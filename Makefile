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

# The UI's source is checked and built where a Node.js is that can; its bundle is committed, so that users need none.
NODE := $(shell node -e 'const [a, b] = process.versions.node.split(".").map(Number); \
	process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null && echo yes)
UI_STAMP := ui/node_modules/.installed
BUNDLE := src/podium/server/bundle

.PHONY: run test test-all check check-ui test-ui ui bench eval install clean format

run: $(STAMP)
	@$(BIN)/podium dev

install: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
		{ echo "Podium needs Python 3.11 to 3.13; name one with PYTHON=python3.12"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV): some minutes the first time, 2.4 GB in all"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@$(BIN)/python -m compileall -q src
	@touch $@

test: $(STAMP) test-ui
	$(BIN)/python -m pytest -m "not slow" -n 2 --dist worksteal

test-all: $(STAMP)
	$(BIN)/python -m pytest -m slow

check: $(STAMP) check-ui
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/sizes.py

ifeq ($(NODE),yes)
# Not npm ci: it fails where a registry lacks an optional package of another platform.
$(UI_STAMP): ui/package.json ui/package-lock.json
	@cd ui && npm install --no-save --no-progress --loglevel=error
	@touch $@

check-ui: $(UI_STAMP)
	@cd ui && npm run --silent check
	@cd ui && npm run --silent build -- --outDir ../build/ui --emptyOutDir --logLevel warn
	@diff -rq build/ui $(BUNDLE) || { echo "The committed bundle is not what ui/ builds: make ui"; exit 1; }

test-ui: $(UI_STAMP)
	@cd ui && npm run --silent test

# make ui builds the bundle that the server serves and the wheel ships.
ui: $(UI_STAMP)
	@cd ui && npm run --silent build
else
check-ui test-ui ui:
	@echo "No Node.js 20.19 or later is here: ui/ is left out"
endif

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
	rm -rf $(VENV) .podium build ui/node_modules
