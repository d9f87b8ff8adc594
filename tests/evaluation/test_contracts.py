"""合同内容: what a contract has to say, who entrusts, who is named and who keeps away."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from services.evaluation.domain.contracts import Contract, Instalment
from services.evaluation.domain.rules import load_rules
from tests.evaluation.builders import (
    RIVAL,
    agency,
    engagement_order,
    lead_evaluator,
)
from tests.world import World, created

ENGAGEMENTS = "/evaluation/engagements"
_RULES = load_rules(Path(__file__).parents[2] / "services" / "evaluation" / "rules")
RULE = _RULES.entrustment(date(2024, 3, 1)).contract
SOUND = Contract(
    entrusted_by=None,
    covered_units=["219001"],
    declared=["no_subcontracting", "confidentiality"],
    fee_basis="by_date",
    amount=Decimal("86000.00"),
    fund_level="county",
    instalments=[Instalment(Decimal("86000.00"), "county", date(2024, 6, 30), None)],
    staff_count=0,
)


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, []),
        ({"entrusted_by": "219"}, []),
        ({"entrusted_by": "219001"}, ["entrusting_unit_covered"]),
        ({"declared": ["confidentiality"]}, ["declaration_missing"]),
        ({"declared": []}, ["declaration_missing", "declaration_missing"]),
        ({"amount": Decimal("85999.99")}, ["instalments_over_amount"]),
        ({"amount": None, "fund_level": None}, ["instalments_over_amount"]),
        ({"amount": None, "fund_level": None, "instalments": []}, []),
        ({"fund_level": "municipal"}, ["instalment_level_differs"]),
        ({"fee_basis": "by_deliverable"}, ["instalment_off_basis"]),
        ({"fee_basis": "fixed"}, []),
    ],
)
def test_each_fault_of_a_contract_is_named_with_its_source(
    changes: dict[str, Any], codes: list[str]
) -> None:
    found = RULE.refusals(replace(SOUND, **changes))
    assert [refusal.code for refusal in found] == codes
    assert all("财预〔2021〕6号" in refusal.said() for refusal in found)
    if codes == ["entrusting_unit_covered"]:
        assert "主体分离" in found[0].said()


def test_numbers_nobody_has_set_are_warned_of_and_a_number_that_is_set_holds() -> None:
    assert [warning[:4] for warning in RULE.warnings()] == ["未配置：", "未配置："]
    assert RULE.archive_until(date(2024, 12, 31)) is None
    local = replace(RULE, min_experts=3, archive_years=10)
    assert local.warnings() == []
    assert local.archive_until(date(2024, 2, 29)) == date(2034, 3, 1)
    assert local.archive_until(date(2024, 12, 31)) == date(2034, 12, 31)
    assert [each.code for each in local.refusals(replace(SOUND, staff_count=2))] == [
        "staff_too_few"
    ]
    assert local.refusals(replace(SOUND, staff_count=3)) == []


@pytest.mark.parametrize(
    ("scope", "lead_count", "refused"),
    [("evaluation", 0, True), ("evaluation", 1, False), ("research", 0, False)],
)
def test_an_evaluation_needs_a_lead_evaluator(scope: str, lead_count: int, refused: bool) -> None:
    found = _RULES.agency_conditions(date(2024, 3, 1)).lead_missing(scope, lead_count)
    assert [each.code for each in found] == ["lead_evaluator_missing"] * refused


async def test_a_contract_for_an_evaluation_says_all_it_has_to(world: World) -> None:
    entry, rival = await agency(world), await agency(world, RIVAL)
    lead = await lead_evaluator(world, entry["id"])
    stranger = await lead_evaluator(world, rival["id"])
    bare = engagement_order(entry["id"], scope="evaluation", confidentiality=False)
    answer = await world.officer.post(ENGAGEMENTS, bare)
    assert answer.status_code == 422
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [
        ("/confidentiality", "declaration_missing"),
        ("/staff_ids", "lead_evaluator_missing"),
    ]
    assert answer.json()["rule"]["rule_id"] == "entrustment@2021-01-28"
    wrong = bare | {"confidentiality": True, "staff_ids": [lead["id"], stranger["id"]]}
    answer = await world.officer.post(ENGAGEMENTS, wrong)
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [
        ("/staff_ids/1", "not_of_agency")
    ]
    whole = wrong | {
        "staff_ids": [lead["id"]],
        "unit_codes": ["219001"],
        "contract_amount": "86000.00",
        "fund_level": "county",
        "fee_basis": "by_deliverable",
        "deliverables": [{"name": "评价报告（示例）", "due_on": "2024-09-30"}],
        "instalments": [{"amount": "86000.00", "fund_level": "county", "deliverable": 1}],
    }
    beyond = whole | {"instalments": [{**whole["instalments"][0], "deliverable": 2}]}
    assert (await world.officer.post(ENGAGEMENTS, beyond)).status_code == 422
    own = whole | {"entrusted_by": "219001"}
    answer = await world.officer.post(ENGAGEMENTS, own)
    assert [each["code"] for each in answer.json()["errors"]] == ["entrusting_unit_covered"], (
        answer.text
    )
    assert "主体分离" in answer.json()["rule"]["article"]
    out = created(await world.officer.post(ENGAGEMENTS, whole))
    assert out["staff"] == [{"staff_id": lead["id"], "name": lead["name"]}]
    assert out["instalments"][0]["amount"] == "86000.00"
    assert out["deliverables"][0]["due_on"] == "2024-09-30"
    assert (out["archive_until"], len(out["warnings"])) == (None, 2)


async def test_nobody_who_keeps_away_from_a_unit_is_given_it_or_named_for_it(world: World) -> None:
    entry = await agency(world)
    lead = await lead_evaluator(world, entry["id"])
    order = engagement_order(entry["id"], unit_codes=["219001"], staff_ids=[lead["id"]])
    body = {"unit_code": "219001", "declared_on": "2024-01-01"}
    for who, reason in (
        ({"staff_id": lead["id"]}, "亲属任职（示例）"),
        ({"agency_id": entry["id"]}, "代理记账（示例）"),
    ):
        recusal = created(
            await world.officer.post("/evaluation/recusals", body | who | {"reason": reason})
        )
        answer = await world.officer.post(ENGAGEMENTS, order)
        assert (answer.status_code, answer.json()["code"]) == (409, "recusal_forbids")
        assert reason in answer.json()["detail"]
        elsewhere = order | {"unit_codes": ["219002"], "contract_no": f"{reason} 另一合同"}
        created(await world.officer.post(ENGAGEMENTS, elsewhere))
        path = f"/evaluation/recusals/{recusal['id']}/endings"
        created(await world.officer.post(path, {"ended_on": "2024-06-30"}, version=1))
    created(await world.officer.post(ENGAGEMENTS, order))
