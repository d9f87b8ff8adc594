"""Act 3, self evaluation (自评): 271 forms, the agency's re-review, the letters that follow."""

from decimal import Decimal
from functools import partial

from deploy.demo.acts_evaluation import agent_of_contract, engagement_ids
from deploy.demo.carry import carry, until_learnt
from deploy.demo.client import Client, Item, Refused
from deploy.demo.data_files import (
    YEAR,
    DemoData,
    Row,
    Rows,
    approver,
    cells,
    filler,
    is_true,
    numbered,
)
from deploy.demo.progress import Step
from deploy.demo.rectify import rectify

_BATCH = {"fiscal_year": YEAR, "due_on": "2024-03-31"}


async def open_self_evaluations(client: Client, _data: DemoData, _step: Step) -> str:
    """The officer opens a self-evaluation for each approved goal, as evaluation learns them."""
    coverage = await client.get("officer", "/goals/coverage", fiscal_year=YEAR)
    approved = coverage["goal_coverage"]["numerator"]

    async def opened() -> int:
        forms = len(await _all(client))
        return forms if forms == approved else await _open_more(client, forms)

    await until_learnt("已布置的自评表", opened, expected=approved)
    return f"{approved} 张自评表，由批复目标和执行数预填"


async def fill_self_evaluations(client: Client, data: DemoData, step: Step) -> str:
    """Fillers report what was reached, approvers submit; the rules score."""
    executions = await client.every("officer", "/monitoring/executions", fiscal_year=YEAR)
    paid = {row["project_code"]: Decimal(row["paid"]) for row in executions}
    moves = {"open": partial(_fill, client, data, paid)}

    async def settle(form: Item) -> None:
        await carry(form, moves)

    forms = await _all(client)
    await step.each(forms, settle)
    return f"{len(forms)} 张自评表填报、报送"


async def recheck_all(client: Client, data: DemoData, step: Step) -> str:
    """By a plan, the agency looks at every self-evaluation again, indicator by indicator."""
    await _plan(client)
    moves = {"submitted": partial(_recheck, client, data, await engagement_ids(client))}

    async def settle(form: Item) -> None:
        await carry(form, moves)

    forms = await _all(client)
    await step.each(forms, settle)
    advised = sum(form["rectification_advised"] for form in await _all(client))
    return f"{len(forms)} 张自评表复审，{advised} 个项目建议整改"


async def request_rectifications(client: Client, data: DemoData, step: Step) -> str:
    """The officer asks for rectification; monitoring sends the letters and follows them up."""
    forms = {form["project_code"]: form for form in await _all(client)}
    path = "/evaluation/rectification-requests"
    known = {item["letter_no"] for item in await client.every("officer", path, fiscal_year=YEAR)}

    async def request(letter_no: str) -> None:
        rows = data.rectification_letters[letter_no]
        if letter_no not in known:
            key = f"rectification-request:{letter_no}"
            await client.post("officer", path, _request(rows, forms), key=key)

    await step.each(list(data.rectification_letters), request)
    return f"{len(data.rectification_letters)} 封整改函交监控下达"


async def rectify_all(client: Client, data: DemoData, step: Step) -> str:
    """Units report their measures in monitoring, the officer verifies; one is returned first."""
    letters: list[Item] = []

    async def arrived() -> int:
        letters[:] = await client.every(
            "officer", "/monitoring/rectifications", fiscal_year=YEAR, origin="self_evaluation"
        )
        return len(letters)

    expected = len(data.rectification_letters)
    await until_learnt("自评整改函", arrived, expected=expected)
    settled: list[Item] = []

    async def settle(letter: Item) -> None:
        row = data.rectification_letters[letter["letter_no"]][0]
        settled.append(await rectify(client, letter, row, verify=is_true(row["verified"])))

    await step.each(letters, settle)
    verified = sum(letter["status"] == "verified" for letter in settled)
    return f"{len(letters)} 封整改函，核实销号 {verified} 封"


async def _all(client: Client) -> list[Item]:
    return await client.every("officer", "/evaluation/self-evaluations", fiscal_year=YEAR)


async def _open_more(client: Client, before: int) -> int:
    try:
        key = f"self-evaluation-batch:{YEAR}:{before}"
        await client.post("officer", "/evaluation/self-evaluation-batches", _BATCH, key=key)
    except Refused as refused:
        if refused.code != "nothing_to_self_evaluate":
            raise
    return len(await _all(client))


async def _fill(client: Client, data: DemoData, paid: dict[str, Decimal], form: Item) -> Item:
    project, unit_code = form["project_code"], form["unit_code"]
    rows = data.self_evaluation_rows[project]
    body = {
        **cells(data.self_evaluations[project], "goal_actual", "exec_reason"),
        "rows": numbered(rows, "actual_value", "band", "self_score", "reason"),
    }
    path = f"/evaluation/self-evaluations/{form['id']}"
    filled = await client.patch(filler(unit_code), path, body, seen=form)
    if Decimal(filled["executed"]) != paid[project]:
        await until_learnt(
            f"{project} 的执行数", partial(_executed, client, path), expected=paid[project]
        )
    key = f"self-evaluation-submission:{form['id']}:{filled['version']}"
    return await client.post(approver(unit_code), f"{path}/submissions", {}, key=key, seen=filled)


async def _executed(client: Client, path: str) -> Decimal:
    form = await client.get("officer", path)
    return Decimal(form["executed"])


async def _plan(client: Client) -> None:
    """One plan for the one contract: all forms sent in, until the contract ends."""
    path = "/evaluation/recheck-plans"
    if await client.every("officer", path, fiscal_year=YEAR):
        return
    concluded = await client.every("officer", "/evaluation/engagements", fiscal_year=YEAR)
    [contract] = [each for each in concluded if each["scope"] == "result_recheck"]
    body = {
        "fiscal_year": YEAR,
        "title": contract["title"],
        "reviewer": "agency",
        "engagement_id": contract["id"],
        "method": "all",
        "due_on": contract["ends_on"],
    }
    await client.post("officer", path, body, key=f"recheck-plan:{contract['id']}")


async def _recheck(client: Client, data: DemoData, engagements: dict[str, str], form: Item) -> Item:
    row = data.rechecks[form["project_code"]]
    body = {
        "engagement_id": engagements[row["contract_no"]],
        "rows": numbered(data.recheck_rows[form["project_code"]], "review_score", "note"),
        "findings": [
            {
                "code": code,
                "text": row[code],
                "rectification_advised": code == "execution_slow"
                and is_true(row["rectification_advised"]),
            }
            for code in ("evidence_missing", "execution_slow")
            if row[code]
        ],
    }
    path = f"/evaluation/self-evaluations/{form['id']}/rechecks"
    agent = agent_of_contract(data)[row["contract_no"]]
    return await client.post(agent, path, body, key=f"recheck:{form['id']}", seen=form)


def _request(rows: Rows, forms: dict[str, Item]) -> Item:
    first: Row = rows[0]
    return {
        **cells(first, "unit_code", "letter_no", "due_on"),
        "fiscal_year": YEAR,
        "self_evaluation_ids": [forms[row["project_code"]]["id"] for row in rows],
        "problems": [cells(row, "project_code", "text") for row in rows],
    }
