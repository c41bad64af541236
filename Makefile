# make match : install, then play and film a 3v3 match     make test : everything CI runs     make test-fast : the loop
# make reproduce : the table of learning results from nothing, about 4 hours on two cores; stop it and call it again as you like
PYTHON ?= python3
PY := .venv/bin/python
LOCK := constraints.txt

.PHONY: setup setup-dev setup-genesis match viewer test test-fast test-genesis lint bench reproduce clean

setup: .venv/.installed
setup-dev: .venv/.installed-dev
setup-genesis: .venv/.installed-genesis

# torch first and by its exact version: a bare "torch" pulls gigabytes of CUDA on Linux.
.venv/.installed: pyproject.toml $(LOCK)
	test -x $(PY) || $(PYTHON) -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check torch==2.13.0
	$(PY) -m pip install --quiet --disable-pip-version-check -c $(LOCK) -e .
	touch $@

.venv/.installed-dev: .venv/.installed
	$(PY) -m pip install --quiet --disable-pip-version-check -c $(LOCK) -e ".[dev]"
	touch $@

# The second engine: 2.5 GB more.
.venv/.installed-genesis: .venv/.installed-dev
	$(PY) -m pip install --quiet --disable-pip-version-check -c $(LOCK) -e ".[genesis]"
	touch $@

match: setup
	$(PY) -m skyrally watch volleyball-3v3 --red scripted:rally --blue scripted:rally --points 3 --seed 2 --out match.mp4 --out match.replay --force

# The viewer of replays: web/ bundled into skyrally/render/web, which is committed, so that only who changes web/ needs npm.
viewer:
	cd web && npm ci --no-audit --no-fund && node build.mjs

lint: setup-dev
	$(PY) -m ruff check skyrally tests benchmarks examples
	$(PY) -m ruff format --check skyrally tests benchmarks examples
	$(PY) -m pyright
	.venv/bin/lint-imports

GENESIS_TESTS := -p no:xdist -m genesis -rs tests/envs/test_genesis.py

# Whole-world logic is tested as plain Python, which Numba decides at import: so it is a run of its own. Another one is Genesis,
# which compiles for minutes the first time: once, in one process. Where it is not installed its tests are skipped.
test: lint
	NUMBA_DISABLE_JIT=1 $(PY) -m pytest -n 2 tests/unjitted
	$(PY) -m pytest -n 2 -m "not genesis" --ignore tests/unjitted
	$(PY) -m pytest $(GENESIS_TESTS)

test-fast: setup-dev
	NUMBA_DISABLE_JIT=1 $(PY) -m pytest -n 2 tests/unjitted
	$(PY) -m pytest -n 2 -m "not slow" --ignore tests/unjitted

test-genesis: setup-genesis
	$(PY) -m pytest $(GENESIS_TESTS)

bench: setup
	$(PY) -m skyrally bench

reproduce: setup
	$(PY) -m pip install --quiet --disable-pip-version-check -c $(LOCK) -e ".[report]"
	$(PY) benchmarks/learning/reproduce.py --publish

clean:
	rm -rf .venv dist build match.mp4 match.replay
