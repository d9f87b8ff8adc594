"""评价的工作底稿与佐证材料：报送、清单、下载、撤回、归档清单."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from services.evaluation.domain.procedure import procedure
from services.evaluation.errors import PaperRefused
from services.evaluation.queries import working_papers as queries
from services.evaluation.schemas.titles import TITLES
from services.evaluation.schemas.working_papers import ManifestOut, PaperOut, WithdrawalIn
from services.evaluation.usecases.working_papers import STORE, Place, lay_paper, withdraw_paper
from shared.auth import Caller, allow
from shared.clock import Now, business_day
from shared.db import Reader, Session, TransactionReads
from shared.exports import listed
from shared.fields import Text
from shared.files import CONTENT, UPLOAD, arriving, download
from shared.idempotency import Once, OnceUploaded
from shared.pages import Page, Paging
from shared.requests import StrictRoute

router = APIRouter(tags=["working-papers"], route_class=StrictRoute)

PaperReader = Annotated[Caller, allow("working_paper.read")]
_GroupNo = Annotated[int | None, Query(ge=1, le=9999, description="组号")]


@router.post(
    "/evaluations/{evaluation_id}/working-papers",
    status_code=201,
    response_model=PaperOut,
    openapi_extra=UPLOAD,
)
async def lay_working_paper(
    request: Request,
    evaluation_id: UUID,
    by: Annotated[Caller, allow("working_paper.lay")],
    session: Session,
    key: OnceUploaded,
    now: Now,
    name: Annotated[Text, Query(description="文件名，扩展名与内容一致")],
    group_no: _GroupNo = None,
    position: Annotated[int | None, Query(ge=1, le=200, description="指标体系的行")] = None,
) -> Response:
    """报送工作底稿：请求体就是文件内容，可附到一组或指标体系的一行；报送后不能替换，只能撤回并说明理由。

    评价人员独立评分期间报送的，结束评分前其他评价人员看不到。
    """
    limits = procedure().paper_limits(business_day(now))
    place = Place(evaluation_id, group_no, position)
    async with arriving(request, name, limits, refusal=PaperRefused) as arrived:
        once = await key.claim(session, bytes.fromhex(arrived.sha256))
        paper_id = await lay_paper(session, place, arrived, limits, by=by, at=now)
    out = await queries.working_paper(TransactionReads(session), by, evaluation_id, paper_id)
    return await once.answer(out, location=out.content_href.removesuffix("/content"))


@listed(router, "/evaluations/{evaluation_id}/working-papers", "工作底稿", TITLES)
async def list_working_papers(
    evaluation_id: UUID,
    by: PaperReader,
    reads: Reader,
    paging: Paging,
    group_no: _GroupNo = None,
    uploaded_by: Annotated[Text | None, Query(description="报送人")] = None,
) -> Page[PaperOut]:
    """一项评价的工作底稿，最早的在前，含已撤回的；作出回避声明之前看不到。"""
    return await queries.working_papers(
        reads, by, evaluation_id, paging, group_no=group_no, uploaded_by=uploaded_by
    )


@router.get("/evaluations/{evaluation_id}/working-papers/{paper_id}")
async def get_working_paper(
    evaluation_id: UUID, paper_id: UUID, by: PaperReader, reads: Reader
) -> PaperOut:
    """一份工作底稿的名称、大小、摘要、报送人和撤回情况。"""
    return await queries.working_paper(reads, by, evaluation_id, paper_id)


@router.get(
    "/evaluations/{evaluation_id}/working-papers/{paper_id}/content",
    response_class=Response,
    responses=CONTENT,
)
async def download_working_paper(
    evaluation_id: UUID, paper_id: UUID, by: PaperReader, reads: Reader
) -> Response:
    """下载一份工作底稿；总是另存，不在浏览器里打开。"""
    paper = await queries.working_paper(reads, by, evaluation_id, paper_id)
    content = STORE.content(reads, by.region_code, paper.id)
    return download(content, name=paper.name, media_type=paper.media_type, size=paper.size_bytes)


@router.post(
    "/evaluations/{evaluation_id}/working-papers/{paper_id}/withdrawals",
    status_code=201,
    response_model=PaperOut,
)
async def withdraw_working_paper(
    evaluation_id: UUID,
    paper_id: UUID,
    body: WithdrawalIn,
    by: Annotated[Caller, allow("working_paper.withdraw")],
    session: Session,
    once: Once,
    now: Now,
) -> Response:
    """撤回本人报送的工作底稿并说明理由；内容仍然保存，列入归档清单。"""
    await withdraw_paper(session, evaluation_id, paper_id, body, by=by, at=now)
    out = await queries.working_paper(TransactionReads(session), by, evaluation_id, paper_id)
    return await once.answer(out)


@router.get("/evaluations/{evaluation_id}/archive-manifest")
async def get_archive_manifest(evaluation_id: UUID, by: PaperReader, reads: Reader) -> ManifestOut:
    """归档清单：每份底稿的摘要，和归档时记录的总摘要。

    把文件按 `saved_as` 存放，逐行写“sha256、两个空格、saved_as、换行”，全文（UTF-8）的 SHA-256 即总摘要；
    这些行也可直接用 `sha256sum -c` 逐个核对。`matches` 为否时，清单与归档时不同。
    """
    return await queries.archive_manifest(reads, by, evaluation_id)
