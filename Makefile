PYTHON ?= python3
PIP = .venv/bin/python -m pip --disable-pip-version-check

.PHONY: help setup demo serve test test-all lint format docs bench fuzz profile

help:
	@echo "make demo    start a server, stream a synthesised track to it, print the events as they arrive"
	@echo "make test    run the tests that every change has to pass"
	@echo "make test-all run those too that take minutes, as a release has to pass them"
	@echo "make serve   start the server on http://127.0.0.1:8000"
	@echo "make lint    ruff, mypy and hadolint"
	@echo "make docs    build the documents as a site, in site/"
	@echo "make bench   measure beside ffmpeg, plain Essentia and librosa"
	@echo "make fuzz    feed damaged files and broken requests to the engine and the server, FUZZ_SECONDS=300 of files"
	@echo "make profile show where a request's time goes"
	@echo "make setup   make .venv, which the others do by themselves"

setup: .venv/.complete

.venv/.complete: requirements/dev.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Tonearm needs Python 3.11 or later.") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv
	$(PIP) install --quiet --require-hashes -r requirements/dev.txt
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	touch $@

demo: setup
	.venv/bin/python examples/demo.py

serve: setup
	.venv/bin/tonearm serve

# Three at a time keep two cores busy: many tests wait.
PYTEST = .venv/bin/python -m pytest --numprocesses 3 --dist worksteal

test: setup
	$(PYTEST) -m "not release"

test-all: setup
	$(PYTEST)

lint: setup
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/hadolint Dockerfile

format: setup
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

docs: setup
	.venv/bin/python docs/model_pages.py
	.venv/bin/zensical build --clean --strict

.venv/.bench: .venv/.complete requirements/bench.txt
	$(PIP) install --quiet --require-hashes -r requirements/bench.txt
	touch $@

bench: .venv/.bench
	.venv/bin/python -m bench.run

FUZZ_SECONDS ?= 300

fuzz: setup
	.venv/bin/python -m fuzz.run --seconds $(FUZZ_SECONDS)
	.venv/bin/python -m pytest --hypothesis-profile=fuzz --timeout=0 tests/protocol/test_spec_properties.py tests/server/test_http_fuzz.py

profile: setup
	.venv/bin/python -m bench.profile
