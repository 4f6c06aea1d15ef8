# Everything runs in .venv, which is made from pyproject.toml alone; a second run takes seconds.
PYTHON ?= python3
ifeq ($(OS),Windows_NT)
  BIN := .venv/Scripts
else
  BIN := .venv/bin
endif
RUN := $(BIN)/python
TOOLS := .venv/tools/$(notdir $(BIN))

# Whatever walks the kernels: words, terms, rows, scores.
BOUNDS := $(addprefix tests/test_,kernels.py buckets.py counting.py cutting.py vectorizer.py scoring.py features.py tagging.py \
  golden_predictions.py formats.py margins.py cuts.py)

.PHONY: demo test check model bench bench-check bounds trust faults fuzz sbom audit clean

demo: .venv/core  ## tag the five seed reports and show the result
	@$(RUN) -m fzclf classify seeds/*.txt

test: .venv/test  ## run all tests
	$(RUN) -m pytest

check: .venv/test  ## what pre-commit runs: style and types
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy

model: .venv/core  ## train models/default again from labels/
	$(RUN) -m fzclf train labels/seeds labels/authored -o models/default

bench: .venv/test  ## all benchmarks, and benchmarks/RESULTS.md
	$(RUN) -m benchmarks --write

bench-check: .venv/test  ## the short gate that CI runs
	$(RUN) -m benchmarks --check
	$(RUN) -m benchmarks.quality --check

bounds: .venv/test  ## kernels with every index checked, compiled anew in a folder of their own
	rm -rf .venv/bounds
	NUMBA_BOUNDSCHECK=1 FZCLF_CACHE_DIR=$(CURDIR)/.venv/bounds $(RUN) -m pytest -q $(BOUNDS)

trust: .venv/test  ## the promises of docs/reliability.md at full length
	FZCLF_THOROUGH=1 $(RUN) -m pytest tests/test_trust_*.py tests/test_formats.py

faults: .venv/test  ## break the promises one by one, and see that a test notices each
	$(RUN) -m benchmarks.faults

fuzz: .venv/test requirements-fuzz.txt  ## ten minutes of fuzzing, guided by coverage where atheris has a wheel
	$(RUN) -m pip install --quiet --disable-pip-version-check --only-binary :all: -r requirements-fuzz.txt || true
	$(RUN) -m fuzz --seconds 600

sbom: .venv/test .venv/tools/made  ## dist/fzclf.cdx.json: the wheel and all that it needs, as CycloneDX
	rm -rf dist
	$(RUN) -m build --quiet --wheel --outdir dist
	$(PYTHON) -m venv --without-pip dist/env
	$(RUN) -m pip --python dist/env install --quiet --disable-pip-version-check "$$(ls dist/*.whl)[office,frame]"
	rm -f dist/env/lib*/*/*/fzclf-*.dist-info/direct_url.json  # the folder of whoever builds is nobody's business
	$(TOOLS)/cyclonedx-py environment dist/env --mc-type library --output-reproducible --of JSON -o dist/fzclf.cdx.json
	$(RUN) .ci/check_sbom.py dist/*.whl dist/fzclf.cdx.json

audit: sbom  ## known vulnerabilities of what an installed wheel consists of; needs the network, fails without it
	$(RUN) -m pip --python dist/env freeze --exclude fzclf > dist/requirements.txt
	$(TOOLS)/pip-audit --strict --progress-spinner off --no-deps --disable-pip -r dist/requirements.txt

clean:
	rm -rf .venv build dist .fuzz .pytest_cache .mypy_cache .ruff_cache

.venv/made:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "fzclf needs Python 3.10 or newer; make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv
	@touch $@

.venv/core: .venv/made pyproject.toml
	$(RUN) -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

.venv/test: .venv/core pyproject.toml
	$(RUN) -m pip install --quiet --disable-pip-version-check -e '.[office,frame]' -r requirements-test.txt
	@touch $@

.venv/tools/made: .venv/made requirements-audit.txt
	$(PYTHON) -m venv .venv/tools
	$(TOOLS)/python -m pip install --quiet --disable-pip-version-check -r requirements-audit.txt
	@touch $@
