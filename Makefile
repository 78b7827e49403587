# Python 3.11 and make are enough: everything else comes from pinned wheels.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: fuzz-chat chaos chaos-briefly fault-points backup restore restore-drill fuzz-acts second-opinion help setup run chat psql test check format format-check lint types imports wording migrations-check contract fuzz intake fuzz-reader reader-marks walk simulate stop clean

VENV := .venv
PY := $(VENV)/bin/python
# Changes when the checkout moves, because scripts of a virtual environment name their own place.
READY := $(VENV)/ready-$(shell printf '%s' '$(CURDIR)' | cksum | cut -d' ' -f1)
PATHS := core bot admin_api migrations tests bench wsgi.py
N ?= 2
T ?=
SECONDS ?= 600
CATALOG ?= core/seeds/data/catalog.csv
IN ?= tests/data/intake/messages.jsonl

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile
	@echo "  Options: make run PORT=3001 · make test T=tests/unit · make chat AS=asha"

setup: $(READY) ## make the virtual environment with pinned dependencies
	@echo "Ready: make run starts Khaacho"

$(READY): requirements.txt requirements-dev.txt requirements-telemetry.txt constraints.txt
	@for python in $(PYTHON) python3.11 python3 python \
	    /usr/bin/python3.11 /usr/local/bin/python3.11 /opt/homebrew/bin/python3.11 "$$HOME"/.pyenv/versions/3.11.*/bin/python; do \
	  if "$$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then \
	    found="$$python"; break; \
	  fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "No Python 3.11 with venv here. Install python3.11 and python3.11-venv, or say: make setup PYTHON=/path/to/python3.11" >&2; \
	  exit 1; \
	fi; \
	if [ ! -e $(VENV)/bin/pip ] || ! $(PY) -c '' 2>/dev/null || ! head -n 2 $(VENV)/bin/pip | grep -qF '$(CURDIR)/'; then \
	  echo "Making $(VENV) with $$found"; \
	  "$$found" -m venv --clear $(VENV) || exit 1; \
	fi
	@echo "Installing pinned dependencies (the first time takes a minute or two)"
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-compile --root-user-action=ignore -r requirements-dev.txt
	@rm -f $(VENV)/ready-* && touch $@

run: $(READY) ## start everything and print the page to open
	@exec $(PY) -m core.launch --end-with-parent

chat: $(READY) ## talk to it from this terminal (AS=asha, or a vendor's name for the other side)
	@exec $(PY) -m bot.simulator.chat $(AS) $(if $(RECORD),--record $(RECORD))

psql: $(READY) ## open the development database
	@exec $(PY) -m core.embedded psql

backup: $(READY) ## back up the database into var/backups, and delete what retention doesn't keep
	@exec $(PY) -m wsgi backup

restore: $(READY) ## put a backup in the place of the database (FILE=var/backups/….dump); stop everything else first
	@exec $(PY) -m wsgi restore $(or $(FILE),$(error Say which: make restore FILE=var/backups/….dump))

restore-drill: $(READY) ## restore a backup (the newest, or FILE=…) into a scratch database and compare all totals
	@exec $(PY) -m wsgi restore-drill $(FILE)

test: $(READY) ## run the tests (T=tests/unit for a part, without a database)
	@exec $(PY) -m pytest --dist loadfile -n $(if $(filter tests/unit%,$(T)),0,$(N)) $(or $(T),--ignore=tests/contract)

fuzz-chat: $(READY) ## write hostile texts to the bot in every role, with new seeds for SECONDS (SEED=… repeats one)
	@HOSTILE_SECONDS="$(SECONDS)" HOSTILE_SEED="$(or $(SEED),new)" exec $(PY) -m pytest -q -s -n 0 tests/bot/test_hostile_texts.py

walk: $(READY) ## simulate a market at random and check its books (WALK_STEPS=10000 WALK_SEED=7 repeats a walk)
	@WALK_STEPS="$(or $(WALK_STEPS),10000)" WALK_SEED="$(WALK_SEED)" exec $(PY) -m pytest -q -n 0 tests/walk

simulate: $(READY) ## let a city trade by four ways of routing and compare them (SCALE=0.1 for a tenth of it, DAYS=30)
	@exec $(PY) -m bench.simulate --scale $(or $(SCALE),1) --days $(or $(DAYS),91) --processes $(N)

chaos: $(READY) ## kill, freeze and fill things under a load of conversations, then check every book (CHAOS_SEED=7 CHAOS_SEEDS=20 CHAOS_SECONDS=60)
	@exec $(PY) -m tests.chaos --keep --seconds $(or $(CHAOS_SECONDS),60) --seeds $(or $(CHAOS_SEEDS),1) $(if $(CHAOS_SEED),--seed $(CHAOS_SEED))

chaos-briefly: $(READY) ## the same for fifteen seconds, always in the same way
	@exec $(PY) -m tests.chaos --seconds 15 --seed 1

fault-points: $(READY) ## kill a worker after each statement of a turn and of a send, and look what another leaves
	@FAULT_POINTS=all exec $(PY) -m pytest -q -n 0 tests/faults

check: $(READY) format-check lint types imports wording migrations-check test contract fuzz ## everything that must pass before a push

format: $(READY) ## format the code
	$(PY) -m ruff format $(wildcard $(PATHS))
	$(PY) -m ruff check --fix $(wildcard $(PATHS))

format-check: $(READY)
	$(PY) -m ruff format --check $(wildcard $(PATHS))

lint: $(READY)
	$(PY) -m ruff check $(wildcard $(PATHS))

types: $(READY)
	$(PY) -m mypy

imports: $(READY)
	$(VENV)/bin/lint-imports

wording: $(READY)
	$(PY) -m bot.wording.check

migrations-check: $(READY)
	$(PY) -m migrations.lint

contract: $(READY) ## check what we send against Twilio's own API specification (needs node)
	@exec $(PY) -m tests.contract $(if $(CI),--required)

fuzz: $(READY) ## let schemathesis call the running API, with every role's token
	@exec $(PY) -m tests.fuzz --seconds 20

fuzz-acts: $(READY) ## read every generated sentence of the chat: what is denied, asked or planned moves nothing
	@exec $(PY) -m bench.acts_safety

second-opinion: $(READY) ## train the second opinion on the intent from the labelled sets
	@exec $(PY) -m bench.train_second_opinion

intake: $(READY) ## score the order reader on labelled orders (IN=messages.jsonl)
	@mkdir -p var
	@$(PY) -m core.intake --catalog $(CATALOG) < $(IN) > var/predictions.jsonl
	@exec $(PY) bench/score.py var/predictions.jsonl --gold $(IN) --catalog $(CATALOG)

fuzz-reader: $(READY) ## test the order reader on generated lists, with new seeds for SECONDS (SEED=… repeats one)
	@exec $(PY) -m tests.generation --seconds $(SECONDS) $(if $(SEED),--seed $(SEED))

reader-marks: $(READY) ## the same with a limit; fails if the reader misses a mark
	@exec $(PY) -m tests.generation --seed 7 --rounds 1 --marks

stop: ## stop everything that runs in this checkout, from any terminal
	@if [ -x $(PY) ]; then $(PY) -m core.embedded stop; fi

clean: stop ## remove the data, the caches and the virtual environment
	@if [ -L var/servers ]; then rm -rf "$$(readlink var/servers)"; fi
	rm -rf var $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
