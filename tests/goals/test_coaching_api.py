"""填报辅导 at the gateway: the draft is held against all that is known of its project, what to mend
is said so that it can be followed, suggestions can be taken over, and nothing is saved."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import pytest

from services.goals.domain.vocabulary import LEVEL1, LEVEL2
from tests.conftest import eventually
from tests.evaluation.builders import submitted_form
from tests.goals.drafts import cases, edited
from tests.goals.library_entries import confirmed
from tests.world import Person, World, created, goal_draft, indicator

Form: TypeAlias = dict[str, Any]
Found: TypeAlias = dict[str, Any]

DRAFTS: list[Form] = cases("clerk-drafts.toml")["draft"]
MOST_ROUNDS = 10
#: What the service adds to a row when it answers, and does not take back.
COMPUTED = {"position", "level1_label", "level2_label"}
DEPARTMENT = "219"
YEAR = 2023
NEXT = YEAR + 1


async def checks(person: Person, draft: Form) -> Found:
    """What the coach says of a draft that is not saved."""
    answer = await person.post("/goals/goal-checks", draft)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def saved_checks(person: Person, goal: Mapping[str, Any]) -> Found:
    """What the coach says of a goal as it is saved."""
    answer = await person.get(f"/goals/goals/{goal['id']}/checks")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def by_rule(found: Found, rule_id: str) -> list[Found]:
    """The findings of one rule."""
    return [finding for finding in found["findings"] if finding["rule_id"] == rule_id]


async def open_cycle(world: World, year: int, form: str) -> None:
    """The bureau opens a budget year with a form."""
    days = {"submit_by": f"{year - 1}-11-30", "review_by": f"{year - 1}-12-15"}
    answer = await world.reviewer.send(
        "PUT",
        f"/goals/budget-cycles/{year}",
        json={"form": form, **days, "approve_by": f"{year}-01-31"},
    )
    assert answer.status_code == 201, answer.text


def cost(target_value: str, unit: str = "万元") -> Form:
    """A cost row of 10 points, an upper limit."""
    return indicator(level2="cost", name="路灯改造总成本", operator="<=", weight="10",
                     target_value=target_value, unit_of_measure=unit)  # fmt: skip


async def test_another_units_or_regions_project_is_not_checked(
    world: World, other_world: World
) -> None:
    goal = await world.goal()
    draft = goal_draft(goal["project_code"])
    path = f"/goals/projects/{goal['project_code']}/suggestions"
    for person in (world.filler("219002"), other_world.filler(), other_world.officer):
        for answer in (
            await person.post("/goals/goal-checks", draft),
            await person.get(f"/goals/goals/{goal['id']}/checks"),
            await person.get(path, fiscal_year=YEAR),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    for person in (world.filler(), world.approver(), world.officer):
        assert (await checks(person, draft))["submittable"] is True
        assert (await saved_checks(person, goal))["submittable"] is True


async def test_a_department_is_checked_by_its_own_people_only(world: World) -> None:
    await world.unit(DEPARTMENT)
    await world.unit("219001")
    draft = {"kind": "department", "unit_code": DEPARTMENT, "fiscal_year": YEAR}
    assert by_rule(await checks(world.filler(DEPARTMENT), draft), "G4")
    answer = await world.filler("219001").post("/goals/goal-checks", draft)
    assert answer.status_code == 404
    below = await world.filler("219001").post("/goals/goal-checks", draft | {"unit_code": "219001"})
    assert below.status_code == 404


async def test_checking_saves_nothing(world: World) -> None:
    goal = await world.goal()
    path = f"/goals/goals/{goal['id']}"
    other = await world.project()
    await checks(world.filler(), goal_draft(other, annual_goal="改"))
    await checks(world.filler(), goal_draft(goal["project_code"], indicators=[]))
    await saved_checks(world.filler(), goal)
    assert (await world.filler().get(path)).json() == goal
    assert len((await world.filler().get("/goals/goals")).json()["items"]) == 1
    history = (await world.filler().get(f"{path}/history")).json()["items"]
    assert [step["step"] for step in history] == ["draft"]


async def test_a_draft_is_told_the_same_before_and_after_it_is_saved(world: World) -> None:
    draft = goal_draft(await world.project(), indicators=[indicator(weight="50"), cost("101")])
    before = await checks(world.filler(), draft)
    goal = created(await world.filler().post("/goals/goals", draft))
    assert await saved_checks(world.filler(), goal) == before
    assert before["submittable"] is False


async def test_a_cost_above_the_years_budget_is_seen(world: World) -> None:
    funds = [
        {"fund_level": "county", "amount": "600000.00"},
        {"fund_level": "central", "amount": "400000.00"},
    ]
    project = await world.project(funds=funds)
    rows = [indicator(weight="40"), *goal_draft("x")["indicators"][1:]]
    draft = goal_draft(project, indicators=[*rows, cost("100.01")])
    (finding,) = by_rule(await checks(world.filler(), draft), "C9")
    assert finding["pointer"] == "/indicators/3/target_value"
    assert "100.01 万元，超过本年资金 100 万元" in finding["message"]
    assert finding["proposal"] == {"/indicators/3/target_value": "100"}
    mended = edited(draft, finding["proposal"])
    assert by_rule(await checks(world.filler(), mended), "C9") == []


async def test_a_target_no_better_than_last_years_actual_is_seen(world: World) -> None:
    form = await submitted_form(world)
    project = form["project_code"]
    await world.project(code=project, fiscal_year=NEXT)
    rows = [indicator(target_value="114"), *goal_draft("x")["indicators"][1:]]
    draft = goal_draft(project, fiscal_year=NEXT, indicators=rows)

    async def learnt() -> bool:
        return bool(by_rule(await checks(world.filler(), draft), "G8"))

    await eventually(learnt)
    found = by_rule(await checks(world.filler(), draft), "G8")
    assert [finding["pointer"] for finding in found] == [
        "/indicators/0/target_value",
        "/indicators/2/target_value",
    ]
    assert "与上年实际相同" in found[0]["message"]
    assert "上年实际 114盏" in found[0]["message"]
    rows[0]["target_value"], rows[2]["target_value"] = "113", "91"
    (worse,) = by_rule(await checks(world.filler(), draft), "G8")
    assert "比上年实际还差" in worse["message"]
    rows[0]["target_value"] = "115"
    assert by_rule(await checks(world.filler(), draft), "G8") == []


async def test_a_target_below_the_librarys_range_is_seen(world: World, other_world: World) -> None:
    entry = await confirmed(world)
    row = indicator(name=entry["name"], unit_of_measure="门", target_value="3")
    rows = [row | {"library_id": entry["id"]}, *goal_draft("x")["indicators"][1:]]
    draft = goal_draft(await world.project(), indicators=rows)
    (finding,) = by_rule(await checks(world.filler(), draft), "C5")
    assert (finding["pointer"], finding["severity"]) == ("/indicators/0/target_value", "hint")
    assert finding["proposal"] == {"/indicators/0/target_value": "5"}
    mended = edited(draft, finding["proposal"])
    assert by_rule(await checks(world.filler(), mended), "C5") == []
    elsewhere = draft | {"project_code": await other_world.project()}
    assert by_rule(await checks(other_world.filler(), elsewhere), "C5") == []


async def test_a_goal_copied_from_another_project_of_the_unit_is_seen(world: World) -> None:
    first = await world.goal()
    same_unit, elsewhere = await world.project(), await world.project(unit="219002")
    (finding,) = by_rule(await checks(world.filler(), goal_draft(same_unit)), "C10")
    assert finding["pointer"] == "/annual_goal"
    assert by_rule(await checks(world.filler("219002"), goal_draft(elsewhere)), "C10") == []
    assert by_rule(await saved_checks(world.filler(), first), "C10") == []


async def test_the_form_of_the_year_decides_what_is_due(world: World) -> None:
    project = await world.project(spending_kind="construction")
    draft = goal_draft(project)
    usual = await checks(world.filler(), draft)
    assert (usual["rule"], by_rule(usual, "G5")) == ("goal-form@2015-05-21", [])
    await open_cycle(world, YEAR, "goal-form-2021")
    found = await checks(world.filler(), draft)
    assert found["rule"] == "goal-form-2021@2021-08-18"
    (finding,) = by_rule(found, "G5")
    assert (finding["severity"], found["submittable"]) == ("blocking", False)
    (row,) = finding["proposal"].values()
    assert (row["level1"], row["level2"], row["target_value"]) == ("cost", "economic_cost", "100")
    goal = created(await world.filler().post("/goals/goals", draft))
    path = f"/goals/goals/{goal['id']}/submissions"
    answer = await world.approver().post(path, {}, version=goal["version"])
    assert (answer.status_code, answer.json()["code"]) == (409, "goal_not_submittable")
    assert "G5" in {error["code"] for error in answer.json()["errors"]}
    assert answer.json()["rule"]["rule_id"] == "goal-form-2021@2021-08-18"


async def test_a_year_before_the_first_rule_is_refused_and_the_first_one_named(
    world: World,
) -> None:
    project = await world.project(fiscal_year=2015)
    goal = await world.goal(project=project, fiscal_year=2015)
    for answer in (
        await world.filler().post("/goals/goal-checks", goal_draft(project, fiscal_year=2015)),
        await world.filler().get(f"/goals/goals/{goal['id']}/checks"),
        await world.filler().get(f"/goals/projects/{project}/suggestions", fiscal_year=2015),
        await world.approver().post(f"/goals/goals/{goal['id']}/submissions", {}, version=1),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "rule_not_in_force")
        (error,) = answer.json()["errors"]
        assert error["pointer"] == "/fiscal_year"
        assert "2016" in error["mend"]
    first = await checks(world.filler(), goal_draft(project, fiscal_year=2016))
    assert first["rule"] == "goal-form@2015-05-21"


def sent(draft: Form) -> Form:
    """The parts of a form that a client sends."""
    parts = ("annual_goal", "midterm_goal", "indicators", "tasks")
    return {name: draft[name] for name in parts if name in draft}


def as_read(goal: Mapping[str, Any]) -> Form:
    """A saved goal as its form sends it back: without what the service computes."""
    form = sent(dict(goal))
    form["indicators"] = [
        {name: value for name, value in row.items() if name not in COMPUTED}
        for row in goal["indicators"]
    ]
    return form


async def started(world: World, draft: Form) -> tuple[Person, Person, Form]:
    """The draft saved as bad as it is, and the two people of its unit; what no list or field of
    the form takes (the refusal points at it) stays blank."""
    known = draft["context"]
    if known.get("is_department"):
        unit = await world.unit(DEPARTMENT)
        subject: Form = {"kind": "department", "unit_code": unit}
    else:
        unit = "219001"
        funds = [{"fund_level": "county", "amount": known.get("annual_amount", "1000000")}]
        kind = {"spending_kind": known.get("spending_kind", "other")}
        project = await world.project(name=known["project_name"], funds=funds, **kind)
        subject = {"project_code": project}
    if "form" in draft:
        await open_cycle(world, YEAR, draft["form"])
    body = {**sent(draft), **subject, "fiscal_year": YEAR}
    filler = world.filler(unit)
    answer = await filler.post("/goals/goals", body)
    if answer.status_code == 422:
        body = without(body, [error["pointer"] for error in answer.json()["errors"]])
        answer = await filler.post("/goals/goals", body)
    return filler, world.approver(unit), created(answer)


def without(body: Form, pointers: Sequence[str]) -> Form:
    """The body with these fields blank; a task without a name is no task."""
    unnamed = {int(pointer.split("/")[2]) for pointer in pointers if pointer.startswith("/tasks/")
               and pointer.endswith("/name")}  # fmt: skip
    body = edited(body, dict.fromkeys(pointers))
    tasks = [task for index, task in enumerate(body.get("tasks", [])) if index not in unnamed]
    return body | {"tasks": tasks}


def mended(form: Form, findings: Sequence[Found]) -> Form:
    """One round: press what is offered, else type the example; a field is touched once a round."""
    touched: set[str] = set()
    for finding in findings:
        edits = finding["proposal"] or typed(finding)
        if not touched & (set(edits) - {"/indicators/-"}):
            form = edited(form, edits)
            touched |= set(edits)
    return form


def typed(finding: Found) -> Form:
    """The example in the field the finding points at, a label picked from its list."""
    if finding["example"] is None:
        return {}
    labels = {"level1": LEVEL1, "level2": LEVEL2}.get(finding["pointer"].rpartition("/")[2], {})
    codes = {label: code for code, label in labels.items()}
    return {finding["pointer"]: codes.get(finding["example"], finding["example"])}


@pytest.mark.parametrize("draft", DRAFTS, ids=lambda draft: draft["sector"])
async def test_the_checks_alone_lead_a_bad_draft_to_where_it_is_accepted(
    world: World, draft: Form
) -> None:
    filler, approver, goal = await started(world, draft)
    path = f"/goals/goals/{goal['id']}"
    told = await saved_checks(filler, goal)
    assert told["submittable"] is False
    early = await approver.post(f"{path}/submissions", {}, version=goal["version"])
    assert (early.status_code, early.json()["code"]) == (409, "goal_not_submittable")
    rounds = 0
    while not told["submittable"]:
        rounds += 1
        assert rounds <= MOST_ROUNDS, told
        blocking = [one for one in told["findings"] if one["severity"] == "blocking"]
        form = mended(as_read(goal), blocking)
        answer = await filler.patch(path, form, version=goal["version"])
        assert answer.status_code == 200, answer.text
        goal = answer.json()
        told = await saved_checks(filler, goal)
    submitted = created(await approver.post(f"{path}/submissions", {}, version=goal["version"]))
    assert (submitted["status"], submitted["submission_count"]) == ("submitted", 1)
    names = [row["name"] for row in draft["indicators"] if len(row["name"]) > 3]
    kept = [row["name"] for row in submitted["indicators"]]
    for name in names:
        assert name.startswith("2023") or any(now.startswith(name) for now in kept), kept


async def suggested(person: Person, project: str, year: int, **asked: Any) -> list[Found]:
    """What the service would put into the project's goal of the year."""
    answer = await person.get(f"/goals/projects/{project}/suggestions", fiscal_year=year, **asked)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def test_last_years_rows_come_first_with_what_was_reached(world: World) -> None:
    form = await submitted_form(world)
    project = form["project_code"]
    await world.project(code=project, fiscal_year=NEXT)

    async def learnt() -> bool:
        rows = await suggested(world.filler(), project, NEXT)
        return "实际 114" in rows[0]["reason"]

    await eventually(learnt)
    rows = await suggested(world.filler(), project, NEXT)
    kinds = [row["kind"] for row in rows]
    assert kinds == sorted(kinds, key=["last_year", "library"].index)
    assert [row["row"]["name"] for row in rows if row["kind"] == "last_year"] == [
        "改造路灯数量", "夜间出行条件", "居民满意度",
    ]  # fmt: skip
    assert rows[0]["reason"].startswith("上年指标：≥ 120 盏，实际 114")
    assert [row["kind"] for row in await suggested(world.filler(), project, YEAR)] == [
        "library"
    ] * 10


async def test_the_librarys_nearest_say_why_they_are_offered(world: World) -> None:
    entry = await confirmed(world)
    used = indicator(name=entry["name"], unit_of_measure="门", library_id=entry["id"])
    for _ in range(2):
        await world.goal(indicators=[used])
    project = await world.project(name="示例小学社团课程（示例）", sector="education")
    first, *others = await suggested(world.filler(), project, YEAR, limit=5)
    assert first["row"]["library_id"] == entry["id"]
    assert "社团课程" in first["words"]
    assert first["reason"].startswith("与项目共有“")
    assert "同属教育" in first["reason"]
    assert "本地区已有 2 个目标采用" in first["reason"]
    assert first["good_example"] == "社团课程开设门数 ≥ 12 门"
    assert len(others) == 4
    for other in others:
        assert ("共有" in other["reason"]) is bool(other["words"])
        assert other["words"] or other["reason"] == "同属教育"


async def test_the_text_being_written_decides_and_the_saved_draft_stands_in_for_it(
    world: World,
) -> None:
    entry = await confirmed(world)
    project = await world.project(name="支路亮灯")
    text = "开设社团课程十二门"
    asked = await suggested(world.filler(), project, YEAR, goal_text=text, limit=3)
    assert asked[0]["row"]["library_id"] == entry["id"]
    unasked = await suggested(world.filler(), project, YEAR, limit=3)
    assert entry["id"] not in {row["row"]["library_id"] for row in unasked}
    await world.goal(project=project, annual_goal=text)
    assert await suggested(world.filler(), project, YEAR, limit=3) == asked


@pytest.mark.parametrize("form", ["goal-form", "goal-form-2021"])
async def test_suggested_rows_are_taken_over_as_they_are(world: World, form: str) -> None:
    await open_cycle(world, YEAR, form)
    await confirmed(world)
    project = await world.project(name="示例小学社团课程与校舍维修（示例）", sector="education")
    goal = await world.goal(project=project, indicators=[])
    offered = await suggested(world.filler(), project, YEAR, limit=50)
    rows = [
        {name: value for name, value in one["row"].items() if name not in COMPUTED}
        for one in offered
    ]
    assert len(rows) > 30
    path = f"/goals/goals/{goal['id']}"
    answer = await world.filler().patch(path, {"indicators": rows}, version=goal["version"])
    assert answer.status_code == 200, answer.text
    stored = answer.json()["indicators"]
    assert [row | {"row_id": None} for row in as_read({"indicators": stored})["indicators"]] == [
        indicator_of(row) for row in rows
    ]
    misplaced = by_rule(await saved_checks(world.filler(), goal), "G2")
    assert [one for one in misplaced if one["pointer"].startswith("/indicators/")] == []


def indicator_of(row: Form) -> Form:
    """A row as stored: what the suggestion leaves to the unit is blank."""
    blank = ("row_id", "target_value", "target_text", "weight")
    return {"scope": "annual", **dict.fromkeys(blank), **row}
