# 问效 Wenxiao. Needs Python ≥ 3.11, git and make; everything else is installed into .venv.
.DEFAULT_GOAL := help
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

help: ## 列出可用的命令
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

demo: $(STAMP) ## 在本机演示兴庆区 2023 年（EXIT=1 演完即退出，FRESH=1 从空库开始）
	@$(BIN)/python -m deploy.demo $(if $(FRESH),--fresh) $(if $(EXIT),--exit)

dev: $(STAMP) ## 启动四个进程与数据库，直到 Ctrl-C
	@$(BIN)/python -m deploy.local

test: $(STAMP) ## 全部测试（真实的 Postgres 与 HTTP）
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal

check: $(STAMP) ## 格式、风格、类型、边界
	@$(BIN)/ruff format --check -q .
	@$(BIN)/ruff check -q .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(STAMP) ## 性能比值（同一次运行内与参照物比较）
	@$(BIN)/python -m tests.bench

outage: $(STAMP) ## 监控服务停十分钟：期间要求的 500 封整改函事后一封不少
	@OUTAGE_SECONDS=600 $(BIN)/python -m pytest -q tests/test_letters_survive_an_outage.py -o faulthandler_timeout=900

mutants: $(STAMP) ## 变异测试：逐处改坏计分的纯函数，看测试能否发现（约四分钟）
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check 'mutmut>=3.8'
	@$(BIN)/mutmut run --max-children 2

lock: $(STAMP) ## 由 pyproject.toml 重写两个锁文件
	@sh deploy/lock.sh

$(STAMP): requirements-dev.lock
	@sh deploy/install.sh $(VENV) requirements-dev.lock
	@touch $@

.PHONY: help demo dev test check bench outage mutants lock
