"""The steps of an evaluation, taken by whose turn it is."""

from typing import Any

from tests.world import Person, World, created

_FOUND = ("actual_value", "points_met", "band", "score", "basis")


def framework(rows: list[dict[str, Any]], *group_nos: int, **more: Any) -> dict[str, Any]:
    """What these rows of a sheet ask, as the framework of groups."""
    asked = [{name: row[name] for name in row if name not in _FOUND} for row in rows]
    return {"group_nos": list(group_nos), "rows": asked, **more}


def answers(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was found for these rows of a sheet."""
    return [
        {"position": position, **{name: row[name] for name in _FOUND if name in row}}
        for position, row in enumerate(rows, start=1)
    ]


def report(*paragraphs: str, **changes: Any) -> dict[str, Any]:
    """A report by the outline whose analysis is these paragraphs."""
    codes = ("basics", "work", "conclusion", "analysis", "experience", "advice")
    texts = {code: "见各章（示例）" for code in codes}
    texts["analysis"] = "\n".join(paragraphs) or "见评分表（示例）"
    chapters = [{"code": code, "text": text} for code, text in texts.items()]
    return {
        "report_no": "评价报告1号（示例）",
        "signed_by": "主评人（示例）",
        "sealed_on": "2024-06-30",
        "chapters": chapters,
    } | changes


async def step(
    person: Person, evaluation: dict[str, Any], name: str, body: dict[str, Any]
) -> dict[str, Any]:
    """Take an evaluation one step further."""
    path = f"/evaluation/evaluations/{evaluation['id']}/{name}"
    return created(await person.post(path, body, version=evaluation["version"]))


async def to_scheme(
    world: World, agent: Person, evaluation: dict[str, Any], frameworks: list[dict[str, Any]]
) -> dict[str, Any]:
    """From planned to the scheme with these frameworks."""
    notice = {"notice_no": "评价通知1号（示例）", "issued_on": "2024-03-01"}
    evaluation = await step(world.officer, evaluation, "notices", notice)
    scheme = {"text": "评价工作方案（示例）", "frameworks": frameworks}
    return await step(agent, evaluation, "schemes", scheme)


async def to_fieldwork(
    world: World, agent: Person, evaluation: dict[str, Any], frameworks: list[dict[str, Any]]
) -> dict[str, Any]:
    """From planned to fieldwork under these frameworks."""
    evaluation = await to_scheme(world, agent, evaluation, frameworks)
    evaluation = await step(world.officer, evaluation, "framework-approvals", {})
    fieldwork = {"began_on": "2024-03-20", "notes": "实地查看（示例）"}
    return await step(agent, evaluation, "fieldwork-records", fieldwork)


async def to_exchange(world: World, agent: Person, evaluation: dict[str, Any]) -> dict[str, Any]:
    """From scored groups to the units being asked for their views, the report sent in."""
    evaluation = await step(agent, evaluation, "drafts", {"text": "初步结论（示例）"})
    evaluation = await step(agent, evaluation, "reports", report())
    return await step(world.officer, evaluation, "view-exchanges", {"due_on": "2099-12-31"})


async def to_final(world: World, agent: Person, evaluation: dict[str, Any]) -> dict[str, Any]:
    """From scored groups to the final result; every unit agrees with the draft."""
    evaluation = await to_exchange(world, agent, evaluation)
    units = {s["unit_code"] for group in evaluation["groups"] for s in group["subjects"]}
    for unit in sorted(units):
        path = f"/evaluation/evaluations/{evaluation['id']}/view-exchanges/{unit}/opinions"
        agreed = {"agrees": True, "opinion": "无异议（示例）"}
        created(await world.approver(unit).post(path, agreed))
    return await step(world.reviewer, evaluation, "results", {})
