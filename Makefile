PYTHON ?= python3
UV := $(or $(shell command -v uv 2>/dev/null),.cache/uv/bin/uv)
INSTALL = $(UV) pip install --quiet --python .venv

# What is for Windows, for a browser or, beside the same package for a newer Python, for an older one is not counted.
count = $$(sort -u $(1) | grep -E '^[a-z].*==' | grep -Evc "== '(win32|emscripten)'|_version < '")
check_python = @$(PYTHON) -c 'import sys; sys.exit("Tonearm needs Python 3.11 or later; this is " + sys.version.split()[0] + ". Name another: make PYTHON=python3.12") if sys.version_info < (3, 11) else None'

# Hundreds of processes start in the tests: what they import is compiled once, whatever the shell says.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo serve dist image test test-all lint lint-page format docs bench accuracy fuzz profile

help:
	@echo "make demo    start a server, stream a synthesised track to it, print the events as they arrive"
	@echo "make dist    build the wheel that uv tool install, pipx install and uvx take, in dist/"
	@echo "make image   build the container's image, with docker or podman; EXTRA=ray for a cluster's"
	@echo "make test    run the tests that every change has to pass"
	@echo "make test-all run those too that take minutes, as a release has to pass them"
	@echo "make serve   start the server on http://127.0.0.1:8000"
	@echo "make lint    ruff, mypy, hadolint and actionlint; with npm, biome and tsc for the page too"
	@echo "make docs    build the documents as a site, in site/"
	@echo "make bench   measure beside ffmpeg, plain Essentia and librosa"
	@echo "make accuracy measure how often answers are right beside Essentia and sonara, RECORDINGS=\"DIR …\" for more"
	@echo "make fuzz    feed damaged files and broken requests to the engine and the server, FUZZ_SECONDS=300 of files"
	@echo "make profile show where a request's time goes"
	@echo "make setup   install all that the others need into .venv, which each does by itself for its own part"

setup: .venv/.complete .cache/openapi-python-client/.complete

.cache/uv/bin/uv: requirements/uv.txt
	$(check_python)
	@echo "Installing uv, which installs the rest, into .cache/uv"
	@$(PYTHON) -m venv .cache/uv
	@.cache/uv/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes -r $<
	@touch $@

.venv/pyvenv.cfg: | $(UV)
	$(check_python)
	@$(UV) venv --quiet --allow-existing --python "$$(command -v $(PYTHON))" .venv

SERVER = requirements/server.txt requirements/build.txt

.venv/.server: .venv/pyvenv.cfg $(SERVER) pyproject.toml | $(UV)
	@echo "Installing what a server needs into .venv: $(call count,$(SERVER)) packages"
	@$(INSTALL) --require-hashes $(SERVER:%=-r %)
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	-@PATH="$(dir $(abspath $(UV))):$$PATH" .venv/bin/python -P -m tonearm.networks.free.first_start
	@touch $@

.venv/.complete: .venv/.server requirements/dev.txt
	@echo "Installing what the tests and the documents need into .venv: $(call count,requirements/dev.txt) packages with those of the server"
	@$(INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@

# It makes a client of the API, which the tests try. It needs an older typer than the command line has.
.cache/openapi-python-client/.complete: requirements/openapi-python-client.txt | .venv/pyvenv.cfg
	@echo "Installing openapi-python-client into .cache/openapi-python-client"
	@$(UV) venv --quiet --allow-existing --python .venv/bin/python .cache/openapi-python-client
	@$(UV) pip install --quiet --python .cache/openapi-python-client --require-hashes -r $<
	@touch $@

demo: .venv/.server
	.venv/bin/python examples/demo.py

serve: .venv/.server
	.venv/bin/tonearm serve

dist: .venv/.server
	@rm -rf dist
	@$(UV) build --quiet --wheel --no-build-isolation --python .venv/bin/python --out-dir dist
	@ls dist/*.whl

image:
	@engine=$$(command -v docker || command -v podman) || { echo "An image needs docker or podman."; exit 1; }; \
	$$engine build --tag tonearm$(EXTRA:%=-%) --build-arg EXTRA=$(EXTRA) .

# Without npm the page's JavaScript is not checked, and no TypeScript client is tried.
NODE = $(if $(shell command -v npm 2>/dev/null),node_modules/.complete)

# Four at a time keep two cores busy: many tests wait.
PYTEST = .venv/bin/python -m pytest --numprocesses 4 --dist worksteal

test: setup $(NODE)
	$(PYTEST) -m "not release"

test-all: setup $(NODE)
	$(PYTEST)

lint: setup
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/hadolint Dockerfile
	.venv/bin/actionlint .github/workflows/*.yml
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory lint-page; \
	else echo "The page's JavaScript is not checked: npm is not installed."; fi

node_modules/.complete: package.json package-lock.json .npmrc tests/clients/typescript/package.json
	npm ci --silent
	touch $@

lint-page: node_modules/.complete
	node_modules/.bin/biome check --error-on-warnings
	node_modules/.bin/tsc

format: setup
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

docs: setup
	.venv/bin/python docs/model_pages.py
	.venv/bin/zensical build --clean --strict

.venv/.bench: .venv/.complete requirements/bench.txt
	@echo "Installing what the benchmark compares with into .venv"
	@$(INSTALL) --require-hashes -r requirements/bench.txt
	touch $@

bench: .venv/.bench
	.venv/bin/python -m bench.run

accuracy: .venv/.bench
	.venv/bin/python -m bench.accuracy $(RECORDINGS:%=--recordings %)

FUZZ_SECONDS ?= 300

fuzz: setup
	.venv/bin/python -m fuzz.run --seconds $(FUZZ_SECONDS)
	.venv/bin/python -m pytest --hypothesis-profile=fuzz --timeout=0 tests/protocol/test_spec_properties.py tests/server/test_http_fuzz.py

profile: setup
	.venv/bin/python -m bench.profile
