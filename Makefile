# The one door to everything: `make demo` and `make test` need Python 3.11, gcc and PyPI, no more.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
AS_OF := 2024-02-07
EDITOR := build/editor
SERVER := $(EDITOR)/node_modules/yaml-language-server/bin/yaml-language-server
AXE := $(EDITOR)/node_modules/axe-core/axe.min.js

# durable-rules overwrites CFLAGS and so builds without optimisation; CPPFLAGS gets through. The
# definition lets it compile where the old name of this call is gone (Python 3.13).
export CPPFLAGS := -O2 -DPyEval_CallObject=PyObject_CallObject
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test accept lint types contract unit wheel bench golden clean

demo: $(VENV)/installed
	@$(MAKE) --no-print-directory show FILE=samples/real-blitar-2023.json
	@$(MAKE) --no-print-directory show FILE=samples/contoh-temuan.json

# Exit code 1 says that there are findings: a result, not a failure.
.PHONY: show
show:
	$(BIN)/rbrules check $(FILE) --as-of $(AS_OF) --lang en || [ $$? -eq 1 ]

test: $(VENV)/tested lint types contract unit

# Slower than `make test`, and it needs Node.js and npm: every key of every sample is taken away, one
# at a time; a YAML language server, as editors use it, reads a folder made by `rbrules init`;
# pre-commit installs this repository and runs its hook; the HTML report is opened and printed, where
# Chromium and poppler are installed; and documents are printed, where LibreOffice and poppler are.
accept: $(VENV)/browser $(SERVER) $(AXE)
	EVERY_KEY=1 $(BIN)/pytest -n auto tests/properties/test_removal.py
	PRE_COMMIT=1 YAML_LANGUAGE_SERVER=$(SERVER) AXE_CORE=$(AXE) $(BIN)/pytest tests/accept
	RENDER=1 $(BIN)/pytest tests/cli/test_rendering.py

lint: $(VENV)/tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/tested
	$(BIN)/mypy

contract: $(VENV)/tested
	$(BIN)/lint-imports

unit: $(VENV)/tested
	$(BIN)/pytest -n auto

wheel: $(VENV)/tested
	rm -rf dist
	$(BIN)/python -m build --wheel --outdir dist

bench: $(VENV)/tested
	$(BIN)/python benchmarks/start.py
	$(BIN)/python benchmarks/improve.py

golden: $(VENV)/tested
	$(BIN)/python -m tests.golden

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --editable .
	touch $@

$(VENV)/tested: $(VENV)/installed pyproject.toml
	$(BIN)/pip install --quiet --editable '.[test]'
	touch $@

$(VENV)/browser: $(VENV)/tested pyproject.toml
	$(BIN)/pip install --quiet --editable '.[test,accept]'
	touch $@

$(AXE):
	npm install --silent --no-audit --no-fund --prefix $(EDITOR) axe-core@4.14.1

$(SERVER):
	npm install --silent --no-audit --no-fund --prefix $(EDITOR) yaml-language-server@1.25.0

clean:
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
