"""指标库：查找、提出、确认、停用."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from services.goals.domain.indicator_trees import trees_of
from services.goals.queries import library as queries
from services.goals.schemas.library import (
    ConfirmationIn,
    EntryFilter,
    EntryIn,
    EntryOut,
    EntryPatch,
    EntrySummary,
    RetirementIn,
    SectorsOut,
    TreeCode,
)
from services.goals.usecases import library as usecases
from shared.auth import Caller, allow
from shared.clock import Now
from shared.db import Reader, Session, TransactionReads
from shared.etags import IfMatch, tagged
from shared.idempotency import Once, OnceOnly
from shared.pages import Page, Paging
from shared.requests import StrictRoute

router = APIRouter(tags=["library"], route_class=StrictRoute)

LibraryReader = Annotated[Caller, allow("indicator.read")]


@router.get("/indicators")
async def list_library_entries(
    by: LibraryReader, reads: Reader, paging: Paging, wanted: Annotated[EntryFilter, Query()]
) -> Page[EntrySummary]:
    """指标库。`q` 给出字词时只列出全部包含的：名称命中的在前，再按本地区采用的目标数；不给时按行业和编码。
    单位看到在用的和自己提出的，财政看到全部。"""
    return await queries.list_entries(reads, by, paging, wanted)


@router.get("/indicator-sectors")
async def list_indicator_sectors(by: LibraryReader, reads: Reader) -> SectorsOut:
    """行业及其在用的指标数。"""
    return await queries.sectors(reads, by)


@router.get("/indicators/{entry_id}", response_model=EntryOut)
async def get_library_entry(
    request: Request,
    entry_id: UUID,
    by: LibraryReader,
    reads: Reader,
    tree: Annotated[TreeCode, Query()] = "mof-2015",
) -> Response:
    """一个指标：解释、公式、取值、赋分、佐证资料、正反示例与采用情况。"""
    out = await queries.entry(reads, by, entry_id, tree)
    return tagged(request, out, out.version)


@router.post("/indicators", status_code=201, response_model=EntryOut)
async def propose_library_entry(
    request: Request,
    body: EntryIn,
    by: Annotated[Caller, allow("indicator.propose")],
    session: Session,
    once: Once,
    now: Now,
) -> Response:
    """提出一个本地区的指标，待财政确认后可用；与已有指标同名的不予受理，并指出是哪一个。"""
    trees = trees_of(request.app.state.rules)
    entry_id = await usecases.propose_entry(session, body, trees, by=by, at=now)
    out = await queries.entry(TransactionReads(session), by, entry_id, body.tree)
    location = f"/api/v1/goals/indicators/{entry_id}"
    return await once.answer(out, location=location, row_version=out.version)


@router.patch("/indicators/{entry_id}", response_model=EntryOut)
async def revise_library_entry(
    request: Request,
    entry_id: UUID,
    body: EntryPatch,
    by: Annotated[Caller, allow("indicator.revise")],
    session: Session,
    if_match: IfMatch,
    now: Now,
) -> Response:
    """提出人在财政确认之前修改（merge patch）。"""
    trees = trees_of(request.app.state.rules)
    await usecases.revise_entry(session, entry_id, body, trees, expected=if_match, by=by, at=now)
    out = await queries.entry(TransactionReads(session), by, entry_id, body.tree)
    return tagged(request, out, out.version)


@router.post("/indicators/{entry_id}/confirmations", status_code=201, response_model=EntryOut)
async def confirm_library_entry(
    entry_id: UUID,
    body: ConfirmationIn,
    by: Annotated[Caller, allow("indicator.confirm")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """财政确认采纳，或说明理由不予采纳；提出人不能自己确认。"""
    await usecases.decide_on_entry(session, entry_id, body, expected=if_match, by=by, at=now)
    return await _answer(session, once, by, entry_id)


@router.post("/indicators/{entry_id}/retirements", status_code=201, response_model=EntryOut)
async def retire_library_entry(
    entry_id: UUID,
    body: RetirementIn,
    by: Annotated[Caller, allow("indicator.retire")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """停用本地区的一个指标并说明理由；已采用它的目标不受影响。"""
    reason = body.reason
    await usecases.retire_entry(session, entry_id, reason, expected=if_match, by=by, at=now)
    return await _answer(session, once, by, entry_id)


async def _answer(session: Session, once: OnceOnly, by: Caller, entry_id: UUID) -> Response:
    out = await queries.entry(TransactionReads(session), by, entry_id, "mof-2015")
    return await once.answer(out, row_version=out.version)
