"""A project's year as an accountant would tell it: one goal, slow payment, a warning, a letter,
self-evaluation, re-review, a key-project evaluation, and the summary that adds it all up."""

from decimal import Decimal
from typing import Any

from shared.auth import Role
from tests.conftest import eventually
from tests.evaluation.steps import answers, framework, to_fieldwork, to_final
from tests.world import Person, World, created, payment_row

AGENCY = "91640104DEM0000112"
UNIT = "219001"


class Year:
    """Lamps for 1,000,000.00 yuan: 120 lamps planned, 114 installed; 950,000.00 yuan paid."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.agent: Person = world.person(Role.AGENCY_EVALUATOR, agency=AGENCY)
        self.goal: dict[str, Any] = {}

    async def pay(self, voucher: str, amount: str, paid_on: str) -> None:
        """The treasury pays."""
        row = payment_row(self.goal["project_code"], voucher, amount, paid_on)
        answer = await self.world.integration.post("/monitoring/payment-imports", {"items": [row]})
        assert answer.json()["created"] == 1, answer.text

    async def self_evaluation(self) -> dict[str, Any]:
        """The project's self-evaluation as it stands."""
        listed = await self.world.officer.get("/evaluation/self-evaluations", fiscal_year=2023)
        form = await self.world.officer.get(
            f"/evaluation/self-evaluations/{listed.json()['items'][0]['id']}"
        )
        return dict(form.json())

    async def engagement(self, scope: str, contract_no: str) -> str:
        """A contract with the agency."""
        agencies = (await self.world.officer.get("/evaluation/agencies")).json()["items"]
        agency = agencies[0] if agencies else created(
            await self.world.officer.post(
                "/evaluation/agencies", {"name": "某事务所（示例）", "uscc": AGENCY, "synthetic": True}
            )
        )  # fmt: skip
        person = {
            "name": "周某（示例）",
            "credential": "注册会计师",
            "experience_years": 6,
            "synthetic": True,
        }
        path = f"/evaluation/agencies/{agency['id']}/staff"
        body = {
            "agency_id": agency["id"],
            "no_subcontracting": True,
            "confidentiality": True,
            "staff_ids": [created(await self.world.officer.post(path, person))["id"]],
            "scope": scope,
            "fiscal_year": 2023,
            "contract_no": contract_no,
            "title": "2023 年绩效委托（示例）",
            "starts_on": "2024-01-01",
            "ends_on": "2099-12-31",
        }
        return str(created(await self.world.officer.post("/evaluation/engagements", body))["id"])


async def test_a_projects_year_from_goal_to_summary(world: World) -> None:
    year = Year(world)
    year.goal = await world.approved_goal(unit=UNIT)
    await slow_payment_is_warned_of_and_put_right(year)
    await the_unit_evaluates_itself(year)
    await the_agency_looks_again_and_a_letter_follows(year)
    await the_key_project_is_evaluated_and_the_result_goes_back_to_the_goal(year)
    await the_summary_adds_it_up_and_every_figure_can_be_followed(year)


async def slow_payment_is_warned_of_and_put_right(year: Year) -> None:
    """20 of 100 paid after 7 of 12 months: 20 ÷ 100 ÷ (7 ÷ 12) = 34.29 %, below 60: red."""
    world, project = year.world, year.goal["project_code"]
    await year.pay("V1", "200000.00", "2023-03-15")

    async def learnt() -> bool:
        rows = (await world.officer.get("/monitoring/executions", fiscal_year=2023)).json()
        return bool(rows["items"] and rows["items"][0]["project_name"])

    await eventually(learnt)
    opened = created(
        await world.officer.post(
            "/monitoring/monitoring-rounds",
            {
                "fiscal_year": 2023,
                "name": "1–7 月监控",
                "period_from": "2023-01-01",
                "period_to": "2023-07-31",
                "due_on": "2023-08-31",
            },
        )
    )
    run = created(
        await world.officer.post(
            "/monitoring/rule-runs", {"round_id": opened["id"], "as_of": "2023-07-31"}
        )
    )
    assert run["colours"] == {"red": 1, "yellow": 0, "green": 0, "not_applicable": 0}
    listed = (await world.approver(UNIT).get("/monitoring/warnings", fiscal_year=2023)).json()
    warning = (
        await world.approver(UNIT).get(f"/monitoring/warnings/{listed['items'][0]['id']}")
    ).json()
    assert warning["rule_id"] == "money-against-time"
    assert "34.29" in warning["receipt"]["arithmetic"]
    assert warning["receipt"]["source"]["verified"] is False
    letter = created(
        await world.officer.post(
            "/monitoring/rectifications",
            {
                "letter_no": "财绩函1号（示例）",
                "unit_code": UNIT,
                "due_on": "2023-09-30",
                "warning_ids": [warning["id"]],
                "problems": [{"project_code": project, "text": "支付进度慢"}],
            },
        )
    )
    await put_right(world, letter)


async def put_right(world: World, letter: dict[str, Any]) -> None:
    """The unit reports its measures, the bureau verifies them."""
    path = f"/monitoring/rectifications/{letter['id']}"
    filed = created(
        await world.approver(UNIT).post(
            f"{path}/measures",
            {"measures": "加快结算", "completed_on": "2023-09-20"},
            version=letter["version"],
        )
    )
    verdict = {"outcome": "verified", "reason": None}
    done = created(
        await world.officer.post(f"{path}/verifications", verdict, version=filed["version"])
    )
    assert done["status"] == "verified"


async def the_unit_evaluates_itself(year: Year) -> None:
    """执行 10 × 95 % = 9.5；数量 50 × 114 ÷ 120 = 47.5；效益 30；满意度 10；合计 97，优。"""
    world = year.world
    await year.pay("V2", "750000.00", "2023-12-20")

    async def opened() -> bool:
        body = {"fiscal_year": 2023, "due_on": "2024-03-31"}
        return (await world.officer.post("/evaluation/self-evaluation-batches", body)).is_success

    await eventually(opened)

    async def executed() -> bool:
        return bool((await year.self_evaluation())["executed"] == "950000.00")

    await eventually(executed)
    form = await year.self_evaluation()
    path = f"/evaluation/self-evaluations/{form['id']}"
    reached = {1: "114", 2: "98", 3: "90"}
    rows = [
        {"position": n, "actual_value": actual, "reason": "冬季停工六盏" if n == 1 else None}
        for n, actual in reached.items()
    ]
    filled = await world.filler(UNIT).patch(
        path, {"goal_actual": "已更换一百一十四盏", "rows": rows}, version=form["version"]
    )
    assert filled.status_code == 200, filled.text
    sent = created(
        await world.approver(UNIT).post(f"{path}/submissions", {}, version=filled.json()["version"])
    )
    assert (sent["exec_score"], [row["score"] for row in sent["rows"]]) == (
        "9.50",
        ["47.50", "30.00", "10.00"],
    )
    assert (sent["total"], sent["grade_label"]) == ("97.00", "优")
    assert "114" in sent["rows"][0]["receipt"]["arithmetic"]


async def the_agency_looks_again_and_a_letter_follows(year: Year) -> None:
    """The agency finds four lamps less: 45 instead of 47.5; the letter is followed in monitoring."""
    world = year.world
    form = await year.self_evaluation()
    body = {
        "engagement_id": await year.engagement("result_recheck", "合同1号（示例）"),
        "rows": [
            {"position": 1, "review_score": "45.00", "note": "实地清点一百零八盏"},
            {"position": 2, "review_score": "30.00", "note": None},
            {"position": 3, "review_score": "10.00", "note": None},
        ],
        "findings": [
            {"code": "implementation_late", "text": "实施迟滞", "rectification_advised": True}
        ],
    }
    path = f"/evaluation/self-evaluations/{form['id']}"
    checked = created(await year.agent.post(f"{path}/rechecks", body, version=form["version"]))
    assert checked["review_total"] == "94.50"
    request = {
        "unit_code": UNIT,
        "fiscal_year": 2023,
        "letter_no": "财绩函2号（示例）",
        "due_on": "2024-06-30",
        "self_evaluation_ids": [form["id"]],
        "problems": [{"project_code": year.goal["project_code"], "text": "实施迟滞"}],
    }
    created(await world.officer.post("/evaluation/rectification-requests", request))

    async def letters() -> list[dict[str, Any]]:
        answer = await world.approver(UNIT).get(
            "/monitoring/rectifications", fiscal_year=2023, origin="self_evaluation"
        )
        return list(answer.json()["items"])

    async def arrived() -> bool:
        return len(await letters()) == 1

    await eventually(arrived)
    await put_right(world, (await letters())[0])

    async def learnt_back() -> bool:
        answer = await world.officer.get("/evaluation/rectification-requests", fiscal_year=2023)
        return bool(answer.json()["items"][0]["status"] == "verified")

    await eventually(learnt_back)


async def the_key_project_is_evaluated_and_the_result_goes_back_to_the_goal(year: Year) -> None:
    """决策 20、过程 20、产出 30 × 114 ÷ 120 = 28.5、效益 30 × 4 ÷ 5 = 24：合计 92.5，优。"""
    world = year.world
    subject = {"project_code": year.goal["project_code"], "unit_code": UNIT}
    planned = created(
        await world.officer.post(
            "/evaluation/evaluations",
            {
                "kind": "project",
                "fiscal_year": 2023,
                "title": "路灯改造重点评价（示例）",
                "engagement_id": await year.engagement("evaluation", "合同2号（示例）"),
                "groups": [{"group_no": 1, "label": "路灯改造", "subjects": [subject]}],
            },
        )
    )
    path = f"/evaluation/evaluations/{planned['id']}"
    sheet = [
        points("decision", "项目立项", "立项程序规范性", "20", 5, 5),
        points("process", "资金管理", "资金使用合规性", "20", 4, 4),
        ratio("output", "产出数量", "实际完成率", "30", "120", "114"),
        points("benefit", "项目效益", "实施效益", "30", 4, 5),
    ]
    begun = await to_fieldwork(world, year.agent, planned, [framework(sheet, 1)])
    scored = created(
        await year.agent.post(
            f"{path}/scoring-sheets",
            {"group_no": 1, "rows": answers(sheet)},
            version=begun["version"],
        )
    )
    final = await to_final(world, year.agent, scored)
    group = final["groups"][0]
    assert (group["score"], group["grade"]) == ("92.50", "excellent")

    async def learnt() -> bool:
        answer = await world.officer.get(f"/goals/projects/{year.goal['project_code']}")
        return [r["score"] for r in answer.json()["results"]] == ["92.50"]

    await eventually(learnt)


async def the_summary_adds_it_up_and_every_figure_can_be_followed(year: Year) -> None:
    """Each figure's list has as many rows as the figure says."""
    summary = (await year.world.officer.get("/evaluation/annual-summaries/2023")).json()
    figures = {figure["code"]: figure for figure in summary["figures"]}
    assert figures["goal_coverage"]["value"] == "100.00"
    assert figures["self_evaluation_amount"]["value"] == "100.00"
    assert Decimal(figures["self_evaluation_amount"]["amount_yuan"]) == Decimal("1000000.00")
    assert (figures["letters_sent"]["value"], figures["letters_verified"]["value"]) == ("2", "2")
    assert summary["tables"]["key_projects"][0]["grade_label"] == "优"
    for figure in summary["figures"]:
        rows, path = 0, figure["trace"]["href"].removeprefix("/api/v1")
        answer = await year.world.officer.send("GET", path)
        assert answer.status_code == 200, figure
        rows = len(answer.json()["items"])
        assert rows == figure["trace"]["count"], figure
        assert figure["scope"]
    lifecycle = await year.world.officer.get(
        f"/projects/{year.goal['project_code']}/lifecycle", fiscal_year=2023
    )
    assert lifecycle.status_code == 200
    assert lifecycle.json()["unavailable"] == []
    document = await year.world.officer.get("/evaluation/annual-summaries/2023/document")
    assert document.content.startswith(b"PK")


def points(
    level1: str, level2: str, name: str, weight: str, met: int, total: int
) -> dict[str, Any]:
    """A row scored by how many points of a checklist are met."""
    return {
        "level1": level1,
        "level2": level2,
        "name": name,
        "weight": weight,
        "method": "checklist",
        "points_met": met,
        "points_total": total,
        "basis": "现场查验（示例）",
    }


def ratio(
    level1: str, level2: str, name: str, weight: str, target: str, actual: str
) -> dict[str, Any]:
    """A row scored by what was reached of the target."""
    return {
        "level1": level1,
        "level2": level2,
        "name": name,
        "weight": weight,
        "method": "ratio",
        "operator": ">=",
        "target_value": target,
        "actual_value": actual,
        "basis": "验收单（示例）",
    }
