"""复审: agencies, what they may be entrusted with, and their own scores of submitted forms."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from services.evaluation.domain.rechecks import review_total
from services.evaluation.domain.rules import load_rules
from tests.evaluation.builders import (
    AGENCY,
    FORMS,
    RIVAL,
    agency,
    engagement,
    engagement_order,
    evaluator,
    expect_404,
    form_of,
    open_form,
    recheck,
    rechecked_form,
    refusal,
    review,
    submitted_form,
)
from tests.world import World, created

AGENCIES = "/evaluation/agencies"
ENGAGEMENTS = "/evaluation/engagements"
_RULE_FILES = Path(__file__).parents[2] / "services" / "evaluation" / "rules"
_RULES = load_rules(_RULE_FILES, _RULE_FILES / "profiles")


@pytest.mark.parametrize(
    ("profile", "exec_score", "weights", "scores", "total"),
    [
        ("mof-2020-10", "10", "50 30 10", "47.5 27 10", "94.50"),
        ("hubei-20-80", "20", "60 40", "60 40", "100.00"),
        ("hubei-20-80", "20", "60 40", "33.33 33.34", "73.34"),
        ("hubei-20-80", "20", "50 30", "40 30", "90.00"),
        ("yinchuan-2021", None, "10 25 30 35", "10 25 28.5 30", "93.50"),
    ],
)
def test_review_scores_add_up_as_the_forms_own_do(
    profile: str, exec_score: str | None, weights: str, scores: str, total: str
) -> None:
    rule = _RULES.profile(profile, date(2021, 12, 31))
    found = review_total(
        None if exec_score is None else Decimal(exec_score),
        [Decimal(each) for each in weights.split()],
        [Decimal(each) for each in scores.split()],
        rule,
    )
    assert str(found) == total


async def test_another_regions_agency_and_contract_do_not_exist(
    world: World, other_world: World
) -> None:
    contract = await engagement(other_world)
    for person in (world.officer, world.reviewer, evaluator(world)):
        await expect_404(person, "GET", f"{AGENCIES}/{contract['agency_id']}")
        await expect_404(person, "GET", f"{ENGAGEMENTS}/{contract['id']}")
    order = engagement_order(contract["agency_id"])
    await expect_404(world.officer, "POST", ENGAGEMENTS, order)


async def test_an_agency_sees_itself_and_its_own_contracts(world: World) -> None:
    mine, theirs = await engagement(world), await engagement(world, uscc=RIVAL)
    await expect_404(evaluator(world), "GET", f"{AGENCIES}/{theirs['agency_id']}")
    await expect_404(evaluator(world), "GET", f"{ENGAGEMENTS}/{theirs['id']}")
    listed = (await evaluator(world).get(ENGAGEMENTS)).json()["items"]
    assert [each["id"] for each in listed] == [mine["id"]]
    agencies = (await evaluator(world).get(AGENCIES)).json()["items"]
    assert [each["uscc"] for each in agencies] == [AGENCY]
    assert len((await world.officer.get(ENGAGEMENTS, fiscal_year=2023)).json()["items"]) == 2


@pytest.mark.parametrize(
    "code",
    ["91640104DEM0000113", "91640104DEM000011", "9164010 4DEM000011", "I1640104DEM0000112", ""],
)
async def test_an_agency_with_a_wrong_credit_code_is_not_registered(
    world: World, code: str
) -> None:
    answer = await world.officer.post(AGENCIES, {"name": "某事务所（示例）", "uscc": code})
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/uscc"]
    assert (await world.officer.get(AGENCIES)).json()["items"] == []


async def test_a_credit_code_is_registered_once_however_it_is_written(
    world: World, other_world: World
) -> None:
    await agency(world)
    again = {"name": "同一家（示例）", "uscc": f" {AGENCY.lower()} ", "synthetic": True}
    answer = await world.officer.post(AGENCIES, again)
    assert refusal(answer) == (409, "agency_exists", [])
    assert created(await other_world.officer.post(AGENCIES, again))["uscc"] == AGENCY


@pytest.mark.parametrize(
    ("scope", "label"),
    [("goal_setting", "绩效目标设定"), ("monitoring", "绩效运行监控"), ("self_eval", "单位自评")],
)
async def test_work_that_is_the_units_own_is_not_entrusted(
    world: World, scope: str, label: str
) -> None:
    order = engagement_order((await agency(world))["id"], scope=scope)
    answer = await world.officer.post(ENGAGEMENTS, order)
    assert refusal(answer) == (409, "engagement_scope_forbidden", [])
    assert answer.json()["rule"] == {"rule_id": "entrustment@2021-01-28", "article": None}
    assert label in answer.json()["detail"]
    assert "尚未与官方文本核对" in answer.json()["detail"]
    assert (await world.officer.get(ENGAGEMENTS)).json()["items"] == []


async def test_a_contract_begins_before_it_ends_and_has_a_number_of_its_own(world: World) -> None:
    contract = await engagement(world)
    order = engagement_order(contract["agency_id"], starts_on="2024-12-31", ends_on="2024-12-30")
    answer = await world.officer.post(ENGAGEMENTS, order)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_payload")
    assert "开始日期应不晚于结束日期" in answer.json()["errors"][0]["detail"]
    one_day = engagement_order(contract["agency_id"], ends_on="2024-01-01")
    created(await world.officer.post(ENGAGEMENTS, one_day))
    same_number = engagement_order(contract["agency_id"], contract_no=contract["contract_no"])
    answer = await world.officer.post(ENGAGEMENTS, same_number)
    assert refusal(answer) == (409, "contract_no_taken", [])
    before = engagement_order(contract["agency_id"], starts_on="2021-01-27")
    answer = await world.officer.post(ENGAGEMENTS, before)
    assert refusal(answer) == (409, "rule_not_in_force", [])


async def test_only_the_contracts_own_agency_reviews(world: World) -> None:
    form = await submitted_form(world)
    contract = await engagement(world)
    rival, path = evaluator(world, RIVAL), f"{FORMS}/{form['id']}"
    await expect_404(rival, "GET", path)
    headers = {"if-match": f'"{form["version"]}"'}
    answer = await rival.send(
        "POST",
        f"{path}/rechecks",
        json=review(contract["id"]),
        headers={**headers, "idempotency-key": uuid4().hex},
    )
    assert answer.status_code == 404
    assert (await rival.get(FORMS)).json()["items"] == []
    assert [f["id"] for f in (await evaluator(world).get(FORMS)).json()["items"]] == [form["id"]]


@pytest.mark.parametrize("contract", [{"fiscal_year": 2022}, {"scope": "evaluation"}])
async def test_a_form_the_agency_is_not_engaged_for_does_not_exist(
    world: World, contract: dict[str, Any]
) -> None:
    form = await submitted_form(world)
    engaged = await engagement(world, uscc=RIVAL, **contract)
    rival, path = evaluator(world, RIVAL), f"{FORMS}/{form['id']}"
    await expect_404(rival, "GET", path)
    await expect_404(rival, "POST", f"{path}/rechecks", review(engaged["id"]))


async def test_a_review_cites_the_contract_for_this_work(world: World) -> None:
    form = await submitted_form(world)
    await engagement(world)
    other_work = await engagement(world, scope="evaluation")
    answer = await recheck(world, form, review(other_work["id"]))
    assert refusal(answer) == (409, "engagement_unsuited", [])


async def test_a_form_still_with_its_unit_is_not_reviewed(world: World) -> None:
    form = await open_form(world)
    contract = await engagement(world)
    answer = await recheck(world, form, review(contract["id"]))
    assert refusal(answer) == (409, "self_evaluation_state_forbids", [])


@pytest.mark.parametrize(
    ("row", "error"),
    [
        (
            {"position": 3, "review_score": "10.01", "note": "表现突出"},
            ("score_out_of_range", "/rows/2/review_score"),
        ),
        ({"position": 1, "review_score": "47.49"}, ("note_missing", "/rows/0/note")),
        ({"position": 1, "review_score": "45", "note": None}, ("note_missing", "/rows/0/note")),
        ({"position": 2, "review_score": "30.00"}, ("note_missing", "/rows/1/note")),
    ],
)
async def test_a_score_off_the_rule_needs_a_note_and_stays_within_the_weight(
    world: World, row: dict[str, Any], error: tuple[str, str]
) -> None:
    form = await submitted_form(world)
    contract = await engagement(world)
    answer = await recheck(world, form, review(contract["id"], row))
    assert refusal(answer) == (422, "invalid_payload", [error])
    again = await form_of(world, form["project_code"])
    assert (again["status"], again["recheck"]) == ("submitted", None)


async def test_every_row_of_the_form_and_no_other_gets_a_score_once(world: World) -> None:
    form = await submitted_form(world)
    body = review((await engagement(world))["id"])
    short = body | {"rows": body["rows"][:2]}
    assert refusal(await recheck(world, form, short)) == (
        422,
        "invalid_payload",
        [("row_missing", "/rows")],
    )
    strange = body | {"rows": [*body["rows"], {"position": 4, "review_score": "1", "note": None}]}
    assert refusal(await recheck(world, form, strange))[2] == [("row_unknown", "/rows/3/position")]
    twice = body | {"rows": [*body["rows"], body["rows"][0]]}
    answer = await recheck(world, form, twice)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/rows")
    assert (await form_of(world, form["project_code"]))["status"] == "submitted"


async def test_the_review_total_adds_the_reviewed_rows_to_the_execution_score(
    world: World,
) -> None:
    form = await submitted_form(world)
    contract = await engagement(world)
    fewer = {"position": 1, "review_score": "45.00", "note": "实地清点一百零八盏"}
    done = created(await recheck(world, form, review(contract["id"], fewer)))
    assert (done["status"], done["version"]) == ("rechecked", form["version"] + 1)
    assert done["review_total"] == done["recheck"]["review_total"] == "82.00"
    assert [row["review_score"] for row in done["rows"]] == ["45.00", "27.00", "10.00"]
    assert done["rows"][0]["review_note"] == "实地清点一百零八盏"
    assert done["recheck"]["rechecked_by"] == f"agency_evaluator-{AGENCY}"
    for unchanged in ("total", "grade", "exec_score", "executed", "submitted_at"):
        assert done[unchanged] == form[unchanged]
    assert [row["score"] for row in done["rows"]] == [row["score"] for row in form["rows"]]


async def test_a_form_is_reviewed_once_from_the_version_read(world: World) -> None:
    form = await rechecked_form(world)
    body = review(form["recheck"]["engagement_id"])
    stale = await recheck(world, form | {"version": form["version"] - 1}, body)
    assert (stale.status_code, stale.headers["etag"]) == (412, f'"{form["version"]}"')
    assert refusal(await recheck(world, form, body)) == (409, "self_evaluation_state_forbids", [])
