"""The register of agencies on the wire."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, StringConstraints

from shared.fields import Flag, In, LongText, Out, Text
from shared.uscc import mistake_in

Institution = Literal[
    "consultancy", "accounting_firm", "appraisal_firm", "law_firm", "research_institute",
    "university",
]  # fmt: skip
AgencyStatus = Literal["active", "suspended", "struck_off"]


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
    """第三方机构 to register; what is not known yet may be amended later."""

    name: Text
    uscc: Uscc
    institution: Institution | None = None
    platform_listed: Flag | None = None
    qualified_until: date | None = None
    synthetic: Flag = False


class AgencyPatch(In):
    """名录变更: what is absent stays as it is; the reason is kept with the change."""

    name: Text = ""
    institution: Institution | None = None
    platform_listed: Flag | None = None
    qualified_until: date | None = None
    status: AgencyStatus = "active"
    reason: LongText


class ViolationIn(In):
    """重大违法违规 as declared: when, what, and where it is written."""

    violated_on: date
    content: LongText
    source: Text


class WithdrawalIn(In):
    """撤销登记: why the entry was mistaken."""

    reason: LongText


class ViolationOut(Out):
    """重大违法违规."""

    id: UUID
    violated_on: date
    content: str
    source: str
    withdrawal_reason: str | None
    recorded_by: str
    recorded_at: datetime


class ChangeOut(Out):
    """名录的一次变更: `entries` say from what to what, by field."""

    kind: str
    kind_label: str
    entries: dict[str, Any]
    reason: str | None
    changed_by: str
    changed_at: datetime


class AgencyOut(Out):
    """第三方机构."""

    id: UUID
    name: str
    uscc: str
    institution: str | None
    institution_label: str | None
    platform_listed: bool | None
    qualified_until: date | None
    status: str
    status_label: str
    status_reason: str | None
    violations: list[ViolationOut]
    warnings: list[str]
    synthetic: bool
    version: int
    updated_at: datetime
    allowed_actions: list[str]


class AgencyDetail(AgencyOut):
    """第三方机构 with how its entry came to read as it does."""

    changes: list[ChangeOut]
