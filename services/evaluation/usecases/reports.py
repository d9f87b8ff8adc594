"""绩效评价报告: sent in by the agency before the result is made final, as often as needed."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.domain.passages import fingerprints, passages
from services.evaluation.domain.procedure import Outline, procedure
from services.evaluation.errors import ReportMissing
from services.evaluation.schemas.reports import ChapterIn, ReportIn
from services.evaluation.tables import Evaluation, EvaluationReport, ReportPassage
from services.evaluation.usecases.steps import lock_evaluation, record
from shared.auth import Caller
from shared.clock import business_day
from shared.etags import Expected
from shared.problems import FieldError, InvalidPayload


async def send_report(
    session: AsyncSession,
    evaluation_id: UUID,
    report: ReportIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """Keep the report as a version of its own. Raises InvalidPayload for its chapters."""
    action = "evaluation.report"
    evaluation = await lock_evaluation(
        session, evaluation_id, action=action, expected=expected, by=by
    )
    _require_outline(report.chapters, procedure().outline(business_day(at)))
    own = {"region_code": evaluation.region_code, "evaluation_id": evaluation.id}
    last = await session.scalar(select(func.max(EvaluationReport.version)).filter_by(**own))
    version = (last or 0) + 1
    session.add(
        EvaluationReport(
            **own,
            version=version,
            scoring_round=evaluation.scoring_round,
            **report.model_dump(),
            sent_by=by.subject,
            sent_at=at,
        )
    )
    await session.flush()
    told = [(chapter.code, text) for chapter in report.chapters for text in passages(chapter.text)]
    session.add_all(
        ReportPassage(
            **own,
            version=version,
            position=position,
            chapter=code,
            text=text,
            fingerprints=fingerprints(text),
        )
        for position, (code, text) in enumerate(told, start=1)
    )
    details = {"version": version, "report_no": report.report_no, "signed_by": report.signed_by}
    record(session, evaluation, action, by=by, at=at, details=details)


async def require_report(session: AsyncSession, evaluation: Evaluation) -> None:
    """Raise ReportMissing unless a report tells of the present scores."""
    found = await session.scalar(
        select(EvaluationReport.version)
        .filter_by(
            region_code=evaluation.region_code,
            evaluation_id=evaluation.id,
            scoring_round=evaluation.scoring_round,
        )
        .limit(1)
    )
    if found is None:
        raise ReportMissing("请由受托机构报送绩效评价报告（reports）后再审定；重新评分的须重新报送")


def _require_outline(chapters: Sequence[ChapterIn], outline: Outline) -> None:
    counted = Counter(chapter.code for chapter in chapters)
    errors = [
        _error(f"/chapters/{index}/code", f"提纲中没有章节 {chapter.code}，或重复", outline)
        for index, chapter in enumerate(chapters)
        if chapter.code not in outline.chapters or counted[chapter.code] > 1
    ]
    errors += [
        _error("/chapters", f"缺少“{label}”（{code}）", outline)
        for code, label in outline.chapters.items()
        if code in outline.required and code not in counted
    ]
    if errors:
        raise InvalidPayload(errors=errors)


def _error(pointer: str, detail: str, outline: Outline) -> FieldError:
    known = "、".join(f"{label}（{code}）" for code, label in outline.chapters.items())
    mend = f"请按提纲各写一章：{known}"
    return FieldError(pointer=pointer, code="chapter_off_outline", detail=detail, mend=mend)
