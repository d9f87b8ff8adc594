"""Act 4, evaluation (评价): agencies are engaged, score their groups; the reviewer decides."""

from datetime import date, timedelta
from functools import partial
from typing import Any

from deploy.demo.carry import carry
from deploy.demo.client import Client, Item
from deploy.demo.data_files import YEAR, DemoData, Row, cells, is_true
from deploy.demo.progress import Step
from shared.clock import business_day, now

_ROW = (
    "level1", "level2", "name", "weight", "method", "operator", "target_value", "actual_value",
    "basis",
)  # fmt: skip
_DAYS_OF_PLAY = 365
_POINTS = ("points_met", "points_total")


async def engage_agencies(client: Client, data: DemoData, step: Step) -> str:
    """The officer registers the agencies and concludes their contracts."""
    agencies: dict[str, Item] = {}
    for row in data.agencies:
        body = {**cells(row, "name", "uscc"), "synthetic": is_true(row["synthetic"])}
        agencies[row["uscc"]] = await client.ensure(
            "officer", "/evaluation/agencies", body, by="uscc"
        )

    leads = {code: await _lead_evaluator(client, each) for code, each in agencies.items()}

    async def engage(row: Row) -> None:
        body = {
            **cells(row, "contract_no", "scope", "title", "starts_on", "ends_on"),
            "agency_id": agencies[row["agency_uscc"]]["id"],
            "fiscal_year": YEAR,
            "no_subcontracting": True,
            "confidentiality": True,
            "staff_ids": [leads[row["agency_uscc"]]],
        }
        contract = await client.ensure("officer", "/evaluation/engagements", body, by="contract_no")
        await _keep_open(client, contract)

    await step.each(data.engagements, engage)
    return f"{len(agencies)} 家第三方机构，{len(data.engagements)} 份委托"


async def plan_evaluations(client: Client, data: DemoData, step: Step) -> str:
    """The officer plans what is evaluated, in groups that get one score each."""
    engagements = await engagement_ids(client)

    async def plan(row: dict[str, Any]) -> None:
        body = {
            **{name: row[name] for name in ("kind", "fiscal_year", "title")},
            "engagement_id": engagements[row["engagement"]],
            "groups": [_group(group) for group in row["group"]],
        }
        await client.ensure("officer", "/evaluation/evaluations", body, by="title")

    await step.each(data.evaluations, plan)
    groups = sum(len(row["group"]) for row in data.evaluations)
    return f"{len(data.evaluations)} 次评价，{groups} 个评价组"


async def score_groups(client: Client, data: DemoData, step: Step) -> str:
    """The agencies send the scoring sheet of each group; the rules score it."""
    agents = agent_of_contract(data)
    sheets: list[int] = []

    async def score(row: dict[str, Any]) -> None:
        moves = {"planned": partial(_score_next, client, data, agents[row["engagement"]], row)}
        evaluation = await carry(await _evaluation(client, row), moves)
        sheets.append(len(evaluation["groups"]))

    await step.each(data.evaluations, score)
    return f"{sum(sheets)} 张评分表"


async def finish_evaluations(client: Client, data: DemoData, step: Step) -> str:
    """The reviewer makes the results final."""
    moves = {"scored": partial(_finish, client)}

    async def finish(row: dict[str, Any]) -> None:
        await carry(await _evaluation(client, row), moves)

    await step.each(data.evaluations, finish)
    return f"{len(data.evaluations)} 次评价审定"


async def engagement_ids(client: Client) -> dict[str, str]:
    """The engagements by contract number."""
    concluded = await client.every("officer", "/evaluation/engagements")
    return {item["contract_no"]: item["id"] for item in concluded}


def agent_of_contract(data: DemoData) -> dict[str, str]:
    """Who works on a contract: the login of the agency's evaluator."""
    logins = {row["agency"]: row["username"] for row in data.users if row["agency"]}
    return {row["contract_no"]: logins[row["agency_uscc"]] for row in data.engagements}


async def _lead_evaluator(client: Client, agency: Item) -> str:
    """An invented person of the agency who may lead an evaluation."""
    known = await client.every("officer", "/evaluation/agency-staff", agency_id=agency["id"])
    if known:
        return str(known[0]["id"])
    body = {
        "name": "主评人（示例）",
        "credential": "注册会计师",
        "experience_years": 8,
        "synthetic": True,
    }
    path = f"/evaluation/agencies/{agency['id']}/staff"
    return str((await client.post("officer", path, body, key=path))["id"])


async def _keep_open(client: Client, contract: Item) -> None:
    """An agency works only while its contract runs, and the play takes place today."""
    today = business_day(now())
    if date.fromisoformat(contract["ends_on"]) >= today:
        return
    body = {
        "ends_on": (today + timedelta(days=_DAYS_OF_PLAY)).isoformat(),
        "reason": "演示在今天补办 2023 年度的受托事项（示例）",
    }
    path = f"/evaluation/engagements/{contract['id']}/extensions"
    await client.post("officer", path, body, key=f"{path}:{contract['version']}", seen=contract)


async def _evaluation(client: Client, row: dict[str, Any]) -> Item:
    planned = await client.every("officer", "/evaluation/evaluations", fiscal_year=YEAR)
    found = next(item for item in planned if item["title"] == row["title"])
    return await client.get("officer", f"/evaluation/evaluations/{found['id']}")


async def _score_next(
    client: Client, data: DemoData, agent: str, row: dict[str, Any], evaluation: Item
) -> Item:
    group_no = next(g["group_no"] for g in evaluation["groups"] if g["score"] is None)
    lines = data.scoring_rows[row["ref"], str(group_no)]
    body = {"group_no": group_no, "rows": [_sheet_row(line) for line in lines]}
    path = f"/evaluation/evaluations/{evaluation['id']}"
    key = f"scoring-sheet:{evaluation['id']}:{group_no}"
    await client.post(agent, f"{path}/scoring-sheets", body, key=key, seen=evaluation)
    return await client.get("officer", path)


async def _finish(client: Client, evaluation: Item) -> Item:
    path = f"/evaluation/evaluations/{evaluation['id']}/results"
    key = f"result:{evaluation['id']}"
    return await client.post("reviewer", path, {}, key=key, seen=evaluation)


def _group(group: dict[str, Any]) -> Item:
    subjects = [
        {"project_code": subject.get("project_code"), "unit_code": subject["unit_code"]}
        for subject in group["subjects"]
    ]
    return {"group_no": group["group_no"], "label": group["label"], "subjects": subjects}


def _sheet_row(row: Row) -> Item:
    points = {name: int(row[name]) if row[name] else None for name in _POINTS}
    return {**cells(row, *_ROW), **points}
