# make run      install, then ingest the bundled newsroom (or FEEDS="https://… feeds.opml")
# make test     install what the tests need and run them, in four processes (PYTEST_ARGS="-n 0" for one)
# make soak     the long campaigns
# make bench    quality and cost beside other programs (WIREDESK_CORPUS names the folder with the real pages)
PYTHON ?= python3
VENV   ?= .venv
BIN     = $(VENV)/bin
# Processes that test, a file at a time: many tests wait for servers of their own, so there are more than processors.
TESTERS ?= 4

.PHONY: run test soak bench clean

run: $(VENV)/.installed
	$(BIN)/wiredesk run --once $(if $(FEEDS),$(FEEDS),--demo)

test: $(VENV)/.tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -n $(TESTERS) --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

soak: $(VENV)/.tested
	$(BIN)/pytest -m soak --timeout 3600 $(PYTEST_ARGS)

bench: $(VENV)/.tested
	@$(BIN)/python -m pip install --quiet --group bench
	$(BIN)/python -m bench.extract
	$(BIN)/python -m bench.copies
	$(BIN)/python -m bench.feeds
	$(BIN)/python -m bench.week

$(BIN)/python:
	@echo "making a virtual environment in $(VENV) and installing wiredesk …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"

$(VENV)/.installed: $(BIN)/python pyproject.toml
	@$(BIN)/python -m pip install --quiet --editable ".[postgresql]"
	@: > $@

$(VENV)/.tested: $(VENV)/.installed
	@$(BIN)/python -m pip install --quiet --group test
	@: > $@

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache
