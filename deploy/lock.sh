#!/bin/sh
# Rewrite both lock files from pyproject.toml, with hashes and without any registry's address.
set -eu
.venv/bin/python -m pip install --quiet --disable-pip-version-check uv
common='--universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --quiet'
# shellcheck disable=SC2086
.venv/bin/uv pip compile $common pyproject.toml -o requirements.lock
# shellcheck disable=SC2086
.venv/bin/uv pip compile $common pyproject.toml --group dev -o requirements-dev.lock
