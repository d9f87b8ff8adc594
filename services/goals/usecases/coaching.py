"""填报辅导: a draft, saved or not, held against the rules with all that is known of its project."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.goals.domain.coach import Finding, check
from services.goals.domain.goal_content import GoalContent
from services.goals.queries.coaching import briefing
from shared.db import Reads
from shared.rulebook import Rule, Version


@dataclass(frozen=True)
class Subject:
    """Whose goal it is: a project's, or a department's (by its unit code), of a year."""

    region_code: str
    project_code: str | None
    unit_code: str | None
    fiscal_year: int


@dataclass(frozen=True)
class Coached:
    """What the coach found, and the rules it went by."""

    findings: list[Finding]
    form: Version
    coach: Version


async def coached(
    reads: Reads,
    rules: Mapping[str, Rule],
    content: GoalContent,
    subject: Subject,
    *,
    units: Sequence[str] | None = None,
) -> Coached:
    """Hold a form against the rules of its year. Raises NotFound for a project or department that
    is not there or not among `units`, RuleNotInForce for a year before the first rule."""
    told = await briefing(
        reads,
        rules,
        subject.region_code,
        project_code=subject.project_code,
        unit_code=subject.unit_code,
        fiscal_year=subject.fiscal_year,
        library_ids=_library_ids(content),
        units=units,
    )
    findings = check(content, told.context, form=told.form, coach=told.coach)
    return Coached(findings, told.form, told.coach)


def _library_ids(content: GoalContent) -> list[UUID]:
    return [row.library_id for row in content.indicators if row.library_id is not None]
