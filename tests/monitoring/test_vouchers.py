"""冲正与用款计划 as values: what may take back what, and how a year is planned."""

import tomllib
from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.monitoring.domain.plans import plan_mistake, planned_share
from services.monitoring.domain.vouchers import (
    PaymentKind,
    Voucher,
    kind_of,
    reversal_mistake,
    voucher_mistake,
)

CASES = tomllib.loads((Path(__file__).parent / "cases" / "vouchers.toml").read_text())["case"]

PLANS = st.lists(st.integers(0, 10_000), min_size=11, max_size=11).map(
    lambda cents: [Decimal(one) / 100 for one in [*sorted(cents), 10_000]]
)
DAYS = st.dates(date(2022, 1, 1), date(2025, 12, 31))


def voucher(**fields: Any) -> Voucher:
    """A payment of 640 yuan unless said otherwise."""
    known: dict[str, Any] = {
        "voucher_no": "A",
        "project_code": "64010423T000000000001",
        "fiscal_year": 2023,
        "fund_level": "county",
        "amount": "640.00",
        "paid_on": date(2023, 3, 1),
        "kind": "payment",
        "reverses_voucher_no": None,
    } | fields
    return Voucher(
        **known | {"amount": Decimal(known["amount"]), "kind": PaymentKind(known["kind"])}
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_voucher_takes_back_exactly_one_that_was_there(case: dict[str, Any]) -> None:
    original = case.get("original", {})
    named = case.get("reverses_voucher_no", "A")
    fields = {k: v for k, v in case.items() if k not in ("name", "code", "original")}
    fields |= {"kind": case.get("kind", "reversal"), "voucher_no": "B"}
    fields["reverses_voucher_no"] = None if named == "none" else named
    sent = voucher(**fields)
    mistake = voucher_mistake(sent) or reversal_mistake(
        sent, None if original == "none" else voucher(**original)
    )
    assert (mistake and mistake.code) == case.get("code")


def test_a_voucher_that_names_no_kind_is_read_by_its_sign() -> None:
    assert kind_of(Decimal("0.01"), None) is PaymentKind.PAYMENT
    assert kind_of(Decimal(0), None) is PaymentKind.PAYMENT
    assert kind_of(Decimal("-0.01"), None) is PaymentKind.REFUND
    assert kind_of(Decimal("-0.01"), "A") is PaymentKind.REVERSAL


@pytest.mark.parametrize(
    ("curve", "says"),
    [
        (["100"] * 12, None),
        (["0"] * 11 + ["100"], None),
        (["0", "0", "50", "50", "50", "50", "50", "50", "50", "50", "99.99", "100"], None),
        (["0"] * 12, "12 月"),
        (["10"] * 11 + ["99.99"], "12 月"),
        (["0", "10", "9.99", *["50"] * 8, "100"], "3 月的 9.99 小于 2 月的 10"),
        (["100"] * 11, "现有 11 个"),
        (["100"] * 13, "现有 13 个"),
        ([], "现有 0 个"),
    ],
)
def test_a_plan_grows_to_the_whole_budget(curve: list[str], says: str | None) -> None:
    mistake = plan_mistake([Decimal(one) for one in curve])
    assert (mistake is None) if says is None else (says in str(mistake))


@given(st.none() | PLANS, DAYS)
def test_what_is_planned_never_shrinks_from_day_to_day(
    plan: list[Decimal] | None, day: date
) -> None:
    today, tomorrow = (planned_share(plan, 2024, d) for d in (day, day + timedelta(days=1)))
    assert 0 <= today <= tomorrow <= 100


@given(PLANS, st.integers(1, 12), st.data())
def test_every_day_of_a_month_is_planned_alike(
    plan: list[Decimal], month: int, data: st.DataObject
) -> None:
    day = data.draw(st.integers(1, monthrange(2024, month)[1]))
    assert planned_share(plan, 2024, date(2024, month, day)) == plan[month - 1]


@given(PLANS)
def test_every_rising_curve_to_100_is_a_plan(plan: list[Decimal]) -> None:
    assert plan_mistake(plan) is None
