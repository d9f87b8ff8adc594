"""工作底稿: what an evaluation rests on, hidden while others score, archived under one digest."""

import hashlib
from collections.abc import Iterable
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from deploy.local import Stack
from services.evaluation.domain.paper_manifest import Entry, digest_of
from services.evaluation.domain.procedure import procedure
from shared import clock
from shared.auth import Role
from tests.evaluation.builders import (
    AGENCY,
    EVALUATIONS,
    RIVAL,
    UNIT,
    at_fieldwork,
    evaluator,
    expect_404,
    group,
    planned,
    refusal,
    score,
    sheet_row,
)
from tests.evaluation.experts import expert_of_pool
from tests.evaluation.steps import framework, step, to_final, to_scheme
from tests.world import Person, World, created

PDF = b"%PDF-1.7\n" + b"x" * 2000
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64
ROWS = [sheet_row("input", "40", 2, 4), sheet_row("effect", "60", 3, 3)]
IMPARTIAL = {"has_interest": False}


def papers_of(evaluation: dict[str, Any]) -> str:
    """Where the papers of an evaluation lie."""
    return f"{EVALUATIONS}/{evaluation['id']}/working-papers"


async def lay(
    person: Person, evaluation: dict[str, Any], content: bytes, name: str, **place: int
) -> httpx.Response:
    """Send a file to an evaluation."""
    return await person.send(
        "POST",
        papers_of(evaluation),
        content=content,
        params={"name": name, **place},
        headers={"idempotency-key": uuid4().hex, "content-type": "application/octet-stream"},
    )


async def withdraw(person: Person, paper: dict[str, Any]) -> httpx.Response:
    """Take a paper back."""
    path = paper["content_href"].removeprefix("/api/v1").removesuffix("/content")
    return await person.post(f"{path}/withdrawals", {"reason": "扫描不清，另报（示例）"})


async def one_department(world: World, **changes: Any) -> dict[str, Any]:
    """A planned evaluation of a department."""
    await world.unit()
    return await planned(world, group(1, (None, UNIT)), kind="department", **changes)


async def blind_evaluation(world: World) -> tuple[dict[str, Any], Person, Person, Person]:
    """At fieldwork, with three evaluators of whom nobody has declared anything."""
    await expert_of_pool(world, "wang")
    await expert_of_pool(world, "zhao")
    people = [
        {"subject": name, "name": f"{name}（示例）", "kind": "expert"} for name in ("wang", "zhao")
    ]
    people.append({"subject": "li", "name": "li（示例）", "kind": "agency"})
    evaluation = await one_department(world, evaluators=people, merge="average")
    evaluation = await at_fieldwork(world, evaluation, ROWS)
    wang, zhao = (world.person(Role.EXPERT, name=name) for name in ("wang", "zhao"))
    li = world.person(Role.AGENCY_EVALUATOR, agency=AGENCY, name="li")
    return evaluation, wang, zhao, li


async def archived(world: World, evaluation: dict[str, Any]) -> dict[str, Any]:
    """From scored groups to the archive."""
    done = await to_final(world, evaluator(world), evaluation)
    feedback = {"feedback_no": "反馈1号（示例）", "sent_on": "2024-06-01"}
    done = await step(world.officer, done, "feedbacks", feedback)
    public = {"disclosed_on": "2024-07-01", "url": "https://example.org/result"}
    done = await step(world.officer, done, "disclosures", public)
    filed = {"archive_no": "档案1号（示例）", "index": ["报告"]}
    return await step(world.officer, done, "archives", filed)


async def run_as(url: str, statement: str) -> None:
    """One statement with this login."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def recomputed(manifest: dict[str, Any], contents: Iterable[bytes]) -> str:
    """The digest of the manifest as whoever holds the files computes it."""
    lines = [
        f"{hashlib.sha256(content).hexdigest()}  {entry['saved_as']}\n"
        for content, entry in zip(contents, manifest["items"], strict=True)
    ]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


@pytest.mark.parametrize(
    "changed",
    [
        [],
        [Entry(1, "a.pdf", "0" * 64, False)],
        [Entry(1, "b.pdf", "0" * 64, False), Entry(2, "b.pdf", "1" * 64, False)],
        [Entry(1, "a.pdf", "1" * 64, False), Entry(2, "b.pdf", "1" * 64, False)],
        [Entry(1, "b.pdf", "1" * 64, False), Entry(2, "a.pdf", "0" * 64, False)],
        [Entry(1, "a.pdf", "0" * 64, False), Entry(2, "b.pdf", "1" * 64, True)],
    ],
)
def test_whatever_is_changed_changes_the_digest(changed: list[Entry]) -> None:
    kept = [Entry(1, "a.pdf", "0" * 64, False), Entry(2, "b.pdf", "1" * 64, False)]
    assert digest_of(changed) != digest_of(kept)


def test_no_two_papers_are_saved_under_one_name() -> None:
    same = [Entry(number, "a.pdf", "0" * 64, number > 2) for number in (1, 2, 3)]
    assert [each.saved_as for each in same] == ["0001-a.pdf", "0002-a.pdf", "已撤回/0003-a.pdf"]


async def test_what_was_laid_is_archived_under_a_digest_anybody_recomputes(
    world: World, stack: Stack
) -> None:
    """A paper of the whole, one of an indicator, one withdrawn, one of the bureau."""
    agent = evaluator(world)
    evaluation = await one_department(world)
    early = await lay(agent, evaluation, PDF, "早.pdf")
    assert refusal(early)[:2] == (409, "evaluation_state_forbids")
    evaluation = await to_scheme(world, agent, evaluation, [framework(ROWS, 1)])
    first = await lay(agent, evaluation, PDF, "C:\\资料\\方案附件.PDF")
    paper = created(first)
    assert (paper["name"], paper["sha256"]) == ("方案附件.pdf", hashlib.sha256(PDF).hexdigest())
    assert first.headers["location"] == paper["content_href"].removesuffix("/content")
    evaluation = await step(world.officer, evaluation, "framework-approvals", {})
    began = {"began_on": "2024-03-20", "notes": "实地查看（示例）"}
    evaluation = await step(agent, evaluation, "fieldwork-records", began)
    of_row = created(await lay(agent, evaluation, PNG, "现场.png", group_no=1, position=2))
    assert (of_row["group_no"], of_row["indicator"]) == (1, "effect 的评价要点")
    created(await lay(world.officer, evaluation, PNG + b"2", "现场.png", group_no=1))
    gone = created(await withdraw(agent, of_row))
    assert (gone["withdrawal_reason"], gone["allowed_actions"]) == ("扫描不清，另报（示例）", [])
    assert refusal(await withdraw(agent, of_row))[:2] == (409, "paper_withdrawn")
    assert refusal(await withdraw(world.officer, paper))[:2] == (409, "paper_of_another")
    listed = (await world.officer.get(papers_of(evaluation), group_no=1)).json()["items"]
    assert [each["withdrawn_at"] is None for each in listed] == [False, True]
    path = f"{EVALUATIONS}/{evaluation['id']}/archive-manifest"
    assert refusal(await agent.get(path))[:2] == (409, "no_archive_manifest")

    evaluation = created(await score(world, evaluation, 1, ROWS))
    done = await archived(world, evaluation)
    assert refusal(await lay(agent, done, PDF, "晚.pdf"))[:2] == (409, "evaluation_state_forbids")
    assert refusal(await withdraw(agent, paper))[:2] == (409, "evaluation_state_forbids")
    manifest = (await agent.get(path)).json()
    assert [each["saved_as"] for each in manifest["items"]] == [
        "0001-方案附件.pdf",
        "已撤回/0002-现场.png",
        "0003-现场.png",
    ]
    items = (await agent.get(papers_of(done))).json()["items"]
    hrefs = [each["content_href"].removeprefix("/api/v1") for each in items]
    contents = [(await agent.get(href)).content for href in hrefs]
    assert contents == [PDF, PNG, PNG + b"2"]
    kept = done["steps"][-1]["details"]
    assert recomputed(manifest, contents) == manifest["digest"] == kept["papers_digest"]
    assert (manifest["matches"], kept["paper_count"]) == (True, 3)
    change = f"update evaluation.working_paper set name = 'b.pdf' where id = '{paper['id']}'"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await run_as(stack.database_url("evaluation"), change)
    await run_as(stack.admin_url, change)
    assert (await agent.get(path)).json()["matches"] is False


async def everything_seen(person: Person, evaluation: dict[str, Any], hidden: str) -> list[Any]:
    """All that could tell a paper: the lists, its own paths, the evaluation with its ETag."""
    base = f"{EVALUATIONS}/{evaluation['id']}"
    answers = [
        await person.get(each)
        for each in (
            papers_of(evaluation),
            f"{papers_of(evaluation)}?limit=1",
            f"{papers_of(evaluation)}?uploaded_by=wang",
            f"{papers_of(evaluation)}/{hidden}",
            f"{papers_of(evaluation)}/{hidden}/content",
            base,
            f"{base}/history",
            "/evaluation/work-items",
        )
    ]
    volatile = ("trace_id", "request_id", "instance")
    return [
        (
            answer.status_code,
            {name: value for name, value in answer.json().items() if name not in volatile},
            answer.headers.get("etag"),
        )
        for answer in answers
    ]


async def test_what_an_evaluator_lays_while_scoring_is_seen_after_closing(world: World) -> None:
    """Not by list, count, id, ETag or limit; and by nobody who keeps away or has not said so."""
    evaluation, wang, zhao, li = await blind_evaluation(world)
    undeclared = (409, "recusal_not_declared")
    assert refusal(await lay(wang, evaluation, PDF, "a.pdf"))[:2] == undeclared
    assert refusal(await wang.get(papers_of(evaluation)))[:2] == undeclared
    for person in (wang, li):
        evaluation = await step(person, evaluation, "declarations", IMPARTIAL)
    shared = created(await lay(evaluator(world), evaluation, PDF, "共用.pdf"))
    watchers = (li, evaluator(world))
    before = [await everything_seen(each, evaluation, str(uuid4())) for each in watchers]
    own = created(await lay(wang, evaluation, PDF, "访谈.pdf", group_no=1, position=1))
    after = [await everything_seen(each, evaluation, own["id"]) for each in watchers]
    assert after == before
    path = f"{papers_of(evaluation)}/{own['id']}"
    for person in watchers:
        await expect_404(person, "POST", f"{path}/withdrawals", {"reason": "试探（示例）"})
    for person in (wang, world.officer):
        seen = (await person.get(papers_of(evaluation))).json()["items"]
        assert [each["id"] for each in seen] == [shared["id"], own["id"]]
    interested = {"has_interest": True, "interest": "曾在该单位任职（示例）"}
    evaluation = await step(zhao, evaluation, "declarations", interested)
    for person in (wang, li):
        created(await score(world, evaluation, 1, ROWS, person))
    evaluation = await step(world.officer, evaluation, "scoring-closures", {})
    for person in watchers:
        assert (await person.get(f"{path}/content")).content == PDF
    recused = (409, "evaluator_recused")
    for each in ("", f"/{own['id']}", f"/{own['id']}/content", f"/{shared['id']}/content", ".xlsx"):
        assert refusal(await zhao.get(papers_of(evaluation) + each))[:2] == recused
    assert refusal(await lay(zhao, evaluation, PDF, "a.pdf"))[:2] == recused
    reopened = await step(evaluator(world), evaluation, "drafts", {"text": "初步结论（示例）"})
    await step(world.officer, reopened, "returns", {"reason": "评分依据不足（示例）"})
    await expect_404(li, "GET", path)


async def test_the_limit_counts_ones_own_papers_only(world: World) -> None:
    limits = procedure().paper_limits(clock.business_day(clock.now()))
    evaluation, wang, _, li = await blind_evaluation(world)
    for person in (wang, li):
        evaluation = await step(person, evaluation, "declarations", IMPARTIAL)
    for _ in range(limits.max_file_count):
        created(await lay(wang, evaluation, PNG, "a.png"))
    assert refusal(await lay(wang, evaluation, PNG, "a.png"))[:2] == (409, "papers_full")
    created(await lay(li, evaluation, PNG, "a.png"))


async def test_only_whom_it_concerns_finds_a_paper(world: World, other_world: World) -> None:
    evaluation = await at_fieldwork(world, await one_department(world), ROWS)
    paper = created(await lay(evaluator(world), evaluation, PDF, "a.pdf"))
    base = papers_of(evaluation)
    manifest = f"{EVALUATIONS}/{evaluation['id']}/archive-manifest"
    strangers = [
        evaluator(world, RIVAL),
        world.person(Role.EXPERT, name="qian"),
        evaluator(other_world),
        other_world.officer,
    ]
    for person in strangers:
        for path in (base, f"{base}/{paper['id']}", f"{base}/{paper['id']}/content", manifest):
            await expect_404(person, "GET", path)
    for person in strangers:
        assert (await lay(person, evaluation, PDF, "a.pdf")).status_code == 404
        assert (await withdraw(person, paper)).status_code == 404
    for unit in (world.filler(), world.approver()):
        assert (await unit.get(base)).status_code == 403
        assert (await lay(unit, evaluation, PDF, "a.pdf")).status_code == 403
    second = await one_department(world, title="另一项评价（示例）")
    await expect_404(world.officer, "GET", f"{papers_of(second)}/{paper['id']}/content")
    auditor = world.person(Role.AUDITOR)
    assert (await auditor.get(f"{base}/{paper['id']}/content")).content == PDF


async def test_what_is_no_paper_or_belongs_nowhere_is_refused(world: World) -> None:
    evaluation = await at_fieldwork(world, await one_department(world), ROWS)
    agent = evaluator(world)
    for content, name in ((b"MZ\x90", "a.pdf"), (b"", "a.pdf"), (PDF, "a.png"), (PDF, "/..")):
        answer = await lay(agent, evaluation, content, name)
        assert refusal(answer)[:2] == (422, "paper_refused"), name
    split = await lay(agent, evaluation, PDF, "a\r\nset-cookie: b.pdf")
    assert refusal(split)[:2] == (400, "malformed_request")
    hostile = created(await lay(agent, evaluation, PDF, '../../a\u202efdp "<x>.pdf'))
    assert hostile["name"] == "afdp __x_.pdf"
    got = await agent.get(hostile["content_href"].removeprefix("/api/v1"))
    assert got.headers["content-disposition"] == "attachment; filename*=UTF-8''afdp%20__x_.pdf"
    for place, code in (
        ({"group_no": 2}, "group_no_unknown"),
        ({"group_no": 1, "position": 3}, "position_unknown"),
        ({"position": 1}, "position_unknown"),
    ):
        answer = await lay(agent, evaluation, PDF, "a.pdf", **place)
        assert [each[0] for each in refusal(answer)[2]] == [code]
    limits = procedure().paper_limits(clock.business_day(clock.now()))
    large = b"%PDF-" + b"x" * limits.max_file_bytes
    answer = await lay(agent, evaluation, large, "a.pdf")
    assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")
