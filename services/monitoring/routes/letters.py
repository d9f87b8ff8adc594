"""整改函的打印件."""

import asyncio
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.monitoring.queries import letters as queries
from services.monitoring.queries.letter_document import LetterTemplates, as_docx
from services.monitoring.schemas.letters import LetterOut
from shared.auth import Caller, allow
from shared.db import Reader
from shared.requests import StrictRoute

router = APIRouter(tags=["letters"], route_class=StrictRoute)

LetterReader = Annotated[Caller, allow("rectification.read")]

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {_DOCX: {"schema": {"type": "string", "format": "binary"}}}}
}


@router.get("/rectifications/{rectification_id}/letter")
async def get_letter(rectification_id: UUID, by: LetterReader, reads: Reader) -> LetterOut:
    """整改函的内容：文号、单位、期限、逐条问题。"""
    return await queries.letter(reads, by, rectification_id)


@router.get(
    "/rectifications/{rectification_id}/letter.docx", response_class=Response, responses=_FILE
)
async def get_letter_document(
    request: Request, rectification_id: UUID, by: LetterReader, reads: Reader
) -> Response:
    """整改函的 Word 文档，按财政部门的模板填写。"""
    letter = await queries.letter(reads, by, rectification_id)
    templates: LetterTemplates = request.app.state.letter_templates
    content = await asyncio.to_thread(as_docx, letter, templates.of(by.region_code))
    name = quote(f"整改函 {letter.letter_no}.docx", safe="")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(content, media_type=_DOCX, headers=headers)
