# Two commands on a fresh machine: `make demo` and `make test`. Both set up .venv by themselves.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin
READY := $(VENV)/.ready
WORKERS ?= 4
# Bytecode is kept, whatever the environment says: else each of a run's many processes compiles the project anew.
export PYTHONDONTWRITEBYTECODE :=
COMPILE = $(RUN)/pip-compile -q $(UPGRADE) --generate-hashes --allow-unsafe --strip-extras \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-header --no-annotate

.PHONY: help demo test test-long check bench openapi lock clean

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(READY) ## Play the years of Hubei from 2024 on embedded PostgreSQL (ARGS="--years 1 --once --json")
	@$(RUN)/clusters demo $(ARGS)

test: $(READY) ## Run the tests on real PostgreSQL (ARGS="-k name")
	@started=$$(date +%s); $(RUN)/pytest -n $(WORKERS) --dist loadscope -m "not long" $(ARGS); status=$$?; \
	echo "make test took $$(( $$(date +%s) - started )) s" >&2; exit $$status

test-long: $(READY) ## Run the longer proofs: kill sweeps, played years, long fuzzing, ten times the examples
	@$(RUN)/pytest -m long $(ARGS)
	@EXAMPLES=10 $(RUN)/pytest -n $(WORKERS) --dist loadscope -m "not long" tests/unit $(ARGS)

check: $(READY) ## Lint, types, import rules
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy
	$(RUN)/lint-imports

bench: $(READY) ## Compare speeds, interleaved (ARGS="--rounds 3 --only NAME --keep")
	@$(RUN)/python -m tests.benchmarks $(ARGS)

openapi: $(READY) ## Write what is generated: each service's openapi.json, docs/settings.md and docs/access.md
	@cp docs/settings.head.md docs/settings.md.new
	@cp docs/access.head.md docs/access.md.new
	@for place in services/registry services/scoring services/funding clients/pipeline; do package=$${place/\//.}; \
	$(RUN)/python -m $$package openapi > $$place/openapi.json.new && mv $$place/openapi.json.new $$place/openapi.json && \
	$(RUN)/python -m $$package settings >> docs/settings.md.new && \
	$(RUN)/python -m $$package access >> docs/access.md.new || exit 1; done
	@mv docs/settings.md.new docs/settings.md
	@mv docs/access.md.new docs/access.md

lock: $(READY) ## Pin all dependencies with hashes, for development and for the images (UPGRADE=--upgrade)
	@$(COMPILE) --extra local --extra dev -o requirements.lock pyproject.toml
	@$(COMPILE) -o deploy/requirements.lock pyproject.toml

clean: ## Remove .venv, the demo's data and caches (stop the services first)
	rm -rf $(VENV) .data .mypy_cache .ruff_cache .hypothesis .import_linter_cache *.egg-info build

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更新 / Python 3.11 or later is needed" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "缺少 venv:请安装软件包 python3-venv / venv is missing: install the package python3-venv" >&2; exit 1; }
	@echo "准备 .venv / setting up .venv ..." >&2
	@test -x $(RUN)/python || $(PYTHON) -m venv $(VENV)
	@$(RUN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock >&2
	@PYTHONWARNINGS=ignore $(RUN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . >&2
	@rm -rf *.egg-info # left by the build; an old one would hide the entry points of a newer one
	@touch $@
