"""Profile packs (计分规则包): which scoring profile a region uses for a form in a year.

A pack is a folder with `pack.toml`, any profiles of its own, and `cases/*.toml`. It names the profile
of each form by id, its own or another's; a profile of its own may stand on a `base`, an exact version
of another, and say only what differs. A pack that can't be read, or whose cases fail, is refused.
"""

import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from shared.rulebook import NoRuleInForce, Rule, UnsoundRule, load_all

#: The forms (表单) that profiles are chosen for.
FORMS = {
    "project_self_evaluation": "项目支出绩效自评表",
    "department_self_evaluation": "部门整体支出绩效自评表",
}

_KEYS = frozenset({"pack_id", "title", "regions", "first_year", "last_year", "forms"})


@dataclass(frozen=True)
class ProfilePack:
    """The profiles of some regions and years; without regions they are used when asked for."""

    pack_id: str
    title: str
    regions: tuple[str, ...]
    first_year: int
    last_year: int
    #: Form → profile id.
    forms: Mapping[str, str]
    #: The rules that the pack itself brings.
    rules: Mapping[str, Rule]

    def reach(self, region_code: str, fiscal_year: int) -> int | None:
        """How closely the pack is meant for a region and year; None when it isn't."""
        if not self.first_year <= fiscal_year <= self.last_year:
            return None
        return max((len(r) for r in self.regions if region_code.startswith(r)), default=None)


@dataclass(frozen=True)
class ProfilePacks:
    """All packs of a deployment."""

    by_id: Mapping[str, ProfilePack]

    def chosen(self, region_code: str, fiscal_year: int, form: str) -> str:
        """The profile that the closest pack names for the form. Raises NoRuleInForce."""
        reaching = [
            (reach, pack.forms[form])
            for pack in self.by_id.values()
            if form in pack.forms and (reach := pack.reach(region_code, fiscal_year)) is not None
        ]
        if not reaching:
            raise NoRuleInForce(f"no profile of {form} for {region_code} in {fiscal_year}")
        return max(reaching)[1]

    def holding(self, region_code: str, fiscal_year: int) -> dict[str, str]:
        """Form → profile, of every form that has one in a region and year."""
        known = {form for pack in self.by_id.values() for form in pack.forms}
        found = {}
        for form in sorted(known):
            with suppress(NoRuleInForce):
                found[form] = self.chosen(region_code, fiscal_year, form)
        return found


def read_packs(folders: Sequence[Path]) -> dict[Path, ProfilePack]:
    """The packs of the folders by their own folder. Raises UnsoundRule with the place."""
    packs: dict[Path, ProfilePack] = {}
    for folder in folders:
        if not folder.is_dir():
            raise UnsoundRule(f"{folder}: there is no such folder of profile packs")
        for path in sorted(folder.glob("*/pack.toml")):
            try:
                packs[path.parent] = _pack(path)
            except UnsoundRule as error:
                raise UnsoundRule(f"{path.parent.name}/{error}") from error
    ids = [pack.pack_id for pack in packs.values()]
    if len(set(ids)) != len(ids):
        raise UnsoundRule(f"pack.toml: a pack_id stands twice in {sorted(ids)}")
    return packs


def check_forms(packs: Sequence[ProfilePack], rules: Mapping[str, Rule]) -> None:
    """Each form's profile exists from the first year on, and no two packs claim one form."""
    taken: dict[tuple[str, str, int], str] = {}
    for pack in packs:
        for form, profile_id in pack.forms.items():
            place = f"{pack.pack_id}/pack.toml: forms.{form}"
            if profile_id not in rules:
                raise UnsoundRule(f"{place}: there is no profile {profile_id}")
            try:
                rules[profile_id].on(date(pack.first_year, 12, 31))
            except NoRuleInForce as error:
                raise UnsoundRule(f"{place}: {error}") from error
            _claim(taken, pack, form, place)


def _claim(
    taken: dict[tuple[str, str, int], str], pack: ProfilePack, form: str, place: str
) -> None:
    for region in pack.regions:
        for year in range(pack.first_year, min(2100, pack.last_year) + 1):
            rival = taken.setdefault((form, region, year), pack.pack_id)
            if rival != pack.pack_id:
                raise UnsoundRule(
                    f"{place}: {rival} already has {region or 'every region'}, {year}"
                )


def _pack(path: Path) -> ProfilePack:
    try:
        head = tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise UnsoundRule(f"{path.name}: {error}") from error
    if not set(head) <= _KEYS:
        raise UnsoundRule(f"{path.name}: unknown: {', '.join(sorted(set(head) - _KEYS))}")
    rules = load_all(path.parent, besides=(path.name,))
    try:
        return _read(head, rules)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnsoundRule(f"{path.name}: {error!r}") from error


def _read(head: Mapping[str, Any], rules: Mapping[str, Rule]) -> ProfilePack:
    forms = {str(form): str(profile_id) for form, profile_id in head.get("forms", {}).items()}
    if not set(forms) <= set(FORMS):
        raise ValueError(f"forms: they are {', '.join(FORMS)}")
    first_year, last_year = int(head["first_year"]), int(head.get("last_year", 9999))
    if not 2000 <= first_year <= last_year:
        raise ValueError("first_year: it is 2000 or later and not behind last_year")
    return ProfilePack(
        pack_id=str(head["pack_id"]),
        title=str(head["title"]),
        regions=tuple(str(region) for region in head["regions"]),
        first_year=first_year,
        last_year=last_year,
        forms=forms,
        rules=rules,
    )
