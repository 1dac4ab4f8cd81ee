# What anyone can run. `make` alone lists it.
# Whatever the machine says: without it every process that a test starts compiles everything anew.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help setup run test test-long lint bench lock catalogue screenshots
help:
	@echo 'make run          serve http://127.0.0.1:8000 with a demo organisation'
	@echo 'make test         lint and all tests, on SQLite and PostgreSQL, pages in Chromium'
	@echo 'make test-long    the same with more rounds and longer histories'
	@echo 'make setup        .venv with everything (the others call it)'
	@echo 'make lint         formatting, types, layers, message catalogue'
	@echo 'make bench        how quick the engine is beside others, and the pages on SQLite and PostgreSQL'
	@echo 'make catalogue    collect messages for translation'
	@echo 'make lock         choose newer dependencies'
	@echo 'make screenshots  the pictures in docs/images'

setup:
	@scripts/setup

run: setup
	@scripts/run

test:
	@scripts/setup --test
	@$(MAKE) --no-print-directory lint
	.venv/bin/python -m pytest -n 2 --dist worksteal tests

test-long:
	@scripts/setup --test
	KAOHENG_TEST_LONG=1 .venv/bin/python -m pytest -n 2 --dist worksteal tests
	PYTHONPATH=. .venv/bin/python scripts/mutate --sample 40 --seed 1

lint: setup
	.venv/bin/ruff format --check --quiet .
	.venv/bin/ruff check --quiet .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/python scripts/catalogue check

bench: setup
	@scripts/setup --test
	@scripts/setup --bench
	.venv/bin/python -m benchmarks.engine
	.venv/bin/python -m benchmarks.pages
	.venv/bin/python -m benchmarks.simulation

catalogue: setup
	.venv/bin/python scripts/catalogue update

lock:
	.venv/bin/uv pip compile pyproject.toml --extra dev --generate-hashes --universal --python-version 3.11 \
	  --no-annotate --custom-compile-command 'make lock' --upgrade --quiet -o requirements.lock
	.venv/bin/uv pip compile --group bench --generate-hashes --universal --python-version 3.11 \
	  --no-annotate --custom-compile-command 'make lock' --upgrade --quiet -o requirements-bench.lock

screenshots:
	@scripts/setup --test
	.venv/bin/python scripts/screenshots --play
