"""独立评分: several evaluators, none of whom learns another's score before the bureau closes."""

from typing import Any

from shared.auth import Role
from tests.evaluation.builders import (
    AGENCY,
    EVALUATIONS,
    UNIT,
    at_fieldwork,
    evaluation_order,
    evaluator,
    group,
    planned,
    refusal,
    score,
    sheet,
    sheet_row,
)
from tests.evaluation.experts import expert_of_pool
from tests.evaluation.steps import step
from tests.world import Person, World, created

IMPARTIAL = {"has_interest": False}
ROWS = [sheet_row("input", "40", 2, 4), sheet_row("effect", "60", 3, 3)]


def expert(world: World, name: str) -> Person:
    """An expert of the pool, known by login."""
    return world.person(Role.EXPERT, name=name)


def colleague(world: World, name: str) -> Person:
    """Someone of the engaged agency."""
    return world.person(Role.AGENCY_EVALUATOR, agency=AGENCY, name=name)


def named(subject: str, kind: str = "expert", **more: Any) -> dict[str, Any]:
    """An evaluator in the plan."""
    return {"subject": subject, "name": f"{subject}（示例）", "kind": kind, **more}


async def three_evaluators(world: World, merge: str = "average") -> dict[str, Any]:
    """An evaluation of a department at fieldwork, to be scored blind by three persons."""
    await world.unit()
    for name in ("wang", "zhao"):
        await expert_of_pool(world, name)
    people = [named("li", "agency", is_lead=True), named("wang"), named("zhao")]
    evaluation = await planned(
        world, group(1, (None, UNIT)), kind="department", evaluators=people, merge=merge
    )
    return await at_fieldwork(world, evaluation, ROWS)


async def seen(person: Person, evaluation: dict[str, Any]) -> list[tuple[int, str, str | None]]:
    """All an evaluator can read of the evaluation, with the ETags; a refusal shows in full."""
    path = f"{EVALUATIONS}/{evaluation['id']}"
    answers = [
        await person.get(each)
        for each in (
            path,
            EVALUATIONS,
            f"{path}/history",
            f"{path}/evaluators",
            f"{path}/own-scoring-sheets",
            f"{path}/scoring-spreads/1",
            f"{path}/scoring-sheets/1",
            "/evaluation/results",
            "/evaluation/view-exchanges",
            "/evaluation/work-items",
        )
    ]
    volatile = ("trace_id", "request_id")
    told = []
    for answer in answers:
        body = {k: v for k, v in answer.json().items() if k not in volatile}
        told.append((answer.status_code, str(body), answer.headers.get("etag")))
    return told


async def work(person: Person) -> list[str]:
    """The kinds of work that wait for the person."""
    items = (await person.get("/evaluation/work-items")).json()["items"]
    return [each["kind"] for each in items]


async def test_an_evaluator_cannot_tell_whether_others_have_scored(world: World) -> None:
    """By no route, count, ETag or error; a sheet sent twice is refused for one's own reason."""
    evaluation = await three_evaluators(world)
    people = {
        "li": colleague(world, "li"),
        "wang": expert(world, "wang"),
        "zhao": expert(world, "zhao"),
    }
    assert await work(people["wang"]) == ["evaluation_interest_to_declare"]
    for person in people.values():
        evaluation = await step(person, evaluation, "declarations", IMPARTIAL)
    watchers = [people["li"], people["zhao"], evaluator(world)]
    before = [await seen(each, evaluation) for each in watchers]
    assert await work(people["wang"]) == ["evaluation_sheet_to_send"]
    answer = created(await score(world, evaluation, 1, ROWS, people["wang"]))
    assert answer["version"] == evaluation["version"]
    assert [await seen(each, evaluation) for each in watchers] == before
    assert await work(people["wang"]) == []
    again = await score(world, evaluation, 1, ROWS, people["wang"])
    assert refusal(again) == (409, "group_scored", [])
    path = f"{EVALUATIONS}/{evaluation['id']}"
    own = (await people["wang"].get(f"{path}/own-scoring-sheets")).json()["items"]
    assert [each["total"] for each in own] == ["80.00"]
    assert refusal(await people["wang"].get(f"{path}/scoring-spreads/1")) == (
        409,
        "scoring_open",
        [],
    )
    progress = (await world.officer.get(f"{path}/evaluators")).json()["items"]
    assert [(each["subject"], each["submitted_count"]) for each in progress] == [
        ("li", 0),
        ("wang", 1),
        ("zhao", 0),
    ]
    assert refusal(await world.officer.get(f"{path}/scoring-spreads/1"))[1] == "scoring_open"


async def test_the_merged_score_shows_the_spread_and_keeps_the_dissent(world: World) -> None:
    """40 × {1, 2, 4} ÷ 4 + 60 × {3, 3, 2} ÷ 3：70、80、80，行均 23.33 + 53.33 = 76.66。"""
    evaluation = await three_evaluators(world)
    marks = {"li": (1, 3), "wang": (2, 3), "zhao": (4, 2)}
    for name, (first, second) in marks.items():
        person = colleague(world, name) if name == "li" else expert(world, name)
        undeclared = await score(world, evaluation, 1, ROWS, person)
        assert refusal(undeclared) == (409, "recusal_not_declared", [])
        evaluation = await step(person, evaluation, "declarations", IMPARTIAL)
        early = await world.officer.post(
            f"{EVALUATIONS}/{evaluation['id']}/scoring-closures", {}, version=evaluation["version"]
        )
        assert refusal(early) == (409, "scoring_not_closable", [])
        rows = [ROWS[0] | {"points_met": first}, ROWS[1] | {"points_met": second}]
        created(await score(world, evaluation, 1, rows, person))
    closed = await step(world.officer, evaluation, "scoring-closures", {})
    assert closed["groups"][0]["score"] == "76.66"
    path = f"{EVALUATIONS}/{closed['id']}"
    spread = (await world.officer.get(f"{path}/scoring-spreads/1")).json()
    assert spread["totals"] == {"li": "70.00", "wang": "80.00", "zhao": "80.00"}
    assert [(row["lowest"], row["highest"], row["score"]) for row in spread["rows"]] == [
        ("10", "40", "23.33"),
        ("40", "60", "53.33"),
    ]
    kept = (await world.officer.get(f"{path}/scoring-sheets/1")).json()
    assert kept["rows"][0]["receipt"]["arithmetic"] == "(10 + 20 + 40) ÷ 3 ≈ 23.33"
    assert kept["score_arithmetic"] == "23.33 + 53.33 = 76.66"
    drafted = await step(evaluator(world), closed, "drafts", {"text": "初步结论（示例）"})
    view = {"group_no": 1, "text": "投入类评分过低，理由另附（示例）"}
    await step(expert(world, "zhao"), drafted, "dissents", view)
    shown = (await expert(world, "wang").get(f"{path}/scoring-spreads/1")).json()["dissents"]
    assert [(each["subject"], each["text"]) for each in shown] == [("zhao", view["text"])]


async def test_who_has_an_interest_is_out_and_the_others_are_merged(world: World) -> None:
    evaluation = await three_evaluators(world, merge="drop_extremes_average")
    wang, zhao, li = expert(world, "wang"), expert(world, "zhao"), colleague(world, "li")
    interested = {"has_interest": True, "interest": "三年内在该单位任职（示例）"}
    evaluation = await step(wang, evaluation, "declarations", interested)
    for person in (zhao, li):
        evaluation = await step(person, evaluation, "declarations", IMPARTIAL)
    path = f"{EVALUATIONS}/{evaluation['id']}"
    assert refusal(await score(world, evaluation, 1, ROWS, wang)) == (409, "evaluator_recused", [])
    assert refusal(await wang.get(f"{path}/scoring-spreads/1")) == (409, "evaluator_recused", [])
    twice = await wang.post(f"{path}/declarations", IMPARTIAL, version=evaluation["version"])
    assert refusal(twice) == (409, "evaluator_declared", [])
    for person in (zhao, li):
        created(await score(world, evaluation, 1, ROWS, person))
    few = await world.officer.post(f"{path}/scoring-closures", {}, version=evaluation["version"])
    assert refusal(few) == (409, "scoring_not_closable", [])
    why = {"merge": "lead", "leave_out": ["zhao"], "reason": "一人回避后以主评人为准（示例）"}
    closed = await step(world.officer, evaluation, "scoring-closures", why)
    assert (closed["merge"], closed["groups"][0]["score"]) == ("lead", "80.00")
    spread = (await world.officer.get(f"{path}/scoring-spreads/1")).json()
    assert set(spread["totals"]) == {"li"}
    events = (await world.officer.get(f"{path}/history")).json()["items"]
    assert events[-1]["reason"] == why["reason"]


async def test_nobody_but_the_named_evaluators_scores(world: World, other_world: World) -> None:
    evaluation = await three_evaluators(world)
    path = f"{EVALUATIONS}/{evaluation['id']}"
    for person in (evaluator(world), expert(world, "qian"), expert(other_world, "wang")):
        answer = await score(world, evaluation, 1, ROWS, person)
        assert answer.status_code == 404
        declared = await person.post(
            f"{path}/declarations", IMPARTIAL, version=evaluation["version"]
        )
        assert declared.status_code == 404
    for person in (expert(world, "qian"), expert(other_world, "wang")):
        for route in ("", "/frameworks", "/history", "/evaluators", "/scoring-spreads/1"):
            assert (await person.get(path + route)).status_code == 404
        assert (await person.get(EVALUATIONS)).json()["items"] == []


async def test_a_plan_names_enough_evaluators_for_its_way_of_merging(world: World) -> None:
    await world.unit()
    pair = [named("li"), named("wang")]
    for people, merge in (
        (pair, None),
        ([], "average"),
        (pair, "drop_extremes_average"),
        (pair, "lead"),
        ([named("li"), named("li")], "average"),
        ([named("li", is_lead=True), named("wang", is_lead=True)], "lead"),
    ):
        order = await evaluation_order(
            world, group(1, (None, UNIT)), kind="department", evaluators=people, merge=merge
        )
        answer = await world.officer.post(EVALUATIONS, order)
        assert refusal(answer)[:2] == (422, "invalid_payload"), (people, merge)


async def test_an_expert_named_is_in_the_pool_and_keeps_away_from_nothing_evaluated(
    world: World,
) -> None:
    await world.unit()
    people = [named("li", "agency"), named("wang")]
    chosen = {"kind": "department", "evaluators": people, "merge": "average"}
    order = await evaluation_order(world, group(1, (None, UNIT)), **chosen)
    unknown = await world.officer.post(EVALUATIONS, order)
    assert refusal(unknown)[2] == [("expert_unknown", "/evaluators/1/subject")]
    wang = await expert_of_pool(world, "wang")
    keeps_away = {"expert_id": wang["id"], "unit_code": UNIT, "reason": "亲属任职",
                  "declared_on": "2024-01-01"}  # fmt: skip
    recusal = created(await world.officer.post("/evaluation/recusals", keeps_away))
    assert refusal(await world.officer.post(EVALUATIONS, order)) == (409, "recusal_forbids", [])
    ending = f"/evaluation/recusals/{recusal['id']}/endings"
    created(await world.officer.post(ending, {"ended_on": "2024-01-02"}, version=1))
    plan = await planned(world, group(1, (None, UNIT)), **chosen)
    path = f"{EVALUATIONS}/{plan['id']}/evaluators"
    people = (await world.officer.get(path)).json()["items"]
    assert {each["subject"]: each["person_id"] for each in people} == {
        "li": None,
        "wang": wang["id"],
    }


async def test_one_agency_scores_as_simply_as_ever(world: World) -> None:
    await world.unit()
    rows = [sheet_row("input", "40", 1, 1), *[r | {"level1": "effect"} for r in sheet()[3:]]]
    rows[1] |= {"weight": "60"}
    evaluation = await planned(world, group(1, (None, UNIT)), kind="department")
    evaluation = await at_fieldwork(world, evaluation, rows)
    done = created(await score(world, evaluation, 1, rows))
    assert done["groups"][0]["score"] == "88.00"
    path = f"{EVALUATIONS}/{done['id']}/scoring-closures"
    needless = await world.officer.post(path, {}, version=done["version"])
    assert refusal(needless) == (409, "scoring_not_closable", [])
