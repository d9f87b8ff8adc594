"""Rules a linter has no word for."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PYTHON = [p for top in ("services", "gateway", "shared") for p in (ROOT / top).rglob("*.py")]


def committed_files() -> list[Path]:
    """Every text file git knows."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("path", PYTHON, ids=lambda p: str(p.relative_to(ROOT)))
def test_transactions_are_opened_and_committed_in_one_place(path: Path) -> None:
    if path == ROOT / "shared" / "db.py":
        return
    calls = {
        node.func.attr
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert "commit" not in calls


@pytest.mark.parametrize("name", ["goals", "monitoring", "evaluation"])
def test_a_service_is_explained_by_a_short_entry_file(name: str) -> None:
    lines = (ROOT / "services" / name / "app.py").read_text("utf-8").splitlines()
    assert len(lines) <= 40


def test_files_stay_short_enough_to_be_read() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for path in PYTHON
        if "migrations" not in path.parts
        and (count := len(path.read_text("utf-8").splitlines())) > 400
    }
    assert long == {}


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_the_lock_files_name_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert "://" not in text
    assert "index-url" not in text


def test_no_committed_file_names_somebodys_home() -> None:
    home = re.compile(r"(?<![\w/.])/(?:home|Users)/\w")
    wrong = [
        str(path.relative_to(ROOT))
        for path in committed_files()
        if path != Path(__file__) and home.search(path.read_text("utf-8", "replace"))
    ]
    assert wrong == []


def test_every_locked_dependency_carries_its_hash() -> None:
    for lock in ("requirements.lock", "requirements-dev.lock"):
        entries = re.findall(
            r"^(\S+==\S+)[^\n]*\\\n\s+--hash=sha256:", (ROOT / lock).read_text("utf-8"), re.M
        )
        pinned = re.findall(r"^\S+==\S+", (ROOT / lock).read_text("utf-8"), re.M)
        assert len(entries) == len(pinned) > 40


def test_every_decision_names_what_holds_it() -> None:
    text = (ROOT / "DECISIONS.md").read_text("utf-8")
    for section in re.split(r"^## ", text, flags=re.M)[1:]:
        title, _, body = section.partition("\n")
        held = re.findall(
            r"`((?:tests|deploy|shared|services|gateway)/[^`:]+|pyproject\.toml)", body
        )
        assert held, f"{title}: names no test or lint"
        for name in held:
            assert (ROOT / name).exists(), f"{title}: {name} does not exist"
