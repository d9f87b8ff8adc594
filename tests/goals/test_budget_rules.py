"""预算规则: what funds have to add up to and what a change may do; every rule with its edge."""

import tomllib
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.goals.domain.budget import (
    BelowZero,
    Mistake,
    applied,
    budget_mistake,
    change_mistake,
    midterm_mistake,
    period_mistake,
    total,
)
from services.goals.domain.project_code import ProjectCode, parsed
from services.goals.domain.vocabulary import FUND_LEVELS, FUND_SOURCES

CASES = tomllib.loads((Path(__file__).parent / "cases" / "budget_rules.toml").read_text("utf-8"))


@dataclass(frozen=True)
class Line:
    """An amount of a fund level and source."""

    fund_level: str
    source: str
    amount: Decimal


@dataclass(frozen=True)
class Midterm:
    """The whole period's funds."""

    total: Decimal
    fiscal: Decimal
    other: Decimal


def line(amount: str, fund_level: str = "county", source: str = "appropriation") -> Line:
    """A line of county appropriation unless said otherwise."""
    return Line(fund_level, source, Decimal(amount))


def code_of(mistake: Mistake | None) -> str | None:
    """The mistake's code."""
    return None if mistake is None else mistake.code


@pytest.mark.parametrize("case", CASES["budget"], ids=str)
def test_the_years_total_is_the_sum_of_funds_that_appear_once(case: dict[str, Any]) -> None:
    lines = [line(*cells) for cells in case["lines"]]
    annual_total = Decimal(case["annual_total"]) if "annual_total" in case else None
    assert code_of(budget_mistake(lines, annual_total)) == case.get("code")


def test_a_wrong_total_is_told_both_sums_and_the_difference() -> None:
    mistake = budget_mistake([line("1000000.00")], Decimal("999999.50"))
    assert mistake is not None
    for figure in ("999999.50", "1000000.00", "-0.50"):
        assert figure in mistake.detail


@pytest.mark.parametrize("case", CASES["midterm"], ids=str)
def test_midterm_funds_add_up_and_include_the_year(case: dict[str, Any]) -> None:
    funds = Midterm(*map(Decimal, case["funds"])) if "funds" in case else None
    assert code_of(midterm_mistake(funds, Decimal(case["annual"]))) == case.get("code")


@pytest.mark.parametrize("case", CASES["period"], ids=str)
def test_a_projects_period_reaches_into_the_budget_year(case: dict[str, Any]) -> None:
    mistake = period_mistake(case.get("start"), case.get("end"), 2023)
    assert code_of(mistake) == case.get("code")


@pytest.mark.parametrize("case", CASES["change"], ids=str)
def test_each_kind_of_change_has_its_signs(case: dict[str, Any]) -> None:
    lines = [line(*cells) for cells in case["lines"]]
    assert code_of(change_mistake(case["kind"], lines)) == case.get("code")


def test_a_wrong_sign_is_named_by_its_line() -> None:
    mistake = change_mistake("reduction", [line("-1"), line("1", "central")])
    assert mistake is not None
    assert mistake.pointer == "/lines/1/amount"


def test_a_change_may_take_all_there_is_but_no_more() -> None:
    funds = {("county", "appropriation"): Decimal(100)}
    assert applied(funds, [line("-100")]) == {}
    with pytest.raises(BelowZero, match=r"本级·当年财政拨款将变为 -0\.01 元"):
        applied(funds, [line("-100.01")])
    with pytest.raises(BelowZero, match="中央"):
        applied(funds, [line("-1", "central")])


_AMOUNTS = st.decimals("0.01", "99999999.99", places=2)
_KEYS = st.tuples(st.sampled_from(list(FUND_LEVELS)), st.sampled_from(list(FUND_SOURCES)))
_BUDGETS = st.dictionaries(_KEYS, _AMOUNTS, max_size=6)


@st.composite
def changes(draw: Any) -> tuple[dict[tuple[str, str], Decimal], str, list[Line]]:
    """A budget and a sound change that it can bear."""
    funds = draw(_BUDGETS)
    kind = draw(st.sampled_from(["supplement", "carry_over", "reduction", "transfer"]))
    if kind in ("supplement", "carry_over"):
        added = draw(st.dictionaries(_KEYS, _AMOUNTS, min_size=1, max_size=6))
        return (
            funds,
            kind,
            [Line(level, source, amount) for (level, source), amount in added.items()],
        )
    funds[draw(_KEYS)] = draw(_AMOUNTS)
    taken = {
        key: draw(st.decimals("0.01", amount, places=2))
        for key, amount in funds.items()
        if draw(st.booleans())
    } or {key: amount for key, amount in list(funds.items())[:1]}
    lines = [Line(level, source, -amount) for (level, source), amount in taken.items()]
    if kind == "transfer":
        level, source = draw(_KEYS.filter(lambda key: key not in taken))
        lines.append(Line(level, source, sum(taken.values(), Decimal(0))))
    return funds, kind, lines


@given(changes())
def test_a_sound_change_and_its_opposite_leave_the_same_funds(
    case: tuple[dict[tuple[str, str], Decimal], str, list[Line]],
) -> None:
    funds, kind, lines = case
    assert change_mistake(kind, lines) is None
    after = applied(funds, lines)
    opposite = [replace(one, amount=-one.amount) for one in lines]
    assert applied(after, opposite) == funds


@given(changes())
def test_the_budget_moves_by_exactly_the_sum_of_the_lines(
    case: tuple[dict[tuple[str, str], Decimal], str, list[Line]],
) -> None:
    funds, kind, lines = case
    after = applied(funds, lines)
    moved = sum(after.values(), Decimal(0)) - sum(funds.values(), Decimal(0))
    assert moved == total(lines)
    assert all(amount > 0 for amount in after.values())
    if kind == "transfer":
        assert moved == 0


@pytest.mark.parametrize(
    ("code", "parts"),
    [
        ("51000021R000000019951", ProjectCode("510000", 2021, "personnel", "000000019951")),
        ("51092324T000010263357", ProjectCode("510923", 2024, "specific", "000010263357")),
    ],
)
def test_published_project_codes_are_read(code: str, parts: ProjectCode) -> None:
    assert parsed(code) == parts


@pytest.mark.parametrize(
    "code", ["", "51092324T00001026335", "51092324X000010263357", "51092324T0000102633570"]
)
def test_what_is_no_project_code_is_not_read(code: str) -> None:
    with pytest.raises(ValueError, match="not a project code"):
        parsed(code)
