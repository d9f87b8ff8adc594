"""The 88 units: seventeen printed in the public report, the rest invented."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from deploy.demo.generate_files import EXAMPLE, Row, flag, read_toml

UNIT_COLUMNS = ("code", "name", "department_code", "office", "synthetic")


@dataclass(frozen=True)
class Unit:
    code: str
    name: str
    department_code: str
    office: str
    #: which rows of catalogue/templates.csv its projects come from
    type: str
    #: projects beside the nine of the key evaluation
    project_count: int
    synthetic: bool


def build_units() -> list[Unit]:
    printed = {
        name for score in read_toml("published_2023.toml")["score"] for name in score["units"]
    }
    departments = read_toml("catalogue/units.toml")["department"]
    units = [unit for department in departments for unit in _members(department, printed)]
    return sorted(units, key=lambda unit: unit.code)


def unit_rows(units: list[Unit]) -> Iterator[Row]:
    for unit in units:
        yield {
            "code": unit.code,
            "name": unit.name,
            "department_code": unit.department_code,
            "office": unit.office,
            "synthetic": flag(unit.synthetic),
        }


def _members(department: dict[str, Any], printed: set[str]) -> Iterator[Unit]:
    for number, (name, type_, project_count) in enumerate(department["units"], start=1):
        synthetic = name not in printed
        yield Unit(
            code=f"{department['code']}{number:03d}",
            name=name + EXAMPLE if synthetic else name,
            department_code=department["code"],
            office=department["office"] + EXAMPLE,
            type=type_,
            project_count=project_count,
            synthetic=synthetic,
        )
