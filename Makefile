# The whole face of the project for a newcomer. Each target is one script in scripts/, to be read there.

.DEFAULT_GOAL := help
.PHONY: help demo test lint bench eval

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-6s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## build, make a city that is mid-cycle, and serve it on http://127.0.0.1:8080
	@scripts/demo

test: ## everything: format, lints, tests on SQLite and PostgreSQL, the browser
	@scripts/test

lint: ## format and lints alone
	@scripts/lint

bench: ## the benchmarks
	@scripts/bench

eval: ## how well the detectors do, written to docs/EVALUATION.md
	@scripts/eval
