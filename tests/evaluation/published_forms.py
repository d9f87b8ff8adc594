"""Published self-evaluation tables as they would be sent to be tried."""

import json
import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

_GOLDEN = Path(__file__).parents[1] / "golden"
_CASES = Path(__file__).parent / "cases" / "published-forms.toml"

Form = dict[str, Any]

#: In yuan.
_UNITS = {"元": Decimal(1), "万元": Decimal(10000)}


def expected() -> dict[str, Form]:
    """Where each table was used, and what its claims come to; by its id."""
    return tomllib.loads(_CASES.read_text("utf-8"), parse_float=Decimal)


def checks() -> dict[str, Form]:
    """The values recomputed from the tables; by id."""
    return {each["id"]: each for each in _read("self_evaluation_checks.json")}


def order(form_id: str) -> Form:
    """The body of a trial of one table."""
    form = next(each for each in _read("self_evaluations.json") if each["id"] == form_id)
    case = expected()[form_id]
    return {
        "region_code": case["region_code"],
        "fiscal_year": form["year"],
        "form": case.get("form", "project_self_evaluation"),
        "profile": None,
        "funds": {
            "budget_initial": _yuan(form["budget_initial"], form),
            "budget_full_year": _yuan(form["budget_total"], form),
            "executed": _yuan(form["executed"], form),
        },
        "claimed": {
            "exec_rate": form["exec_rate"],
            "exec_score": _text(form["exec_score"]),
            "total": _text(form["total"]),
        },
        "indicators": [_row(row, case.get("lower_is_better", [])) for row in form["indicators"]],
    }


def _read(name: str) -> list[Form]:
    found: list[Form] = json.loads((_GOLDEN / name).read_text("utf-8"), parse_float=Decimal)
    return found


def _row(row: Form, lower_is_better: list[str]) -> Form:
    operator = "<=" if row["name"] in lower_is_better else _operator(row)
    cells = {"target": _text(row["target"]), "actual": _text(row["actual"])}
    if operator != "qualitative":
        cells = {cell: _number(written) for cell, written in cells.items()}
    return {
        **{key: row[key] for key in ("level1", "level2", "name", "unit")},
        **cells,
        "operator": operator,
        "weight": str(row["weight"]),
        "band": "achieved" if operator == "qualitative" and row["target"] else None,
        "score": _text(row["score"]),
    }


def _operator(row: Form) -> str:
    """Printed, or that of a row without one: more is better, and words are words."""
    if row["op"]:
        return str(row["op"])
    return ">=" if isinstance(row["target"], int | Decimal) else "qualitative"


def _number(written: str | None) -> str | None:
    """What a person types for `≥266米` or `98%以上`: the number."""
    match = re.search(r"\d+(\.\d+)?", written or "")
    return None if match is None else match[0]


def _yuan(amount: int | Decimal | None, form: Form) -> str | None:
    return None if amount is None else str(amount * _UNITS[form["money_unit"]])


def _text(value: object) -> str | None:
    return None if value is None else str(value)
