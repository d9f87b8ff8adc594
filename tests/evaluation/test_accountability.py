"""问责移送: a record that rests on something settled of the unit, with what came of it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from services.evaluation.domain.accountability import accountability_rule
from services.evaluation.domain.rules import load_rules
from shared.auth import Role
from shared.rulebook import NoRuleInForce, UnsoundRule
from tests.conftest import eventually
from tests.evaluation.builders import (
    UNIT,
    YEAR,
    approved_project,
    evaluator,
    expect_404,
    finalized,
    group,
    letter_order,
    open_form,
    planned,
    rechecked_form,
    refusal,
    sheet,
    submitted_form,
)
from tests.world import Person, World, created

CASES = "/evaluation/accountability-cases"
_RULES = load_rules(Path(__file__).parents[2] / "services" / "evaluation" / "rules")


def case_order(basis_id: str, **changes: Any) -> dict[str, Any]:
    """A case handed over on 2024-07-01, resting on a self-evaluation."""
    return {
        "unit_code": UNIT,
        "basis_kind": "self_evaluation",
        "basis_id": basis_id,
        "facts": "六盏路灯已付款而未安装（示例）",
        "article": "财预〔2020〕10号 第二十八条",
        "handed_to": "区审计局（示例）",
        "handed_on": "2024-07-01",
    } | changes


def outcome(**changes: Any) -> dict[str, Any]:
    """What the organ answered on 2024-09-01."""
    return {"outcome": "约谈主要负责人（示例）", "decided_on": "2024-09-01"} | changes


async def case_ids(person: Person, **filters: Any) -> list[str]:
    """The cases somebody sees."""
    answer = await person.get(CASES, **filters)
    assert answer.status_code == 200, answer.text
    return [case["id"] for case in answer.json()["items"]]


async def waiting(person: Person) -> list[tuple[str, int, str]]:
    """The work items about cases without an outcome."""
    items = (await person.get("/evaluation/work-items")).json()["items"]
    mine = [item for item in items if item["kind"] == "accountability_outcome_to_note"]
    return [(item["href"], item["count"], item["due_on"]) for item in mine]


async def test_a_case_is_a_record_with_every_outcome_and_no_consequence(world: World) -> None:
    form = await submitted_form(world)
    case = created(await world.officer.post(CASES, case_order(form["id"])))
    assert (case["fiscal_year"], case["basis_title"], case["basis_kind_label"]) == (
        YEAR,
        f"自评 {form['project_name']}",
        "绩效自评",
    )
    assert (case["status_label"], case["outcomes"]) == ("已移送，待结果", [])
    assert case["allowed_actions"] == ["accountability.note_outcome"]
    href = f"/api/v1{CASES}?fiscal_year={YEAR}&status=handed"
    assert await waiting(world.officer) == [(href, 1, "2024-09-29")]
    assert await waiting(world.reviewer) == []
    path = f"{CASES}/{case['id']}/outcomes"
    first = created(await world.officer.post(path, outcome(), version=case["version"]))
    stale = await world.officer.post(path, outcome(), version=case["version"])
    assert stale.status_code == 412
    later = outcome(outcome="复核后改为通报（示例）", document_no="示例〔2024〕9号")
    both = created(await world.officer.post(path, later, version=first["version"]))
    assert [(one["number"], one["outcome"], one["document_no"]) for one in both["outcomes"]] == [
        (1, "约谈主要负责人（示例）", None),
        (2, "复核后改为通报（示例）", "示例〔2024〕9号"),
    ]
    assert (both["status_label"], await waiting(world.officer)) == ("已有结果", [])
    after = (await world.officer.get(f"/evaluation/self-evaluations/{form['id']}")).json()
    assert (after["version"], after["status"]) == (form["version"], form["status"])


async def test_the_unit_and_the_auditor_read_a_case_that_nobody_else_sees(
    world: World, other_world: World
) -> None:
    form = await submitted_form(world)
    case = created(await world.officer.post(CASES, case_order(form["id"])))
    path = f"{CASES}/{case['id']}"
    for person in (world.person(Role.AUDITOR), world.reviewer, world.filler(), world.approver()):
        assert (await person.get(path)).json() == case | {"allowed_actions": []}
        assert await case_ids(person) == [case["id"]]
        assert (await person.post(CASES, case_order(form["id"]))).status_code == 403
    for person in (world.filler("219002"), other_world.officer):
        await expect_404(person, "GET", path)
        assert await case_ids(person) == []
    await expect_404(other_world.officer, "POST", f"{path}/outcomes", outcome())
    for person in (evaluator(world), world.integration):
        assert (await person.get(path)).status_code == 403


async def test_a_case_rests_on_something_settled_of_the_same_unit(world: World) -> None:
    still_open = await open_form(world)
    theirs = await submitted_form(world, unit="219002")
    evaluation = await planned(world, group(1, (await approved_project(world), UNIT)))
    orders = [
        case_order(still_open["id"]),
        case_order(theirs["id"]),
        case_order(evaluation["id"], basis_kind="evaluation"),
        case_order(theirs["id"], basis_kind="rectification", unit_code="219002"),
    ]
    for order in orders:
        answer = await world.officer.post(CASES, order)
        assert refusal(answer) == (
            409,
            "case_without_basis",
            [("case_without_basis", "/basis_id")],
        )
    evaluation = await finalized(world, evaluation, sheet())
    case = created(await world.officer.post(CASES, orders[2]))
    assert case["basis_title"] == evaluation["title"]
    stranger = orders[2] | {"unit_code": "219002"}
    assert refusal(await world.officer.post(CASES, stranger))[1] == "case_without_basis"


async def test_a_case_may_rest_on_a_rectification(world: World) -> None:
    form = await rechecked_form(world)
    letter = letter_order(form)
    asked = created(await world.officer.post("/evaluation/rectification-requests", letter))
    path = f"/evaluation/rectification-requests/{asked['id']}"

    async def opened() -> bool:
        return bool((await world.officer.get(path)).json()["rectification_id"])

    await eventually(opened)
    basis_id = (await world.officer.get(path)).json()["rectification_id"]
    order = case_order(basis_id, basis_kind="rectification")
    case = created(await world.officer.post(CASES, order))
    assert case["basis_title"] == f"整改 {letter['letter_no']}"
    assert await case_ids(world.officer, fiscal_year=YEAR, status="handed") == [case["id"]]
    assert await case_ids(world.officer, status="answered") == []
    assert await case_ids(world.officer, unit_code="219002") == []
    assert await case_ids(world.officer, fiscal_year=YEAR + 1) == []


async def test_days_that_cannot_be_are_refused(world: World) -> None:
    form = await submitted_form(world)
    answer = await world.officer.post(CASES, case_order(form["id"], handed_on="2999-01-01"))
    assert refusal(answer) == (422, "invalid_payload", [("day_in_the_future", "/handed_on")])
    early = await world.officer.post(CASES, case_order(form["id"], handed_on="2019-12-31"))
    assert refusal(early)[:2] == (409, "rule_not_in_force")
    case = created(await world.officer.post(CASES, case_order(form["id"])))
    path = f"{CASES}/{case['id']}/outcomes"
    for day, code in (
        ("2024-06-30", "day_before_handing_over"),
        ("2999-01-01", "day_in_the_future"),
    ):
        answer = await world.officer.post(path, outcome(decided_on=day), version=1)
        assert refusal(answer) == (422, "invalid_payload", [(code, "/decided_on")])


def test_the_days_until_the_outcome_is_asked_after_are_a_dated_unverified_default() -> None:
    rule = _RULES.accountability(date(2024, 7, 1))
    assert rule.outcome_due_on(date(2024, 7, 1)) == date(2024, 9, 29)
    assert not rule.citation.source.verified
    with pytest.raises(NoRuleInForce):
        _RULES.accountability(date(2020, 2, 24))


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "accountability"},
        {"kind": "accountability", "outcome_days": 0},
        {"kind": "accountability", "outcome_days": "90"},
        {"kind": "accountability", "outcome_days": Decimal("1.5")},
        {"kind": "accountability", "outcome_days": 90, "fine": 1},
    ],
    ids=["none", "no day", "a text", "half a day", "unknown key"],
)
def test_an_unsound_period_is_refused_with_its_place(values: dict[str, Any]) -> None:
    [version] = _RULES.by_id["accountability"].versions
    with pytest.raises(UnsoundRule, match="accountability@2020-02-25"):
        accountability_rule(replace(version, values=values))
