# The commands of a checkout. `make help` lists them; each sets up what it needs first.
PYTHON ?= python3
VENV := .venv/bin
SETUP := $(PYTHON) -I platform/maskwright/supervise/setup.py

export PYTHONPATH := platform:.

.DEFAULT_GOAL := help
.PHONY: help setup run messages dev check check-templates test e2e soak bench simulate bench-editor bench-autoseg doctor clean

help: ## Show this list
	@grep -E '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

setup: ## Make .venv from the lock and build the editor, each only when its inputs changed
	@$(SETUP)

run: setup ## Start everything on http://localhost:8000 (PORT, MASKWRIGHT_HOME); stop with Ctrl-C
	@exec $(VENV)/python -m maskwright.supervise run

messages: setup ## Gather the messages of Python, templates and scripts; says which lack a translation
	@$(VENV)/python -m maskwright.supervise.catalogues update

dev: setup ## Serve the editor's sources with reload, beside a `DEBUG=1 make run` in another terminal
	@exec $(VENV)/python -m maskwright.supervise.gates dev

check: setup ## The gates that need no servers: ruff, mypy, import rules, migrations, TypeScript
	@$(VENV)/python -m maskwright.supervise.gates check

check-templates: setup ## Render every task template in a folder and say what is wrong with it: DIR=<folder>
	@$(VENV)/python -m labeling.liquid "$(DIR)"

test: setup ## Every gate, tests and end-to-end tests in Chromium included (what CI runs)
	@$(VENV)/python -m maskwright.supervise.gates test

e2e: setup ## Only the end-to-end tests
	@$(VENV)/python -m maskwright.supervise.gates e2e

soak: setup ## The long tests: 2,000 submits under kill -9, intake of 10,000 images
	@$(VENV)/python -m maskwright.supervise.gates soak

bench: setup ## Measure claims and submits against the bare database; prints the table of docs/benchmarks.md
	@$(VENV)/python -m maskwright.supervise.gates bench

simulate: setup ## A working day of 200 labelers by the real services in minutes: double claims, idle time, spammers
	@$(VENV)/python -m maskwright.supervise.gates simulate

bench-editor: setup ## Measure the editor in Chromium: pointer to pixels, frames, fills, encoding, loading, memory
	@$(VENV)/python benchmarks/bench_editor.py
	@$(VENV)/python benchmarks/bench_next_photo.py

bench-autoseg: setup ## Measure auto-segmentation on photos with masks: DATA=<folder of images/ and masks/>
	@DATA="$(DATA)" $(VENV)/python benchmarks/bench_autoseg.py

doctor: setup ## Say what is wrong with this installation and what to do
	@$(VENV)/python -m maskwright.supervise doctor

clean: ## Remove what set-up and builds made (never the data folder)
	rm -rf .venv frontend/node_modules frontend/dist .mypy_cache .ruff_cache .pytest_cache
