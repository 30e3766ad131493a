# A Python 3.11 or newer and make are all that is needed; `make run` and `make test` set up the rest in .venv.
# Another Python than python3: make TRACKER_PYTHON=python3.12 run

TRACKER_PYTHON ?= python3
# More than the cores of a small machine: many tests wait, for a camera that stalls or a disk that hangs.
TEST_PROCESSES ?= 4
IN_VENV = .venv/bin/python -m

.PHONY: help run set-up set-up-dev test lint unit faults bench screenshots frozen clean

help:
	@echo "make run     start the program on its demo (without a screen: track it and write the results to out/)"
	@echo "make test    all checks: style, types, import rules, tests"
	@echo "make lint    style, types and import rules only"
	@echo "make faults  break things many times over, which takes many minutes"
	@echo "make bench   measure speed and memory"
	@echo "make screenshots  make the pictures of the front page again"
	@echo "make frozen  build the program as a folder that needs no Python, into dist/, and start it"
	@echo "make clean   remove .venv and everything built"

set-up:
	@$(TRACKER_PYTHON) packaging/set_up.py

set-up-dev:
	@$(TRACKER_PYTHON) packaging/set_up.py --dev

run: set-up
	@$(IN_VENV) tracker_gui demo --out out

test: lint unit

lint: set-up-dev
	$(IN_VENV) ruff check
	$(IN_VENV) ruff format --check
	$(IN_VENV) mypy
	.venv/bin/lint-imports --no-logo

unit: set-up-dev
	$(IN_VENV) pytest -n $(TEST_PROCESSES) --dist worksteal

faults: set-up-dev
	$(IN_VENV) pytest tests/faults -m faults_full -s

bench: set-up-dev
	.venv/bin/python tests/benchmarks/identity.py
	.venv/bin/python tests/benchmarks/animals.py
	.venv/bin/python tests/benchmarks/rules.py
	.venv/bin/python tests/benchmarks/recording.py
	.venv/bin/python tests/benchmarks/clips.py
	.venv/bin/python tests/benchmarks/window_heartbeat.py
	.venv/bin/python tests/benchmarks/serial_latency.py
	.venv/bin/python tests/benchmarks/closed_loop.py
	.venv/bin/python tests/benchmarks/plots.py
	.venv/bin/python tests/benchmarks/overlays.py
	.venv/bin/python tests/benchmarks/feed.py

screenshots: set-up-dev
	.venv/bin/python resources/make_screenshots.py
	TRACKER_JOURNEYS=resources/screenshots $(IN_VENV) pytest -q tests/qt/journeys/test_newcomer.py -k simulated

frozen: set-up-dev
	$(IN_VENV) PyInstaller --noconfirm --log-level WARN packaging/frozen/tracker-gui.spec
	.venv/bin/python packaging/check_frozen.py

clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
