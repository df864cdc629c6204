# Everything runs in .venv. Each target sets it up if it is missing or if its requirements have changed.
PYTHON ?= python3
STACK ?= dev
BIN := .venv/bin
RUNTIME := .venv/.runtime
DEV := .venv/.dev
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
# Renovate reads this command in the files' headers and repeats it: options with a value need an equals sign.
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version=3.11 --generate-hashes
# Without the plugins that these tests do not use: every process of a run pays for them.
TEST_RIG := $(BIN)/python -m pytest -o addopts="--import-mode=importlib" -p no:cacheprovider \
	-p no:hypothesispytest -p no:unraisableexception

.PHONY: help init dry-run compare cost preflight egress compare-stacks preview up drift test test-engine \
	test-cluster test-sign-in check schema lock pins charts facts names image clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

# The shell reads the answers from its environment: quotes in one cannot break the command.
init: export STACK := $(STACK)
init: $(RUNTIME) ## Write the file of a new STACK: asks for REGION, SIZE, EXECUTOR, DAGS, ACCESS where they are not given
	@$(BIN)/python -m components.stack_file.new_stack $${REGION:+"--region=$$REGION"} $${SIZE:+"--size=$$SIZE"} \
		$${EXECUTOR:+"--executor=$$EXECUTOR"} $${DAGS:+"--dags=$$DAGS"} $${ACCESS:+"--access=$$ACCESS"} -- "$$STACK"

dry-run: $(RUNTIME) ## Try STACK (default: dev) against a simulated Azure: make dry-run STACK=prod
	@$(BIN)/python -m dryrun $(STACK) --out build/dry-run/$(STACK)

compare: $(RUNTIME) ## Say what the changes since BASE (default: main) do to STACK, or to every stack with STACK=all
	@$(BIN)/python -m dryrun.compare_with_base "$(or $(BASE),main)" "$(STACK)" --out "$(or $(OUT),build/compare)" $(if $(PRICES),--prices "$(PRICES)") $(if $(filter true 1,$(ALLOW_DATA_LOSS)),--allow-data-loss)

cost: $(RUNTIME) ## Price STACK by the month, with Azure's public prices: make cost STACK=prod; PRICES=FILE works offline
	@$(BIN)/python -m dryrun.cost $(STACK) $(if $(PRICES),--prices "$(PRICES)")

preflight: $(RUNTIME) ## Check what would make the first `pulumi up` of STACK fail, in Azure, without a change; JSON=1 prints JSON
	@$(BIN)/python -m components.preflight $(STACK) $(if $(JSON),--json)

egress: $(RUNTIME) ## List the hosts that a firewall must let STACK reach; JSON=1 prints JSON
	@$(BIN)/python -m components.preflight.egress_hosts $(STACK) $(if $(JSON),--json)

compare-stacks: $(RUNTIME) ## Compare every stack with the commit BASE (default: main), as the pipelines do
	@$(BIN)/python -m dryrun.pipelines.compare_stacks --base "$(or $(BASE),main)" --out "$(or $(OUT),build/pipelines)" $(if $(PRICES),--prices "$(PRICES)") $(if $(filter true 1,$(ALLOW_DATA_LOSS)),--allow-data-loss)

preview: $(RUNTIME) ## Show in a pipeline what an update of STACK would do, without any value
	@$(BIN)/python -m dryrun.pipelines.deploy preview "$(STACK)" --out "$(or $(OUT),build/pipelines)"

up: $(RUNTIME) ## Update STACK in a pipeline, if that does what the preview in the file APPROVED shows
	@$(BIN)/python -m dryrun.pipelines.deploy up "$(STACK)" --approved "$(APPROVED)"

drift: $(RUNTIME) ## Find in a pipeline what others changed in STACK
	@$(BIN)/python -m dryrun.pipelines.deploy drift "$(STACK)" --out "$(or $(OUT),build/pipelines)"

test: check ## Run every check and test; COVERAGE=1 also measures what the tests cover, in twice the time
	@$(BIN)/python -m pytest -n 2 $(if $(COVERAGE),--cov --cov-report=term)

test-engine: $(DEV) ## Test the program with the real Pulumi engine; FULL=1 also fails prod at every resource
	@$(BIN)/python -m tests.engine.pulumi_cli
	@FULL=$(FULL) $(TEST_RIG) tests/engine -n 3 --dist worksteal

test-cluster: $(DEV) ## Prove the Kubernetes half of every plan on a real Kubernetes, with the charts of `make charts`
	@$(BIN)/python -m tests.engine.pulumi_cli
	@$(BIN)/python -m tests.cluster.binaries
	@FULL=$(FULL) $(TEST_RIG) tests/cluster -n 4 --dist worksteal -rs

test-sign-in: $(DEV) ## Test the sign-in with Entra, and pods in other clusters, in real Airflow below ~/.cache/airflow-aks
	@$(BIN)/python -m tests.airflow_environment.environment 3.3 2.9
	@$(TEST_RIG) tests/remote_pods tests/sign_in -q

check: $(DEV) ## Lint, format, types, the Dockerfile, the workflows, the pipelines, and support that ends in 30 days
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/mypy examples/consumer
	@$(BIN)/hadolint image/Dockerfile
	@$(BIN)/python -m tests.pipelines.linters
	@$(BIN)/python -m components.stack_file.check_retirements

schema: $(RUNTIME) ## Rewrite the JSON Schema and the settings reference in docs/
	@$(BIN)/python -m components.stack_file.schema docs/stack-file.schema.json
	@$(BIN)/python -m components.stack_file.reference docs/settings.md

lock: $(DEV) ## Lock what pyproject.toml lists into requirements*.txt; UPGRADE=1 renews what the list does not pin
	@$(COMPILE) $(if $(UPGRADE),--upgrade) --group=dev --output-file=requirements-dev.txt pyproject.toml
	@$(COMPILE) --constraints=requirements-dev.txt --output-file=requirements.txt pyproject.toml

pins: $(DEV) ## Look up newer charts, image tags and digests and rewrite charts/pins.yaml; ONLY=tools for one part of it
	@$(BIN)/python -m charts.update_pins $(if $(ONLY),--only $(ONLY))

charts: $(DEV) ## Fetch the pinned charts into ~/.cache/airflow-aks/charts and check their digests
	@$(BIN)/python -m charts.fetch_charts

facts: $(RUNTIME) ## Rewrite the tables of airflow.cfg options and chart keys from what charts/pins.yaml pins
	@$(BIN)/python -m charts.write_airflow_options
	@$(BIN)/python -m charts.write_chart_keys

names: $(DEV) ## Record the logical names of STACK, so that `make test` says when the program no longer makes one
	@$(BIN)/python -m tests.program.own_stacks $(STACK)

image: $(DEV) ## Build STACK's customized image in Azure; PRINT=1 only shows the commands, WRITE=1 writes the stack file
	@$(BIN)/python -m image.build $(STACK) $(if $(PRINT),--print) $(if $(WRITE),--write) $(if $(AGENT_POOL),--agent-pool $(AGENT_POOL))

clean: ## Remove everything that the other targets made
	rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache .coverage

$(RUNTIME): requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; set PYTHON=...") if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing what the program needs into .venv (once) ..."
	@$(INSTALL) -r $<
	@touch $@

# A group of pyproject.toml.
.venv/.%: requirements-%.txt $(RUNTIME)
	@echo "Installing the group $* of pyproject.toml into .venv (once) ..."
	@$(INSTALL) -r $<
	@touch $@
