"""预算调整: pushed by the budget system, pending until the goal's adjustment is approved."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from deploy.local import Stack
from services.goals.errors import BudgetBelowZero, BudgetChangeNotPending
from services.goals.usecases.budget_changes import apply_budget_changes, keep_initial_budgets
from shared.auth import Role
from shared.clock import now
from shared.db import create_engine
from tests.conftest import eventually
from tests.world import Person, World, created, project_row

PATH = "/goals/budget-changes"

_SOMEONE_WAITS = text("""
    select exists (select from pg_locks
                   where not granted and transactionid = pg_current_xact_id()::xid)
""")


class Budget:
    """A region's approved budget of 2023, and the approvals that change it."""

    def __init__(self, world: World, stack: Stack) -> None:
        self._world = world
        self._stack = stack

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """What the approval of a batch works in, as the service's own role."""
        url = self._stack.database_url("goals")
        engine = create_engine(url, process="tests", schema="goals", pool_size=1)
        try:
            async with AsyncSession(engine) as session, session.begin():
                yield session
        finally:
            await engine.dispose()

    async def project(self, *, unit: str = "219001", **changes: Any) -> str:
        """A project whose goal and budget were approved."""
        code = await self._world.project(unit=unit, **changes)
        await self._world.approved_goal(unit=unit, project=code)
        await self.keep(code)
        return code

    async def keep(self, *codes: str) -> None:
        """The budget as it stands becomes the initial one."""
        batch_id = await self.batch_id()
        async with self.transaction() as session:
            await keep_initial_budgets(
                session, self._world.region_code, 2023, codes, batch_id=batch_id
            )

    async def approve(self, *ids: str) -> None:
        """What the approval of a batch of adjustments does to the budget."""
        batch_id = await self.batch_id()
        async with self.transaction() as session:
            await apply_budget_changes(
                session,
                self._world.region_code,
                [UUID(one) for one in ids],
                batch_id=batch_id,
                at=now(),
            )

    async def tie(self, code: str, change_id: str | None) -> None:
        """A goal's adjustment to the change is under way, or no longer."""
        async with self.transaction() as session:
            await session.execute(
                text("""update goal set budget_change_id = cast(:change_id as uuid)
                        where region_code = :region_code and project_code = :code"""),
                {"change_id": change_id, "region_code": self._world.region_code, "code": code},
            )

    async def batch_id(self) -> UUID:
        """The first approval of the region."""
        batches = await self._world.officer.get("/goals/approval-batches")
        return UUID(batches.json()["items"][0]["id"])

    async def of(self, code: str) -> dict[str, Any]:
        """The project's budget of 2023 as the bureau sees it."""
        project = (await self._world.officer.get(f"/goals/projects/{code}")).json()
        (budget,) = project["budgets"]
        funds = {(f["fund_level"], f["source"]): f["amount"] for f in project["funds"]}
        return {**budget, "funds": funds, "version": project["version"]}


@pytest.fixture
def budget(world: World, stack: Stack) -> Budget:
    """The region's budget."""
    return Budget(world, stack)


def change_row(project_code: str, **changes: Any) -> dict[str, Any]:
    """A supplement of 20 万元 unless said otherwise."""
    return {
        "document_no": "兴财预调〔2023〕1号（示例）",
        "project_code": project_code,
        "fiscal_year": 2023,
        "kind": "supplement",
        "changed_on": "2023-06-30",
        "reason": "上级追加专项资金（示例）",
        "lines": [{"fund_level": "county", "amount": "200000.00"}],
    } | changes


async def push(world: World, *rows: dict[str, Any], **params: Any) -> httpx.Response:
    """Budget changes from the budget system."""
    answer = await world.integration.post(
        "/goals/budget-change-imports", {"items": list(rows)}, params=params
    )
    assert answer.status_code == 207, answer.text
    return answer


async def outcome(world: World, *rows: dict[str, Any]) -> list[str]:
    """What became of each row: its status, or its first error's code."""
    results = (await push(world, *rows)).json()["results"]
    return [r["errors"][0]["code"] if r["errors"] else r["status"] for r in results]


async def pushed(world: World, code: str, **changes: Any) -> dict[str, Any]:
    """A pending change of a project."""
    row = change_row(code, document_no=f"兴财预调〔2023〕{uuid4().hex[:6]}号（示例）") | changes
    assert await outcome(world, row) == ["created"]
    listed = (await world.officer.get(PATH, project_code=code)).json()["items"]
    return next(dict(one) for one in listed if one["document_no"] == row["document_no"])


def line(amount: str, fund_level: str = "county", source: str = "appropriation") -> dict[str, str]:
    """One line of a change."""
    return {"fund_level": fund_level, "source": source, "amount": amount}


async def test_a_pending_change_is_shown_but_changes_no_funds(world: World, budget: Budget) -> None:
    code = await budget.project()
    before = await budget.of(code)
    assert (before["initial"], before["current"]) == ("1000000.00", "1000000.00")
    lines = [line("200000.00"), line("50000.00", source="carry_over")]
    change = await pushed(world, code, lines=lines)
    assert (change["status_label"], change["kind_label"]) == ("待批复", "追加")
    assert (change["amount"], change["goal_id"]) == ("250000.00", None)
    assert [(one["source_label"], one["amount"]) for one in change["lines"]] == [
        ("当年财政拨款", "200000.00"),
        ("上年结转资金", "50000.00"),
    ]
    after = await budget.of(code)
    assert (after["initial"], after["current"]) == ("1000000.00", "1000000.00")
    (shown,) = after["changes"]
    assert (shown["id"], shown["status"], shown["amount"]) == (change["id"], "pending", "250000.00")
    assert after["version"] > before["version"]


async def test_a_repeat_changes_nothing_and_a_correction_updates_what_is_pending(
    world: World, budget: Budget
) -> None:
    first, second = await budget.project(), await budget.project()
    rows = [change_row(first), change_row(second)]
    assert await outcome(world, *rows) == ["created", "created"]
    assert await outcome(world, *rows) == ["unchanged", "unchanged"]
    rows[1]["lines"] = [line("1.00", "central"), line("2.00")]
    assert await outcome(world, *rows) == ["unchanged", "updated"]
    assert await outcome(world, *rows) == ["unchanged", "unchanged"]
    (change,) = (await world.officer.get(PATH, project_code=second)).json()["items"]
    assert (change["version"], change["amount"]) == (2, "3.00")
    assert [one["fund_level"] for one in change["lines"]] == ["central", "county"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"lines": [line("-1")]}, "line_negative"),
        ({"kind": "carry_over", "lines": [line("-1", source="carry_over")]}, "line_negative"),
        ({"kind": "reduction"}, "line_positive"),
        ({"lines": [line("0")]}, "line_zero"),
        ({"lines": [line("1"), line("2")]}, "line_twice"),
        ({"kind": "transfer", "lines": [line("-2"), line("1", "central")]}, "transfer_unbalanced"),
        ({"kind": "reduction", "lines": [line("-1000000.01")]}, "below_zero"),
        ({"kind": "reduction", "lines": [line("-1", "central")]}, "below_zero"),
        (
            {"kind": "transfer", "lines": [line("-1", "central"), line("1")]},
            "below_zero",
        ),
        ({"fiscal_year": 2024}, "budget_not_approved"),
        ({"project_code": "64010423T999999999999"}, "unknown_project"),
        ({"lines": []}, "too_short"),
        ({"reason": " "}, "string_too_short"),
        ({"kind": "gift"}, "literal_error"),
        ({"changed_on": "2023-02-30"}, "date_from_datetime_parsing"),
        ({"lines": [{"fund_level": "county", "amount": 5}]}, "value_invalid"),
    ],
)
async def test_a_change_that_breaks_a_rule_is_refused(
    world: World, budget: Budget, change: dict[str, Any], code: str
) -> None:
    row = change_row(await budget.project()) | change
    (result,) = (await push(world, row)).json()["results"]
    assert result["errors"][0]["code"] == code
    assert (await world.officer.get(PATH)).json()["items"] == []


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "reduction", "lines": [line("-1000000.00")]},
        {"kind": "transfer", "lines": [line("-5"), line("5", source="unit")]},
        {"kind": "carry_over", "lines": [line("0.01", source="carry_over")]},
    ],
)
async def test_a_change_may_go_as_far_as_the_budget_does(
    world: World, budget: Budget, change: dict[str, Any]
) -> None:
    assert await outcome(world, change_row(await budget.project(), **change)) == ["created"]


async def test_a_project_without_an_approved_budget_has_nothing_to_change(world: World) -> None:
    assert await outcome(world, change_row(await world.project())) == ["budget_not_approved"]


async def test_another_regions_project_is_unknown(
    world: World, other_world: World, stack: Stack
) -> None:
    code = await Budget(other_world, stack).project(code="64010423T777777777777")
    assert await outcome(world, change_row(code)) == ["unknown_project"]


async def test_one_document_names_a_project_once(world: World, budget: Budget) -> None:
    row = change_row(await budget.project())
    assert await outcome(world, row, row) == ["created", "duplicate_in_batch"]


async def test_a_dry_run_reports_and_stores_no_change(world: World, budget: Budget) -> None:
    code = await budget.project()
    answer = await push(world, change_row(code), dry_run=True)
    assert answer.json()["created"] == 1
    assert (await budget.of(code))["changes"] == []


async def test_an_approved_change_is_in_force_with_its_batch(world: World, budget: Budget) -> None:
    code = await budget.project()
    lines = [line("200000.00"), line("300.00", "central"), line("5.50", source="carry_over")]
    change = await pushed(world, code, lines=lines)
    await budget.approve(change["id"])
    after = await budget.of(code)
    assert after["funds"] == {
        ("central", "appropriation"): "300.00",
        ("county", "appropriation"): "1200000.00",
        ("county", "carry_over"): "5.50",
    }
    assert (after["initial"], after["current"]) == ("1000000.00", "1200305.50")
    approved = (await world.officer.get(f"{PATH}/{change['id']}")).json()
    assert (approved["status"], approved["version"]) == ("approved", 2)
    assert approved["batch_id"] == str(await budget.batch_id())


async def test_changes_of_one_project_approved_together_are_added_up(
    world: World, budget: Budget
) -> None:
    code = await budget.project()
    more = await pushed(world, code, lines=[line("7.00"), line("3.00", "central")])
    less = await pushed(world, code, kind="reduction", lines=[line("-1000000.00")])
    moved = await pushed(
        world, code, kind="transfer", lines=[line("-2.00"), line("2.00", "municipal")]
    )
    await budget.approve(more["id"], less["id"], moved["id"])
    after = await budget.of(code)
    assert after["funds"] == {
        ("central", "appropriation"): "3.00",
        ("county", "appropriation"): "5.00",
        ("municipal", "appropriation"): "2.00",
    }
    assert Decimal(after["current"]) == 1000000 + 10 - 1000000


async def test_changes_that_together_take_too_much_are_all_left_pending(
    world: World, budget: Budget
) -> None:
    first, second = await budget.project(), await budget.project()
    takes = [line("-600000.00")]
    ids = [
        (await pushed(world, first, kind="reduction", lines=takes))["id"],
        (await pushed(world, second))["id"],
        (await pushed(world, first, kind="reduction", lines=takes))["id"],
    ]
    with pytest.raises(BudgetBelowZero) as refused:
        await budget.approve(*ids)
    (error,) = refused.value.errors
    assert f"项目 {first} 的本级·当年财政拨款将变为 -200000.00 元" in error.detail
    assert (await budget.of(second))["current"] == "1000000.00"
    listed = (await world.officer.get(PATH)).json()["items"]
    assert {one["status"] for one in listed} == {"pending"}


async def test_a_change_is_approved_once(world: World, budget: Budget) -> None:
    code = await budget.project()
    change = await pushed(world, code)
    await budget.approve(change["id"])
    with pytest.raises(BudgetChangeNotPending, match="已批复"):
        await budget.approve(change["id"])
    with pytest.raises(BudgetChangeNotPending, match="不存在"):
        await budget.approve(str(uuid4()))
    assert (await budget.of(code))["current"] == "1200000.00"


async def test_two_approvals_of_one_change_at_once_add_it_once(
    world: World, budget: Budget
) -> None:
    code = await budget.project()
    change = await pushed(world, code)
    done = await asyncio.gather(
        *(budget.approve(change["id"]) for _ in range(2)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in done) == ["BudgetChangeNotPending", "NoneType"]
    assert (await budget.of(code))["current"] == "1200000.00"


async def test_another_regions_change_is_not_approved(
    world: World, budget: Budget, other_world: World, stack: Stack
) -> None:
    theirs = Budget(other_world, stack)
    change = await pushed(other_world, await theirs.project())
    await budget.project()
    with pytest.raises(BudgetChangeNotPending):
        await budget.approve(change["id"])


async def test_after_approval_the_same_document_may_be_repeated_but_not_changed(
    world: World, budget: Budget
) -> None:
    row = change_row(await budget.project(), kind="reduction", lines=[line("-1000000.00")])
    await outcome(world, row)
    (change,) = (await world.officer.get(PATH)).json()["items"]
    await budget.approve(change["id"])
    assert await outcome(world, row) == ["unchanged"]
    assert await outcome(world, {**row, "reason": "改（示例）"}) == ["change_approved"]


async def test_the_initial_budget_stays_what_was_first_approved(
    world: World, budget: Budget
) -> None:
    code = await budget.project()
    change = await pushed(world, code)
    await budget.approve(change["id"])
    await budget.keep(code)
    after = await budget.of(code)
    assert (after["initial"], after["current"]) == ("1000000.00", "1200000.00")


async def test_an_approved_budget_is_not_pushed_over_but_its_project_may_be_renamed(
    world: World, budget: Budget
) -> None:
    code = await budget.project()
    other = await world.project()
    bigger: dict[str, Any] = {"funds": [{"fund_level": "county", "amount": "1000000.01"}]}
    rows = [project_row(code=code, **bigger), project_row(code=other, **bigger)]
    answer = await world.integration.post("/goals/project-imports", {"items": rows})
    refused, taken = answer.json()["results"]
    assert refused["errors"][0]["code"] == "budget_approved"
    assert "budget-change-imports" in refused["errors"][0]["mend"]
    assert taken["status"] == "updated"
    renamed = project_row(code=code, name="改名（示例）", is_key=True)
    answer = await world.integration.post("/goals/project-imports", {"items": [renamed]})
    assert answer.json()["updated"] == 1
    project = (await world.officer.get(f"/goals/projects/{code}")).json()
    assert (project["name"], project["budgets"][0]["current"]) == ("改名（示例）", "1000000.00")


async def test_a_push_that_meets_an_approval_waits_and_is_then_refused(
    world: World, budget: Budget
) -> None:
    code = await world.project()
    await world.approved_goal(project=code)
    batch_id = await budget.batch_id()
    row = project_row(code=code, funds=[line("5.00")])
    async with budget.transaction() as session:
        await keep_initial_budgets(session, world.region_code, 2023, [code], batch_id=batch_id)
        pushing = asyncio.create_task(
            world.integration.post("/goals/project-imports", {"items": [row]})
        )

        async def waits() -> bool:
            return bool(await session.scalar(_SOMEONE_WAITS))

        await eventually(waits)
    (result,) = (await pushing).json()["results"]
    assert result["errors"][0]["code"] == "budget_approved"
    after = await budget.of(code)
    assert (after["initial"], after["current"]) == ("1000000.00", "1000000.00")


@pytest.mark.parametrize(
    "funds",
    [
        [line("999999.99")],
        [line("1000000", "central")],
        [line("1000000", source="unit")],
        [line("1000000"), line("0.01", "central")],
    ],
)
async def test_any_difference_to_an_approved_budget_is_noticed(
    world: World, budget: Budget, funds: list[dict[str, str]]
) -> None:
    code = await budget.project()
    answer = await world.integration.post(
        "/goals/project-imports", {"items": [project_row(code=code, funds=funds)]}
    )
    assert answer.json()["failed"] == 1
    assert (await budget.of(code))["funds"] == {("county", "appropriation"): "1000000.00"}


async def test_the_next_years_budget_of_an_approved_project_is_pushed_as_usual(
    world: World, budget: Budget
) -> None:
    code = await budget.project()
    row = project_row(code=code, fiscal_year=2024, funds=[line("5.00")])
    answer = await world.integration.post("/goals/project-imports", {"items": [row]})
    assert answer.json()["updated"] == 1
    budgets = (await world.officer.get(f"/goals/projects/{code}")).json()["budgets"]
    assert [(b["fiscal_year"], b["initial"], b["current"]) for b in budgets] == [
        (2023, "1000000.00", "1000000.00"),
        (2024, None, "5.00"),
    ]


async def test_after_a_change_the_budget_in_force_may_be_repeated(
    world: World, budget: Budget
) -> None:
    code = await budget.project()
    moved = [line("-1000000.00"), line("1000000.00", "central")]
    change = await pushed(world, code, kind="transfer", lines=moved)
    await budget.approve(change["id"])
    for funds, failed in (([line("1000000.00", "central")], 0), ([line("1000000.00")], 1)):
        answer = await world.integration.post(
            "/goals/project-imports", {"items": [project_row(code=code, funds=funds)]}
        )
        assert answer.json()["failed"] == failed


async def withdraw(
    person: Person, change: dict[str, Any], *, version: int | None = None
) -> httpx.Response:
    """Take a change back."""
    return await person.post(
        f"{PATH}/{change['id']}/withdrawals",
        {"reason": "文件作废（示例）"},
        version=version or change["version"],
    )


async def test_a_pending_change_is_withdrawn_with_a_reason(world: World, budget: Budget) -> None:
    code = await budget.project()
    row = change_row(code)
    await outcome(world, row)
    (change,) = (await world.integration.get(PATH)).json()["items"]
    assert change["allowed_actions"] == ["budget_change.withdraw"]
    assert (await withdraw(world.integration, change, version=9)).status_code == 412
    gone = created(await withdraw(world.integration, change))
    assert (gone["status_label"], gone["withdrawal_reason"]) == ("已撤回", "文件作废（示例）")
    assert gone["withdrawn_by"] == "integration-bureau"
    assert gone["allowed_actions"] == []
    answer = await withdraw(world.integration, gone)
    assert (answer.status_code, answer.json()["code"]) == (409, "budget_change_not_pending")
    assert await outcome(world, row) == ["change_withdrawn"]
    with pytest.raises(BudgetChangeNotPending, match="已撤回"):
        await budget.approve(change["id"])


async def test_a_change_a_goal_is_being_adjusted_to_stays_as_it_is(
    world: World, budget: Budget
) -> None:
    code = await budget.project()
    change = await pushed(world, code)
    await budget.tie(code, change["id"])
    seen = (await world.integration.get(f"{PATH}/{change['id']}")).json()
    assert (seen["goal_id"] is None, seen["allowed_actions"]) == (False, [])
    answer = await withdraw(world.integration, change)
    assert (answer.status_code, answer.json()["code"]) == (409, "budget_change_in_use")
    row = change_row(code, document_no=change["document_no"])
    assert await outcome(world, row) == ["unchanged"]
    assert await outcome(world, {**row, "lines": [line("1")]}) == ["change_in_use"]
    await budget.tie(code, None)
    assert await outcome(world, {**row, "lines": [line("1")]}) == ["updated"]


async def test_an_approved_change_is_not_withdrawn(world: World, budget: Budget) -> None:
    change = await pushed(world, await budget.project())
    await budget.approve(change["id"])
    assert (await withdraw(world.integration, change, version=2)).status_code == 409


async def test_changes_are_found_by_project_year_status_and_unit(
    world: World, budget: Budget
) -> None:
    first, second = await budget.project(), await budget.project(unit="219002")
    one, two = await pushed(world, first), await pushed(world, second)
    three = await pushed(world, second)
    await withdraw(world.integration, three)
    for params, wanted in (
        ({}, [one, two, three]),
        ({"project_code": second}, [two, three]),
        ({"status": "withdrawn"}, [three]),
        ({"status": "pending", "unit_code": "219002"}, [two]),
        ({"fiscal_year": 2023}, [one, two, three]),
        ({"fiscal_year": 2024}, []),
    ):
        listed = (await world.officer.get(PATH, **params)).json()["items"]
        assert [change["id"] for change in listed] == [change["id"] for change in wanted], params
    page = (await world.officer.get(PATH, limit=2)).json()
    rest = (await world.officer.get(PATH, limit=2, cursor=page["next_cursor"])).json()
    assert [change["id"] for change in rest["items"]] == [three["id"]]


async def test_another_units_or_regions_change_does_not_exist(
    world: World, budget: Budget, other_world: World
) -> None:
    change = await pushed(world, await budget.project())
    path = f"{PATH}/{change['id']}"
    assert (await world.filler("219001").get(path)).json()["id"] == change["id"]
    for person in (world.filler("219002"), other_world.officer, other_world.integration):
        assert (await person.get(path)).status_code == 404
        assert (await person.get(PATH)).json()["items"] == []
    assert (await withdraw(other_world.integration, change)).status_code == 404
    assert (await world.officer.get(path)).json()["status"] == "pending"


async def test_the_auditor_reads_changes_and_may_do_nothing(world: World, budget: Budget) -> None:
    change = await pushed(world, await budget.project())
    auditor = world.person(Role.AUDITOR)
    answer = await auditor.get(f"{PATH}/{change['id']}")
    assert (answer.headers["etag"], answer.json()["allowed_actions"]) == ('"1"', [])
    assert (await withdraw(auditor, change)).status_code == 403
