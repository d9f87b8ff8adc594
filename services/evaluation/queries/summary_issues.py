"""The bureau's own words in the annual summary, and the summaries it issued."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from services.evaluation.schemas.summaries import (
    AnnualSummaryOut,
    IssuedOut,
    IssueList,
    NarrativeOut,
)
from shared.auth import Caller
from shared.db import Reads

_NARRATIVES = """
    select distinct on (section) section, text, version, written_by, written_at
    from summary_narrative where region_code = $1 and fiscal_year = $2
    order by section, version desc
"""

_ISSUES = """
    select number, acknowledged::text, remark, issued_by, issued_at from summary_issue
    where region_code = $1 and fiscal_year = $2 order by number desc
"""

_IN_FORCE = """
    select content::text, number, acknowledged::text, remark, issued_by, issued_at
    from summary_issue where region_code = $1 and fiscal_year = $2 and issued_at <= $3
    order by number desc limit 1
"""


async def narratives(reads: Reads, caller: Caller, fiscal_year: int) -> Mapping[str, NarrativeOut]:
    """By section, the words that hold; an empty text holds nothing."""
    rows = await reads.all(_NARRATIVES, caller.region_code, fiscal_year)
    return {row["section"]: NarrativeOut.model_validate(row) for row in rows if row["text"]}


async def narrative(reads: Reads, caller: Caller, fiscal_year: int, section: str) -> NarrativeOut:
    """The newest words of a section, even if they were taken back. Raises NotFound."""
    row = await reads.one(
        f"select * from ({_NARRATIVES}) n where section = $3",
        caller.region_code,
        fiscal_year,
        section,
    )
    return NarrativeOut.model_validate(row)


async def issues(reads: Reads, caller: Caller, fiscal_year: int) -> IssueList:
    """All issues of the year, newest first."""
    rows = await reads.all(_ISSUES, caller.region_code, fiscal_year)
    return IssueList(items=[_issued(row) for row in rows])


async def last_issue(
    reads: Reads, caller: Caller, fiscal_year: int, *, at: datetime
) -> AnnualSummaryOut | None:
    """The summary as it was issued last by the instant, word for word; None before the first."""
    row = await reads.maybe(_IN_FORCE, caller.region_code, fiscal_year, at)
    if row is None:
        return None
    return AnnualSummaryOut.model_validate({**orjson.loads(row["content"]), "issued": _issued(row)})


def _issued(row: Mapping[str, Any]) -> IssuedOut:
    return IssuedOut.model_validate({**row, "acknowledged": orjson.loads(row["acknowledged"])})
