"""What the goals service learns from the others' feeds; an older version changes nothing."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.goals.clients import (
    ChangedRectification,
    ConcludedExAnte,
    DecidedResult,
    PublishedResult,
    ReturnedSelfEvaluation,
    SubmittedSelfEvaluation,
)
from services.goals.tables import (
    AppliedResult,
    ExAnteResult,
    Project,
    ProjectResult,
    Rectification,
    SelfEvaluated,
)
from services.goals.usecases.attention import refresh_attention
from shared.feed import Consumer


async def note_result(session: AsyncSession, region_code: str, result: PublishedResult) -> None:
    """Keep the result beside its projects, for the next budget; a policy's is none of theirs."""
    if result.kind == "policy":
        return
    own = [subject for subject in result.subjects if subject.project_code is not None]
    for subject in own:
        row = {**subject.model_dump(), **result.model_dump(exclude={"subjects", "kind"})}
        await _keep_newer(session, ProjectResult, region_code, row)
    projects = sorted({subject.project_code or "" for subject in own})
    await refresh_attention(session, region_code, projects)


async def note_self_evaluation(
    session: AsyncSession, region_code: str, form: SubmittedSelfEvaluation
) -> None:
    """Keep what the year achieved, row by row."""
    row = form.model_dump(exclude={"rows"}) | form.model_dump(mode="json", include={"rows"})
    await _keep_newer(session, SelfEvaluated, region_code, row)


async def forget_self_evaluation(
    session: AsyncSession, region_code: str, form: ReturnedSelfEvaluation
) -> None:
    """What was sent back is not the year's achievement."""
    await session.execute(
        delete(SelfEvaluated).where(
            SelfEvaluated.region_code == region_code,
            SelfEvaluated.project_code == form.project_code,
            SelfEvaluated.fiscal_year == form.fiscal_year,
            SelfEvaluated.version < form.version,
        )
    )


async def note_ex_ante(session: AsyncSession, region_code: str, result: ConcludedExAnte) -> None:
    """Keep the conclusion that the project's budget is drawn up with."""
    await _keep_newer(session, ExAnteResult, region_code, result.model_dump())


async def note_applied(session: AsyncSession, region_code: str, decision: DecidedResult) -> None:
    """Keep what was decided from a result, for the budget of its year."""
    await _keep_newer(session, AppliedResult, region_code, decision.model_dump())
    one = [] if decision.project_code is None else [decision.project_code]
    projects = one or await _projects_of(session, region_code, decision.unit_code)
    await refresh_attention(session, region_code, projects)


async def note_rectification(
    session: AsyncSession, region_code: str, letter: ChangedRectification
) -> None:
    """Keep the state of a letter; one that names no project concerns all of its unit."""
    await _keep_newer(session, Rectification, region_code, letter.model_dump())
    projects = letter.project_codes or await _projects_of(session, region_code, letter.unit_code)
    await refresh_attention(session, region_code, projects)


async def _keep_newer(
    session: AsyncSession, table: Any, region_code: str, values: Mapping[str, Any]
) -> None:
    row = insert(table).values(region_code=region_code, **values)
    keys = [column.name for column in table.__table__.primary_key]
    changed = {name: row.excluded[name] for name in values if name not in keys}
    await session.execute(
        row.on_conflict_do_update(
            index_elements=keys, set_=changed, where=table.version < row.excluded.version
        )
    )


async def _projects_of(session: AsyncSession, region_code: str, unit_code: str) -> list[str]:
    codes = await session.scalars(
        select(Project.code)
        .where(Project.region_code == region_code, Project.unit_code == unit_code)
        .order_by(Project.code)
    )
    return list(codes)


EVALUATION = Consumer(
    source="evaluation",
    handlers={
        "cn.wenxiao.result.published.v1": (PublishedResult, note_result),
        "cn.wenxiao.self_evaluation.submitted.v1": (SubmittedSelfEvaluation, note_self_evaluation),
        "cn.wenxiao.self_evaluation.returned.v1": (ReturnedSelfEvaluation, forget_self_evaluation),
        "cn.wenxiao.ex_ante.concluded.v1": (ConcludedExAnte, note_ex_ante),
        "cn.wenxiao.result.applied.v1": (DecidedResult, note_applied),
    },
    projections=("project_result", "self_evaluated", "ex_ante_result", "applied_result"),
)

MONITORING = Consumer(
    source="monitoring",
    handlers={
        "cn.wenxiao.rectification.changed.v1": (ChangedRectification, note_rectification),
    },
    projections=("rectification",),
)
