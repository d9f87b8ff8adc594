"""The cases a profile pack brings along: forms, and what its profiles have to make of them."""

import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from services.evaluation.domain.indicators import IndicatorRow
from services.evaluation.domain.profiles import Operator, ScoringProfile
from services.evaluation.domain.self_evaluation import (
    execution_line,
    indicator_lines,
    score_self_evaluation,
)
from services.evaluation.domain.sheets import Sheet
from shared.rulebook import UnsoundRule

_CASE = frozenset(
    {"name", "profile", "year", "budget", "budget_initial", "executed", "exec_reason",
     "weights_reason", "rows", "exec_score", "scores", "total", "findings", "source"}
)  # fmt: skip
_ROW = frozenset(
    {"level1", "operator", "weight", "target", "actual", "text", "band", "score", "reason"}
)


def read_cases(folder: Path) -> list[tuple[str, Mapping[str, Any]]]:
    """(file name, case) of a pack's folder of cases, in their order. Raises UnsoundRule."""
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise UnsoundRule("cases: a pack brings cases of its own")
    found: list[tuple[str, Mapping[str, Any]]] = []
    for path in files:
        try:
            document = tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)
            found += [(path.name, case) for case in document["case"]]
        except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
            raise UnsoundRule(f"cases/{path.name}: {error!r}") from error
    return found


def day_of(case: Mapping[str, Any]) -> date:
    """The day whose wording the case is about: the last one of its year."""
    return date(int(case["year"]), 12, 31)


def run_case(case: Mapping[str, Any], rule: ScoringProfile) -> None:
    """Hold one case against its profile. Raises UnsoundRule with what came out instead."""
    try:
        if not set(case) <= _CASE:
            raise ValueError(f"unknown: {', '.join(sorted(set(case) - _CASE))}")
        said = _said(case, rule)
        wanted = {key: case[key] for key in said if key in case}
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise UnsoundRule(f"{case.get('name')}: {error!r}") from error
    if {"total", "findings"} - set(wanted):
        raise UnsoundRule(f"{case.get('name')}: a case says total and findings")
    for key, value in wanted.items():
        if said[key] != value:
            raise UnsoundRule(f"{case['name']}: {key} {value} is expected, {said[key]} comes out")


def _said(case: Mapping[str, Any], rule: ScoringProfile) -> dict[str, object]:
    sheet = _sheet(case, rule)
    execution = execution_line(sheet, rule)
    return {
        "exec_score": None if execution is None else execution.score,
        "scores": [
            "" if line.score is None else str(line.score) for line in indicator_lines(sheet, rule)
        ],
        "total": sheet.total,
        "findings": [finding.code for finding in sheet.findings],
    }


def _sheet(case: Mapping[str, Any], rule: ScoringProfile) -> Sheet:
    return score_self_evaluation(
        [_row(row) for row in case["rows"]],
        rule,
        budget_full_year=_number(case, "budget"),
        budget_initial=_number(case, "budget_initial"),
        executed=_number(case, "executed"),
        exec_reason=case.get("exec_reason"),
        weights_reason=case.get("weights_reason"),
    )


def _row(row: Mapping[str, Any]) -> IndicatorRow:
    if not set(row) <= _ROW:
        raise ValueError(f"unknown: {', '.join(sorted(set(row) - _ROW))}")
    return IndicatorRow(
        level1=row["level1"],
        name="指标",
        operator=Operator(row["operator"]),
        weight=Decimal(row["weight"]),
        target_value=_number(row, "target"),
        target_text=row.get("text"),
        actual_value=_number(row, "actual"),
        band=row.get("band"),
        self_score=_number(row, "score"),
        reason=row.get("reason"),
    )


def _number(case: Mapping[str, Any], key: str) -> Decimal | None:
    return Decimal(case[key]) if key in case else None
