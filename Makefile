# Everything a person or CI runs. `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= $(shell command -v python3.11 || command -v python3)
SERVE := .venv
TEST := .venv-test
VERSION = $(shell sed -n 's/^__version__ = "\(.*\)"/\1/p' service/__init__.py)
PIP := -m pip --disable-pip-version-check install --quiet

.PHONY: help setup setup-jobs setup-traces setup-test setup-train serve worker demo test soak soak-jobs fuzz check format bench picture readme warm models lock image image-check clean

help: ## List these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(SERVE)/.done ## Install what serving needs (no torch)

setup-jobs: $(SERVE)/.jobs ## Install what jobs need, too (Celery)

setup-traces: $(SERVE)/.traces ## Install what traces need, too (OpenTelemetry; with jobs)

setup-test: $(TEST)/.done ## Install what tests and checks need (with torch)

setup-train: setup-test ## Install what training needs, into the test environment
	$(TEST)/bin/python $(PIP) -r requirements/train.txt

$(SERVE)/.done: requirements/serve.txt
	$(PYTHON) -m venv $(SERVE)
	$(SERVE)/bin/python $(PIP) -r requirements/serve.txt
	@touch $@

$(SERVE)/.jobs: $(SERVE)/.done requirements/jobs.txt
	$(SERVE)/bin/python $(PIP) -r requirements/jobs.txt
	@touch $@

$(SERVE)/.traces: $(SERVE)/.done requirements/image.txt
	$(SERVE)/bin/python $(PIP) -r requirements/image.txt
	@touch $@

$(TEST)/.done: requirements/test.txt
	bash requirements/browser.sh
	$(PYTHON) -m venv $(TEST)
	$(TEST)/bin/python $(PIP) -r requirements/test.txt
	@touch $@

# As in service/allocation.py.
serve: export GLIBC_TUNABLES ?= glibc.malloc.tcache_count=0
serve: setup ## Start the service (PORT, REDIS_URL, PRECIS_*)
	exec $(SERVE)/bin/gunicorn

worker: setup-jobs ## Start a worker for jobs (REDIS_URL or PRECIS_JOBS_URL, PRECIS_*)
	exec $(SERVE)/bin/python -m service.job_worker

demo: setup ## Summarise and translate an article of seeds/, through curl
	bash seeds/demo.sh $(SERVE)/bin

warm: setup ## Post the articles of seeds/ to the running service
	$(SERVE)/bin/python -m seeds.warm --url http://127.0.0.1:$${PORT:-8000}

test: setup-test ## Run all tests
	$(TEST)/bin/python -m pytest

soak: setup-test ## Load, slow clients and faults for minutes; writes the table of docs/reliability.md
	$(TEST)/bin/python -m tests.soak

soak-jobs: setup-test ## Workers, web and Redis fail in the middle of a batch, each in a network namespace (root)
	$(TEST)/bin/python -m tests.soak_jobs

fuzz: setup-test ## Search for texts and requests that break something, for some minutes
	$(TEST)/bin/python -m pytest --hypothesis-profile=fuzz --timeout=3600 \
	  tests/models/test_any_text.py tests/models/test_deletion.py \
	  tests/service/test_any_text.py tests/service/test_description.py

check: setup-test ## Check format, lint, types, secrets and known vulnerabilities
	$(TEST)/bin/ruff format --check .
	$(TEST)/bin/ruff check .
	$(TEST)/bin/mypy
	$(TEST)/bin/python .ci/audit.py

format: setup-test ## Format the code
	$(TEST)/bin/ruff format .
	$(TEST)/bin/ruff check --fix .

bench: setup-test ## Measure, and write bench/results.json
	$(TEST)/bin/python -m bench

picture: setup-test ## Take the README's picture of the page anew
	$(TEST)/bin/python -m pytest tests/service/page/test_whole_way.py -k taken_away
	cp var/screenshots/page.png docs/page.png

readme: setup-test ## Write the README's calls, tables and figures anew
	$(TEST)/bin/python -m docs.readme

models: setup-test ## Fetch and convert models of the hub (MODELS="NAME…")
	$(TEST)/bin/python -m models.fetch --into "$${PRECIS_MODELS_DIRECTORY:-var/models}" $(MODELS)

lock: setup-test ## Write requirements/*.txt anew from pyproject.toml
	bash requirements/lock.sh $(PYTHON)

image: ## Build the container image (docker)
	docker build --build-arg VERSION=$(VERSION) --tag precis --tag precis:$(VERSION) .

image-check: ## Build the image without an engine and let it answer (root and apt)
	bash .ci/image.sh

clean: ## Remove what these commands made
	rm -rf $(SERVE) $(TEST) build var
