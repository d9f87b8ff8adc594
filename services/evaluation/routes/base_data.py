"""部门整体支出绩效评价基础数据及由其算出的共性指标."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from services.evaluation.queries import base_data as queries
from services.evaluation.schemas.base_data import BaseDataIn, BaseDataOut
from services.evaluation.schemas.self_evaluations import UnitCode
from services.evaluation.usecases import base_data as usecases
from shared.auth import Caller, allow
from shared.clock import Now
from shared.db import Reader, Session, TransactionReads
from shared.etags import PutIfMatch, tagged
from shared.requests import StrictRoute

router = APIRouter(tags=["base-data"], route_class=StrictRoute)

PathUnit = Annotated[UnitCode, Path()]
PathYear = Annotated[int, Path(ge=2000, le=2100)]


@router.get("/department-base-data/{unit_code}/{fiscal_year}", response_model=BaseDataOut)
async def get_department_base_data(
    request: Request,
    unit_code: PathUnit,
    fiscal_year: PathYear,
    by: Annotated[Caller, allow("base_data.read")],
    reads: Reader,
) -> BaseDataOut:
    """一个单位一年的基础数据，以及在职人员控制率、预算完成率等共性指标，各附计算依据。

    项目的预算与支出合计列在旁边，供核对；分母为零的指标不适用，缺数据的不计算。
    """
    return await queries.base_data(reads, by, unit_code, fiscal_year, request.app.state.rules)


@router.put("/department-base-data/{unit_code}/{fiscal_year}", response_model=BaseDataOut)
async def put_department_base_data(
    request: Request,
    unit_code: PathUnit,
    fiscal_year: PathYear,
    body: BaseDataIn,
    by: Annotated[Caller, allow("base_data.file")],
    session: Session,
    if_match: PutIfMatch,
    now: Now,
) -> Response:
    """填报或更正基础数据：新建不带 If-Match，更正须带；历次版本都保留。"""
    new = await usecases.file(
        session, unit_code, fiscal_year, body, expected=if_match, by=by, at=now
    )
    reads, rules = TransactionReads(session), request.app.state.rules
    out = await queries.base_data(reads, by, unit_code, fiscal_year, rules)
    return tagged(request, out, out.version, status=201 if new else 200)
