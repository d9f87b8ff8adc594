"""Rules as dated, cited data: read from TOML, looked up by day, never silently absent.

One file holds one rule; `[[version]]` tables stand oldest first. Each version has `effective_from`,
a `source` (title, article, url, published_on, verified) and `values`. A version without `values`
repeals the rule from its day on.
"""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

Values: TypeAlias = Mapping[str, Any]


class UnsoundRule(ValueError):
    """The rule file can't be used; the message names the file and what is wrong with it."""


class NoRuleInForce(LookupError):
    """Asked for a day before the first version, or after the rule was repealed."""


@dataclass(frozen=True)
class Source:
    """Where a rule stands written. `verified` is false until the official text has been read."""

    title: str
    article: str | None
    url: str | None
    published_on: date | None
    verified: bool


@dataclass(frozen=True)
class Version:
    """One wording of a rule, in force from its day until the next version's."""

    rule_id: str
    effective_from: date
    source: Source
    values: Values | None

    @property
    def label(self) -> str:
        """`rule_id@2020-02-25`: what a receipt prints."""
        return f"{self.rule_id}@{self.effective_from.isoformat()}"


@dataclass(frozen=True)
class Rule:
    """All versions of one rule, oldest first."""

    rule_id: str
    title: str
    last_checked_on: date
    versions: tuple[Version, ...]

    def __post_init__(self) -> None:
        days = [version.effective_from for version in self.versions]
        if not days:
            raise UnsoundRule(f"{self.rule_id}: no version")
        if days != sorted(set(days)):
            raise UnsoundRule(f"{self.rule_id}: versions out of order or twice on one day")

    def on(self, day: date) -> Version:
        """The version in force on `day`. Raises NoRuleInForce rather than answer with nothing."""
        begun = [version for version in self.versions if version.effective_from <= day]
        if not begun:
            raise NoRuleInForce(f"{self.rule_id} had no version yet on {day.isoformat()}")
        if begun[-1].values is None:
            raise NoRuleInForce(f"{self.rule_id} was repealed before {day.isoformat()}")
        return begun[-1]


def load(path: Path) -> Rule:
    """Read one rule file; numbers come out as Decimal. Raises UnsoundRule with the file's name."""
    try:
        return loads(path.read_text("utf-8"))
    except UnsoundRule as error:
        raise UnsoundRule(f"{path.name}: {error}") from error


def loads(text: str) -> Rule:
    """Read one rule from TOML text. Raises UnsoundRule with the line of a mistake in writing."""
    try:
        document = tomllib.loads(text, parse_float=Decimal)
        rule_id = str(document["rule_id"])
        return Rule(
            rule_id=rule_id,
            title=str(document["title"]),
            last_checked_on=_date(document["last_checked_on"]),
            versions=tuple(_version(rule_id, entry) for entry in document["version"]),
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise UnsoundRule(repr(error)) from error


def load_all(folder: Path, *, besides: Collection[str] = ()) -> dict[str, Rule]:
    """Every rule of a folder by its id, `besides` some files that hold none.

    Raises UnsoundRule when two files claim one id.
    """
    rules: dict[str, Rule] = {}
    for path in sorted(folder.glob("*.toml")):
        if path.name in besides:
            continue
        rule = load(path)
        if rule.rule_id in rules:
            raise UnsoundRule(f"{path.name}: {rule.rule_id} stands in another file too")
        rules[rule.rule_id] = rule
    return rules


def _version(rule_id: str, entry: Mapping[str, Any]) -> Version:
    source = entry["source"]
    published_on = source.get("published_on")
    return Version(
        rule_id=rule_id,
        effective_from=_date(entry["effective_from"]),
        source=Source(
            title=str(source["title"]),
            article=source.get("article"),
            url=source.get("url"),
            published_on=None if published_on is None else _date(published_on),
            verified=bool(source["verified"]),
        ),
        values=entry.get("values"),
    )


def _date(value: object) -> date:
    if type(value) is not date:
        raise UnsoundRule(f"{value!r} is not a date")
    return value
