"""整改的佐证材料：上传、清单、下载."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from services.monitoring.domain.rectification_rules import rectification_rules
from services.monitoring.errors import EvidenceRefused
from services.monitoring.queries import evidence as queries
from services.monitoring.schemas.evidence import EvidenceList, EvidenceOut
from services.monitoring.usecases.evidence import STORE, lay_evidence
from shared.auth import Caller, allow
from shared.clock import Now, business_day
from shared.db import Reader, Session, TransactionReads
from shared.fields import Text
from shared.files import CONTENT, UPLOAD, arriving, download
from shared.idempotency import OnceUploaded
from shared.requests import StrictRoute

router = APIRouter(tags=["evidence-files"], route_class=StrictRoute)

EvidenceReader = Annotated[Caller, allow("evidence.read")]


@router.post(
    "/rectifications/{rectification_id}/evidence-files",
    status_code=201,
    response_model=EvidenceOut,
    openapi_extra=UPLOAD,
)
async def upload_evidence_file(
    request: Request,
    rectification_id: UUID,
    by: Annotated[Caller, allow("evidence.upload")],
    session: Session,
    key: OnceUploaded,
    now: Now,
    name: Annotated[Text, Query(description="文件名，扩展名与内容一致")],
) -> Response:
    """上传佐证材料：请求体就是文件内容。按内容而不按声明辨别类型；传上的不能替换，只能再传。"""
    limits = rectification_rules().evidence_limits(business_day(now))
    async with arriving(request, name, limits, refusal=EvidenceRefused) as arrived:
        once = await key.claim(session, bytes.fromhex(arrived.sha256))
        file_id = await lay_evidence(session, rectification_id, arrived, limits, by=by, at=now)
    out = await queries.evidence_file(TransactionReads(session), by, rectification_id, file_id)
    location = out.content_href.removesuffix("/content")
    return await once.answer(out, location=location)


@router.get("/rectifications/{rectification_id}/evidence-files")
async def list_evidence_files(
    rectification_id: UUID, by: EvidenceReader, reads: Reader
) -> EvidenceList:
    """一件整改的全部佐证材料，最早的在前。"""
    return await queries.evidence_of(reads, by, rectification_id)


@router.get("/rectifications/{rectification_id}/evidence-files/{file_id}")
async def get_evidence_file(
    rectification_id: UUID, file_id: UUID, by: EvidenceReader, reads: Reader
) -> EvidenceOut:
    """一个文件的名称、大小、摘要和上传人。"""
    return await queries.evidence_file(reads, by, rectification_id, file_id)


@router.get(
    "/rectifications/{rectification_id}/evidence-files/{file_id}/content",
    response_class=Response,
    responses=CONTENT,
)
async def download_evidence_file(
    rectification_id: UUID, file_id: UUID, by: EvidenceReader, reads: Reader
) -> Response:
    """下载一个文件；总是另存，不在浏览器里打开。"""
    file = await queries.evidence_file(reads, by, rectification_id, file_id)
    content = STORE.content(reads, by.region_code, file.id)
    return download(content, name=file.name, media_type=file.media_type, size=file.size_bytes)
