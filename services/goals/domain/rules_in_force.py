"""The goals service's rules, read once at start from `rules/*.toml`."""

from pathlib import Path

from shared.rulebook import Rule, load_all


def load() -> dict[str, Rule]:
    """Every rule by id. Raises UnsoundRule, so a broken file keeps the service from starting."""
    return load_all(Path(__file__).parent.parent / "rules")
