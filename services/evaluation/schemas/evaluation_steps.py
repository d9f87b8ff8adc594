"""What each step of an evaluation needs, its framework, history and exchange of views."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, HttpUrl, model_validator

from services.evaluation.schemas.evaluations import Count, GroupNo
from services.evaluation.schemas.rectifications import ProblemIn
from services.evaluation.schemas.self_evaluations import UnitCode
from shared.fields import (
    Code,
    Exact,
    Flag,
    FromJson,
    In,
    LongText,
    Out,
    Points,
    Quantity,
    Text,
)


class NoticeIn(In):
    """评价通知."""

    notice_no: Text
    issued_on: date


class FrameworkRowIn(In):
    """One indicator: `ratio` has operator and target, `checklist` its 评价要点 or their number.

    In the evaluation of a department `ratio_code` names the ratio (共性指标) that a row's actual value
    is computed as, in per cent.
    """

    level1: Code
    level2: Text
    name: Text
    weight: Points
    method: Literal["ratio", "checklist", "band"]
    operator: Literal[">=", ">", "=", "<", "<="] | None = None
    target_value: Quantity | None = None
    points_total: Count | None = None
    points: Annotated[list[Text], Field(max_length=50, default_factory=list)]
    formula: Text | None = None
    ratio_code: Code | None = None
    evidence_method: Text | None = None
    standard: Literal["plan", "industry", "history"] | None = None

    @model_validator(mode="after")
    def _counts_its_points(self) -> "FrameworkRowIn":
        if self.points and self.points_total not in (None, len(self.points)):
            raise ValueError("points_total 与所列评价要点的个数不同")
        return self


class FrameworkIn(In):
    """指标体系 of one or several groups: its rows, or the `preset` whose rows are taken over.

    `weight_reason` excuses a low weight of 产出 and 效益; with `sector` the scheme keeps what
    evaluations in that sector look at.
    """

    group_nos: Annotated[list[GroupNo], Field(min_length=1, max_length=200)]
    rows: Annotated[list[FrameworkRowIn], Field(max_length=200, default_factory=list)]
    preset: Code | None = None
    sector: Code | None = None
    weight_reason: LongText | None = None

    @model_validator(mode="after")
    def _rows_or_preset(self) -> "FrameworkIn":
        if bool(self.rows) == (self.preset is not None):
            raise ValueError("请填写指标体系的各行（rows），或指明所用的预设（preset），二者取一")
        return self


class SchemeIn(In):
    """评价工作方案 with the framework of every group."""

    text: LongText
    frameworks: Annotated[list[FrameworkIn], Field(min_length=1, max_length=200)]


class FieldworkIn(In):
    """现场评价 as it began."""

    began_on: date
    notes: LongText


class ReassignmentIn(In):
    """改由他人承担: the contract that takes over, and why."""

    engagement_id: UUID
    reason: LongText


class DraftIn(In):
    """初步结论."""

    text: LongText


class ExchangeIn(In):
    """征求意见: every evaluated unit answers until the day."""

    due_on: date


class OpinionIn(In):
    """被评价单位的书面意见."""

    agrees: Flag
    opinion: LongText


class ReplyIn(In):
    """The agency's answer; what is not accepted needs its reason here."""

    accepted: Flag
    reply: LongText


class LetterIn(In):
    """整改要求 to one of the evaluated units."""

    unit_code: UnitCode
    letter_no: Text
    due_on: date
    problems: Annotated[list[ProblemIn], Field(min_length=1, max_length=100)]


class FeedbackIn(In):
    """结果反馈, with the rectifications asked for."""

    feedback_no: Text
    sent_on: date
    letters: Annotated[list[LetterIn], Field(max_length=100, default_factory=list)]


class DisclosureIn(In):
    """公开: where, or why not."""

    disclosed_on: date
    url: HttpUrl | None = None
    exempt_reason: LongText | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "DisclosureIn":
        if (self.url is None) == (self.exempt_reason is None):
            raise ValueError("请填写公开网址，或不公开的理由，二者取一")
        return self


class ArchiveIn(In):
    """归档."""

    archive_no: Text
    index: Annotated[list[Text], Field(min_length=1, max_length=200)]


class ReturnIn(In):
    """退回上一步骤."""

    reason: LongText


class FrameworkRowOut(Out):
    """An indicator of the framework."""

    position: int
    level1: str
    level1_label: str
    level2: str
    name: str
    weight: Exact
    method: str
    operator: str | None
    target_value: Exact | None
    points_total: int | None
    points: list[str]
    formula: str | None
    ratio_code: str | None
    evidence_method: str | None
    standard: str | None


class GroupFrameworkOut(Out):
    """指标体系 of a group."""

    group_no: int
    weight_reason: str | None
    rows: Annotated[list[FrameworkRowOut], FromJson]


class FrameworksOut(Out):
    """指标体系 of an evaluation; fixed once it is approved."""

    evaluation_id: UUID
    approved_by: str | None
    items: list[GroupFrameworkOut]


class EventOut(Out):
    """What was done, by whom, when and why."""

    id: UUID
    action: str
    from_status: str
    from_label: str
    to_status: str
    to_label: str
    reason: str | None
    details: Annotated[dict[str, Any], FromJson]
    done_by: str
    done_at: datetime


class HistoryOut(Out):
    """经过, the earliest first."""

    items: list[EventOut]


class ViewExchangeOut(Out):
    """交换意见 with one unit, and the draft it is about."""

    evaluation_id: UUID
    evaluation_title: str
    round_no: int
    unit_code: str
    due_on: date
    agrees: bool | None
    opinion: str | None
    opined_by: str | None
    opined_at: datetime | None
    accepted: bool | None
    reply: str | None
    replied_by: str | None
    replied_at: datetime | None
    receipt_hrefs: list[str]
    allowed_actions: list[str]


class ViewExchangesOut(Out):
    """交换意见."""

    items: list[ViewExchangeOut]
