"""Planning an evaluation and making its results final (评价的布置与审定)."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.domain.procedure import STEPS, procedure
from services.evaluation.domain.rules import Rules
from services.evaluation.domain.year_rules import framework_of
from services.evaluation.errors import (
    FourEyes,
    RuleNotInForce,
    SubjectNotEligible,
)
from services.evaluation.schemas.evaluations import EvaluationIn, SubjectIn
from services.evaluation.schemas.events import ResultPublished, ResultSubject
from services.evaluation.tables import (
    AgencyStaff,
    ApprovedGoal,
    Engagement,
    Evaluation,
    EvaluationGroup,
    EvaluationStep,
    EvaluationSubject,
    Evaluator,
    Expert,
    Unit,
)
from services.evaluation.usecases.blind_scoring import require_mergeable
from services.evaluation.usecases.engagements import own_engagement, require_suited
from services.evaluation.usecases.recusals import refuse_recused
from services.evaluation.usecases.reports import require_report
from services.evaluation.usecases.steps import lock_evaluation, take_step
from services.evaluation.usecases.view_exchanges import require_views_exchanged
from shared.auth import Caller
from shared.clock import business_day
from shared.etags import Expected
from shared.feed import publish
from shared.ids import new_id
from shared.problems import FieldError, InvalidPayload
from shared.rulebook import NoRuleInForce


async def plan(
    session: AsyncSession, order: EvaluationIn, *, rules: Rules, by: Caller, at: datetime
) -> UUID:
    """Set up an evaluation with its groups and their subjects, all or none."""
    _refuse_twice(order)
    require_mergeable(order, at)
    due = _due_days(order, at)
    try:
        framework_of(rules, order.kind, order.fiscal_year)
    except NoRuleInForce as error:
        raise RuleNotInForce(f"{order.fiscal_year} 年没有适用的评价指标体系框架") from error
    engagement = await own_engagement(session, order.engagement_id, by=by)
    require_suited(engagement, scope="evaluation", fiscal_year=order.fiscal_year)
    people = await _experts(session, order, by)
    people |= await _staff(session, order, engagement, by)
    who = [engagement.agency_id, *people.values()]
    subjects = [subject for _, subject in _each(order)]
    await refuse_recused(session, subjects, who, by=by, at=at)
    units, projects = await _known(session, order, by)
    _require_eligible(order, units, projects)
    evaluation = Evaluation(
        region_code=by.region_code,
        id=new_id(),
        **order.model_dump(exclude={"groups", "evaluators", "due_on"}),
        status="planned",
        planned_by=by.subject,
        row_version=1,
        updated_at=at,
    )
    key = {"region_code": by.region_code, "evaluation_id": evaluation.id}
    session.add(evaluation)
    await session.flush()
    session.add_all(
        EvaluationGroup(**key, **g.model_dump(exclude={"subjects"})) for g in order.groups
    )
    await session.flush()
    session.add_all(_subjects(order, key, units, projects))
    session.add_all(_steps(key, due, by=by, at=at))
    session.add_all(
        Evaluator(**key, person_id=people.get(each.subject), **each.model_dump())
        for each in order.evaluators
    )
    return evaluation.id


async def finalize(
    session: AsyncSession, evaluation_id: UUID, *, expected: Expected, by: Caller, at: datetime
) -> None:
    """Make the scores final and publish one result per group. Who planned it may not."""
    evaluation = await lock_evaluation(
        session, evaluation_id, action="evaluation.finalize", expected=expected, by=by
    )
    if evaluation.planned_by == by.subject:
        raise FourEyes("布置评价的人不能审定结果")
    await require_views_exchanged(session, evaluation, at=at)
    await require_report(session, evaluation)
    await take_step(session, evaluation, "evaluation.finalize", "final", by=by, at=at, details={})
    evaluation.finalized_by, evaluation.finalized_at = by.subject, at
    await publish(session, by.region_code, *await _results(session, evaluation), at=at)


def _refuse_twice(order: EvaluationIn) -> None:
    numbers = [group.group_no for group in order.groups]
    if len(set(numbers)) != len(numbers):
        raise InvalidPayload("组号（group_no）重复")
    subjects = [(s.project_code, s.unit_code) for _, s in _each(order)]
    if len(set(subjects)) != len(subjects):
        raise InvalidPayload("同一评价对象（项目与单位）出现两次")


async def _experts(session: AsyncSession, order: EvaluationIn, by: Caller) -> dict[str, UUID]:
    """The ids in the pool of the experts named. Raises InvalidPayload for who is not in it."""
    named = {
        each.subject: f"/evaluators/{index}/subject"
        for index, each in enumerate(order.evaluators)
        if each.kind == "expert"
    }
    rows = await session.execute(
        select(Expert.subject, Expert.id).where(
            Expert.region_code == by.region_code,
            Expert.subject.in_(named),
            Expert.retired_at.is_(None),
        )
    )
    found = {subject: expert_id for subject, expert_id in rows.tuples() if subject is not None}
    errors = [
        FieldError(
            pointer=pointer,
            code="expert_unknown",
            detail=f"专家库中没有登录名为 {subject} 的在库专家",
            mend="请先将该专家登记入库（experts），或改由库内专家评分",
        )
        for subject, pointer in named.items()
        if subject not in found
    ]
    if errors:
        raise InvalidPayload(errors=errors)
    return found


async def _staff(
    session: AsyncSession, order: EvaluationIn, engagement: Engagement, by: Caller
) -> dict[str, UUID]:
    """The ids of the evaluators who are in the register as staff of the contract's agency."""
    named = [each.subject for each in order.evaluators if each.kind == "agency"]
    rows = await session.execute(
        select(AgencyStaff.subject, AgencyStaff.id).where(
            AgencyStaff.region_code == by.region_code,
            AgencyStaff.agency_id == engagement.agency_id,
            AgencyStaff.subject.in_(named),
            AgencyStaff.status == "active",
        )
    )
    return {subject: staff_id for subject, staff_id in rows.tuples() if subject is not None}


def _due_days(order: EvaluationIn, at: datetime) -> dict[str, date]:
    due = procedure().due_days(business_day(at)) | order.due_on
    days = [due[step] for step in STEPS if step in due]
    if "planned" in order.due_on or days != sorted(days):
        raise InvalidPayload("各步骤的期限（due_on）应依步骤先后，且不含布置本身")
    return due


def _steps(
    key: Mapping[str, Any], due: Mapping[str, date], *, by: Caller, at: datetime
) -> list[EvaluationStep]:
    today = business_day(at)
    planned = EvaluationStep(**key, step="planned", due_on=today, done_at=at, done_by=by.subject)
    return [planned, *(EvaluationStep(**key, step=step, due_on=day) for step, day in due.items())]


def _each(order: EvaluationIn) -> Iterator[tuple[str, SubjectIn]]:
    for index, group in enumerate(order.groups):
        for place, subject in enumerate(group.subjects):
            yield f"/groups/{index}/subjects/{place}", subject


async def _known(
    session: AsyncSession, order: EvaluationIn, by: Caller
) -> tuple[Mapping[str, Unit], Mapping[str, str]]:
    """The subjects' units by code, and the names of their projects approved for the year."""
    units = await session.scalars(
        select(Unit).where(
            Unit.region_code == by.region_code,
            Unit.code.in_({subject.unit_code for _, subject in _each(order)}),
        )
    )
    goals = await session.scalars(
        select(ApprovedGoal).where(
            ApprovedGoal.region_code == by.region_code,
            ApprovedGoal.fiscal_year == order.fiscal_year,
            ApprovedGoal.project_code.in_({s.project_code or "" for _, s in _each(order)}),
        )
    )
    return {u.code: u for u in units}, {g.project_code: g.project_name for g in goals}


def _require_eligible(
    order: EvaluationIn, units: Mapping[str, Unit], projects: Mapping[str, str]
) -> None:
    errors = []
    for pointer, subject in _each(order):
        if subject.unit_code not in units:
            errors.append(_error(f"{pointer}/unit_code", f"没有单位 {subject.unit_code}"))
        if order.kind == "department" and subject.project_code is not None:
            errors.append(_error(f"{pointer}/project_code", "部门整体评价的对象是单位，不是项目"))
        named = order.kind == "project" or subject.project_code is not None
        if order.kind != "department" and named and subject.project_code not in projects:
            project = subject.project_code or "（未填写）"
            detail = f"项目 {project} 没有 {order.fiscal_year} 年批复的绩效目标"
            errors.append(_error(f"{pointer}/project_code", detail))
    if errors:
        raise SubjectNotEligible(f"有 {len(errors)} 处不符合条件", errors=errors[:50])


def _error(pointer: str, detail: str) -> FieldError:
    return FieldError(
        pointer=pointer, code="subject_not_eligible", detail=detail, mend="请更换或去掉该评价对象"
    )


def _subjects(
    order: EvaluationIn,
    key: Mapping[str, Any],
    units: Mapping[str, Unit],
    projects: Mapping[str, str],
) -> list[EvaluationSubject]:
    return [
        EvaluationSubject(
            **key,
            group_no=group.group_no,
            position=position,
            project_code=subject.project_code,
            project_name=projects.get(subject.project_code or ""),
            unit_code=subject.unit_code,
            unit_name=units[subject.unit_code].name,
            department_code=units[subject.unit_code].department_code,
        )
        for group in order.groups
        for position, subject in enumerate(group.subjects, start=1)
    ]


async def _results(session: AsyncSession, evaluation: Evaluation) -> list[ResultPublished]:
    own = {"region_code": evaluation.region_code, "evaluation_id": evaluation.id}
    groups = await session.scalars(
        select(EvaluationGroup).filter_by(**own).order_by(EvaluationGroup.group_no)
    )
    rows = await session.scalars(
        select(EvaluationSubject)
        .filter_by(**own)
        .order_by(EvaluationSubject.group_no, EvaluationSubject.position)
    )
    subjects: dict[int, list[ResultSubject]] = {}
    for row in rows:
        subjects.setdefault(row.group_no, []).append(ResultSubject.model_validate(row))
    return [
        ResultPublished(
            evaluation_id=evaluation.id,
            group_no=group.group_no,
            version=evaluation.row_version,
            kind=evaluation.kind,
            fiscal_year=evaluation.fiscal_year,
            score=group.score,
            grade=group.grade,
            subjects=subjects[group.group_no],
        )
        for group in groups
    ]
