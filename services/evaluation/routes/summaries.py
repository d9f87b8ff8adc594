"""年度总结：查阅、文字、印发，及其数字背后的清单."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from services.evaluation.clients import drafts_around, learned_figures
from services.evaluation.domain.training_effect import USUAL_DAYS
from services.evaluation.queries import summary_issues, summary_lists, training_effect
from services.evaluation.queries.annual_summary import annual_summary
from services.evaluation.queries.summary_document import as_markdown, summary_content
from services.evaluation.schemas.summaries import (
    AnnualSummaryOut,
    EvaluatedProjectOut,
    EvaluatedUnitOut,
    FigureOut,
    IssueIn,
    IssueList,
    NarrativeIn,
    NarrativeOut,
    SelfEvaluatedUnitOut,
)
from services.evaluation.usecases import summaries as usecases
from shared.auth import Caller, allow
from shared.clock import Now, business_day
from shared.db import Reader, Reads, Session, TransactionReads
from shared.documents import DOCX_RESPONSE, Templates, docx_response
from shared.etags import PutIfMatch, tagged
from shared.fields import YearPath, YearQuery
from shared.http import Peers
from shared.idempotency import Once
from shared.pages import Page, Paging
from shared.problems import MalformedRequest, NotFound
from shared.requests import StrictRoute

router = APIRouter(tags=["annual-summaries"], route_class=StrictRoute)

SummaryReader = Annotated[Caller, allow("summary.read")]
SummaryIssuer = Annotated[Caller, allow("summary.issue")]
AsOf = Annotated[
    datetime | None,
    Query(description="取该时刻已印发的最后一次，逐字不变；不填为按现有数据即时写出"),
]


async def _learned_first(
    request: Request, fiscal_year: YearPath, by: SummaryIssuer, reads: Reader, now: Now
) -> Sequence[FigureOut]:
    """The other services' figures, asked for before the transaction begins."""
    return await _learned(request.app.state.peers, reads, by, fiscal_year, now)


async def _learned(
    peers: Peers, reads: Reads, by: Caller, fiscal_year: int, now: datetime
) -> Sequence[FigureOut]:
    """What others count of the year, and of the drafts before and after its largest training."""
    held = await training_effect.largest_of_year(reads, by, fiscal_year)
    if held is None:
        return await learned_figures(peers, by, fiscal_year)
    figures, (before, after) = await asyncio.gather(
        learned_figures(peers, by, fiscal_year),
        drafts_around(peers, by, held.held_on, USUAL_DAYS),
    )
    today = business_day(now)
    effect = training_effect.effect_of(held, before, after, days=USUAL_DAYS, today=today)
    return [*figures, *training_effect.effect_figures(effect)]


async def _asked(
    request: Request,
    fiscal_year: YearPath,
    by: SummaryReader,
    reads: Reader,
    now: Now,
    as_of: AsOf = None,
) -> AnnualSummaryOut:
    """As issued by an instant, or written now: the other services first, then the own database."""
    if as_of is None:
        learned = await _learned(request.app.state.peers, reads, by, fiscal_year, now)
        return await annual_summary(reads, by, fiscal_year=fiscal_year, learned=learned, at=now)
    if as_of.tzinfo is None:
        raise MalformedRequest("as_of 须带时区，如 2024-03-01T18:00:00+08:00")
    issued = await summary_issues.last_issue(reads, by, fiscal_year, at=as_of)
    if issued is None:
        raise NotFound(f"{as_of.isoformat()} 之前没有印发过 {fiscal_year} 年度总结")
    return issued


Asked = Annotated[AnnualSummaryOut, Depends(_asked)]


@router.get("/annual-summaries/{fiscal_year}")
async def get_annual_summary(by: SummaryReader, summary: Asked) -> AnnualSummaryOut:
    """年度总结：每个数字注明口径，并可追溯到清单；`notes` 列出数字间的矛盾与说明。"""
    return summary


@router.get(
    "/annual-summaries/{fiscal_year}/document", response_class=Response, responses=DOCX_RESPONSE
)
async def get_annual_summary_document(
    request: Request, by: SummaryReader, summary: Asked
) -> Response:
    """年度总结的 Word 文档，按财政部门的模板填写，数据与上同。"""
    templates: Templates = request.app.state.summary_templates
    content = summary_content(summary)
    file = await asyncio.to_thread(templates.filled, by.region_code, content)
    return docx_response(file, summary.title)


@router.get("/annual-summaries/{fiscal_year}/markdown", response_class=PlainTextResponse)
async def get_annual_summary_markdown(by: SummaryReader, summary: Asked) -> Response:
    """年度总结的 Markdown 文本，数据与上同。"""
    return PlainTextResponse(as_markdown(summary), media_type="text/markdown; charset=utf-8")


@router.put("/annual-summaries/{fiscal_year}/narratives/{section}", response_model=NarrativeOut)
async def write_summary_narrative(
    request: Request,
    fiscal_year: YearPath,
    section: Annotated[str, Path(max_length=40)],
    body: NarrativeIn,
    by: Annotated[Caller, allow("summary.write")],
    session: Session,
    if_match: PutIfMatch,
    now: Now,
) -> Response:
    """填写或修改一个章节的文字，一行一段；历次版本与作者都保留，空文本即撤下。"""
    new = await usecases.write_narrative(
        session, fiscal_year, section, body, expected=if_match, by=by, at=now
    )
    out = await summary_issues.narrative(TransactionReads(session), by, fiscal_year, section)
    return tagged(request, out, out.version, status=201 if new else 200)


@router.get("/annual-summaries/{fiscal_year}/issues")
async def list_summary_issues(fiscal_year: YearPath, by: SummaryReader, reads: Reader) -> IssueList:
    """历次印发，最近的在前；以其时刻为 `as_of` 可取回原文。"""
    return await summary_issues.issues(reads, by, fiscal_year)


@router.post(
    "/annual-summaries/{fiscal_year}/issues", status_code=201, response_model=AnnualSummaryOut
)
async def issue_annual_summary(
    fiscal_year: YearPath,
    body: IssueIn,
    by: SummaryIssuer,
    learned: Annotated[Sequence[FigureOut], Depends(_learned_first)],
    session: Session,
    once: Once,
    now: Now,
) -> Response:
    """印发：把现在的总结原样留存；`notes` 里的每一处都须在 acknowledged 中写明看过。"""
    reads = TransactionReads(session)
    summary = await annual_summary(reads, by, fiscal_year=fiscal_year, learned=learned, at=now)
    await usecases.issue(session, summary, body, by=by, at=now)
    await session.flush()
    issued = await summary_issues.last_issue(reads, by, fiscal_year, at=now)
    assert issued is not None
    location = f"/api/v1/evaluation/annual-summaries/{fiscal_year}?as_of={now.isoformat()}"
    return await once.answer(issued, location=location.replace("+00:00", "Z"))


@router.get("/evaluated-projects")
async def list_evaluated_projects(
    by: SummaryReader, reads: Reader, paging: Paging, fiscal_year: YearQuery
) -> Page[EvaluatedProjectOut]:
    """已审定重点评价的项目，每个一行；金额为各级资金（元）。"""
    return await summary_lists.evaluated_projects(reads, by, paging, fiscal_year=fiscal_year)


@router.get("/evaluated-units")
async def list_evaluated_units(
    by: SummaryReader, reads: Reader, paging: Paging, fiscal_year: YearQuery
) -> Page[EvaluatedUnitOut]:
    """已审定部门整体评价的单位，每个一行。"""
    return await summary_lists.evaluated_units(reads, by, paging, fiscal_year=fiscal_year)


@router.get("/self-evaluated-units")
async def list_self_evaluated_units(
    by: SummaryReader, reads: Reader, paging: Paging, fiscal_year: YearQuery
) -> Page[SelfEvaluatedUnitOut]:
    """已报送自评的单位，每个一行；金额为本级资金（元）。"""
    return await summary_lists.self_evaluated_units(reads, by, paging, fiscal_year=fiscal_year)
