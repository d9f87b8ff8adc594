"""用款计划 on the wire."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from services.monitoring.domain.plans import plan_mistake
from services.monitoring.schemas.payments import ProjectCode
from shared.fields import Exact, In, Out, Points, Year


def _sound(planned: list[Points]) -> list[Points]:
    mistake = plan_mistake(planned)
    if mistake is not None:
        raise ValueError(mistake)
    return planned


Curve = Annotated[
    list[Points],
    Field(description="1–12 月末累计用款占年度预算的百分数，逐月不减，12 月为 100"),
    AfterValidator(_sound),
]


class PaymentPlanIn(In):
    """用款计划 of a project's year."""

    planned_pct_by_month: Curve


class PaymentPlanRow(PaymentPlanIn):
    """用款计划 as the budget system pushes it."""

    project_code: ProjectCode
    fiscal_year: Year


class PlanVersionOut(Out):
    """One version of a plan."""

    version: int
    planned_pct_by_month: list[Exact]
    filed_by: str
    filed_at: datetime


class PaymentPlanOut(PlanVersionOut):
    """用款计划 in force, with the earlier versions, newest first."""

    project_code: str
    fiscal_year: int
    earlier: list[PlanVersionOut]
    allowed_actions: list[str]
