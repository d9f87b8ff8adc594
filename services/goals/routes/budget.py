"""预算年度与预算调整."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from services.goals.queries import budget as queries
from services.goals.schemas.budget import (
    BudgetChangeOut,
    BudgetChangeRow,
    BudgetCycleIn,
    BudgetCycleOut,
    WithdrawalIn,
)
from services.goals.schemas.directory import ProjectCode, UnitCode
from services.goals.schemas.funds import ChangeStatus
from services.goals.schemas.titles import TITLES
from services.goals.usecases import budget_change_imports, budget_changes, budget_cycles
from shared.auth import Caller, allow
from shared.bulk import Atomic, BulkIn, BulkOut, DryRun, Rows, import_rows
from shared.clock import Now
from shared.db import Reader, Session, TransactionReads
from shared.etags import IfMatch, PutIfMatch, tagged
from shared.exports import listed
from shared.fields import YearQuery
from shared.idempotency import Once
from shared.pages import Page, Paging
from shared.requests import StrictRoute

router = APIRouter(tags=["budget"], route_class=StrictRoute)

CycleReader = Annotated[Caller, allow("budget_cycle.read")]
ChangeReader = Annotated[Caller, allow("budget_change.read")]
PathYear = Annotated[int, Path(ge=2000, le=2100)]


@router.get("/budget-cycles")
async def list_budget_cycles(
    request: Request, by: CycleReader, reads: Reader, paging: Paging
) -> Page[BudgetCycleOut]:
    """预算年度，最近的在前。"""
    return await queries.list_cycles(reads, by, paging, request.app.state.rules)


@router.get("/budget-cycles/{fiscal_year}", response_model=BudgetCycleOut)
async def get_budget_cycle(
    request: Request, fiscal_year: PathYear, by: CycleReader, reads: Reader
) -> Response:
    """一个预算年度：用哪种申报表（出处、是否核对过原文）、各步截止日期。"""
    out = await queries.cycle(reads, by, fiscal_year, request.app.state.rules)
    return tagged(request, out, out.version)


@router.put("/budget-cycles/{fiscal_year}", response_model=BudgetCycleOut)
async def put_budget_cycle(
    request: Request,
    fiscal_year: PathYear,
    body: BudgetCycleIn,
    by: Annotated[Caller, allow("budget_cycle.write")],
    session: Session,
    if_match: PutIfMatch,
    now: Now,
) -> Response:
    """开启或修改预算年度：新建不带 If-Match，修改须带；已有目标报送后不能再换申报表。"""
    rules = request.app.state.rules
    new = await budget_cycles.put_cycle(
        session, fiscal_year, body, expected=if_match, rules=rules, by=by, at=now
    )
    out = await queries.cycle(TransactionReads(session), by, fiscal_year, rules)
    return tagged(request, out, out.version, status=201 if new else 200)


@router.post("/budget-change-imports", status_code=207, response_model=BulkOut)
async def import_budget_changes(
    body: BulkIn,
    by: Annotated[Caller, allow("budget_change.import")],
    session: Session,
    once: Once,
    now: Now,
    dry_run: DryRun = False,
    atomic: Atomic = "row",
) -> Response:
    """批量推送预算调整（追加、调减、调剂、结转），以文号和项目编码识别；随目标调整批复后才生效。"""
    rows = Rows(body.items, BudgetChangeRow, budget_change_imports.key_of)
    store = partial(budget_change_imports.import_changes, session, by=by, at=now)
    out = await import_rows(session, rows, store, dry_run=dry_run, atomic=atomic)
    return await once.answer(out, status=207)


@listed(router, "/budget-changes", "预算调整", TITLES)
async def list_budget_changes(
    by: ChangeReader,
    reads: Reader,
    paging: Paging,
    project_code: Annotated[ProjectCode | None, Query()] = None,
    fiscal_year: YearQuery | None = None,
    status: Annotated[ChangeStatus | None, Query()] = None,
    unit_code: Annotated[UnitCode | None, Query()] = None,
) -> Page[BudgetChangeOut]:
    """预算调整，最早的在前。"""
    return await queries.list_changes(
        reads,
        by,
        paging,
        project_code=project_code,
        fiscal_year=fiscal_year,
        status=status,
        unit_code=unit_code,
    )


@router.get("/budget-changes/{change_id}", response_model=BudgetChangeOut)
async def get_budget_change(
    request: Request, change_id: UUID, by: ChangeReader, reads: Reader
) -> Response:
    """一项预算调整及其各行。"""
    out = await queries.change(reads, by, change_id)
    return tagged(request, out, out.version)


@router.post(
    "/budget-changes/{change_id}/withdrawals", status_code=201, response_model=BudgetChangeOut
)
async def withdraw_budget_change(
    change_id: UUID,
    body: WithdrawalIn,
    by: Annotated[Caller, allow("budget_change.withdraw")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """撤回待批复的预算调整，须写理由；目标正在按它调整时不能撤回。"""
    await budget_changes.withdraw_change(session, change_id, body, expected=if_match, by=by, at=now)
    out = await queries.change(TransactionReads(session), by, change_id)
    return await once.answer(out, row_version=out.version)
