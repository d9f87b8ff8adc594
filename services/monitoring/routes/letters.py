"""整改函的打印件."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.monitoring.queries import letters as queries
from services.monitoring.queries.documents import Documents
from services.monitoring.queries.letter_document import letter_content
from services.monitoring.schemas.letters import LetterOut
from shared.auth import Caller, allow
from shared.db import Reader
from shared.documents import DOCX_RESPONSE, docx_response
from shared.requests import StrictRoute

router = APIRouter(tags=["letters"], route_class=StrictRoute)

LetterReader = Annotated[Caller, allow("rectification.read")]


@router.get("/rectifications/{rectification_id}/letter")
async def get_letter(rectification_id: UUID, by: LetterReader, reads: Reader) -> LetterOut:
    """整改函的内容：文号、单位、期限、逐条问题。"""
    return await queries.letter(reads, by, rectification_id)


@router.get(
    "/rectifications/{rectification_id}/letter.docx",
    response_class=Response,
    responses=DOCX_RESPONSE,
)
async def get_letter_document(
    request: Request, rectification_id: UUID, by: LetterReader, reads: Reader
) -> Response:
    """整改函的 Word 文档，按财政部门的模板填写。"""
    letter = await queries.letter(reads, by, rectification_id)
    documents: Documents = request.app.state.documents
    content = letter_content(letter)
    file = await asyncio.to_thread(documents.letter.filled, by.region_code, content)
    return docx_response(file, f"整改函 {letter.letter_no}")
