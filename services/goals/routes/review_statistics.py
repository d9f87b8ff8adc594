"""初审情况：各单位首次报送的目标审得怎样."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from services.goals.queries import review_statistics as queries
from services.goals.schemas.review_statistics import UnitReviewStatistics
from services.goals.schemas.titles import TITLES
from shared.auth import Caller, allow
from shared.db import Reader
from shared.exports import listed
from shared.fields import Text, YearQuery
from shared.pages import Page, Paging
from shared.problems import MalformedRequest
from shared.requests import StrictRoute

router = APIRouter(tags=["goals"], route_class=StrictRoute)


@listed(router, "/review-statistics", "初审情况", TITLES)
async def list_review_statistics(
    by: Annotated[Caller, allow("review_statistics.read")],
    reads: Reader,
    paging: Paging,
    fiscal_year: YearQuery | None = None,
    submitted_from: Annotated[date | None, Query(description="首次报送日，自（含）")] = None,
    submitted_to: Annotated[date | None, Query(description="首次报送日，至（含）")] = None,
    office: Annotated[Text | None, Query(description="业务室")] = None,
) -> Page[UnitReviewStatistics]:
    """各单位在期间内首次报送的目标：首次审核的结论、退回数与次数，按单位编码；单位只见本单位。

    撤销的结论不计，批复后调整的审核不计。
    """
    if submitted_from and submitted_to and submitted_from > submitted_to:
        raise MalformedRequest("submitted_from 晚于 submitted_to，请对调")
    return await queries.review_statistics(
        reads,
        by,
        paging,
        fiscal_year=fiscal_year,
        submitted_from=submitted_from,
        submitted_to=submitted_to,
        office=office,
    )
