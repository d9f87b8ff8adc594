"""Trial scoring at the gateway: published tables, open to all who are signed in, nothing kept."""

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from shared.auth import Role
from tests.evaluation import published_forms
from tests.world import Person, World

PATH = "/evaluation/score-previews"
EXPECTED = published_forms.expected()


async def tried(person: Person, order: dict[str, Any]) -> dict[str, Any]:
    """What the rules make of a form."""
    answer = await person.post(PATH, order)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def synthetic(**changes: Any) -> dict[str, Any]:
    """A sound form of a region without rules of its own (示例)."""
    rows = [("output", "50"), ("benefit", "30"), ("satisfaction", "10")]
    form: dict[str, Any] = {
        "region_code": "640104000",
        "fiscal_year": 2023,
        "profile": None,
        "funds": {"budget_initial": "900", "budget_full_year": "1000", "executed": "1000"},
        "indicators": [
            {"level1": level1, "level2": None, "name": "（示例）指标", "weight": weight,
             "operator": ">=", "target": "100", "actual": "100", "unit": "%"}
            for level1, weight in rows
        ],
    }  # fmt: skip
    return form | changes


@pytest.mark.parametrize("form_id", EXPECTED)
async def test_a_published_table_is_recomputed_and_its_deviations_are_found(
    world: World, form_id: str
) -> None:
    case, check = EXPECTED[form_id], published_forms.checks()[form_id]
    order = published_forms.order(form_id)
    answer = await tried(world.filler(), order)
    assert answer["profile"]["rule_id"] == case["profile"]
    assert [answer["exec"]["rate"], answer["exec"]["score"]] == case["exec"]
    assert answer["total"] == case["total_by_rule"]
    assert (answer["grade"] or {}).get("label") == case.get("grade")
    assert Counter(finding["code"] for finding in answer["findings"]) == case["findings"]
    for line, by_rule in zip(answer["lines"], check["rule_scores"], strict=True):
        assert by_rule is None or Decimal(line["rule_score"]) == by_rule, line["name"]
    off = {
        line["name"]: (line["claimed_score"], Decimal(line["rule_score"]))
        for line in answer["lines"]
        if any(finding["code"] == "score_off_rule" for finding in line["findings"])
    }
    assert off == {
        row["name"]: (str(row["published"]), row["rule"]) for row in check["rows_off_rule"]
    }
    assert answer["claimed_total"] == order["claimed"]["total"]


async def test_every_signed_in_role_may_try_the_rules_of_any_region(world: World) -> None:
    for role in set(Role) - {Role.SERVICE}:  # which never comes from outside
        person = world.person(role, unit="219001", agency="agency")
        answer = await person.post(PATH, synthetic())
        assert answer.status_code == (403 if role is Role.PUBLIC else 200), (role, answer.text)
    city = await tried(world.filler(), synthetic(region_code="640100000", fiscal_year=2021))
    assert city["profile"]["rule_id"] == "yinchuan-2021"


async def test_a_trial_explains_each_score_and_says_where_the_form_is_off(world: World) -> None:
    order = synthetic(
        claimed={"exec_rate": "97.00%", "exec_score": "9.70", "total": "99"},
        funds={
            "budget_initial": "900", "budget_full_year": "1000", "executed": "960",
            "children": [
                {"kind": "current_appropriation", "budget_initial": "900", "executed": "900"},
                {"kind": "carry_over", "budget_full_year": "1000", "executed": "50"},
            ],
        },
    )  # fmt: skip
    order["indicators"][0] |= {"actual": "98", "score": "50", "level1": "产出指标"}
    answer = await tried(world.officer, order)
    assert answer["exec"]["receipt"]["arithmetic"] == "10 × 960 ÷ 1000 = 9.60"
    line = answer["lines"][0]
    assert (line["rule_score"], line["claimed_score"]) == ("49.00", "50")
    receipt = line["receipt"]
    assert (receipt["rule_id"], receipt["version"]) == ("mof-2020-10", "2020-02-25")
    assert receipt["source"]["verified"] is False
    assert receipt["inputs"]["actual_value"] == "98"
    assert receipt["points_lost"] == "1.00"
    assert receipt["what_would_change_it"] == "实际完成值 ≥ 100 时得满分 50 分"
    assert {(f["code"], f["pointer"], f["severity"]) for f in answer["findings"]} == {
        ("score_off_rule", "/indicators/0/score", "blocking"),
        ("deviation_reason_missing", "/indicators/0/reason", "blocking"),
        ("fund_children_mismatch", "/funds/executed", "blocking"),
        ("exec_rate_mismatch", "/claimed/exec_rate", "blocking"),
        ("exec_score_mismatch", "/claimed/exec_score", "blocking"),
        ("total_mismatch", "/claimed/total", "blocking"),
    }
    assert (answer["total"], answer["grade"]["code"]) == ("98.60", "excellent")


async def test_an_unknown_profile_or_a_year_without_rules_is_refused_helpfully(
    world: World,
) -> None:
    unknown = await world.officer.post(PATH, synthetic(profile="no-such"))
    assert unknown.status_code == 422
    assert "mof-2020-10" in unknown.json()["errors"][0]["mend"]
    early = await world.officer.post(PATH, synthetic(fiscal_year=2015))
    assert (early.status_code, early.json()["code"]) == (409, "rule_not_in_force")
    many = await world.officer.post(PATH, synthetic(indicators=synthetic()["indicators"] * 67))
    assert many.status_code == 422
    named = await tried(world.officer, synthetic(profile="mof-2021-101-stepped"))
    assert (named["total"], named["grade"]["label"]) == ("100.00", "优")
