"""复审: an agency or the bureau goes through a submitted self-evaluation with scores of its own."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.domain.findings import blank
from services.evaluation.domain.grading import grade
from services.evaluation.domain.numbers import plain
from services.evaluation.domain.recheck_findings import FindingKinds
from services.evaluation.domain.rechecks import review_total
from services.evaluation.domain.rules import Rules
from services.evaluation.domain.year_rules import profile_of, scale_of
from services.evaluation.errors import FourEyes, PlannedForAnother, ReviewerOfTheUnit
from services.evaluation.queries.rechecks import require_reached
from services.evaluation.schemas.rechecks import FindingIn, RecheckIn, ReviewedRow
from services.evaluation.tables import (
    Engagement,
    Recheck,
    RecheckFinding,
    RecheckPlan,
    RecheckPlanCandidate,
    SelfEvaluation,
    SelfEvaluationRow,
)
from services.evaluation.usecases.engagements import own_engagement, require_suited
from services.evaluation.usecases.recheck_recusals import refuse_recused_from
from services.evaluation.usecases.self_evaluations import lock_form, rows_of, touch, unknown_row
from shared.auth import Caller
from shared.clock import business_day
from shared.db import TransactionReads
from shared.etags import Expected
from shared.problems import FieldError, InvalidPayload


async def recheck(
    session: AsyncSession,
    self_evaluation_id: UUID,
    review: RecheckIn,
    *,
    expected: Expected,
    rules: Rules,
    by: Caller,
    at: datetime,
) -> None:
    """Record the re-review.

    Raises NotFound unless the form is the agency's by contract and plan, PlannedForAnother,
    FourEyes, ReviewerOfTheUnit, RecusalForbids.
    """
    engagement = await _engagement(session, review, by)
    await require_reached(TransactionReads(session), by, self_evaluation_id)
    form = await lock_form(
        session, self_evaluation_id, action="self_evaluation.recheck", expected=expected, by=by
    )
    if engagement is not None:
        require_suited(engagement, scope="result_recheck", fiscal_year=form.fiscal_year)
        await refuse_recused_from(session, form, engagement, at=at)
    plan = await _plan_of(session, form, at=at)
    if plan is not None and plan.engagement_id != review.engagement_id:
        raise PlannedForAnother(f"方案“{plan.title}”已确定由谁复审这张自评表")
    barred = _barred(form, plan, by)
    rows = {row.position: row for row in await rows_of(session, form)}
    kinds = rules.recheck_findings(business_day(at))
    _require_sound(review, rows, kinds)
    for sent in review.rows:
        rows[sent.position].review_score = sent.review_score
        rows[sent.position].review_note = sent.note
    done = _recheck(form, review, by=by, at=at)
    done.plan_id, done.barred = plan.id if plan else None, barred
    _grade(done, form, list(rows.values()), rules)
    await _keep(session, done, _findings(form, review.findings, kinds))
    form.status = "rechecked"
    touch(form, at)


async def _keep(session: AsyncSession, done: Recheck, found: Sequence[RecheckFinding]) -> None:
    session.add(done)
    await session.flush()
    session.add_all(found)


async def _engagement(session: AsyncSession, review: RecheckIn, by: Caller) -> Engagement | None:
    if (review.engagement_id is not None) == (by.agency is not None):
        if review.engagement_id is None:
            return None
        return await own_engagement(session, review.engagement_id, by=by)
    error = FieldError(
        pointer="/engagement_id",
        code="engagement_needed" if by.agency is not None else "engagement_not_yours",
        detail="第三方复审依据委托合同；财政自行复审没有委托合同",
        mend="第三方机构请填写委托合同（engagement_id），财政部门请不要填写",
    )
    raise InvalidPayload(errors=[error])


async def _plan_of(
    session: AsyncSession, form: SelfEvaluation, *, at: datetime
) -> RecheckPlan | None:
    """The newest plan that drew the form and can still be carried out: its contract has not ended."""
    plan: RecheckPlan | None = await session.scalar(
        select(RecheckPlan)
        .join(
            RecheckPlanCandidate,
            (RecheckPlanCandidate.region_code == RecheckPlan.region_code)
            & (RecheckPlanCandidate.plan_id == RecheckPlan.id),
        )
        .outerjoin(
            Engagement,
            (Engagement.region_code == RecheckPlan.region_code)
            & (Engagement.id == RecheckPlan.engagement_id),
        )
        .where(
            RecheckPlan.region_code == form.region_code,
            RecheckPlanCandidate.self_evaluation_id == form.id,
            RecheckPlanCandidate.drawn,
            Engagement.terminated_on.is_(None),
            or_(RecheckPlan.engagement_id.is_(None), Engagement.ends_on >= business_day(at)),
        )
        .order_by(RecheckPlan.id.desc())
        .limit(1)
    )
    return plan


def _barred(form: SelfEvaluation, plan: RecheckPlan | None, by: Caller) -> list[str]:
    """Who had a hand in the form or its plan; the caller is none of them, nor of the unit."""
    hands = {form.filled_by, form.submitted_by, plan.planned_by if plan else None}
    if by.subject in hands:
        raise FourEyes("填报、报送自评或制定复审方案的人不能自己复审，请由他人复审")
    if form.unit_code in by.principal.unit_codes:
        raise ReviewerOfTheUnit(f"您属于 {form.unit_name}，请由单位以外的人复审")
    return sorted(filter(None, hands))


def _recheck(form: SelfEvaluation, review: RecheckIn, *, by: Caller, at: datetime) -> Recheck:
    return Recheck(
        region_code=form.region_code,
        self_evaluation_id=form.id,
        engagement_id=review.engagement_id,
        rectification_advised=any(each.rectification_advised for each in review.findings),
        rechecked_by=by.subject,
        rechecked_at=at,
    )


def _grade(
    done: Recheck, form: SelfEvaluation, rows: Sequence[SelfEvaluationRow], rules: Rules
) -> None:
    """Total and grade as the form's own; what could not be graded then can't be now."""
    profile = profile_of(rules, form.region_code, form.fiscal_year)
    scores = [row.review_score for row in rows if row.review_score is not None]
    done.review_total = review_total(form.exec_score, [row.weight for row in rows], scores, profile)
    if form.grade is not None:
        graded = grade(done.review_total, scale_of(rules, profile, form.fiscal_year))
        done.grade, done.grade_receipt = graded.code, graded.receipt.as_dict()


def _findings(
    form: SelfEvaluation, found: Sequence[FindingIn], kinds: FindingKinds
) -> list[RecheckFinding]:
    return [
        RecheckFinding(
            region_code=form.region_code,
            self_evaluation_id=form.id,
            number=number,
            label=kinds.labels[each.code],
            **each.model_dump(),
        )
        for number, each in enumerate(found, start=1)
    ]


def _require_sound(
    review: RecheckIn, rows: Mapping[int, SelfEvaluationRow], kinds: FindingKinds
) -> None:
    errors = [
        *_missing(rows, review.rows),
        *_wrong(rows, review.rows),
        *_unknown(rows, review.findings, kinds),
    ]
    if errors:
        raise InvalidPayload(f"有 {len(errors)} 处需要修改", errors=errors[:50])


def _unknown(
    rows: Mapping[int, SelfEvaluationRow], found: Sequence[FindingIn], kinds: FindingKinds
) -> list[FieldError]:
    """Findings of a kind there isn't, or about a row there isn't."""
    known = "、".join(f"{code}（{label}）" for code, label in kinds.labels.items())
    errors = [
        FieldError(
            pointer=f"/findings/{index}/code",
            code="finding_kind_unknown",
            detail=f"没有“{each.code}”这一问题类别",
            mend=f"请选用：{known}",
        )
        for index, each in enumerate(found)
        if each.code not in kinds.labels
    ]
    return errors + [
        FieldError(
            pointer=f"/findings/{index}/row_position",
            code="row_unknown",
            detail=f"自评表没有第 {each.row_position} 行",
            mend="请使用自评表中的 position；涉及整张表的不填",
        )
        for index, each in enumerate(found)
        if each.row_position is not None and each.row_position not in rows
    ]


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
