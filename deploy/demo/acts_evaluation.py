"""Act 4, evaluation (评价): agencies are engaged and score, units give views, the reviewer decides."""

from datetime import date, timedelta
from functools import partial
from typing import Any

from deploy.demo.carry import carry
from deploy.demo.client import Client, Item
from deploy.demo.data_files import YEAR, DemoData, Row, approver, cells, is_true
from deploy.demo.progress import Step
from shared.clock import business_day, now

_ASKED = ("level1", "level2", "name", "weight", "method", "operator", "target_value")
_DAYS_OF_PLAY = 365
_REPORT = {
    "basics": "项目概况与绩效目标见已批复的绩效目标",
    "work": "按评价工作方案与审定的指标体系开展",
    "conclusion": "得分与等级见评分表",
    "analysis": "逐项得分与取证情况见评分表",
    "experience": "主要做法与问题见各指标的评分依据",
    "advice": "请被评价单位按反馈意见整改",
}


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


async def begin_evaluations(client: Client, data: DemoData, step: Step) -> str:
    """Notice, scheme and framework, its approval, fieldwork: each by whose turn it is."""
    agents = agent_of_contract(data)

    async def begin(row: dict[str, Any]) -> None:
        agent = agents[row["engagement"]]
        moves = {
            "planned": partial(_notify, client),
            "notified": partial(_propose, client, data, agent, row),
            "scheme": partial(_approve_and_begin, client, agent),
        }
        await carry(await _evaluation(client, row), moves)

    await step.each(data.evaluations, begin)
    return f"{len(data.evaluations)} 套方案与指标体系"


async def score_groups(client: Client, data: DemoData, step: Step) -> str:
    """The agencies send the scoring sheet of each group; the rules score it."""
    agents = agent_of_contract(data)
    sheets: list[int] = []

    async def score(row: dict[str, Any]) -> None:
        moves = {"fieldwork": partial(_score_next, client, data, agents[row["engagement"]], row)}
        evaluation = await carry(await _evaluation(client, row), moves)
        sheets.append(len(evaluation["groups"]))

    await step.each(data.evaluations, score)
    return f"{sum(sheets)} 张评分表"


async def finish_evaluations(client: Client, data: DemoData, step: Step) -> str:
    """The report comes, the evaluated units give their views, the reviewer decides."""
    agents = agent_of_contract(data)

    async def finish(row: dict[str, Any]) -> None:
        moves = {
            "draft": partial(_report_and_exchange, client, agents[row["engagement"]]),
            "exchange_of_views": partial(_finish, client),
        }
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


async def _take(
    client: Client, user: str, evaluation: Item, name: str, body: Item, *, turn: str = ""
) -> Item:
    """One step; who has read an evaluation of this version takes it once."""
    path = f"/evaluation/evaluations/{evaluation['id']}/{name}"
    key = f"{name}:{evaluation['id']}:{turn or evaluation['version']}"
    return await client.post(user, path, body, key=key, seen=evaluation)


async def _notify(client: Client, evaluation: Item) -> Item:
    body = {"notice_no": f"评价通知 {evaluation['title']}", "issued_on": f"{YEAR + 1}-03-01"}
    return await _take(client, "officer", evaluation, "notices", body)


async def _propose(
    client: Client, data: DemoData, agent: str, row: dict[str, Any], evaluation: Item
) -> Item:
    frameworks = [
        {
            "group_nos": [group["group_no"]],
            "rows": [_asked(line) for line in _lines(data, row, group["group_no"])],
        }
        for group in evaluation["groups"]
    ]
    body = {"text": "评价工作方案（示例）", "frameworks": frameworks}
    return await _take(client, agent, evaluation, "schemes", body)


async def _approve_and_begin(client: Client, agent: str, evaluation: Item) -> Item:
    if evaluation["framework_approved_by"] is None:
        evaluation = await _take(client, "officer", evaluation, "framework-approvals", {})
    body = {"began_on": f"{YEAR + 1}-03-20", "notes": "现场查看、座谈（示例）"}
    return await _take(client, agent, evaluation, "fieldwork-records", body)


async def _score_next(
    client: Client, data: DemoData, agent: str, row: dict[str, Any], evaluation: Item
) -> Item:
    waiting = [g["group_no"] for g in evaluation["groups"] if g["score"] is None]
    if not waiting:
        return await _take(client, agent, evaluation, "drafts", {"text": "初步结论（示例）"})
    lines = enumerate(_lines(data, row, waiting[0]), start=1)
    rows = [_found(position, line) for position, line in lines]
    body = {"group_no": waiting[0], "rows": rows}
    return await _take(client, agent, evaluation, "scoring-sheets", body, turn=str(waiting[0]))


async def _report_and_exchange(client: Client, agent: str, evaluation: Item) -> Item:
    chapters = [{"code": code, "text": f"{text}（示例）"} for code, text in _REPORT.items()]
    report = {
        "report_no": f"评价报告 {evaluation['title']}",
        "signed_by": "主评人（示例）",
        "sealed_on": f"{YEAR + 1}-06-30",
        "chapters": chapters,
    }
    evaluation = await _take(client, agent, evaluation, "reports", report, turn="report")
    body = {"due_on": business_day(now()).isoformat()}
    return await _take(client, "officer", evaluation, "view-exchanges", body)


async def _finish(client: Client, evaluation: Item) -> Item:
    asked = f"/evaluation/evaluations/{evaluation['id']}/view-exchanges"
    for item in (await client.get("officer", asked))["items"]:
        if item["opined_by"] is None:
            unit = item["unit_code"]
            body = {"agrees": True, "opinion": "无异议（示例）"}
            key = f"opinion:{evaluation['id']}:{unit}"
            await client.post(approver(unit), f"{asked}/{unit}/opinions", body, key=key)
    return await _take(client, "reviewer", evaluation, "results", {})


def _lines(data: DemoData, row: dict[str, Any], group_no: int) -> list[Row]:
    return list(data.scoring_rows[row["ref"], str(group_no)])


def _group(group: dict[str, Any]) -> Item:
    subjects = [
        {"project_code": subject.get("project_code"), "unit_code": subject["unit_code"]}
        for subject in group["subjects"]
    ]
    return {"group_no": group["group_no"], "label": group["label"], "subjects": subjects}


def _asked(row: Row) -> Item:
    return {**cells(row, *_ASKED), "points_total": _count(row["points_total"])}


def _found(position: int, row: Row) -> Item:
    found = cells(row, "actual_value", "basis")
    return {"position": position, **found, "points_met": _count(row["points_met"])}


def _count(text: str) -> int | None:
    return int(text) if text else None
