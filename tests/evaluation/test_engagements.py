"""委托合同: what its terms allow, and that its dates open and close what the agency reaches."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.evaluation.domain.contract_terms import status_on
from shared import clock
from tests.evaluation.builders import (
    FORMS,
    RIVAL,
    agency,
    engagement,
    engagement_order,
    evaluator,
    expect_404,
    refusal,
    review,
    submitted_form,
)
from tests.world import World, created

ENGAGEMENTS = "/evaluation/engagements"
TODAY = clock.business_day(clock.now())


def day(offset: int) -> str:
    """A day so many days from today."""
    return (TODAY + timedelta(days=offset)).isoformat()


@pytest.mark.parametrize(
    ("offset", "terminated", "status"),
    [
        (-1, False, "not_started"),
        (0, False, "running"),
        (10, False, "running"),
        (11, False, "expired"),
        (0, True, "terminated"),
        (-1, True, "terminated"),
    ],
)
def test_a_contract_runs_from_its_first_day_through_its_last(
    offset: int, terminated: bool, status: str
) -> None:
    start = date(2024, 3, 1)
    today = start + timedelta(days=offset)
    found = status_on(
        today,
        starts_on=start,
        ends_on=start + timedelta(days=10),
        terminated_on=today if terminated else None,
    )
    assert found == status


async def test_someone_elses_contract_is_neither_extended_nor_ended(
    world: World, other_world: World
) -> None:
    contract = await engagement(other_world)
    path = f"{ENGAGEMENTS}/{contract['id']}"
    more = {"ends_on": "2100-01-01", "reason": "工作量增加"}
    await expect_404(world.officer, "POST", f"{path}/extensions", more)
    await expect_404(world.officer, "POST", f"{path}/terminations", {"reason": "机构退出"})


async def test_an_agency_reaches_its_work_only_while_the_contract_runs(world: World) -> None:
    form = await submitted_form(world)
    path, someone = f"{FORMS}/{form['id']}", evaluator(world)

    async def expect_closed(contract: dict[str, Any]) -> None:
        await expect_404(someone, "GET", path)
        await expect_404(someone, "POST", f"{path}/rechecks", review(contract["id"]))
        assert (await someone.get(FORMS)).json()["items"] == []
        assert (await someone.get("/evaluation/work-items")).json()["items"] == []

    future = await engagement(world, starts_on=day(1))
    assert future["status"] == "not_started"
    await expect_closed(future)
    past = await engagement(world, starts_on=day(-9), ends_on=day(-1))
    assert past["status"] == "expired"
    await expect_closed(past)

    body = {"ends_on": day(0), "reason": "复审量增加，顺延至今日"}
    order = f"{ENGAGEMENTS}/{past['id']}"
    again = created(await world.officer.post(f"{order}/extensions", body, version=past["version"]))
    assert again["status"] == "running"
    assert [item["id"] for item in (await someone.get(FORMS)).json()["items"]] == [form["id"]]
    assert (await someone.get(path)).status_code == 200
    assert (await someone.get("/evaluation/work-items")).json()["items"] != []

    reason = {"reason": "评价人员应回避而未回避"}
    ended = created(
        await world.officer.post(f"{order}/terminations", reason, version=again["version"])
    )
    assert (ended["status"], ended["terminated_on"]) == ("terminated", day(0))
    assert [(term["kind"], term["reason"]) for term in ended["terms"]] == [
        ("concluded", None),
        ("extended", body["reason"]),
        ("terminated", reason["reason"]),
    ]
    await expect_closed(ended)
    own = (await someone.get(order)).json()
    assert (own["status"], own["allowed_actions"]) == ("terminated", [])
    answer = await world.officer.post(f"{order}/extensions", body, version=ended["version"])
    assert refusal(answer) == (409, "engagement_ended", [])


async def test_an_extension_ends_later_and_says_why(world: World) -> None:
    contract = await engagement(world, ends_on=day(5))
    path = f"{ENGAGEMENTS}/{contract['id']}/extensions"
    body = {"ends_on": day(5), "reason": "资料不齐"}
    answer = await world.officer.post(path, body, version=contract["version"])
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "not_later")
    answer = await world.officer.post(path, {"ends_on": day(6)}, version=contract["version"])
    assert answer.status_code == 422
    assert (await world.officer.post(path, body, version=None)).status_code == 428
    assert (await world.officer.post(path, body, version=9)).status_code == 412


async def test_a_fee_never_depends_on_the_result_and_an_amount_has_a_fund_level(
    world: World,
) -> None:
    agency_id = (await agency(world))["id"]
    tied = engagement_order(agency_id, fee_basis="by_result")
    answer = await world.officer.post(ENGAGEMENTS, tied)
    assert refusal(answer) == (409, "fee_tied_to_result", [])
    assert answer.json()["rule"]["rule_id"].startswith("entrustment@")
    half = engagement_order(agency_id, contract_amount="86000.00")
    assert (await world.officer.post(ENGAGEMENTS, half)).status_code == 422
    whole = half | {"fund_level": "county", "fee_basis": "by_deliverable"}
    out = created(await world.officer.post(ENGAGEMENTS, whole))
    assert (out["contract_amount"], out["fund_level"]) == ("86000.00", "county")
    assert out["fee_basis_label"] == "固定金额，按交付成果分期支付"


async def test_an_agencys_work_is_judged_once_the_contract_is_over(
    world: World, other_world: World
) -> None:
    foreign = await engagement(other_world)
    sheet = {
        "scores": {"evidence": "27.50", "report": "24.00", "timeliness": "20.00", "conduct": "20"},
        "comment": "数据来源清楚，个别结论缺少佐证",
    }
    await expect_404(world.officer, "POST", f"{ENGAGEMENTS}/{foreign['id']}/quality-scores", sheet)
    await expect_404(
        world.officer, "GET", f"/evaluation/agencies/{foreign['agency_id']}/quality-scores"
    )
    over = await engagement(world, starts_on=day(-9), ends_on=day(-1))
    runs = await engagement(world, starts_on=day(-9), ends_on=day(30))
    kinds = {
        item["kind"] for item in (await world.officer.get("/evaluation/work-items")).json()["items"]
    }
    assert kinds == {"engagement_ending", "agency_quality_to_score"}
    answer = await world.officer.post(f"{ENGAGEMENTS}/{runs['id']}/quality-scores", sheet)
    assert refusal(answer) == (409, "engagement_runs", [])
    path = f"{ENGAGEMENTS}/{over['id']}/quality-scores"
    wrong = sheet | {"scores": {"evidence": "30.01", "report": "24.00", "speed": "1.00"}}
    answer = await world.officer.post(path, wrong)
    assert [error["pointer"] for error in answer.json()["errors"]] == [
        "/scores/speed",
        "/scores/timeliness",
        "/scores/conduct",
        "/scores/evidence",
    ]
    assert created(await world.officer.post(path, sheet))["total"] == "91.50"
    assert refusal(await world.officer.post(path, sheet)) == (409, "quality_scored", [])
    history = f"/evaluation/agencies/{over['agency_id']}/quality-scores"
    seen = (await evaluator(world).get(history)).json()
    assert (seen["count"], seen["average"]) == (1, "91.50")
    assert seen["years"] == [{"fiscal_year": 2023, "count": 1, "average": "91.50"}]
    await expect_404(evaluator(world, RIVAL), "GET", history)
