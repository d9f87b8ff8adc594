"""回应: a unit answers a warning, the bureau decides on false alarms, and silence is seen."""

from datetime import date, timedelta
from typing import Any

import asyncpg
import pytest

from deploy.local import Stack
from services.monitoring.domain.answers import Answer, Answering, answer_due, answer_overdue
from services.monitoring.domain.calendar import DayKind
from services.monitoring.domain.rectification_rules import rectification_rules
from shared import clock
from tests.monitoring.arranged import (
    expect_404,
    monitored_goal,
    open_round,
    open_warning,
    pay,
    run_rules,
    step,
    warnings_of,
)
from tests.world import Person, World, created


async def read(person: Person, warning: dict[str, Any]) -> dict[str, Any]:
    """The warning, whole."""
    answer = await person.get(f"/monitoring/warnings/{warning['id']}")
    return dict(answer.json())


async def answered(world: World, warning: dict[str, Any], answer: str) -> dict[str, Any]:
    """The warning with its unit's answer."""
    body = {"answer": answer, "text": "设备已到货，八月完成支付"}
    return created(await step(world.approver(), "warnings", warning, "answers", body))


async def claimed(world: World, warning: dict[str, Any]) -> dict[str, Any]:
    """The warning that its unit calls false."""
    return await answered(world, warning, "false_alarm")


async def decided(world: World, warning: dict[str, Any], decision: str) -> dict[str, Any]:
    """The warning with the bureau's word on the claim."""
    body = {"decision": decision, "reason": "支付凭证显示并未到货"}
    return created(await step(world.officer, "warnings", warning, "answer-decisions", body))


@pytest.mark.parametrize(
    ("told_on", "days", "kind", "due_on"),
    [
        (date(2023, 7, 31), 10, DayKind.CALENDAR, date(2023, 8, 10)),
        (date(2024, 2, 20), 10, DayKind.CALENDAR, date(2024, 3, 1)),
        (date(2023, 12, 31), 1, DayKind.CALENDAR, date(2024, 1, 1)),
        (date(2023, 7, 31), 10, DayKind.WORKING, date(2023, 8, 14)),
        # 国庆节放假到 10 月 6 日，7 日、8 日补班
        (date(2023, 9, 28), 1, DayKind.WORKING, date(2023, 10, 7)),
    ],
)
def test_days_are_counted_from_the_day_after(
    told_on: date, days: int, kind: DayKind, due_on: date
) -> None:
    terms = Answering(days, (), "", kind)
    assert answer_due(told_on, terms, rectification_rules().calendar) == due_on
    assert Answering.read(terms.as_dict()) == terms


@pytest.mark.parametrize(
    ("is_open", "answer", "days_over", "overdue"),
    [
        (True, None, 1, True),
        (True, None, 0, False),
        (True, Answer.MEASURES, 1, False),
        (False, None, 1, False),
    ],
)
def test_silence_is_overdue_after_the_day(
    is_open: bool, answer: str | None, days_over: int, overdue: bool
) -> None:
    due_on = date(2023, 8, 10)
    today = due_on + timedelta(days=days_over)
    assert answer_overdue(is_open=is_open, answer=answer, due_on=due_on, today=today) is overdue


async def test_a_warning_says_who_must_act_by_when_how_and_what_silence_means(
    world: World,
) -> None:
    warning = await read(world.officer, await open_warning(world))
    assert warning["must_act"]["unit_code"] == "219001"
    assert warning["must_act"]["office"]
    due_on = clock.business_day(clock.now()) + timedelta(days=10)
    assert warning["answer_due_on"] == due_on.isoformat()
    assert [one["answer"] for one in warning["allowed_answers"]] == [*Answer]
    assert warning["on_silence"].startswith("逾期未回应的列入逾期清单")
    assert (warning["answer"], warning["overdue"], warning["answers"]) == (None, False, [])


async def test_a_unit_answers_and_the_later_answer_counts(world: World) -> None:
    warning = await open_warning(world)
    first = await answered(world, warning, "measures")
    second = await answered(world, first, "adjust_goal")
    assert second["answer_label"] == "申请调整绩效目标"
    assert [one["answer"] for one in second["answers"]] == ["measures", "adjust_goal"]
    assert second["version"] == 3


async def test_a_claimed_false_alarm_waits_for_the_bureau_and_accepted_stands(
    world: World,
) -> None:
    warning = await claimed(world, await open_warning(world))
    assert warning["allowed_actions"] == []
    body = {"answer": "measures", "text": "改主意了"}
    again = await step(world.approver(), "warnings", warning, "answers", body)
    assert (again.status_code, again.json()["code"]) == (409, "warning_state_forbids")
    seen = await read(world.officer, warning)
    assert seen["allowed_actions"] == ["rectification.issue", "warning.decide_answer"]
    accepted = await decided(world, warning, "accepted")
    assert (accepted["false_alarm"], accepted["status"]) == (True, "open")
    assert accepted["answers"][0]["decision"] == "accepted"
    late = await step(
        world.officer, "warnings", accepted, "answer-decisions", {"decision": "accepted"}
    )
    assert (late.status_code, late.json()["code"]) == (409, "warning_state_forbids")


async def test_a_rejected_claim_needs_a_reason_and_another_answer(world: World) -> None:
    warning = await claimed(world, await open_warning(world))
    bare = await step(
        world.officer, "warnings", warning, "answer-decisions", {"decision": "rejected"}
    )
    assert bare.status_code == 422
    assert bare.json()["errors"][0]["pointer"] == "/reason"
    rejected = await decided(world, warning, "rejected")
    assert (rejected["answer"], rejected["false_alarm"]) == (None, False)
    assert (await answered(world, rejected, "transfer"))["answer"] == "transfer"


async def test_a_warning_that_worsens_asks_for_a_new_answer_and_one_that_eases_does_not(
    world: World,
) -> None:
    project = (await monitored_goal(world))["project_code"]
    await pay(world, project, ("400000.00", "2023-06-01"))
    monitoring = await open_round(world)
    await run_rules(world, monitoring)
    [yellow] = await warnings_of(world)
    await decided(world, await claimed(world, yellow), "accepted")
    await pay(world, project, ("-200000.00", "2023-06-02"))
    assert (await run_rules(world, monitoring))["worsened"] == 1
    [red] = await warnings_of(world)
    assert (red["level"], red["answer"], red["false_alarm"]) == ("red", None, False)
    await answered(world, red, "measures")
    await pay(world, project, ("200000.00", "2023-06-03"))
    run = await run_rules(world, monitoring)
    assert (run["updated"], run["worsened"]) == (1, 0)
    [eased] = await warnings_of(world)
    assert (eased["level"], eased["answer"]) == ("yellow", "measures")


async def test_a_closed_warning_is_not_answered_and_asks_again_when_it_comes_back(
    world: World,
) -> None:
    project = (await monitored_goal(world))["project_code"]
    monitoring = await open_round(world)
    await run_rules(world, monitoring)
    [opened] = await warnings_of(world)
    await answered(world, opened, "measures")
    await pay(world, project, ("900000.00", "2023-06-01"))
    await run_rules(world, monitoring)
    [closed] = await warnings_of(world)
    body = {"answer": "measures", "text": "晚了"}
    answer = await step(world.approver(), "warnings", closed, "answers", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "warning_state_forbids")
    await pay(world, project, ("-900000.00", "2023-06-02"))
    await run_rules(world, monitoring)
    [again] = await warnings_of(world)
    assert (again["id"], again["answer"]) == (opened["id"], None)


async def test_only_its_own_unit_answers_a_warning(world: World, other_world: World) -> None:
    warning = await open_warning(world)
    body = {"answer": "measures", "text": "不是我的"}
    await expect_404(world.approver("219002"), "POST", f"/warnings/{warning['id']}/answers", body)
    await expect_404(other_world.approver(), "POST", f"/warnings/{warning['id']}/answers", body)
    decision = {"decision": "accepted"}
    path = f"/warnings/{warning['id']}/answer-decisions"
    await expect_404(other_world.officer, "POST", path, decision)


async def test_the_overdue_list_and_the_false_alarm_rate_of_each_rule(
    world: World, stack: Stack
) -> None:
    for _ in range(3):
        await monitored_goal(world)
    await run_rules(world, await open_round(world))
    first, second, third = await warnings_of(world)
    await decided(world, await claimed(world, first), "accepted")
    await decided(world, await claimed(world, second), "rejected")
    await _let_time_pass(stack, world)
    overdue = await warnings_of(world, overdue=True)
    assert {warning["id"] for warning in overdue} == {second["id"], third["id"]}
    statistics = await world.officer.get(
        "/monitoring/warning-statistics", fiscal_year=2023, by="rule"
    )
    [row] = statistics.json()["items"]
    assert (row["rule_id"], row["total"], row["overdue"]) == ("money-against-time", 3, 2)
    assert (row["claimed_false"], row["numerator"], row["denominator"]) == (2, 1, 2)
    assert row["false_alarm_rate"] == "50.00"
    empty = await world.officer.get("/monitoring/warning-statistics", fiscal_year=2022)
    assert empty.json()["items"] == []


async def _let_time_pass(stack: Stack, world: World) -> None:
    """The answers were due yesterday."""
    yesterday = clock.business_day(clock.now()) - timedelta(days=1)
    connection = await asyncpg.connect(stack.admin_url)
    await connection.execute(
        "update monitoring.warning set answer_due_on = $1 where region_code = $2",
        yesterday,
        world.region_code,
    )
    await connection.close()
