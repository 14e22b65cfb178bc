# A thin forward to run.py, for those whose fingers type make. `make` alone lists the targets.
.DEFAULT_GOAL := help
.PHONY: help run test lab lock

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'
run: ## set up, run the demonstration study, say where to look
	python3 run.py
test: ## run the tests
	python3 run.py test
lab: ## open JupyterLab on the first notebook
	python3 run.py lab
lock: ## resolve the dependencies again
	python3 run.py lock
