# `make` sets up and runs the quick study, `make everything` solvable models beside the paper's as well. `make test` sets
# up and runs the tests, `make test-slow` those that take minutes, `make test-slurm` the faults, `make test-own` the library
# by itself.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# One thread per process: the workflow keeps the cores busy with jobs, and the same thread count gives the same bits.
export OMP_NUM_THREADS = 1

.PHONY: study everything watch env test test-slow test-slurm test-own lint bench bench-theory bench-covariates bench-interpolators bench-shallow bench-dag bench-bootstrap clean clean-checkpoints bench-train docs-dag docs docs-serve lock sbom release-check

# The greedy scheduler: the default one's optimum is not worth its time for jobs this short.
RUN = $(BIN)/python workflow_scripts/progress.py $(BIN)/snakemake --cores all --retries 1 --scheduler greedy --show-failed-logs

study: env
	$(RUN) study

everything: env
	$(RUN) all

# The newest run's progress, from another terminal; on a cluster as well.
watch: env
	$(BIN)/python workflow_scripts/progress.py

env: $(VENV)/.complete

$(VENV)/.complete: envs/requirements.txt
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --requirement envs/requirements.txt
	touch $@

test: env
	$(BIN)/python -m pytest

# What plans or runs the workflow many times: reruns after changes, rooms that come and go, the tutorial.
test-slow: env
	$(BIN)/python -m pytest -m slow

# Kills, full disks and a real Slurm: Debian's, installed where it is missing (as root), brought up on 127.0.0.1 and taken
# down again.
test-slurm: env
	$(BIN)/python -m pytest -m "slurm or faults" -rs

# The library installed by itself, beside the real Lightning and transformers: its tests, those of the callbacks among them.
test-own: $(VENV)-own/.complete
	$(VENV)-own/bin/python -m pytest tests/own -m "slow or not slow"

$(VENV)-own/.complete: envs/own.txt
	$(PYTHON) -m venv $(VENV)-own
	$(VENV)-own/bin/python -m pip install --quiet --requirement envs/own.txt
	touch $@

# Style of the code and of the rules; what Snakemake's own linter finds, but for the exceptions named in the test.
lint: env
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile rules
	$(BIN)/python -m pytest tests/workflow/test_lint.py

# Each part beside a peer, measured in one run: lines of tests/benchmarks/trends.jsonl with the commit, and the page docs/trends.md.
# Some of them with ARGS: make bench ARGS="theory dag"
bench: env
	$(BIN)/python tests/benchmarks/trends.py $(ARGS)

# Benchmarks are scripts in tests/benchmarks: they print, and share their references with the tests.
bench-theory: env
	PYTHONPATH=workflow_scripts $(BIN)/python tests/benchmarks/theory.py

bench-covariates: env
	PYTHONPATH=workflow_scripts $(BIN)/python tests/benchmarks/covariates.py

bench-shallow: env
	PYTHONPATH=workflow_scripts $(BIN)/python tests/benchmarks/shallow.py

# Images per second of the trainer beside the field's usual loop, cell by cell; hours of the whole study on a GPU.
# More of it with ARGS: make bench-train ARGS="--precision bf16 --only CNN_MNIST --profile"
bench-train: env
	$(BIN)/python workflow_scripts/run.py networks/benchmark $(ARGS)

# How long the paper's dry run takes, at its number of seeds and at ten times that.
bench-dag: env
	$(BIN)/python tests/benchmarks/dag.py

# 500 resamples of a cell of 10 P x 10 seeds, vectorised and looped.
bench-bootstrap: env
	PYTHONPATH=workflow_scripts $(BIN)/python tests/benchmarks/bootstrap.py

# State evolution and the exact solver of the interpolators, with their accuracy.
bench-interpolators: env
	PYTHONPATH=workflow_scripts $(BIN)/python tests/benchmarks/interpolators.py

# The README's picture of the stages.
docs-dag: env
	$(BIN)/snakemake --rulegraph dot -- all | $(BIN)/python docs/draw_dag.py

# The documentation site, into site/, and shown while you write; MkDocs has an environment of its own. The setting keeps
# its theme from advertising a successor.
docs: $(VENV)-docs/.complete
	NO_MKDOCS_2_WARNING=1 $(VENV)-docs/bin/mkdocs build --quiet

docs-serve: $(VENV)-docs/.complete
	NO_MKDOCS_2_WARNING=1 $(VENV)-docs/bin/mkdocs serve

$(VENV)-docs/.complete: envs/docs.txt
	$(PYTHON) -m venv $(VENV)-docs
	$(VENV)-docs/bin/python -m pip install --quiet --requirement envs/docs.txt
	touch $@

# What every package of envs/requirements.txt brings, with versions and hashes; what is locked stays unless it must change.
lock: $(VENV)-release/.complete
	$(VENV)-release/bin/uv pip compile envs/requirements.txt --universal --python-version 3.11 --generate-hashes --quiet \
		--default-index https://pypi.org/simple --custom-compile-command "make lock" --output-file envs/requirements.lock

# The software bill of materials of what is locked (CycloneDX), into build/.
sbom: $(VENV)-release/.complete
	mkdir -p build
	$(VENV)-release/bin/cyclonedx-py requirements envs/requirements.lock --pyproject pyproject.toml --output-reproducible -o build/sbom.json

# That version, date, license, citation, changelog, lock, bill of materials, data card and recorded data agree.
release-check: env $(VENV)-release/.complete
	$(BIN)/python -m pytest tests/workflow/test_release.py tests/workflow/test_envs.py -m "release or not release" -vv

$(VENV)-release/.complete: envs/release.txt
	$(PYTHON) -m venv $(VENV)-release
	$(VENV)-release/bin/python -m pip install --quiet --requirement envs/release.txt
	touch $@

clean:
	rm -rf results/* logs .snakemake

# What interrupted runs would continue from, and the records of finished ones (kept for runs that share a job with new ones).
clean-checkpoints:
	rm -rf results/checkpoints
