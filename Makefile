# `make help` lists the targets. Everything happens in .venv; PYTHON chooses the interpreter it is made from.
PYTHON ?= python3
BIN := .venv/bin
# Each of pytest's two workers keeps to one core. Each has half of the tests, in their order, and takes over what the other
# has not come to: by the default, "load", the first worker got all long tests among the slow ones, and the other waited.
PYTEST := OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist worksteal
STAMP := .venv/.installed

.DEFAULT_GOAL := help
.PHONY: help install demo test test-slow test-ci conformance test-all perf gpu results references transfer inside tasks pictures lint clean

help: ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

install: $(STAMP) ## create .venv and install superb_lite with the versions that were tested

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("superb_lite needs Python 3.11 or newer: make PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[lite,dev]'
	touch $(STAMP)

demo: install ## pretrain, evaluate and rank one encoder per modality (about 10 minutes)
	$(BIN)/superb-lite run

test: install ## run the test suite (slow tests left out)
	$(PYTEST) -m "not slow"

test-slow: install ## run the slow tests
	$(PYTEST) -m "slow and not conformance"

test-ci: install ## run both at once, as continuous integration does
	$(PYTEST) -m "not conformance"

conformance: install ## ask everything built in what is asked of everybody, long checks too (4 minutes)
	$(PYTEST) tests/superb_lite/testing/test_built_ins_conform.py

test-all: install ## run every test
	$(PYTEST)

perf: install ## measure the speed promises; writes perf.json
	-$(BIN)/pip install --quiet --no-deps --target .venv/lightly lightly==1.6.0
	PYTHONPATH=.venv/lightly $(BIN)/python -m tests.perf

gpu: install ## train and evaluate on a CUDA device, and compare with the CPU
	$(BIN)/python -m tests.gpu

results: install ## measure docs/results.md again: every objective, three pretraining seeds (about an hour)
	$(BIN)/python docs/measure_results.py

references: install ## train encoders of known worth for `superb-lite calibrate --reference` (20 minutes on one core)
	OMP_NUM_THREADS=1 $(BIN)/python docs/train_references.py

transfer: install ## measure the tables of docs/transfer.md again: a BERT of words on DNA, proteins and music
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python docs/transfer_page.py

inside: install ## write docs/inside.md, what the analyses found, from the sections in docs/inside
	$(BIN)/python docs/inside_page.py

tasks: install ## write docs/tasks.md, the admission sheets, from the calibration files
	$(BIN)/python docs/task_sheets.py

pictures: install ## make the pictures of the leaderboard for the docs, from the board of `make demo`
	$(BIN)/python docs/leaderboard_pictures.py

lint: install ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

clean: ## remove .venv, caches and superb-lite-out
	rm -rf .venv superb-lite-out build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis perf.json
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
