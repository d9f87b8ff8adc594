"""结果应用: proposing from final results, and deciding with a reason."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.domain.result_policy import ResultPolicy
from services.evaluation.domain.rules import Rules
from services.evaluation.domain.year_rules import policy_of
from services.evaluation.errors import FourEyes, RuleNotInForce
from services.evaluation.schemas.events import ResultApplied
from services.evaluation.schemas.result_proposals import DecisionIn, ProposalsIn, ProposalsMade
from services.evaluation.tables import ResultDecision, ResultProposal
from shared.auth import Caller
from shared.clock import business_day
from shared.db import lock_one
from shared.etags import Expected
from shared.feed import publish
from shared.ids import new_id
from shared.problems import FieldError, InvalidPayload
from shared.rulebook import NoRuleInForce

_SUBJECTS = text("""
    select x.evaluation_id, x.group_no, x.project_code, x.unit_code
    from evaluation e
    join evaluation_subject x on x.region_code = e.region_code and x.evaluation_id = e.id
    where e.region_code = :region_code and e.fiscal_year = :fiscal_year and e.finalized_at is not null
""")

#: One a subject of a final result; those that are there stay as they are.
_PROPOSE = text("""
    insert into result_proposal (region_code, id, evaluation_id, group_no, scope, project_code,
        project_name, unit_code, unit_name, fiscal_year, score, grade, action, receipt, status,
        proposed_by, proposed_at, row_version, updated_at)
    select e.region_code, n.id, e.id, g.group_no, e.kind, x.project_code, x.project_name,
           x.unit_code, x.unit_name, e.fiscal_year, g.score, g.grade, r.receipt ->> 'action',
           r.receipt, 'proposed', :by, :at, 1, :at
    from unnest(cast(:ids as uuid[]), cast(:evaluation_ids as uuid[]), cast(:group_nos as int[]),
                cast(:project_codes as text[]), cast(:unit_codes as text[]))
         as n(id, evaluation_id, group_no, project_code, unit_code)
    join evaluation e on e.region_code = :region_code and e.id = n.evaluation_id
    join evaluation_group g on g.region_code = e.region_code and g.evaluation_id = e.id
                           and g.group_no = n.group_no and g.grade is not null
    join evaluation_subject x on x.region_code = e.region_code and x.evaluation_id = e.id
         and x.group_no = n.group_no and x.unit_code = n.unit_code
         and x.project_code is not distinct from n.project_code
    join jsonb_array_elements(cast(:receipts as jsonb)) as r(receipt)
         on r.receipt ->> 'scope' = e.kind and r.receipt ->> 'grade' = g.grade
    on conflict do nothing returning id
""")

#: Self-evaluations by the grade that stands: the re-review's where there was one.
_POOR_FORMS = """
    select s.id, s.region_code, s.project_code, s.project_name, s.unit_code, s.unit_name,
           s.fiscal_year, coalesce(c.review_total, s.total) as score,
           coalesce(c.grade, s.grade) as grade
    from self_evaluation s
    left join recheck c on c.region_code = s.region_code and c.self_evaluation_id = s.id
    where s.region_code = :region_code and s.fiscal_year = :fiscal_year and s.status <> 'open'
      and coalesce(c.grade, s.grade) = any (cast(:grades as text[]))
"""
_FORMS = text(f"select id from ({_POOR_FORMS}) form")
_PROPOSE_ON_FORMS = text(f"""
    insert into result_proposal (region_code, id, self_evaluation_id, scope, project_code,
        project_name, unit_code, unit_name, fiscal_year, score, grade, action, receipt, status,
        proposed_by, proposed_at, row_version, updated_at)
    select f.region_code, n.id, f.id, 'self_evaluation', f.project_code, f.project_name,
           f.unit_code, f.unit_name, f.fiscal_year, f.score, f.grade, r.receipt ->> 'action',
           r.receipt, 'proposed', :by, :at, 1, :at
    from unnest(cast(:ids as uuid[]), cast(:form_ids as uuid[])) as n(id, form_id)
    join ({_POOR_FORMS}) f on f.id = n.form_id
    join jsonb_array_elements(cast(:receipts as jsonb)) as r(receipt)
         on r.receipt ->> 'scope' = 'self_evaluation' and r.receipt ->> 'grade' = f.grade
    on conflict do nothing returning id
""")


async def propose(
    session: AsyncSession, order: ProposalsIn, *, rules: Rules, by: Caller, at: datetime
) -> ProposalsMade:
    """A proposal for each subject of a final result that has none. Raises RuleNotInForce."""
    policy = _policy(rules, order.fiscal_year)
    year = {"region_code": by.region_code, "fiscal_year": order.fiscal_year}
    created = await _propose_on_results(session, policy, year, by=by, at=at)
    if order.self_evaluations:
        created += await _propose_on_forms(session, policy, year, by=by, at=at)
    there = await session.scalar(select(func.count()).select_from(ResultProposal).filter_by(**year))
    return ProposalsMade(
        fiscal_year=order.fiscal_year, created=created, kept=(there or 0) - created
    )


async def _propose_on_results(
    session: AsyncSession,
    policy: ResultPolicy,
    year: Mapping[str, Any],
    *,
    by: Caller,
    at: datetime,
) -> int:
    subjects = (await session.execute(_SUBJECTS, year)).all()
    receipts = [policy.receipt(scope, grade) for scope, grade in policy.proposals]
    made = await session.execute(
        _PROPOSE,
        {
            "region_code": by.region_code,
            "ids": [new_id() for _ in subjects],
            "evaluation_ids": [one.evaluation_id for one in subjects],
            "group_nos": [one.group_no for one in subjects],
            "project_codes": [one.project_code for one in subjects],
            "unit_codes": [one.unit_code for one in subjects],
            "receipts": orjson.dumps(receipts).decode(),
            "by": by.subject,
            "at": at,
        },
    )
    return len(made.all())


async def _propose_on_forms(
    session: AsyncSession,
    policy: ResultPolicy,
    year: Mapping[str, Any],
    *,
    by: Caller,
    at: datetime,
) -> int:
    grades = [grade for scope, grade in policy.proposals if scope == "self_evaluation"]
    values = {**year, "grades": grades}
    form_ids = list(await session.scalars(_FORMS, values))
    made = await session.execute(
        _PROPOSE_ON_FORMS,
        {
            **values,
            "ids": [new_id() for _ in form_ids],
            "form_ids": form_ids,
            "receipts": orjson.dumps(
                [policy.receipt("self_evaluation", grade) for grade in grades]
            ).decode(),
            "by": by.subject,
            "at": at,
        },
    )
    return len(made.all())


async def decide(
    session: AsyncSession,
    proposal_id: UUID,
    order: DecisionIn,
    *,
    expected: Expected,
    rules: Rules,
    by: Caller,
    at: datetime,
) -> None:
    """Adopt the proposal or depart from it, again if need be; the next budget learns of it.

    Raises NotFound, FourEyes, InvalidPayload.
    """
    proposal = await lock_one(
        session,
        select(ResultProposal).where(
            ResultProposal.region_code == by.region_code, ResultProposal.id == proposal_id
        ),
    )
    expected.check(proposal.row_version)
    if proposal.proposed_by == by.subject:
        raise FourEyes("提出建议的人不能自己决定")
    policy = _policy(rules, proposal.fiscal_year)
    _require_sound(order, policy)
    number = proposal.row_version
    session.add(
        ResultDecision(
            region_code=by.region_code,
            proposal_id=proposal.id,
            number=number,
            **order.model_dump(),
            decided_by=by.subject,
            decided_at=at,
        )
    )
    proposal.status = "adopted" if order.action == proposal.action else "departed"
    proposal.row_version += 1
    proposal.updated_at = at
    fact = ResultApplied(
        proposal_id=proposal.id,
        version=proposal.row_version,
        project_code=proposal.project_code,
        unit_code=proposal.unit_code,
        fiscal_year=proposal.fiscal_year + 1,
        result_year=proposal.fiscal_year,
        grade=proposal.grade,
        action=order.action,
        action_label=policy.actions[order.action],
        pct=order.pct,
        amount=order.amount,
        fund_level=order.fund_level,
        reason=order.reason,
        decided_on=business_day(at),
    )
    await publish(session, by.region_code, fact, at=at)


def _policy(rules: Rules, fiscal_year: int) -> ResultPolicy:
    try:
        return policy_of(rules, fiscal_year)
    except NoRuleInForce as error:
        raise RuleNotInForce(f"{fiscal_year} 年没有适用的结果应用办法") from error


def _require_sound(order: DecisionIn, policy: ResultPolicy) -> None:
    errors = []
    if order.action not in policy.actions:
        known = "、".join(f"{code}（{label}）" for code, label in policy.actions.items())
        errors.append(
            FieldError(
                pointer="/action",
                code="action_unknown",
                detail=f"办法中没有“{order.action}”这一处理",
                mend=f"请从中选择：{known}",
            )
        )
    if (order.amount is None) != (order.fund_level is None):
        errors.append(
            FieldError(
                pointer="/fund_level",
                code="fund_level_missing",
                detail="金额须写明资金级次",
                mend="amount 与 fund_level 一并填写，或都不填",
            )
        )
    if errors:
        raise InvalidPayload(errors=errors)
