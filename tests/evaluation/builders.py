"""A year under evaluation, arranged on the live stack through the gateway."""

from typing import Any
from uuid import uuid4

import httpx

from shared.auth import Role
from tests.conftest import eventually
from tests.evaluation.steps import answers, framework, to_fieldwork, to_final
from tests.world import Person, World, created, indicator, payment_row

YEAR = 2023
UNIT = "219001"
AGENCY = "91640104DEM0000112"
RIVAL = "91640104DEM0000226"
FORMS = "/evaluation/self-evaluations"
EVALUATIONS = "/evaluation/evaluations"


def evaluator(world: World, uscc: str = AGENCY) -> Person:
    """Someone of an agency."""
    return world.person(Role.AGENCY_EVALUATOR, agency=uscc)


async def expect_404(person: Person, method: str, path: str, body: object = None) -> None:
    """What is not the caller's looks as if it did not exist."""
    headers = {"if-match": '"1"', "idempotency-key": uuid4().hex}
    answer = await person.send(method, path, json=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), answer.text


def refusal(answer: httpx.Response) -> tuple[int, str, list[tuple[str, str]]]:
    """Status, code, and the code and pointer of each error."""
    problem = answer.json()
    return (
        answer.status_code,
        problem["code"],
        [(error["code"], error["pointer"]) for error in problem["errors"]],
    )


async def approved_project(world: World, *, unit: str = UNIT, **changes: Any) -> str:
    """A project with an approved goal: 120 盏 (50), a better street by night (30), 90 % (10)."""
    rows = [
        indicator(),
        indicator(level1="benefit", level2="social", name="夜间出行条件", operator="qualitative",
                  target_value=None, target_text="三条支路夜间通行无照明盲区",
                  unit_of_measure=None, weight="30"),
        indicator(level1="satisfaction", level2="satisfaction", name="居民满意度",
                  target_value="90", unit_of_measure="%", weight="10"),
    ]  # fmt: skip
    project = await world.project(unit=unit, **changes)
    await world.approved_goal(unit=unit, project=project, indicators=rows)
    return project


async def pay(world: World, project: str, amount: str, **changes: Any) -> None:
    """The treasury pays."""
    row = payment_row(project, uuid4().hex, amount, **changes)
    answer = await world.integration.post("/monitoring/payment-imports", {"items": [row]})
    assert answer.json()["created"] == 1, answer.text


def batch_order() -> dict[str, Any]:
    """The order to self-evaluate 2023."""
    return {"fiscal_year": YEAR, "due_on": "2024-03-31"}


async def ids_by_project(world: World) -> dict[str, str]:
    """The id of each project's form."""
    listed = await world.officer.get(FORMS, fiscal_year=YEAR, limit=200)
    return {form["project_code"]: form["id"] for form in listed.json()["items"]}


async def form_of(world: World, project: str) -> dict[str, Any]:
    """The project's form as the bureau reads it."""
    form_id = (await ids_by_project(world))[project]
    return dict((await world.officer.get(f"{FORMS}/{form_id}")).json())


async def opened_forms(world: World, *projects: str) -> list[dict[str, Any]]:
    """An open form for each project, as soon as evaluation has learnt of its goal."""

    async def opened() -> bool:
        await world.officer.post("/evaluation/self-evaluation-batches", batch_order())
        return set(projects) <= set(await ids_by_project(world))

    await eventually(opened)
    return [await form_of(world, project) for project in projects]


async def open_form(world: World, *, unit: str = UNIT, **changes: Any) -> dict[str, Any]:
    """The open form of a new project, of which nothing has been paid."""
    [form] = await opened_forms(world, await approved_project(world, unit=unit, **changes))
    return form


def filled_in(*rows: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A form filled in without fault, except for the cells of the rows named by position.

    执行 0；数量 50 × 114 ÷ 120 = 47.5；效益 27（评为达成）；满意度 10：合计 84.5，良。
    """
    complete = {
        1: {"actual_value": "114", "reason": "冬季停工，六盏未装"},
        2: {"band": "achieved", "self_score": "27", "reason": "一处路口仍偏暗"},
        3: {"actual_value": "90"},
    }
    for row in rows:
        complete[row["position"]] |= row
    return {
        "goal_actual": "已更换路灯一百一十四盏。",
        "exec_reason": "款项结转次年支付",
        "rows": [{"position": position, **cells} for position, cells in complete.items()],
    } | changes


async def filled_form(
    world: World, form: dict[str, Any], *rows: dict[str, Any], **changes: Any
) -> dict[str, Any]:
    """The form after its unit filled it in."""
    filler = world.filler(form["unit_code"])
    answer = await filler.patch(
        f"{FORMS}/{form['id']}", filled_in(*rows, **changes), version=form["version"]
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def submit(world: World, form: dict[str, Any]) -> httpx.Response:
    """The unit's approver sends the form in as read."""
    approver = world.approver(form["unit_code"])
    return await approver.post(f"{FORMS}/{form['id']}/submissions", {}, version=form["version"])


async def submitted_form(world: World, *, unit: str = UNIT, **changes: Any) -> dict[str, Any]:
    """A form filled in and sent in; nothing was paid."""
    form = await open_form(world, unit=unit, **changes)
    return created(await submit(world, await filled_form(world, form)))


async def agency(world: World, uscc: str = AGENCY) -> dict[str, Any]:
    """The agency of this credit code, registered if it was not."""
    listed = (await world.officer.get("/evaluation/agencies", limit=200)).json()["items"]
    known = [each for each in listed if each["uscc"] == uscc]
    row = {"name": f"{uscc[-4:]} 事务所（示例）", "uscc": uscc, "synthetic": True}
    return known[0] if known else created(await world.officer.post("/evaluation/agencies", row))


def engagement_order(agency_id: str, **changes: Any) -> dict[str, Any]:
    """A contract to re-review the self-evaluations of 2023."""
    return {
        "agency_id": agency_id,
        "scope": "result_recheck",
        "fiscal_year": YEAR,
        "contract_no": f"合同 {uuid4().hex[:6]}（示例）",
        "title": "2023 年绩效委托（示例）",
        "starts_on": "2024-01-01",
        "ends_on": "2099-12-31",
        "no_subcontracting": True,
        "confidentiality": True,
    } | changes


async def lead_evaluator(world: World, agency_id: str) -> dict[str, Any]:
    """A person of the agency who may lead an evaluation."""
    body = {
        "name": "周某（示例）",
        "credential": "注册会计师",
        "experience_years": 6,
        "synthetic": True,
    }
    return created(await world.officer.post(f"/evaluation/agencies/{agency_id}/staff", body))


async def engagement(world: World, *, uscc: str = AGENCY, **changes: Any) -> dict[str, Any]:
    """A contract with an agency."""
    order = engagement_order((await agency(world, uscc))["id"], **changes)
    if order["scope"] == "evaluation":
        order.setdefault("staff_ids", [(await lead_evaluator(world, order["agency_id"]))["id"]])
    return created(await world.officer.post("/evaluation/engagements", order))


def finding(**changes: Any) -> dict[str, Any]:
    """Something a re-review found, with advice to put it right."""
    return {
        "code": "implementation_late",
        "row_position": None,
        "text": "实施迟滞",
        "rectification_advised": True,
    } | changes


def review(engagement_id: str | None, *rows: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A re-review that keeps the rule's score of each row, except for the rows named."""
    scores: dict[int, dict[str, Any]] = {
        position: {"position": position, "review_score": score, "note": None}
        for position, score in ((1, "47.50"), (2, "27.00"), (3, "10.00"))
    }
    for row in rows:
        scores[row["position"]] |= row
    return {
        "engagement_id": engagement_id,
        "rows": list(scores.values()),
        "findings": [finding()],
    } | changes


async def recheck(world: World, form: dict[str, Any], body: dict[str, Any]) -> httpx.Response:
    """The agency goes through the form as read."""
    return await evaluator(world).post(
        f"{FORMS}/{form['id']}/rechecks", body, version=form["version"]
    )


async def rechecked_form(world: World, *, unit: str = UNIT, **changes: Any) -> dict[str, Any]:
    """A form sent in and re-reviewed, with advice to put something right."""
    form = await submitted_form(world, unit=unit, **changes)
    contract = await engagement(world)
    return created(await recheck(world, form, review(contract["id"])))


def letter_order(form: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The order for a letter to the form's unit."""
    return {
        "unit_code": form["unit_code"],
        "fiscal_year": YEAR,
        "letter_no": f"财绩函 {uuid4().hex[:6]} 号（示例）",
        "due_on": "2024-06-30",
        "self_evaluation_ids": [form["id"]],
        "problems": [{"project_code": form["project_code"], "text": "实施迟滞"}],
    } | changes


def group(group_no: int, *subjects: tuple[str | None, str]) -> dict[str, Any]:
    """What gets one score together: `(project, unit)` each."""
    return {
        "group_no": group_no,
        "label": f"第 {group_no} 组",
        "subjects": [{"project_code": code, "unit_code": unit} for code, unit in subjects],
    }


async def evaluation_order(world: World, *groups: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The order of an evaluation, under a new contract unless one is given."""
    if "engagement_id" not in changes:
        changes["engagement_id"] = (await engagement(world, scope="evaluation"))["id"]
    return {
        "kind": "project",
        "fiscal_year": YEAR,
        "title": "重点评价（示例）",
        "groups": list(groups),
    } | changes


async def planned(world: World, *groups: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A planned evaluation, as soon as evaluation has learnt of the subjects."""
    order = await evaluation_order(world, *groups, **changes)
    answers: list[httpx.Response] = []

    async def accepted() -> bool:
        answers.append(await world.officer.post(EVALUATIONS, order))
        return bool(answers[-1].json().get("code") != "subject_not_eligible")

    await eventually(accepted)
    return created(answers[-1])


def sheet_row(level1: str, weight: str, met: int, total: int, **changes: Any) -> dict[str, Any]:
    """A row scored by how many points of a checklist are met."""
    return {
        "level1": level1,
        "level2": "评价要点",
        "name": f"{level1} 的评价要点",
        "weight": weight,
        "method": "checklist",
        "points_met": met,
        "points_total": total,
        "basis": "现场查验（示例）",
    } | changes


def sheet(met: int = 4) -> list[dict[str, Any]]:
    """决策 20、过程 20、产出 30 × 114 ÷ 120 = 28.5、效益 30 × met ÷ 5：met 为 4 时 92.5。"""
    ratio = {"method": "ratio", "operator": ">=", "target_value": "120", "actual_value": "114",
             "points_met": None, "points_total": None}  # fmt: skip
    return [
        sheet_row("decision", "20", 5, 5),
        sheet_row("process", "20", 4, 4),
        sheet_row("output", "30", 0, 1, **ratio),
        sheet_row("benefit", "30", met, 5),
    ]


async def at_fieldwork(
    world: World, evaluation: dict[str, Any], *sheets: list[dict[str, Any]], **more: Any
) -> dict[str, Any]:
    """The evaluation with the frameworks of these sheets approved, one a group, ready to score."""
    groups = [group["group_no"] for group in evaluation["groups"]]
    return await to_fieldwork(
        world,
        evaluator(world),
        evaluation,
        [framework(rows, number, **more) for number, rows in zip(groups, sheets, strict=True)],
    )


async def score(
    world: World,
    evaluation: dict[str, Any],
    group_no: int,
    rows: list[dict[str, Any]],
    person: Person | None = None,
) -> httpx.Response:
    """The agency, or one of its evaluators, sends in the sheet of a group."""
    return await (person or evaluator(world)).post(
        f"{EVALUATIONS}/{evaluation['id']}/scoring-sheets",
        {"group_no": group_no, "rows": answers(rows)},
        version=evaluation["version"],
    )


async def finalized(
    world: World, evaluation: dict[str, Any], *sheets: list[dict[str, Any]]
) -> dict[str, Any]:
    """The evaluation taken through its steps, its groups scored in their order, made final."""
    evaluation = await at_fieldwork(world, evaluation, *sheets)
    for group, rows in zip(evaluation["groups"], sheets, strict=True):
        evaluation = created(await score(world, evaluation, group["group_no"], rows))
    return await to_final(world, evaluator(world), evaluation)
