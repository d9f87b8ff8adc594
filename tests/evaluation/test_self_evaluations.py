"""单位自评: opened for each approved goal, filled in by the unit, scored and frozen by submission."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from shared.auth import Role
from tests.conftest import eventually
from tests.evaluation.builders import (
    FORMS,
    UNIT,
    YEAR,
    approved_project,
    batch_order,
    evaluator,
    expect_404,
    filled_form,
    filled_in,
    form_of,
    ids_by_project,
    open_form,
    opened_forms,
    pay,
    refusal,
    review,
    submit,
    submitted_form,
)
from tests.world import World, created

BATCHES = "/evaluation/self-evaluation-batches"


async def test_another_regions_form_does_not_exist(world: World, other_world: World) -> None:
    form = await open_form(other_world)
    path = f"{FORMS}/{form['id']}"
    for person in (world.filler(), world.officer, world.reviewer, evaluator(world)):
        await expect_404(person, "GET", path)
    await expect_404(world.filler(), "PATCH", path, filled_in())
    await expect_404(world.approver(), "POST", f"{path}/submissions", {})
    body = review("00000000-0000-7000-8000-000000000000")
    await expect_404(evaluator(world), "POST", f"{path}/rechecks", body)
    assert (await other_world.officer.get(path)).json() == form
    listed = await world.officer.get(FORMS)
    assert listed.json()["items"] == []


async def test_another_units_form_does_not_exist(world: World) -> None:
    form = await open_form(world, unit="219001")
    path = f"{FORMS}/{form['id']}"
    await expect_404(world.filler("219002"), "GET", path)
    await expect_404(world.filler("219002"), "PATCH", path, filled_in())
    await expect_404(world.approver("219002"), "POST", f"{path}/submissions", {})
    assert (await world.filler("219002").get(FORMS)).json()["items"] == []
    mine = (await world.filler("219001").get(FORMS, unit_code="219001")).json()["items"]
    assert [each["id"] for each in mine] == [form["id"]]
    results = f"/evaluation/projects/{form['project_code']}/results"
    foreign = (await world.filler("219002").get(results, fiscal_year=YEAR)).json()
    assert foreign["self_evaluation"] is None


async def test_a_batch_is_the_bureaus_of_its_own_region(world: World, other_world: World) -> None:
    await approved_project(world)
    batches: list[str] = []

    async def opened() -> bool:
        answer = await world.officer.post(BATCHES, batch_order())
        batches.extend([answer.json()["id"]] if answer.status_code == 201 else [])
        return bool(batches)

    await eventually(opened)
    path = f"{BATCHES}/{batches[0]}"
    assert (await world.officer.get(path)).json()["created"] == 1
    await expect_404(other_world.officer, "GET", path)


async def test_each_approved_goal_gets_one_form_and_a_second_batch_finds_nothing(
    world: World,
) -> None:
    projects = [await approved_project(world), await approved_project(world, unit="219002")]
    await world.goal()
    await opened_forms(world, *projects)
    assert set(await ids_by_project(world)) == set(projects)
    again = await world.officer.post(BATCHES, batch_order())
    assert refusal(again) == (409, "nothing_to_self_evaluate", [])
    assert set(await ids_by_project(world)) == set(projects)


async def test_no_form_is_opened_for_a_year_before_the_scoring_rules(world: World) -> None:
    answer = await world.officer.post(BATCHES, {"fiscal_year": 2019, "due_on": "2020-03-31"})
    assert refusal(answer) == (409, "rule_not_in_force", [])


async def test_a_form_starts_from_goal_and_execution_and_its_money_lives_until_submission(
    world: World,
) -> None:
    funds = [
        {"fund_level": "county", "amount": "1000000.00"},
        {"fund_level": "central", "amount": "500000.00"},
    ]
    form = await open_form(world, funds=funds)
    goal = (await world.officer.get(f"/goals/goals/{form['goal_id']}")).json()
    assert form["annual_goal"] == goal["annual_goal"]
    for row, indicator in zip(form["rows"], goal["indicators"], strict=True):
        taken = {key: row[key] for key in ("name", "operator", "target_text", "weight")}
        assert taken == {key: indicator[key] for key in taken}
        assert (row["actual_value"], row["rule_score"], row["score"]) == (None, None, None)
    assert (form["budget_full_year"], form["executed"]) == ("1500000.00", "0.00")
    assert (form["amount"], form["total"], form["grade"]) == ("1000000.00", None, None)

    await pay(world, form["project_code"], "333333.33")
    await pay(world, form["project_code"], "500000.00", fund_level="central")
    path = f"{FORMS}/{form['id']}"

    async def paid() -> bool:
        answer = await world.filler().send("GET", path, headers={"if-none-match": '"1"'})
        return bool(answer.json()["executed"] == "833333.33")

    await eventually(paid)
    moved = await form_of(world, form["project_code"])
    assert (moved["exec_rate"], moved["version"]) == ("55.56", form["version"])
    assert {f["fund_level"]: f["executed"] for f in moved["funds"]} == {
        "central": "500000.00",
        "county": "333333.33",
    }


async def test_money_is_frozen_by_submission(world: World) -> None:
    projects = [await approved_project(world), await approved_project(world)]
    frozen, still_open = await opened_forms(world, *projects)
    sent = created(await submit(world, await filled_form(world, frozen)))
    assert (sent["executed"], sent["exec_score"]) == ("0.00", "0.00")
    await pay(world, frozen["project_code"], "900000.00")
    await pay(world, still_open["project_code"], "900000.00")

    async def learnt() -> bool:
        form = await form_of(world, still_open["project_code"])
        return bool(form["executed"] == "900000.00")

    await eventually(learnt)
    assert await form_of(world, frozen["project_code"]) == sent | {
        "allowed_actions": ["self_evaluation.recheck", "self_evaluation.return"]
    }


async def test_the_fact_of_a_submission_tells_what_was_achieved_row_by_row(world: World) -> None:
    form = await submitted_form(world)
    events = await world.events("evaluation")
    kind = "cn.wenxiao.self_evaluation.submitted.v1"
    [fact] = [event["data"] for event in events if event["type"] == kind]
    assert (fact["self_evaluation_id"], fact["total"]) == (form["id"], "84.50")
    cells = ("name", "level1", "level2", "operator", "target_value", "actual_value",
             "unit_of_measure")  # fmt: skip
    assert fact["rows"] == [{cell: row[cell] for cell in cells} for row in form["rows"]]
    assert [row["actual_value"] for row in fact["rows"]] == ["114", None, "90"]


async def test_who_filled_the_form_in_cannot_submit_it(world: World) -> None:
    form = await filled_form(world, await open_form(world))
    same = world.person(Role.UNIT_APPROVER, unit=UNIT, name=f"unit_filler-{UNIT}")
    path = f"{FORMS}/{form['id']}"
    answer = await same.post(f"{path}/submissions", {}, version=form["version"])
    assert refusal(answer) == (409, "four_eyes", [])
    assert (await world.officer.get(path)).json()["status"] == "open"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"goal_actual": None}, ("cell_missing", "/goal_actual")),
        ({"exec_reason": None}, ("low_exec_reason_missing", "/exec_reason")),
        ({"position": 1, "actual_value": None}, ("cell_missing", "/rows/0/actual_value")),
        ({"position": 1, "reason": None}, ("deviation_reason_missing", "/rows/0/reason")),
        (
            {"position": 1, "actual_value": "156.01", "reason": None},
            ("overachievement_reason_missing", "/rows/0/reason"),
        ),
        ({"position": 2, "band": None}, ("cell_missing", "/rows/1/band")),
        ({"position": 2, "self_score": "23.99"}, ("score_out_of_range", "/rows/1/self_score")),
        ({"position": 2, "reason": None}, ("deviation_reason_missing", "/rows/1/reason")),
        ({"position": 3, "self_score": "9.00"}, ("score_off_rule", "/rows/2/self_score")),
        (
            {"position": 3, "self_score": "10.01", "reason": "群众反映好"},
            ("score_out_of_range", "/rows/2/self_score"),
        ),
    ],
)
async def test_a_form_that_lacks_something_is_not_submitted(
    world: World, changes: dict[str, Any], error: tuple[str, str]
) -> None:
    rows, fields = ([changes], {}) if "position" in changes else ([], changes)
    form = await filled_form(world, await open_form(world), *rows, **fields)
    answer = await submit(world, form)
    assert refusal(answer) == (409, "self_evaluation_not_submittable", [error])
    assert answer.json()["rule"]["rule_id"] == "mof-2020-10@2020-02-25"
    assert all(each["mend"] for each in answer.json()["errors"])
    again = await form_of(world, form["project_code"])
    assert (again["status"], again["total"], again["version"]) == ("open", None, form["version"])


async def test_everything_an_empty_form_lacks_is_said_at_once(world: World) -> None:
    answer = await submit(world, await open_form(world))
    missing = {pointer for _, pointer in refusal(answer)[2]}
    assert missing == {
        "/goal_actual",
        "/exec_reason",
        "/rows/0/actual_value",
        "/rows/1/band",
        "/rows/1/self_score",
        "/rows/2/actual_value",
    }


async def test_scores_and_their_receipts_can_be_recomputed_by_hand(world: World) -> None:
    form = await open_form(world)
    await pay(world, form["project_code"], "333333.33")

    async def paid() -> bool:
        return bool((await form_of(world, form["project_code"]))["executed"] == "333333.33")

    await eventually(paid)
    row = {"position": 1, "actual_value": "100.1"}
    sent = created(await submit(world, await filled_form(world, form, row)))
    execution = cents(Decimal(10) * Decimal("333333.33") / Decimal(1000000))
    quantity = cents(Decimal(50) * Decimal("100.1") / Decimal(120))
    assert (execution, quantity) == (Decimal("3.33"), Decimal("41.71"))
    total = execution + quantity + Decimal(27) + Decimal(10)
    assert sent["exec_score"] == str(execution)
    assert [row["score"] for row in sent["rows"]] == [str(quantity), "27.00", "10.00"]
    assert (sent["total"], sent["grade"], sent["grade_label"]) == (str(total), "good", "良")
    assert sent["total_arithmetic"] == f"3.33 + 41.71 + 27.00 + 10.00 = {total}"
    receipt = sent["rows"][0]["receipt"]
    assert receipt["arithmetic"] == "50 × 100.1 ÷ 120 ≈ 41.71"
    assert receipt["points_lost"] == "8.29"
    assert (receipt["inputs"]["target_value"], receipt["inputs"]["actual_value"]) == (
        "120",
        "100.1",
    )
    assert sent["exec_receipt"]["arithmetic"] == "10 × 333333.33 ÷ 1000000 ≈ 3.33"
    assert sent["grade_receipt"]["arithmetic"] == f"80 ≤ {total} < 90"
    assert sent["submitted_by"] == f"unit_approver-{UNIT}"


def cents(points: Decimal) -> Decimal:
    """Rounded once, half up."""
    return points.quantize(Decimal("0.01"), ROUND_HALF_UP)


async def test_a_score_off_the_rule_counts_once_it_has_a_reason(world: World) -> None:
    claim = {"position": 3, "self_score": "8.00", "reason": "样本偏少，自行扣减"}
    form = await filled_form(world, await open_form(world), claim)
    sent = created(await submit(world, form))
    assert (sent["rows"][2]["rule_score"], sent["rows"][2]["score"]) == ("10.00", "8.00")
    assert "样本偏少" in sent["rows"][2]["receipt"]["why"]
    assert sent["total"] == "82.50"


async def test_a_project_without_a_budget_has_points_but_no_grade(world: World) -> None:
    form = await submitted_form(world, funds=[{"fund_level": "county", "amount": "0.00"}])
    assert (form["exec_rate"], form["exec_score"]) == (None, None)
    assert (form["total"], form["grade"], form["grade_label"]) == ("84.50", None, None)
    assert form["exec_receipt"]["arithmetic"] == "不适用"


async def test_a_change_must_name_the_version_it_read(world: World) -> None:
    form = await open_form(world)
    path = f"{FORMS}/{form['id']}"
    none = await world.filler().patch(path, filled_in(), version=None)
    assert (none.status_code, none.json()["code"]) == (428, "precondition_required")
    filled = await filled_form(world, form)
    stale = await world.filler().patch(path, filled_in(), version=form["version"])
    assert (stale.status_code, stale.headers["etag"]) == (412, f'"{filled["version"]}"')
    assert (await submit(world, form)).status_code == 412
    assert created(await submit(world, filled))["version"] == filled["version"] + 1


async def test_a_form_at_the_bureau_is_neither_changed_nor_sent_again(world: World) -> None:
    form = await submitted_form(world)
    assert form["allowed_actions"] == []
    changed = await world.filler().patch(
        f"{FORMS}/{form['id']}", filled_in(), version=form["version"]
    )
    assert refusal(changed) == (409, "self_evaluation_state_forbids", [])
    assert refusal(await submit(world, form)) == (409, "self_evaluation_state_forbids", [])


async def test_only_the_forms_own_rows_and_the_units_own_cells_are_filled_in(world: World) -> None:
    form = await open_form(world)
    path = f"{FORMS}/{form['id']}"
    strange = {"rows": [{"position": 4, "actual_value": "1"}]}
    answer = await world.filler().patch(path, strange, version=form["version"])
    assert refusal(answer) == (422, "invalid_payload", [("row_unknown", "/rows/0/position")])
    for field in ("status", "total", "grade", "executed", "unit_code", "region_code"):
        answer = await world.filler().patch(path, {field: "1"}, version=form["version"])
        assert answer.json()["errors"][0]["pointer"] == f"/{field}"
    for field in ("score", "weight", "target_value", "review_score"):
        rows = [{"position": 1, field: "1"}]
        answer = await world.filler().patch(path, {"rows": rows}, version=form["version"])
        assert answer.json()["errors"][0]["pointer"] == f"/rows/0/{field}"
    assert await form_of(world, form["project_code"]) == form
