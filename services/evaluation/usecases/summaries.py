"""Writing the bureau's own words into the annual summary, and issuing it (印发)."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.domain.summary_text import SECTIONS
from services.evaluation.errors import ContradictionsUnseen
from services.evaluation.schemas.summaries import AnnualSummaryOut, IssueIn, NarrativeIn
from services.evaluation.tables import SummaryIssue, SummaryNarrative
from shared.auth import Caller
from shared.db import wait_turn
from shared.etags import PutExpected
from shared.problems import FieldError, NotFound


async def write_narrative(
    session: AsyncSession,
    fiscal_year: int,
    section: str,
    order: NarrativeIn,
    *,
    expected: PutExpected,
    by: Caller,
    at: datetime,
) -> bool:
    """A new version of a section's words; says whether it is the first. Raises NotFound."""
    if section not in SECTIONS:
        raise NotFound(f"没有可以填写的章节 {section[:40]}，可用的有：{'、'.join(SECTIONS)}")
    await _take_turn(session, by, fiscal_year)
    key = {"region_code": by.region_code, "fiscal_year": fiscal_year, "section": section}
    newest = select(func.max(SummaryNarrative.version)).filter_by(**key)
    version = await session.scalar(newest)
    expected.check(version)
    session.add(
        SummaryNarrative(
            **key,
            version=(version or 0) + 1,
            text=order.text,
            written_by=by.subject,
            written_at=at,
        )
    )
    return version is None


async def issue(
    session: AsyncSession, summary: AnnualSummaryOut, order: IssueIn, *, by: Caller, at: datetime
) -> None:
    """Keep the summary as it is printed. Raises ContradictionsUnseen with those not named."""
    unseen = [note for note in summary.notes if note.code not in order.acknowledged]
    if unseen:
        raise ContradictionsUnseen(
            f"有 {len(unseen)} 处矛盾或说明须先看过",
            errors=[
                FieldError(
                    pointer="/acknowledged",
                    code=note.code,
                    detail=note.text,
                    mend=f"核对后在 acknowledged 中写明 {note.code}，或先改正数据",
                )
                for note in unseen
            ],
        )
    await _take_turn(session, by, summary.fiscal_year)
    key = {"region_code": by.region_code, "fiscal_year": summary.fiscal_year}
    last = await session.scalar(select(func.max(SummaryIssue.number)).filter_by(**key))
    session.add(
        SummaryIssue(
            **key,
            number=(last or 0) + 1,
            content=summary.model_dump(mode="json", exclude={"issued"}),
            acknowledged=[note.code for note in summary.notes],
            remark=order.remark,
            issued_by=by.subject,
            issued_at=at,
        )
    )


async def _take_turn(session: AsyncSession, by: Caller, fiscal_year: int) -> None:
    await wait_turn(session, f"annual_summary\n{by.region_code}\n{fiscal_year}")
