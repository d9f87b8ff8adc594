"""复审: an agency goes through a submitted self-evaluation and gives its own scores."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.domain.findings import blank
from services.evaluation.domain.numbers import plain
from services.evaluation.schemas.self_evaluations import RecheckIn, ReviewedRow
from services.evaluation.tables import Recheck, SelfEvaluation, SelfEvaluationRow
from services.evaluation.usecases.engagements import own_engagement, require_suited
from services.evaluation.usecases.self_evaluations import lock_form, rows_of, touch, unknown_row
from shared.auth import Caller
from shared.etags import Expected
from shared.problems import FieldError, InvalidPayload


async def recheck(
    session: AsyncSession,
    self_evaluation_id: UUID,
    review: RecheckIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """Record the re-review. Raises NotFound unless the engagement is the agency's own."""
    engagement = await own_engagement(session, review.engagement_id, by=by)
    form = await lock_form(
        session, self_evaluation_id, action="self_evaluation.recheck", expected=expected, by=by
    )
    require_suited(engagement, scope="result_recheck", fiscal_year=form.fiscal_year)
    rows = {row.position: row for row in await rows_of(session, form)}
    errors = [*_missing(rows, review.rows), *_wrong(rows, review.rows)]
    if errors:
        raise InvalidPayload(f"有 {len(errors)} 处需要修改", errors=errors[:50])
    for sent in review.rows:
        rows[sent.position].review_score = sent.review_score
        rows[sent.position].review_note = sent.note
    session.add(_recheck(form, review, by=by, at=at))
    form.status = "rechecked"
    touch(form, at)


def _recheck(form: SelfEvaluation, review: RecheckIn, *, by: Caller, at: datetime) -> Recheck:
    reviewed = sum((row.review_score for row in review.rows), Decimal(0))
    return Recheck(
        region_code=form.region_code,
        self_evaluation_id=form.id,
        engagement_id=review.engagement_id,
        finding=review.finding,
        rectification_advised=review.rectification_advised,
        review_total=(form.exec_score or Decimal(0)) + reviewed,
        rechecked_by=by.subject,
        rechecked_at=at,
    )


def _missing(
    rows: Mapping[int, SelfEvaluationRow], sent: Sequence[ReviewedRow]
) -> list[FieldError]:
    absent = sorted(rows.keys() - {row.position for row in sent})
    return [
        FieldError(
            pointer="/rows",
            code="row_missing",
            detail=f"第 {position} 行“{rows[position].name}”没有复审得分",
            mend="请给出每一行的复审得分",
        )
        for position in absent
    ]


def _wrong(rows: Mapping[int, SelfEvaluationRow], sent: Sequence[ReviewedRow]) -> list[FieldError]:
    errors = []
    for index, reviewed in enumerate(sent):
        row = rows.get(reviewed.position)
        if row is None:
            errors.append(unknown_row(index, reviewed.position))
        elif reviewed.review_score > row.weight:
            errors.append(_above_weight(index, reviewed, row))
        elif reviewed.review_score != row.rule_score and blank(reviewed.note):
            errors.append(_note_missing(index, reviewed, row))
    return errors


def _above_weight(index: int, reviewed: ReviewedRow, row: SelfEvaluationRow) -> FieldError:
    weight = plain(row.weight)
    return FieldError(
        pointer=f"/rows/{index}/review_score",
        code="score_out_of_range",
        detail=f"“{row.name}”的复审得分 {plain(reviewed.review_score)} 超出分值 {weight}",
        mend=f"请填写 0 至 {weight} 之间的得分",
    )


def _note_missing(index: int, reviewed: ReviewedRow, row: SelfEvaluationRow) -> FieldError:
    return FieldError(
        pointer=f"/rows/{index}/note",
        code="note_missing",
        detail=(
            f"“{row.name}”的复审得分 {plain(reviewed.review_score)} 与按规则计算的 "
            f"{row.rule_score} 不同，没有说明理由"
        ),
        mend="请说明调整的理由",
    )
