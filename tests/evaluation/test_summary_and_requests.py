"""整改要求 and 年度总结: letters that rest on reviewed forms, figures that rest on lists."""

from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from docx import Document

from shared.auth import Role
from tests.conftest import eventually
from tests.evaluation.builders import (
    FORMS,
    UNIT,
    YEAR,
    approved_project,
    at_fieldwork,
    engagement,
    evaluator,
    expect_404,
    filled_form,
    finalized,
    group,
    letter_order,
    open_form,
    opened_forms,
    planned,
    recheck,
    rechecked_form,
    refusal,
    review,
    score,
    sheet,
    sheet_row,
    submit,
    submitted_form,
)
from tests.evaluation.steps import to_exchange
from tests.world import Person, World, created

REQUESTS = "/evaluation/rectification-requests"
SUMMARY = f"/evaluation/annual-summaries/{YEAR}"


async def test_another_regions_or_units_request_does_not_exist(
    world: World, other_world: World
) -> None:
    form = await rechecked_form(other_world)
    request = created(await other_world.officer.post(REQUESTS, letter_order(form)))
    path = f"{REQUESTS}/{request['id']}"
    for person in (world.officer, world.filler(), other_world.filler("219002")):
        await expect_404(person, "GET", path)
        assert (await person.get(REQUESTS)).json()["items"] == []
    assert (await other_world.approver().get(path)).json()["id"] == request["id"]
    answer = await world.officer.post(REQUESTS, letter_order(form))
    assert refusal(answer)[:2] == (409, "not_rechecked")


async def test_a_letter_rests_on_the_units_own_reviewed_forms(world: World) -> None:
    reviewed = await rechecked_form(world)
    theirs = await submitted_form(world, unit="219002")
    answer = await world.officer.post(REQUESTS, letter_order(theirs))
    assert refusal(answer) == (
        409,
        "not_rechecked",
        [
            ("not_rechecked", "/self_evaluation_ids/0"),
            ("not_rechecked", "/problems/0/project_code"),
        ],
    )
    wrong_unit = letter_order(reviewed, unit_code="219002")
    assert refusal(await world.officer.post(REQUESTS, wrong_unit))[1] == "not_rechecked"
    wrong_year = letter_order(reviewed, fiscal_year=2022)
    assert refusal(await world.officer.post(REQUESTS, wrong_year))[1] == "not_rechecked"
    problems = [
        {"project_code": None, "text": "档案不全"},
        {"project_code": theirs["project_code"], "text": "实施迟滞"},
    ]
    answer = await world.officer.post(REQUESTS, letter_order(reviewed, problems=problems))
    assert refusal(answer)[2] == [("not_rechecked", "/problems/1/project_code")]
    assert (await world.officer.get(REQUESTS)).json()["items"] == []


async def test_a_request_posted_twice_is_one_letter_whose_state_comes_back(world: World) -> None:
    form = await rechecked_form(world)
    order, key = letter_order(form), uuid4().hex
    first = await world.officer.post(REQUESTS, order, key=key)
    second = await world.officer.post(REQUESTS, order, key=key)
    assert created(second) == created(first)
    assert second.headers["idempotency-replayed"] == "true"
    taken = await world.officer.post(REQUESTS, order)
    assert refusal(taken) == (409, "letter_no_taken", [])
    path = f"{REQUESTS}/{first.json()['id']}"

    async def reached(status: str) -> bool:
        return bool((await world.officer.get(path)).json()["status"] == status)

    await eventually(lambda: reached("issued"))
    listed = await world.approver().get("/monitoring/rectifications", fiscal_year=YEAR)
    [letter] = listed.json()["items"]
    assert (letter["origin"], letter["letter_no"]) == ("self_evaluation", order["letter_no"])
    letter_path = (await world.officer.get(path)).json()["rectification_href"][len("/api/v1") :]
    measures = {"measures": "限期补装六盏", "completed_on": "2024-06-15"}
    approver = world.approver()
    created(await approver.post(f"{letter_path}/measures", measures, version=letter["version"]))
    await eventually(lambda: reached("measures_filed"))
    assert (await world.officer.get(path)).json()["status_label"] == "已反馈，待核实"
    assert len((await world.officer.get(REQUESTS)).json()["items"]) == 1


async def a_full_year(world: World) -> dict[str, Any]:
    """Two forms sent in (one reviewed), one still open; a key project and a department evaluated.

    The key project has 100 万元 of the county and 500 万元 from above.
    """
    funds = [
        {"fund_level": "county", "amount": "1000000.00"},
        {"fund_level": "central", "amount": "5000000.00"},
    ]
    key = await approved_project(world, funds=funds)
    other = await approved_project(world, unit="219002")
    forms = await opened_forms(world, key, other, await approved_project(world))
    sent = [created(await submit(world, await filled_form(world, form))) for form in forms[:2]]
    contract = await engagement(world)
    reviewed = created(await recheck(world, sent[0], review(contract["id"])))
    created(await world.officer.post(REQUESTS, letter_order(reviewed)))
    await finalized(world, await planned(world, group(1, (key, UNIT))), sheet())
    department = await planned(world, group(1, (None, UNIT)), kind="department")
    rows = [sheet_row("input", "40", 1, 2), sheet_row("effect", "60", 1, 1)]
    await finalized(world, department, rows)
    await planned(world, group(1, (None, "219002")), kind="department")

    async def letter_arrived() -> bool:
        listed = await world.officer.get("/monitoring/rectifications", fiscal_year=YEAR)
        return len(listed.json()["items"]) == 1

    await eventually(letter_arrived)
    return reviewed


async def behind(person: Person, href: str) -> list[dict[str, Any]]:
    """The rows of the list a figure or a work item points to."""
    answer = await person.send("GET", f"{href}&limit=200"[len("/api/v1") :])
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def test_the_summary_equals_the_lists_behind_it_on_screen_and_in_word(world: World) -> None:
    await a_full_year(world)
    summary = (await world.person(Role.AUDITOR).get(SUMMARY)).json()
    await every_figure_is_its_list(world, summary)
    figures = {figure["code"]: figure for figure in summary["figures"]}
    expected = {
        "goal_coverage": "100.00",
        "self_evaluation_units": "2",
        "self_evaluation_projects": "2",
        "self_evaluation_amount": "200.00",
        "self_evaluation_rechecked": "1",
        "self_evaluation_grade_good": "2",
        "key_evaluation_projects": "1",
        "key_evaluation_amount": "600.00",
        "key_evaluation_agencies": "1",
        "department_evaluation_units": "1",
        "department_evaluation_grade_good": "1",
        "letters_from_self_evaluation": "1",
        "letters_from_monitoring": "0",
    }
    assert {code: figures[code]["value"] for code in expected} == expected
    notes = {note["code"]: note["text"] for note in summary["notes"]}
    assert set(notes) == {
        "key_amount_exceeds_self_evaluated",
        "self_evaluations_open",
        "evaluations_unfinished",
        "unit_with_two_grades",
    }
    assert "重点评价金额中的本级资金为 100" in notes["key_amount_exceeds_self_evaluated"]
    assert "1 个项目的自评未报送" in notes["self_evaluations_open"]
    await the_word_document_says_the_same(world, summary)


async def every_figure_is_its_list(world: World, summary: dict[str, Any]) -> None:
    """A count is the number of rows; an amount in 万元 is the sum of their amounts in yuan."""
    for figure in summary["figures"]:
        rows = await behind(world.officer, figure["trace"]["href"])
        assert len(rows) == figure["trace"]["count"], figure
        if figure["amount_yuan"] is not None:
            cents = sum(int(row["amount"].replace(".", "")) for row in rows)
            assert int(figure["amount_yuan"].replace(".", "")) == cents
            assert int(figure["value"].replace(".", "")) * 10000 == cents
        elif figure["unit"] != "%":
            assert figure["value"] == str(len(rows)), figure


async def the_word_document_says_the_same(world: World, summary: dict[str, Any]) -> None:
    """Tables and paragraphs of the .docx are those of the API."""
    answer = await world.officer.get(f"{SUMMARY}/document")
    assert answer.headers["content-disposition"].startswith("attachment;")
    document = Document(BytesIO(answer.content))
    unit = summary["tables"]["departments"][0]["unit_name"]
    project = summary["tables"]["key_projects"][0]["project_name"]
    assert [[[cell.text for cell in row.cells] for row in t.rows] for t in document.tables] == [
        [
            ["序号", "项目实施单位", "项目名称", "得分", "评价等级"],
            ["1", unit, project, "92.5", "优"],
        ],
        [["序号", "单位名称", "得分", "评价等级"], ["1", unit, "80", "良"]],
    ]
    written = {paragraph.text for paragraph in document.paragraphs}
    for section in summary["sections"]:
        assert {section["title"], *section["paragraphs"]} <= written
    assert {f"{n}.{note['text']}" for n, note in enumerate(summary["notes"], 1)} <= written


async def test_a_year_in_which_nothing_happened_has_a_summary_too(world: World) -> None:
    summary = (await world.officer.get(SUMMARY)).json()
    figures = {figure["code"]: figure["value"] for figure in summary["figures"]}
    assert figures.pop("goal_coverage") is None
    assert figures.pop("disclosure") is None
    assert set(figures.values()) == {"0", "0.00"}
    assert (summary["notes"], summary["tables"]) == ([], {"key_projects": [], "departments": []})
    await every_figure_is_its_list(world, summary)
    assert (await world.officer.get(f"{SUMMARY}/document")).content.startswith(b"PK")


@pytest.mark.parametrize(
    "path", [SUMMARY, f"{SUMMARY}/document", f"{SUMMARY}/markdown", f"{SUMMARY}/issues"]
)
async def test_the_summary_is_the_bureaus_and_the_auditors(world: World, path: str) -> None:
    readers = (world.officer, world.reviewer, world.person(Role.AUDITOR))
    assert [(await person.get(path)).status_code for person in readers] == [200] * 3
    others = (world.filler(), world.approver(), evaluator(world), world.integration)
    assert [(await person.get(path)).status_code for person in others] == [403] * 4


async def test_each_one_sees_what_waits_for_him(world: World) -> None:
    reviewed = await rechecked_form(world)
    await submitted_form(world)
    await open_form(world)
    await planned(world, group(1, (None, UNIT)), kind="department")
    plan = await planned(world, group(1, (reviewed["project_code"], UNIT)))
    waiting = await at_fieldwork(world, plan, sheet())
    scored = created(await score(world, waiting, 1, sheet()))
    await to_exchange(world, evaluator(world), scored)
    seen = {}
    people = (world.filler(), world.approver(), evaluator(world), world.officer, world.reviewer)
    for person in people:
        for item in (await person.get("/evaluation/work-items")).json()["items"]:
            rows = await behind(person, item["href"])
            assert len(rows) == item["count"]
            if item["action"] != "rectification.request":
                assert all(item["action"] in row["allowed_actions"] for row in rows)
            seen[item["kind"]] = rows[0].get("id"), item["count"]
    assert {kind: count for kind, (_, count) in seen.items()} == dict.fromkeys(
        ("self_evaluation_to_fill", "self_evaluation_to_submit", "self_evaluation_to_recheck",
         "rectification_to_request", "evaluation_to_notify", "evaluation_opinion_to_give",
         "evaluation_to_finalize"), 1
    )  # fmt: skip
    ids = (seen["rectification_to_request"][0], seen["evaluation_to_finalize"][0])
    assert ids == (reviewed["id"], waiting["id"])
    for person in (world.filler("219002"), world.person(Role.AUDITOR), evaluator(world, "other")):
        assert (await person.get("/evaluation/work-items")).json()["items"] == []
    created(await world.officer.post(REQUESTS, letter_order(reviewed)))
    left = (await world.officer.get("/evaluation/work-items")).json()["items"]
    assert [item["kind"] for item in left] == ["evaluation_to_notify"]


async def test_anyone_may_look_up_the_scoring_rules_and_none_is_called_verified(
    world: World,
) -> None:
    people = (world.officer, world.filler(), evaluator(world))
    profiles, *same = [
        (await person.get("/evaluation/score-profiles")).json()["items"] for person in people
    ]
    assert same == [profiles, profiles]
    common = {
        "agency-quality",
        "circulars",
        "department-2013-53",
        "entrustment",
        "ex-ante",
        "grades",
    }
    ids = {profile["rule_id"] for profile in profiles}
    assert common | {"mof-2020-10", "yinchuan-2021"} <= ids
    year = {"fiscal_year": 2021}
    here = (await world.officer.get("/evaluation/score-profiles", **year)).json()["items"]
    chosen = {p["rule_id"]: p["chosen_for"] for p in here if p["chosen_for"]}
    assert chosen["mof-2020-10"] == ["project_self_evaluation"]
    assert common <= {profile["rule_id"] for profile in here}
    city = {**year, "region_code": "640100000"}
    there = (await world.officer.get("/evaluation/score-profiles", **city)).json()["items"]
    assert "yinchuan-2021" in {p["rule_id"] for p in there}
    assert "mof-2020-10" not in {p["rule_id"] for p in there}
    assert all(profile["source"]["verified"] is False for profile in profiles)
    [scoring] = [profile for profile in profiles if profile["rule_id"] == "mof-2020-10"]
    assert scoring["values"]["weights"][0]["weight"] == "10"
    assert scoring["values"]["over_achievement"]["source"]["verified"] is False


async def test_the_list_of_forms_is_filtered_and_paged(world: World) -> None:
    sent = await submitted_form(world)
    opened = await open_form(world)
    for filters, ids in (
        ({}, [sent["id"], opened["id"]]),
        ({"status": "submitted"}, [sent["id"]]),
        ({"grade": "good"}, [sent["id"]]),
        ({"fiscal_year": 2022}, []),
    ):
        listed = (await world.officer.get(FORMS, **filters)).json()["items"]
        assert [form["id"] for form in listed] == ids
    page = (await world.officer.get(FORMS, limit=1)).json()
    rest = (await world.officer.get(FORMS, limit=1, cursor=page["next_cursor"])).json()
    assert [f["id"] for f in (*page["items"], *rest["items"])] == [sent["id"], opened["id"]]
    assert rest["next_cursor"] is None
