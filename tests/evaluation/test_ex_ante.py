"""事前绩效评估: what it concluded is recorded by one person, confirmed by another, corrected by a
new record, and published for the budget."""

import asyncio
from typing import Any

import pytest

from shared.auth import Role
from tests.evaluation.builders import (
    AGENCY,
    RIVAL,
    engagement,
    evaluator,
    expect_404,
    refusal,
)
from tests.evaluation.ex_ante import (
    EX_ANTE,
    confirm_ex_ante,
    confirmed_ex_ante,
    ex_ante_order,
    recorded_ex_ante,
)
from tests.world import World, created

PROJECT = "64010424T000000000001"


async def read(world: World, result: dict[str, Any]) -> dict[str, Any]:
    """The result as the bureau reads it now."""
    return dict((await world.officer.get(f"{EX_ANTE}/{result['id']}")).json())


async def published(world: World) -> list[dict[str, Any]]:
    """The conclusions the region's budget system reads in the feed."""
    events = await world.events("evaluation")
    return [e["data"] for e in events if e["type"] == "cn.wenxiao.ex_ante.concluded.v1"]


async def ids(world: World, **filters: Any) -> list[str]:
    """What the bureau lists."""
    answer = await world.officer.get(EX_ANTE, **filters)
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["items"]]


async def test_another_regions_result_does_not_exist(world: World, other_world: World) -> None:
    result = await recorded_ex_ante(other_world, PROJECT)
    path = f"{EX_ANTE}/{result['id']}"
    for person in (world.officer, world.reviewer, world.filler(), evaluator(world)):
        await expect_404(person, "GET", path)
        assert (await person.get(EX_ANTE)).json()["items"] == []
    await expect_404(world.reviewer, "POST", f"{path}/confirmations", {})
    assert await read(other_world, result) == result | {"allowed_actions": []}


async def test_a_unit_reads_its_own_conclusions_once_they_are_confirmed(world: World) -> None:
    recorded = await recorded_ex_ante(world, PROJECT)
    path = f"{EX_ANTE}/{recorded['id']}"
    await expect_404(world.filler(), "GET", path)
    confirmed = created(await confirm_ex_ante(world.reviewer, recorded))
    assert (await world.filler().get(path)).json() == confirmed
    assert (await world.approver().get(EX_ANTE)).json()["items"] == [confirmed]
    await expect_404(world.filler("219002"), "GET", path)
    assert (await world.filler("219002").get(EX_ANTE)).json()["items"] == []


async def test_an_agency_reads_what_it_was_engaged_for(world: World) -> None:
    contract = await engagement(world, uscc=AGENCY, scope="ex_ante", fiscal_year=2024)
    result = await recorded_ex_ante(world, PROJECT, engagement_id=contract["id"])
    assert (result["engagement_id"], result["agency_name"]) == (
        contract["id"],
        contract["agency_name"],
    )
    await recorded_ex_ante(world, "64010424T000000000002")
    listed = (await evaluator(world, AGENCY).get(EX_ANTE)).json()["items"]
    assert [each["id"] for each in listed] == [result["id"]]
    await expect_404(evaluator(world, RIVAL), "GET", f"{EX_ANTE}/{result['id']}")
    assert (await evaluator(world, RIVAL).get(EX_ANTE)).json()["items"] == []


async def test_a_conclusion_names_every_dimension_and_the_rule_it_follows(world: World) -> None:
    result = await recorded_ex_ante(world, PROJECT)
    assert [(d["dimension_label"], d["score"]) for d in result["dimensions"]] == [
        ("立项必要性", "88.50"),
        ("投入经济性", "88.50"),
        ("绩效目标合理性", "88.50"),
        ("实施方案可行性", "88.50"),
        ("筹资合规性", "88.50"),
    ]
    assert (result["rule"], result["conclusion_label"]) == ("ex-ante@2018-09-01", "予以支持")
    assert (result["status_label"], result["revision"], result["confirmed_by"]) == (
        "待确认",
        1,
        None,
    )
    assert await published(world) == []


def without(order: dict[str, Any], code: str) -> list[dict[str, Any]]:
    """The order's dimensions but one."""
    return [each for each in order["dimensions"] if each["dimension"] != code]


_ORDER = ex_ante_order(PROJECT)
_REST = without(_ORDER, "economy")


@pytest.mark.parametrize(
    ("dimensions", "errors"),
    [
        (_REST, [("dimension_missing", "/dimensions")]),
        ([], [("dimension_missing", "/dimensions")]),
        (
            [*_ORDER["dimensions"], {"dimension": "beauty", "opinion": "美观"}],
            [("dimension_unknown", "/dimensions/5/dimension")],
        ),
        (
            [*_ORDER["dimensions"], _ORDER["dimensions"][0]],
            [("dimension_twice", "/dimensions/5/dimension")],
        ),
    ],
    ids=["one is missing", "all are missing", "an unknown one", "one stands there twice"],
)
async def test_each_dimension_has_exactly_one_opinion(
    world: World, dimensions: list[dict[str, Any]], errors: list[tuple[str, str]]
) -> None:
    answer = await world.officer.post(EX_ANTE, ex_ante_order(PROJECT, dimensions=dimensions))
    assert refusal(answer) == (422, "invalid_payload", errors)
    assert answer.json()["rule"]["rule_id"] == "ex-ante@2018-09-01"


async def test_a_score_is_left_out_where_the_place_does_not_score(world: World) -> None:
    unscored = [each | {"score": None} for each in _ORDER["dimensions"]]
    result = await recorded_ex_ante(world, PROJECT, dimensions=unscored)
    assert {each["score"] for each in result["dimensions"]} == {None}


async def test_the_unit_has_to_be_registered(world: World) -> None:
    answer = await world.officer.post(EX_ANTE, ex_ante_order(PROJECT, unit_code="219009"))
    assert refusal(answer) == (409, "subject_not_eligible", [("unknown_unit", "/unit_code")])


async def test_there_was_no_ex_ante_evaluation_before_the_opinion(world: World) -> None:
    order = ex_ante_order(PROJECT, concluded_on="2018-08-31")
    assert refusal(await world.officer.post(EX_ANTE, order)) == (409, "rule_not_in_force", [])


@pytest.mark.parametrize("terms", [{"scope": "evaluation"}, {"fiscal_year": 2023}], ids=str)
async def test_the_contract_has_to_be_for_this_work_and_year(
    world: World, terms: dict[str, Any]
) -> None:
    await recorded_ex_ante(world, PROJECT)
    fitting: dict[str, Any] = {"scope": "ex_ante", "fiscal_year": 2024}
    contract = await engagement(world, **(fitting | terms))
    order = ex_ante_order(PROJECT, engagement_id=contract["id"])
    assert refusal(await world.officer.post(EX_ANTE, order)) == (409, "engagement_unsuited", [])


async def test_who_recorded_cannot_confirm(world: World) -> None:
    result = await recorded_ex_ante(world, PROJECT)
    same = world.person(Role.FINANCE_REVIEWER, name="finance_officer-bureau")
    assert refusal(await confirm_ex_ante(same, result)) == (409, "four_eyes", [])
    assert await published(world) == []


async def test_a_confirmed_conclusion_is_published_once(world: World) -> None:
    result = await recorded_ex_ante(world, PROJECT)
    confirmed = created(await confirm_ex_ante(world.reviewer, result))
    assert (confirmed["status"], confirmed["confirmed_by"]) == (
        "confirmed",
        "finance_reviewer-bureau",
    )
    again = await confirm_ex_ante(world.reviewer, confirmed)
    assert refusal(again) == (409, "ex_ante_state_forbids", [])
    assert await published(world) == [
        {
            "project_code": PROJECT,
            "unit_code": "219001",
            "fiscal_year": 2024,
            "conclusion": "support",
            "concluded_on": "2023-09-30",
            "report_no": result["report_no"],
            "version": 1,
        }
    ]


async def test_a_correction_takes_the_place_of_the_former_conclusion_when_it_is_confirmed(
    world: World,
) -> None:
    first = await confirmed_ex_ante(world, PROJECT)
    second = await recorded_ex_ante(world, PROJECT, conclusion="not_support")
    assert (second["revision"], (await read(world, first))["status"]) == (2, "confirmed")
    created(await confirm_ex_ante(world.reviewer, second))
    former = await read(world, first)
    assert (former["status"], former["conclusion"]) == ("superseded", "support")
    assert former["dimensions"] == first["dimensions"]
    assert [(fact["version"], fact["conclusion"]) for fact in await published(world)] == [
        (1, "support"),
        (2, "not_support"),
    ]


async def test_a_second_record_replaces_one_that_still_waits(world: World) -> None:
    first = await recorded_ex_ante(world, PROJECT)
    second = await recorded_ex_ante(world, PROJECT, conclusion="partial_support")
    stale = await confirm_ex_ante(world.reviewer, first)
    assert refusal(stale) == (412, "precondition_failed", [])
    refused = await confirm_ex_ante(world.reviewer, await read(world, first))
    assert refusal(refused) == (409, "ex_ante_state_forbids", [])
    created(await confirm_ex_ante(world.reviewer, second))
    other_year = await recorded_ex_ante(world, PROJECT, fiscal_year=2025)
    assert other_year["revision"] == 1
    assert (await read(world, second))["status"] == "confirmed"


async def test_of_two_who_confirm_at_once_one_wins(world: World) -> None:
    result = await recorded_ex_ante(world, PROJECT)
    people = [world.person(Role.FINANCE_REVIEWER, name=name) for name in ("审核甲", "审核乙")]
    answers = await asyncio.gather(*(confirm_ex_ante(one, result) for one in people))
    assert sorted(answer.status_code for answer in answers) == [201, 412]
    assert len(await published(world)) == 1


async def test_of_two_who_record_at_once_none_leaves_two_waiting(world: World) -> None:
    await recorded_ex_ante(world, "64010424T000000000009")
    answers = await asyncio.gather(
        *(world.officer.post(EX_ANTE, ex_ante_order(PROJECT)) for _ in range(4))
    )
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len(await ids(world, project_code=PROJECT, status="recorded")) == 1


async def test_lists_are_narrowed_by_project_unit_year_state_and_conclusion(world: World) -> None:
    one = await confirmed_ex_ante(world, PROJECT)
    two = await recorded_ex_ante(
        world, "64010424T000000000002", unit_code="219002", conclusion="not_support"
    )
    three = await recorded_ex_ante(world, PROJECT, fiscal_year=2025)
    assert await ids(world) == [one["id"], two["id"], three["id"]]
    assert await ids(world, project_code=PROJECT) == [one["id"], three["id"]]
    assert await ids(world, unit_code="219002") == [two["id"]]
    assert await ids(world, fiscal_year=2025) == [three["id"]]
    assert await ids(world, status="confirmed") == [one["id"]]
    assert await ids(world, conclusion="not_support") == [two["id"]]
    page = (await world.officer.get(EX_ANTE, limit=2)).json()
    rest = (await world.officer.get(EX_ANTE, limit=2, cursor=page["next_cursor"])).json()
    assert [each["id"] for each in rest["items"]] == [three["id"]]
    assert rest["next_cursor"] is None


async def test_who_has_read_a_result_is_told_that_nothing_changed(world: World) -> None:
    result = await recorded_ex_ante(world, PROJECT)
    path = f"{EX_ANTE}/{result['id']}"
    unchanged = await world.officer.send("GET", path, headers={"if-none-match": '"1"'})
    assert (unchanged.status_code, unchanged.headers["etag"]) == (304, '"1"')
    await confirm_ex_ante(world.reviewer, result)
    changed = await world.officer.send("GET", path, headers={"if-none-match": '"1"'})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')


async def test_a_record_waits_for_the_reviewer(world: World) -> None:
    result = await recorded_ex_ante(world, PROJECT)
    items = (await world.reviewer.get("/evaluation/work-items")).json()["items"]
    assert [(item["kind"], item["count"], item["action"]) for item in items] == [
        ("ex_ante_to_confirm", 1, "ex_ante.confirm")
    ]
    listed = await world.reviewer.get(items[0]["href"].removeprefix("/api/v1"))
    assert [each["id"] for each in listed.json()["items"]] == [result["id"]]
    created(await confirm_ex_ante(world.reviewer, result))
    assert (await world.reviewer.get("/evaluation/work-items")).json()["items"] == []
    assert (await evaluator(world).get("/evaluation/work-items")).json()["items"] == []
