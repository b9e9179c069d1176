# make help lists the commands. Nothing here needs more than git, make and python3 on Debian / Raspberry Pi OS.
SHELL := /bin/bash
VENV  := .venv
PY    := $(VENV)/bin/python
PORT  ?= 8000
KIND  ?=

.DEFAULT_GOAL := help
.PHONY: help run test test-hardware lint bench proofs soak fuzz lock wheel clean install upgrade uninstall wheelhouse

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/'

run: $(VENV)/.runtime  ## the whole clinic with simulated hardware (PORT=8000)
	@$(PY) -m kiosk demo --port $(PORT)

test: $(VENV)/.tests lint  ## everything that must hold: lint, types, imports, unit, integration, acceptance
	@$(PY) -m pytest -m "not slow and not hardware" -n 3 --dist loadfile --no-loadscope-reorder

lint: $(VENV)/.tests  ## ruff, mypy, import-linter
	@$(PY) -m ruff check . && $(PY) -m ruff format --check . && $(PY) -m mypy && $(VENV)/bin/lint-imports --no-logo

bench: $(VENV)/.tests  ## the budgets of docs/architecture.md, measured on this machine
	@$(PY) -m benchmarks

proofs: $(VENV)/.tests  ## software of others judges our tickets and our virtual printer (needs node and npm)
	@.ci/packages cups
	@cd tests/proofs && npm ci --silent --no-audit --no-fund --ignore-scripts
	@$(PY) -m pytest tests/proofs

soak: $(VENV)/.tests  ## the slow tests: long faults and soaks
	@.ci/packages xvfb xdotool
	@$(PY) -m pytest -m slow

test-hardware: $(VENV)/.tests  ## real kernel drivers in QEMU, plugs pulled 200 times, the units; up to an hour
	@$(PY) -m tests.hardware.rig --prepare && $(PY) -m pytest -m hardware -s

fuzz: $(VENV)/.tests  ## a minute of scans that nobody thought of (SECONDS=60)
	@$(PY) -m tests.fuzz.identity --seconds $(or $(SECONDS),60)

lock: $(VENV)/.tests  ## pin every dependency again, by hash
	@$(PY) -m pip install -q uv && for out in requirements.lock "tests/requirements.lock --group dev -c requirements.lock"; do \
	  set -- $$out; file=$$1; shift; source=; [ $$file = requirements.lock ] && source=pyproject.toml; \
	  $(VENV)/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-emit-find-links --no-annotate --custom-compile-command "make lock" -q --upgrade $$source "$$@" -o $$file; done

wheel: $(VENV)/.tests  ## a wheel that runs without this checkout, in dist/
	@$(PY) -m pip wheel -q --no-deps --no-build-isolation -w dist .

install:  ## this computer becomes part of a clinic: make install KIND=server|kiosk|tv|all OPTIONS="--url https://…" (as root)
	@python3 systemd/install $(KIND) $(OPTIONS)

upgrade:  ## this release instead of the installed one; back by itself if it does not work (as root)
	@python3 systemd/install upgrade $(OPTIONS)

uninstall:  ## take it away; the clinic's data stays, unless OPTIONS=--purge (as root)
	@python3 systemd/install uninstall $(OPTIONS)

wheelhouse:  ## every Python package for an installation without a network, in dist/wheelhouse
	@python3 systemd/install wheelhouse dist/wheelhouse

clean:  ## forget the environment and what the demo wrote
	@rm -rf $(VENV) dist .demo .rig

$(VENV)/.runtime: requirements.lock Makefile
	@.ci/packages python3-venv libzbar0 espeak-ng
	@echo "Setting up $(VENV) from requirements.lock (first time: a minute or two) ..."
	@[ -x $(PY) ] || python3 -m venv $(VENV)
	@$(PY) -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.tests: $(VENV)/.runtime tests/requirements.lock
	@.ci/packages chromium postgresql redis-server fonts-noto-core fonts-noto-cjk
	@echo "Adding the test tools from tests/requirements.lock ..."
	@$(PY) -m pip install -q --disable-pip-version-check --require-hashes -r tests/requirements.lock
	@touch $@
