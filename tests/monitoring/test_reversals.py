"""冲正与更正: nothing is ever changed, and any order and split of the vouchers adds up the same."""

import itertools
from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from deploy.local import Stack
from services.monitoring.queries.execution_facts import BY_LEVEL
from services.monitoring.schemas.payments import PaymentRow
from services.monitoring.usecases.payments import import_payments
from shared import clock
from shared.auth import Caller, Principal, Reach, Role
from shared.bulk import Rows
from shared.db import create_engine, sessions_of
from tests.conftest import Databases, service_url
from tests.monitoring.executed import PROJECT, executions, payment
from tests.world import World

IMPORTS = "/monitoring/payment-imports"
CODE = PROJECT.format(1)
Sessions: TypeAlias = async_sessionmaker[AsyncSession]
_regions = iter(range(810000000, 899999999))


def paid(voucher_no: str, amount: str = "640.00", **fields: Any) -> dict[str, Any]:
    """A voucher of March."""
    return payment(CODE, {"paid_on": "2023-03-01", "voucher_no": voucher_no, "amount": amount}) | (
        fields
    )


def reversal(voucher_no: str, of: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """The voucher that takes back another whole."""
    amount = f"{-Decimal(of['amount']):f}"
    return {
        **of,
        "voucher_no": voucher_no,
        "amount": amount,
        "kind": "reversal",
        "reverses_voucher_no": of["voucher_no"],
    } | fields


async def outcome(world: World, *rows: dict[str, Any]) -> list[str]:
    """What became of each row: its status, or the code of its first error."""
    answer = await world.integration.post(IMPORTS, {"items": list(rows)})
    assert answer.status_code == 207, answer.text
    return [
        result["errors"][0]["code"] if result["errors"] else result["status"]
        for result in answer.json()["results"]
    ]


async def test_a_reversal_undoes_exactly_and_a_repeat_changes_nothing(world: World) -> None:
    original, other = paid("A"), paid("B", "10.00")
    back = reversal("R", original, paid_on="2023-03-20")
    assert await outcome(world, original, other, back) == ["created"] * 3
    assert await outcome(world, back, original) == ["unchanged"] * 2
    [row] = await executions(world)
    assert (row["paid"], row["last_paid_on"]) == ("10.00", "2023-03-20")
    listed = (await world.officer.get("/monitoring/payments")).json()["items"]
    assert [(p["voucher_no"], p["kind_label"], p["reverses_voucher_no"]) for p in listed] == [
        ("A", "支付", None), ("B", "支付", None), ("R", "冲正", "A"),
    ]  # fmt: skip


async def test_a_voucher_is_taken_back_once(world: World) -> None:
    original = paid("A")
    one, two = reversal("R1", original), reversal("R0", original)
    assert await outcome(world, original, one, two) == ["created", "created", "already_reversed"]
    assert await outcome(world, two) == ["already_reversed"]
    [row] = await executions(world)
    assert row["paid"] == "0.00"


async def test_what_is_taken_back_stands_before_its_reversal(world: World) -> None:
    original = paid("A")
    back = reversal("R", original)
    assert await outcome(world, back) == ["reversed_unknown"]
    assert await outcome(world, back, original) == ["reversed_unknown", "created"]
    assert await outcome(world, back) == ["created"]


async def test_an_unfit_reversal_or_kind_is_refused_with_the_field(world: World) -> None:
    original = paid("A")
    assert await outcome(world, original) == ["created"]
    back = reversal("R", original)
    answer = await world.integration.post(
        IMPORTS,
        {
            "items": [
                reversal("R1", original, amount="-1.00"),
                reversal("R2", original, project_code=PROJECT.format(2)),
                paid("P", "-1.00", kind="payment"),
                paid("Q", "-1.00", kind="gift"),
            ]
        },
    )
    errors = [result["errors"][0] for result in answer.json()["results"]]
    assert [(error["code"], error["pointer"]) for error in errors][:3] == [
        ("reversal_not_whole", "/amount"),
        ("reversed_elsewhere", "/reverses_voucher_no"),
        ("payment_negative", "/amount"),
    ]
    assert errors[3]["pointer"] == "/kind"
    assert await outcome(world, back) == ["created"]
    assert await outcome(world, reversal("RR", back)) == ["reverses_a_reversal"]


async def test_another_regions_voucher_is_not_taken_back(world: World, other_world: World) -> None:
    original = paid("A")
    assert await outcome(other_world, original) == ["created"]
    assert await outcome(world, reversal("R", original)) == ["reversed_unknown"]


async def test_the_service_itself_cannot_change_a_voucher_a_receipt_or_a_plan(
    stack: Stack,
) -> None:
    connection = await asyncpg.connect(stack.database_url("monitoring"))
    for table in ("payment", "fund_receipt", "payment_plan"):
        for statement in (f"update monitoring.{table} set region_code = '1'",
                          f"delete from monitoring.{table}"):  # fmt: skip
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
    await connection.close()


@pytest.fixture(scope="module")
async def monitoring_database(databases: Databases) -> str:
    """A database of monitoring's own."""
    return await databases.new()


@pytest.fixture(scope="module")
async def sessions(monitoring_database: str) -> AsyncIterator[Sessions]:
    """What imports work in."""
    url = service_url(monitoring_database, "monitoring")
    engine = create_engine(url, process="tests", schema="monitoring", pool_size=2)
    yield sessions_of(engine, on_commit=lambda: None)
    await engine.dispose()


VOUCHERS = st.lists(
    st.tuples(
        st.sampled_from([1, 2]),
        st.sampled_from(["county", "central"]),
        st.sampled_from([2023, 2024]),
        st.decimals(-1000, 1000, places=2),
        st.dates(date(2023, 1, 1), date(2023, 12, 31)),
        st.booleans(),
    ),
    min_size=1,
    max_size=8,
)


def as_rows(vouchers: list[Any]) -> list[dict[str, Any]]:
    """Each voucher, followed by its reversal when it has one."""
    rows = []
    for number, (project, level, year, amount, day, is_reversed) in enumerate(vouchers):
        row = payment(PROJECT.format(project), {"amount": f"{amount:f}", "paid_on": str(day)})
        row |= {"voucher_no": f"V{number}", "fund_level": level, "fiscal_year": year}
        rows += [row, reversal(f"R{number}", row)] if is_reversed else [row]
    return rows


def shuffled(rows: list[dict[str, Any]], order: list[int]) -> list[dict[str, Any]]:
    """Another order in which no reversal comes before what it takes back."""
    places = {row["voucher_no"]: place for row, place in zip(rows, order, strict=False)}
    return sorted(
        rows,
        key=lambda row: (
            max(places[row["voucher_no"]], places.get(row.get("reverses_voucher_no"), -1)),
            "reverses_voucher_no" in row,
        ),
    )


async def stored(
    sessions: Sessions, url: str, rows: list[dict[str, Any]], ends: list[int]
) -> tuple[dict[Any, Decimal], dict[Any, Decimal]]:
    """What was paid as of the year's end, from the vouchers and as counted up on the way."""
    region = str(next(_regions))
    by = Caller(Principal("p", "p", frozenset({Role.INTEGRATION}), region), Reach.REGION)
    places = sorted({0, len(rows), *(end % (len(rows) + 1) for end in ends)})
    for start, end in itertools.pairwise(places):
        batch = Rows(rows[start:end], PaymentRow, lambda row: row.voucher_no)
        async with sessions.begin() as session:
            await import_payments(session, batch, by=by, at=clock.now())
        assert batch.failed == {}
    connection = await asyncpg.connect(url, server_settings={"search_path": "monitoring"})
    from_rows = {
        (row["project_code"], year, row["fund_level"]): row["paid"]
        for year in (2023, 2024)
        for row in await connection.fetch(BY_LEVEL, region, year, date(2024, 12, 31))
    }
    counted = await connection.fetch("select * from execution_fund where region_code = $1", region)
    await connection.close()
    return from_rows, {
        (row["project_code"], row["fiscal_year"], row["fund_level"]): row["paid"] for row in counted
    }


@given(VOUCHERS, st.permutations(range(16)), st.lists(st.integers(0, 16), max_size=4))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
async def test_any_order_and_any_split_of_the_same_vouchers_adds_up_the_same(
    sessions: Sessions,
    monitoring_database: str,
    vouchers: list[Any],
    order: list[int],
    ends: list[int],
) -> None:
    rows = as_rows(vouchers)
    expected: dict[Any, Decimal] = {}
    for project, level, year, amount, _, is_reversed in vouchers:
        key = (PROJECT.format(project), year, level)
        expected[key] = expected.get(key, Decimal(0)) + (0 if is_reversed else amount)
    once = await stored(sessions, monitoring_database, rows, [])
    again = await stored(sessions, monitoring_database, shuffled(rows, order), ends)
    assert once == again == (expected, expected)
