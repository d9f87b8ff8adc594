"""从业人员: who works for an agency, who may lead an evaluation, and how entries change."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.evaluation.domain.rules import load_rules
from tests.evaluation.builders import RIVAL, agency, evaluator, expect_404, refusal
from tests.world import World, created

STAFF = "/evaluation/agency-staff"
CONDITIONS = load_rules(
    Path(__file__).parents[2] / "services" / "evaluation" / "rules"
).agency_conditions(date(2024, 3, 1))


async def person(world: World, agency_id: str, **changes: Any) -> dict[str, Any]:
    """An accountant of the agency with six years of experience."""
    body = {
        "name": "周某（示例）",
        "credential": "注册会计师",
        "experience_years": 6,
        "synthetic": True,
    } | changes
    return created(await world.officer.post(f"/evaluation/agencies/{agency_id}/staff", body))


@pytest.mark.parametrize(
    ("title", "credential", "years", "gaps"),
    [
        ("高级会计师", None, 5, 0),
        (None, "注册会计师", 5, 0),
        (None, None, 5, 1),
        ("高级会计师", "注册会计师", 4, 1),
        (None, None, 0, 2),
    ],
)
def test_who_leads_an_evaluation_has_a_title_or_credential_and_five_years(
    title: str | None, credential: str | None, years: int, gaps: int
) -> None:
    found = CONDITIONS.lead_gaps(title=title, credential=credential, experience_years=years)
    assert len(found) == gaps
    assert not CONDITIONS.lead.source.verified


async def test_another_regions_staff_are_neither_read_nor_entered(
    world: World, other_world: World
) -> None:
    agency_id = (await agency(other_world))["id"]
    theirs = await person(other_world, agency_id)
    body = {"name": "吴某（示例）", "experience_years": 3}
    await expect_404(world.officer, "POST", f"/evaluation/agencies/{agency_id}/staff", body)
    await expect_404(world.officer, "GET", f"{STAFF}/{theirs['id']}")
    await expect_404(world.officer, "PATCH", f"{STAFF}/{theirs['id']}", {"reason": "离职"})


async def test_the_entry_of_a_person_keeps_its_history_and_a_login_is_one_persons(
    world: World,
) -> None:
    agency_id = (await agency(world))["id"]
    first = await person(world, agency_id, experience_years=4, subject="zhou")
    assert (first["lead_evaluator"], len(first["lead_gaps"])) == (False, 1)
    second = await person(world, agency_id, name="吴某（示例）")
    assert second["lead_evaluator"]
    path, other = f"{STAFF}/{first['id']}", f"{STAFF}/{second['id']}"
    assert (await world.officer.patch(path, {"experience_years": 5}, version=1)).status_code == 422
    more = {"experience_years": 5, "reason": "又满一年"}
    assert (await world.officer.patch(path, more, version=3)).status_code == 412
    assert (await world.officer.patch(path, more, version=1)).json()["lead_evaluator"]
    login = {"subject": "zhou", "reason": "开通登录"}
    answer = await world.officer.patch(other, login, version=1)
    assert refusal(answer) == (409, "staff_login_taken", [])
    taken = {"name": "郑某（示例）", "experience_years": 1, "subject": "zhou"}
    answer = await world.officer.post(f"/evaluation/agencies/{agency_id}/staff", taken)
    assert refusal(answer) == (409, "staff_login_taken", [])
    left = (await world.officer.patch(path, {"status": "left", "reason": "离职"}, version=2)).json()
    assert (left["lead_evaluator"], left["status_label"]) == (False, "已离职")
    assert [(each["kind"], each["reason"]) for each in left["changes"]] == [
        ("registered", None),
        ("amended", "又满一年"),
        ("amended", "离职"),
    ]
    assert left["changes"][1]["entries"] == {"experience_years": {"from": 4, "to": 5}}
    assert (await world.officer.patch(other, login, version=1)).json()["subject"] == "zhou"
    back = {"status": "active", "reason": "返聘"}
    answer = await world.officer.patch(path, back, version=3)
    assert refusal(answer) == (409, "staff_login_taken", [])

    own = (await evaluator(world).get(STAFF, status="active")).json()["items"]
    assert [(each["id"], each["allowed_actions"]) for each in own] == [(second["id"], [])]
    await agency(world, RIVAL)
    assert (await evaluator(world, RIVAL).get(STAFF)).json()["items"] == []
    await expect_404(evaluator(world, RIVAL), "GET", path)
