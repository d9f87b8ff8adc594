"""Rule packs (预警规则包): folders of rules and cases, chosen by region and year.

A pack is a folder with `pack.toml`, one file a rule, and `cases/*.toml`. A pack may extend another:
it takes that one's rules over and replaces those of the same id. Nothing half sound is used: a pack
that can't be read, or whose own cases fail, is refused with the file and the reason.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from services.monitoring.domain.answers import Answering
from services.monitoring.domain.cases import read_cases, run_case
from services.monitoring.domain.rule_in_force import Wording
from services.monitoring.domain.rules import check, in_force
from shared.rulebook import Rule, UnsoundRule, load_all

_KEYS = frozenset({"pack_id", "title", "regions", "first_year", "last_year", "extends", "answer"})


@dataclass(frozen=True)
class Pack:
    """The rules of some regions and years; without regions it is only there to be extended."""

    pack_id: str
    title: str
    regions: tuple[str, ...]
    first_year: int
    last_year: int
    answering: Answering
    rules: Mapping[str, Rule]

    def reach(self, region_code: str, fiscal_year: int) -> int | None:
        """How closely the pack is meant for a region and year; None when it isn't."""
        if not self.first_year <= fiscal_year <= self.last_year:
            return None
        return max((len(r) for r in self.regions if region_code.startswith(r)), default=None)

    def on(self, day: date) -> list[Wording]:
        """The wordings of a day. Raises NoRuleInForce when there is none."""
        return [Wording(rule, self.answering) for rule in in_force(self.rules, day)]


@dataclass(frozen=True)
class Packs:
    """All packs of a deployment."""

    by_id: Mapping[str, Pack]

    def chosen(self, region_code: str, fiscal_year: int) -> Pack:
        """The pack that names the region most closely; the default pack names them all."""
        reaching = [
            (reach, pack)
            for pack in self.by_id.values()
            if (reach := pack.reach(region_code, fiscal_year)) is not None
        ]
        return max(reaching, key=lambda found: found[0])[1]


def load_packs(*folders: Path) -> Packs:
    """Every pack of the folders; a pack extends one of its own or an earlier folder.

    Raises UnsoundRule with the file and the reason.
    """
    packs: dict[str, Pack] = {}
    for folder in folders:
        if not folder.is_dir():
            raise UnsoundRule(f"{folder}: there is no such folder of rule packs")
        waiting = {path.parent: _head(path) for path in sorted(folder.glob("*/pack.toml"))}
        while waiting:
            ready = [at for at, head in waiting.items() if head.get("extends") in {None, *packs}]
            if not ready:
                raise UnsoundRule(f"{min(waiting).name}/pack.toml: extends: there is no such pack")
            for at in ready:
                _add(packs, at, waiting.pop(at))
    _refuse_rivals(list(packs.values()))
    return Packs(packs)


def _add(packs: dict[str, Pack], folder: Path, head: Mapping[str, Any]) -> None:
    try:
        pack = _pack(folder, head, packs)
        if pack.pack_id in packs:
            raise UnsoundRule(f"pack.toml: pack_id: {pack.pack_id} stands in another folder too")
        check(pack.rules)
        _run_cases(folder / "cases", pack.rules)
    except UnsoundRule as error:
        raise UnsoundRule(f"{folder.name}/{error}") from error
    packs[pack.pack_id] = pack


def _head(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise UnsoundRule(f"{path.parent.name}/{path.name}: {error}") from error


def _pack(folder: Path, head: Mapping[str, Any], packs: Mapping[str, Pack]) -> Pack:
    if not set(head) <= _KEYS:
        raise UnsoundRule(f"pack.toml: unknown: {', '.join(sorted(set(head) - _KEYS))}")
    base = packs[head["extends"]] if "extends" in head else None
    own = load_all(folder, besides=("pack.toml",))
    try:
        return Pack(
            pack_id=str(head["pack_id"]),
            title=str(head["title"]),
            regions=tuple(str(region) for region in head["regions"]),
            first_year=int(head["first_year"]),
            last_year=int(head.get("last_year", 9999)),
            answering=_answering(head, base),
            rules={**(base.rules if base else {}), **own},
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UnsoundRule(f"pack.toml: {error!r}") from error


def _answering(head: Mapping[str, Any], base: Pack | None) -> Answering:
    if "answer" not in head and base is not None:
        return base.answering
    return Answering.read(head["answer"])


def _run_cases(folder: Path, rules: Mapping[str, Rule]) -> None:
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise UnsoundRule("cases: a pack brings cases of its own")
    for path in files:
        for rule_id, case in read_cases(path):
            try:
                run_case(rules, rule_id, case)
            except UnsoundRule as error:
                raise UnsoundRule(f"cases/{path.name}: {error}") from error


def _refuse_rivals(packs: Sequence[Pack]) -> None:
    taken: dict[tuple[str, int], str] = {}
    for pack in packs:
        for region in pack.regions:
            for year in range(max(2000, pack.first_year), min(2100, pack.last_year) + 1):
                rival = taken.setdefault((region, year), pack.pack_id)
                if rival != pack.pack_id:
                    raise UnsoundRule(
                        f"{pack.pack_id}/pack.toml: regions: {rival} already has"
                        f" {region or 'every region'} in {year}"
                    )
    if ("", 2000) not in taken:
        raise UnsoundRule("no pack is there for every region and year")
