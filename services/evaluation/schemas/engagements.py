"""Agencies and engagements on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, StringConstraints, model_validator

from shared.fields import Flag, In, Out, Text, Year
from shared.uscc import mistake_in

Scope = Literal[
    "ex_ante", "goal_review", "evaluation", "result_recheck", "indicator_system", "research",
    "goal_setting", "monitoring", "self_eval",
]  # fmt: skip


def _checked(code: str) -> str:
    mistake = mistake_in(code)
    if mistake is not None:
        raise ValueError(mistake)
    return code


Uscc = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_upper=True, max_length=40),
    AfterValidator(_checked),
]


class AgencyIn(In):
    """第三方机构 to register."""

    name: Text
    uscc: Uscc
    synthetic: Flag = False


class EngagementIn(In):
    """委托合同: one kind of work, for one fiscal year."""

    agency_id: UUID
    scope: Scope
    fiscal_year: Year
    contract_no: Text
    starts_on: date
    ends_on: date
    title: Text

    @model_validator(mode="after")
    def _in_order(self) -> "EngagementIn":
        if self.starts_on > self.ends_on:
            raise ValueError("合同开始日期应不晚于结束日期")
        return self


class AgencyOut(Out):
    """第三方机构."""

    id: UUID
    name: str
    uscc: str
    synthetic: bool
    version: int
    allowed_actions: list[str]


class EngagementOut(Out):
    """委托合同."""

    id: UUID
    agency_id: UUID
    agency_name: str
    scope: str
    scope_label: str
    fiscal_year: int
    contract_no: str
    title: str
    starts_on: date
    ends_on: date
    version: int
    updated_at: datetime
    allowed_actions: list[str]
