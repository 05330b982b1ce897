# The two commands for a newcomer are `make demo` and `make test`; both do all of the set-up that they need.
PYTHON ?= python3
BIN := .venv/bin
ASSIGNMENT ?= hw2
INSTALLED := .venv/.installed
SOURCES := autograder coursekit course_utils checks tests benchmarks scripts

.PHONY: help setup bubblewrap chromium demo docs test test-only lint format release grade mark formgrader report bench clean

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(INSTALLED) bubblewrap chromium  ## Install everything into .venv

$(INSTALLED): pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; name one: make PYTHON=python3.11 ...") if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing the packages (the first time takes a few minutes) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

# bubblewrap isolates student code; it is a package of the system, not of Python.
bubblewrap:
	@command -v bwrap >/dev/null || sh scripts/install-bubblewrap.sh

# Chromium or Chrome prints hw2.pdf. Without it all else works, so only the tests insist on it.
chromium:
	@sh scripts/install-chromium.sh || true

demo: setup  ## Release, collect, grade and report a small class
	@$(BIN)/autograder demo

test: setup lint test-only  ## Lint, check types and run all tests

test-only: setup
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses 3 --dist worksteal

lint: $(INSTALLED)  ## Check style, types, imports, and that notebooks hold no outputs
	@$(BIN)/ruff check --quiet $(SOURCES)
	@$(BIN)/ruff format --check --quiet $(SOURCES)
	@$(BIN)/mypy --no-error-summary
	@said=$$($(BIN)/lint-imports --no-cache 2>&1) || { echo "$$said"; exit 1; }
	@said=$$($(BIN)/deptry . 2>&1) || { echo "$$said"; exit 1; }
	@git ls-files -z '*.ipynb' | xargs -0 -r $(BIN)/nbstripout --verify --keep-id

# Material says at each build that it will end; its warning is for whoever chooses a tool, not for who reads pages.
docs: $(INSTALLED)  ## Build the documentation into site/
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo "Documentation: file://$(CURDIR)/site/index.html"

format: $(INSTALLED)  ## Format the code
	@$(BIN)/ruff check --quiet --fix $(SOURCES)
	@$(BIN)/ruff format --quiet $(SOURCES)

release: setup  ## Generate release/ASSIGNMENT from source/ASSIGNMENT, and the student kit
	@$(BIN)/autograder release $(ASSIGNMENT)

grade: setup  ## Grade all of submitted/
	@$(BIN)/autograder grade $(ASSIGNMENT)

mark: setup  ## Serve the marker's desk for the written answers
	@$(BIN)/autograder mark $(ASSIGNMENT)

formgrader: setup  ## Open nbgrader's formgrader for the written answers
	@PYTHONPATH=$(CURDIR) $(BIN)/jupyter lab --ServerApp.root_dir=. --LabApp.default_url=/formgrader

report: setup  ## Write the feedback pages
	@$(BIN)/autograder report $(ASSIGNMENT)

bench: setup  ## Measure an epoch of ours against the original course code
	@PYTHONPATH=$(CURDIR) $(BIN)/python benchmarks/epoch.py

clean:  ## Remove what the demo and the tests leave behind (never submissions or grades)
	@rm -rf demo site .pytest_cache .ruff_cache .mypy_cache
