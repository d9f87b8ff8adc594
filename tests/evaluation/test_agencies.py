"""第三方机构名录: entries with their history, and who may not be engaged."""

from datetime import date
from pathlib import Path

import pytest

from services.evaluation.domain.agency_conditions import Standing
from services.evaluation.domain.rules import load_rules
from shared.auth import Role
from tests.evaluation.builders import (
    RIVAL,
    agency,
    engagement,
    engagement_order,
    evaluator,
    expect_404,
)
from tests.world import World, created

AGENCIES = "/evaluation/agencies"
ENGAGEMENTS = "/evaluation/engagements"
CONDITIONS = load_rules(
    Path(__file__).parents[2] / "services" / "evaluation" / "rules"
).agency_conditions(date(2024, 3, 1))


@pytest.mark.parametrize(
    ("status", "qualified_until", "violated_on", "codes"),
    [
        ("active", None, None, []),
        ("active", date(2024, 3, 1), None, []),
        ("active", date(2024, 2, 29), None, ["agency_qualification_over"]),
        ("suspended", None, None, ["agency_suspended"]),
        ("struck_off", None, None, ["agency_struck_off"]),
        ("active", None, date(2021, 3, 1), []),
        ("active", None, date(2021, 3, 2), ["agency_violated"]),
        ("active", None, date(2024, 3, 2), ["agency_violated"]),
        (
            "suspended",
            date(2023, 12, 31),
            date(2023, 1, 1),
            ["agency_suspended", "agency_qualification_over", "agency_violated"],
        ),
    ],
)
def test_a_contract_from_march_2024_asks_what_the_register_says_of_the_agency(
    status: str, qualified_until: date | None, violated_on: date | None, codes: list[str]
) -> None:
    standing = Standing(
        name="某事务所（示例）",
        status=status,
        status_reason=None if status == "active" else "接受调查",
        qualified_until=qualified_until,
        violations=[] if violated_on is None else [(violated_on, "出具虚假报告")],
    )
    found = CONDITIONS.refusals(standing, date(2024, 3, 1))
    assert [refusal.code for refusal in found] == codes
    for refusal in found:
        assert "财监〔2021〕4号" in refusal.said()
        assert "尚未与官方文本核对" in refusal.said()
        if refusal.code == "agency_violated":
            assert "近三年无重大违法违规" in refusal.said()


async def test_another_regions_agency_is_neither_read_nor_changed(
    world: World, other_world: World
) -> None:
    path = f"{AGENCIES}/{(await agency(other_world))['id']}"
    await expect_404(world.officer, "GET", path)
    await expect_404(world.officer, "PATCH", path, {"status": "suspended", "reason": "x"})
    violation = {"violated_on": "2023-05-01", "content": "出具虚假报告", "source": "处罚决定"}
    await expect_404(world.officer, "POST", f"{path}/violations", violation)
    withdrawal = f"{path}/violations/{(await agency(other_world))['id']}/withdrawals"
    await expect_404(world.officer, "POST", withdrawal, {"reason": "误登"})


async def test_the_register_says_who_changed_what_and_why_and_decides_who_is_engaged(
    world: World,
) -> None:
    entry = await agency(world)
    path, order = f"{AGENCIES}/{entry['id']}", engagement_order(entry["id"])
    assert len(entry["warnings"]) == 3
    known = {"institution": "accounting_firm", "platform_listed": True,
             "qualified_until": "2023-12-31", "reason": "补录资质"}  # fmt: skip
    assert (await world.officer.patch(path, known, version=None)).status_code == 428
    assert (await world.officer.patch(path, known, version=7)).status_code == 412
    answer = await world.officer.patch(path, {"status": "suspended"}, version=1)
    assert answer.status_code == 422
    entry = (await world.officer.patch(path, known, version=1)).json()
    assert (entry["institution_label"], entry["warnings"]) == ("会计师事务所", [])
    again = await world.officer.patch(path, known, version=2)
    assert again.json()["errors"][0]["code"] == "nothing_changed"

    violation = {"violated_on": "2023-05-01", "content": "出具虚假报告（示例）",
                 "source": "行政处罚决定书（示例）"}  # fmt: skip
    later = violation | {"violated_on": "2099-01-01"}
    answer = await world.officer.post(f"{path}/violations", later, version=2)
    assert answer.json()["errors"][0]["code"] == "in_future"
    entry = created(await world.officer.post(f"{path}/violations", violation, version=2))
    stop = {"status": "suspended", "reason": "接受调查（示例）"}
    entry = (await world.officer.patch(path, stop, version=3)).json()
    assert (entry["status_label"], entry["status_reason"]) == ("暂停承接", stop["reason"])
    answer = await world.officer.post(ENGAGEMENTS, order)
    assert (answer.status_code, answer.json()["code"]) == (409, "agency_unfit")
    assert [error["code"] for error in answer.json()["errors"]] == [
        "agency_suspended",
        "agency_qualification_over",
        "agency_violated",
    ]
    assert answer.json()["rule"]["rule_id"] == "agency-conditions@2021-08-01"

    back = {"status": "active", "qualified_until": "2026-12-31", "reason": "调查结束，资质已续"}
    entry = (await world.officer.patch(path, back, version=4)).json()
    answer = await world.officer.post(ENGAGEMENTS, order)
    assert [error["code"] for error in answer.json()["errors"]] == ["agency_violated"]
    assert answer.json()["rule"]["article"] == "近三年无重大违法违规"
    undo = f"{path}/violations/{entry['violations'][0]['id']}/withdrawals"
    mistaken = {"reason": "同名机构，登记有误"}
    entry = created(await world.officer.post(undo, mistaken, version=5))
    answer = await world.officer.post(undo, mistaken, version=6)
    assert (answer.status_code, answer.json()["code"]) == (409, "already_ended")
    created(await world.officer.post(ENGAGEMENTS, order))

    seen = (await evaluator(world).get(path)).json()
    assert seen["allowed_actions"] == []
    assert [(change["kind"], change["reason"]) for change in seen["changes"]] == [
        ("registered", None),
        ("amended", known["reason"]),
        ("violation_recorded", violation["source"]),
        ("amended", stop["reason"]),
        ("amended", back["reason"]),
        ("violation_withdrawn", mistaken["reason"]),
    ]
    assert seen["changes"][3]["entries"] == {
        "status": {"from": "active", "to": "suspended"},
        "status_reason": {"from": None, "to": stop["reason"]},
    }
    await expect_404(evaluator(world, RIVAL), "GET", path)


async def test_the_register_is_listed_by_standing_kind_and_end_of_qualification(
    world: World,
) -> None:
    one, other = await agency(world), await agency(world, RIVAL)
    body = {"institution": "law_firm", "qualified_until": "2025-06-30", "reason": "补录"}
    await world.officer.patch(f"{AGENCIES}/{one['id']}", body, version=1)
    stop = {"status": "struck_off", "reason": "机构注销（示例）"}
    await world.officer.patch(f"{AGENCIES}/{other['id']}", stop, version=1)
    for asked, expected in (
        ({"institution": "law_firm"}, one),
        ({"qualified_to": "2025-06-30"}, one),
        ({"status": "struck_off"}, other),
    ):
        rows = (await world.person(Role.AUDITOR).get(AGENCIES, **asked)).json()["items"]
        assert [row["id"] for row in rows] == [expected["id"]]
    assert (await world.officer.get(AGENCIES, qualified_to="2025-06-29")).json()["items"] == []


async def test_a_contract_stands_whatever_the_register_says_of_its_agency_later(
    world: World,
) -> None:
    contract = await engagement(world)
    stop = {"status": "suspended", "reason": "接受调查（示例）"}
    path = f"{AGENCIES}/{contract['agency_id']}"
    assert (await world.officer.patch(path, stop, version=1)).status_code == 200
    again = (await evaluator(world).get(f"{ENGAGEMENTS}/{contract['id']}")).json()
    assert again["status"] == "running"
