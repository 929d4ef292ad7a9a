# `make` sets up and runs the quick study; `make test` sets up and runs the tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# One thread per process: the workflow keeps the cores busy with jobs, and the same thread count gives the same bits.
export OMP_NUM_THREADS = 1

.PHONY: all env test lint clean bench-theory

all: env
	$(BIN)/snakemake --cores all all

env: $(VENV)/.complete

$(VENV)/.complete: envs/requirements.txt
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --requirement envs/requirements.txt
	touch $@

test: env
	$(BIN)/python -m pytest

lint: env
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# Benchmarks are scripts in tests/benchmarks: they print, and share their references with the tests.
bench-theory: env
	PYTHONPATH=workflow_scripts $(BIN)/python tests/benchmarks/theory.py

clean:
	rm -rf results/* logs .snakemake
