"""Rule runs and warnings on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.fields import FromJson, In, LongText, Out

WarningLevel = Literal["red", "yellow"]
WarningStatus = Literal["open", "closed"]
AnswerWord = Literal["measures", "adjust_goal", "transfer", "cancel", "false_alarm"]
AnswerState = Literal[
    "none",
    "measures",
    "adjust_goal",
    "transfer",
    "cancel",
    "false_alarm_claimed",
    "false_alarm_accepted",
]


class RuleRunIn(In):
    """Which round's projects to judge, and as of which day: its month counts whole."""

    round_id: UUID
    as_of: date


class AnswerIn(In):
    """回应: what the unit does about the warning, and how, or why it is false."""

    answer: AnswerWord
    text: LongText


class AnswerDecisionIn(In):
    """核定误报: accepted, or rejected with the reason."""

    decision: Literal["accepted", "rejected"]
    reason: LongText | None = None


class ColoursOut(Out):
    """Projects by light; blue counts as green."""

    red: int
    yellow: int
    green: int
    not_applicable: int


class RuleRunOut(Out):
    """系统监控 as run: `evaluated` projects; the other counts are of warnings."""

    id: UUID
    round_id: UUID
    as_of: date
    rule_pack: str
    evaluated: int
    opened: int
    updated: int = Field(description="仍在而颜色或依据有变的预警")
    unchanged: int
    closed: int
    colours: ColoursOut
    run_by: str
    run_at: datetime
    worsened: int = Field(description="其中由黄转红的")
    state: str
    state_label: str
    project_count: int = Field(description="待判断的项目数；`evaluated` 是已判断的")
    finished_at: datetime | None
    cancelled_by: str | None
    version: int
    allowed_actions: list[str]


class SourceOut(Out):
    """Where the rule stands written; `verified` is false until the official text was read."""

    title: str
    article: str | None
    url: str | None
    verified: bool


class NeedOut(Out):
    """One input and where it has to stand."""

    field: str
    bound: str
    value: str


class WayOutOut(Out):
    """What has to hold, all of it, for the light to be `to` or better."""

    to: str
    needs: list[NeedOut]


class ReceiptOut(Out):
    """判定依据: complete enough to recompute and to contest the warning."""

    rule_id: str
    version: str
    title: str
    source: SourceOut
    inputs: dict[str, str]
    arithmetic: str
    threshold: str
    clears_when: str
    ways_out: list[WayOutOut]


class WarningSummary(Out):
    """预警 in a list; `position` is the indicator's, 0 for the project's money."""

    id: UUID
    round_id: UUID
    project_code: str
    project_name: str
    unit_code: str
    unit_name: str
    fiscal_year: int
    rule_id: str
    position: int
    level: str
    level_label: str
    status: str
    status_label: str
    reason: str
    opened_at: datetime
    closed_at: datetime | None
    version: int
    updated_at: datetime
    answer: str | None = Field(description="单位现行的回应")
    answer_label: str | None
    answer_due_on: date
    overdue: bool = Field(description="到期仍未回应")
    false_alarm: bool = Field(description="财政已核定为误报；恶化或再次发出时须重新回应")
    allowed_actions: list[str]


class MustAct(Out):
    """Who has to answer, and the office that looks after it."""

    unit_code: str
    unit_name: str
    office: str | None


class AllowedAnswer(Out):
    """One way to answer."""

    answer: str
    label: str


class AnswerOut(Out):
    """One answer, and the decision on it when it claimed a false alarm."""

    answer: str
    text: str
    answered_by: str
    answered_at: datetime
    decision: str | None
    decision_reason: str | None
    decided_by: str | None
    decided_at: datetime | None


class WarningOut(WarningSummary):
    """预警 with its receipt, its answers (oldest first) and the letters written about it."""

    run_id: UUID
    receipt: Annotated[ReceiptOut, FromJson]
    rectification_ids: list[UUID]
    must_act: MustAct
    allowed_answers: list[AllowedAnswer]
    on_silence: str
    answers: Annotated[list[AnswerOut], FromJson]
