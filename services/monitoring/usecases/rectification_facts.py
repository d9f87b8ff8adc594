"""What is written down about a rectification: its steps, and the facts told to the others."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.monitoring.domain.rectification import RectificationStatus, lateness, owed_on
from services.monitoring.domain.rectification_rules import rectification_rules
from services.monitoring.schemas.events import RectificationChanged
from services.monitoring.tables import Rectification, RectificationStep
from shared.clock import business_day
from shared.feed import publish
from shared.ids import new_id

_PROJECTS = text("""
    select rectification_id, array_agg(distinct project_code order by project_code) as codes
    from (select rectification_id, project_code from rectification_problem
          where region_code = :region_code and rectification_id = any (:ids)
            and project_code is not null
          union all
          select x.rectification_id, w.project_code from rectification_warning x
          join warning w on w.region_code = x.region_code and w.id = x.warning_id
          where x.region_code = :region_code and x.rectification_id = any (:ids)) named
    group by rectification_id
""")


def note(
    session: AsyncSession,
    letter: Rectification,
    step: str,
    *,
    by: str,
    at: datetime,
    text: str | None,
) -> None:
    """Write a step into the letter's history."""
    session.add(
        RectificationStep(
            region_code=letter.region_code,
            id=new_id(),
            rectification_id=letter.id,
            step=step,
            by=by,
            at=at,
            text=text,
        )
    )


async def tell(session: AsyncSession, letters: Sequence[Rectification], *, at: datetime) -> None:
    """Publish letters of one region as they stand now, with the projects they name."""
    if not letters:
        return
    await session.flush()
    region_code = letters[0].region_code
    key = {"region_code": region_code, "ids": [letter.id for letter in letters]}
    projects = {row.rectification_id: row.codes for row in await session.execute(_PROJECTS, key)}
    facts = [_fact(letter, projects.get(letter.id, []), at=at) for letter in letters]
    await publish(session, region_code, *facts, at=at)


def _fact(letter: Rectification, project_codes: list[str], *, at: datetime) -> RectificationChanged:
    today = business_day(at)
    owed = owed_on(
        RectificationStatus(letter.status),
        due_on=letter.due_on,
        finish_due_on=letter.finish_due_on,
        completed_on=letter.completed_on,
    )
    escalates_before = rectification_rules().escalates_before(today)
    return RectificationChanged(
        rectification_id=letter.id,
        version=letter.row_version,
        letter_no=letter.letter_no,
        unit_code=letter.unit_code,
        fiscal_year=letter.fiscal_year,
        origin=letter.origin,
        request_id=letter.request_id,
        status=letter.status,
        due_on=letter.due_on,
        lateness=lateness(owed, today, escalates_before=escalates_before),
        project_codes=project_codes,
    )
