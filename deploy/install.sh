#!/bin/sh
# Make the virtual environment and install the lock file: sh deploy/install.sh VENV LOCK
set -eu
venv=$1
lock=$2

say() { printf '%s\n' "$*" >&2; }

find_python() {
    for name in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
        if command -v "$name" >/dev/null 2>&1 &&
            "$name" -c 'import sys; raise SystemExit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s' "$name"
            return
        fi
    done
    say '需要 Python 3.11 或更新版本：请先安装，或用 PYTHON=/路径/python3.12 make … 指明。'
    exit 1
}

python=$(find_python)
if ! [ -x "$venv/bin/python" ]; then
    "$python" -m venv "$venv" || {
        rm -rf "$venv"
        say 'Python 缺少 venv 组件：Debian/Ubuntu 请先安装 python3-venv。'
        exit 1
    }
fi
say '正在安装依赖（首次约一分钟）……'
log=$(mktemp)
if ! "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
    --require-hashes --only-binary :all: -r "$lock" >"$log" 2>&1; then
    tail -n 5 "$log" >&2
    rm -f "$log"
    say '依赖安装失败：请检查能否访问 PyPI（内网可用 PIP_INDEX_URL 指向镜像）。'
    exit 1
fi
rm -f "$log"
