# make match : install, then play and film a 3v3 match     make test : everything CI runs     make test-fast : the loop
# make reproduce : the table of learning results from nothing, about 4 hours on two cores; stop it and call it again as you like
PYTHON ?= python3
PY := .venv/bin/python
LOCK := constraints.txt

.PHONY: setup setup-dev match viewer test test-fast test-genesis lint bench reproduce clean

setup: .venv/.installed
setup-dev: .venv/.installed-dev

# torch first and by its exact version: a bare "torch" pulls gigabytes of CUDA on Linux.
.venv/.installed: pyproject.toml $(LOCK)
	test -x $(PY) || $(PYTHON) -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check torch==2.13.0
	$(PY) -m pip install --quiet --disable-pip-version-check -c $(LOCK) -e .
	touch $@

.venv/.installed-dev: .venv/.installed
	$(PY) -m pip install --quiet --disable-pip-version-check -c $(LOCK) -e ".[dev]"
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

# Whole-world logic is tested as plain Python, which Numba decides at import: so it is a run of its own.
test: lint
	NUMBA_DISABLE_JIT=1 $(PY) -m pytest -n 2 tests/unjitted
	$(PY) -m pytest -n 2 --ignore tests/unjitted

test-fast: setup-dev
	NUMBA_DISABLE_JIT=1 $(PY) -m pytest -n 2 tests/unjitted
	$(PY) -m pytest -n 2 -m "not slow" --ignore tests/unjitted

# The second engine: 2.5 GB more, and minutes of compiling the first time. `make test` skips these tests where it is absent.
test-genesis: setup-dev
	$(PY) -m pip install --quiet --disable-pip-version-check -c $(LOCK) -e ".[genesis]"
	$(PY) -m pytest -p no:xdist -m genesis tests/envs/test_genesis.py

bench: setup
	$(PY) -m skyrally bench

reproduce: setup
	$(PY) -m pip install --quiet --disable-pip-version-check -c $(LOCK) -e ".[report]"
	$(PY) benchmarks/learning/reproduce.py --publish

clean:
	rm -rf .venv dist build match.mp4 match.replay
