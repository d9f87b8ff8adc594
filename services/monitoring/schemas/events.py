"""Facts the monitoring service publishes."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from shared.feed import Fact
from shared.fields import Exact, Out


class PaidFund(Out):
    """What was paid of one fund level, net of refunds, in yuan."""

    fund_level: str
    amount: Exact


class ExecutionChanged(Fact):
    """项目某年度的支付有变动；给出各资金级次的累计数。`version` 按项目和年度递增。"""

    type: ClassVar[str] = "cn.wenxiao.execution.changed.v1"

    project_code: str
    fiscal_year: int
    version: int
    paid: list[PaidFund]
    last_paid_on: date

    def subject(self) -> str:
        """The project's code."""
        return self.project_code


class _WarningFact(Fact):
    warning_id: UUID
    version: int
    project_code: str
    unit_code: str
    fiscal_year: int
    rule_id: str
    level: str
    status: str

    def subject(self) -> str:
        """The warning's id."""
        return str(self.warning_id)


class WarningOpened(_WarningFact):
    """预警已发出，或已发出的预警变了颜色。"""

    type: ClassVar[str] = "cn.wenxiao.warning.opened.v1"


class WarningClosed(_WarningFact):
    """预警已解除。"""

    type: ClassVar[str] = "cn.wenxiao.warning.closed.v1"


class RectificationChanged(Fact):
    """整改函已下达，或其状态变了。"""

    type: ClassVar[str] = "cn.wenxiao.rectification.changed.v1"

    rectification_id: UUID
    version: int
    letter_no: str
    unit_code: str
    fiscal_year: int
    origin: str
    request_id: UUID | None
    status: str
    due_on: date
    #: on_time, overdue or escalated, on the day of the fact.
    lateness: str
    #: The projects its problems and warnings name; none when it concerns the whole unit.
    project_codes: list[str]

    def subject(self) -> str:
        """The rectification's id."""
        return str(self.rectification_id)


class MonitoringReminded(Fact):
    """单位尚有监控表未报送，已催报；每次催报一条，`version` 恒为 1。"""

    type: ClassVar[str] = "cn.wenxiao.monitoring.reminded.v1"

    reminder_id: UUID
    version: int
    round_id: UUID
    unit_code: str
    due_on: date
    form_count: int

    def subject(self) -> str:
        """The reminder's id."""
        return str(self.reminder_id)


class MonitoredRow(Out):
    """How far one indicator had come; 定性指标 have a band instead of a value."""

    name: str
    level1: str
    level2: str
    unit_of_measure: str | None
    actual_to_date: Exact | None
    band: str | None


class MonitoringFormSubmitted(Fact):
    """单位已报送监控表；`rows` 是截至 `period_to` 各指标的完成情况。退回后再报的，`version` 更大。"""

    type: ClassVar[str] = "cn.wenxiao.monitoring_form.submitted.v1"

    form_id: UUID
    version: int
    project_code: str
    unit_code: str
    fiscal_year: int
    period_to: date
    rows: list[MonitoredRow]

    def subject(self) -> str:
        """The form's id."""
        return str(self.form_id)


class RectificationRefused(Fact):
    """整改要求未能开具整改函；`reason` 说明原因，要求方须改正后另行提出。"""

    type: ClassVar[str] = "cn.wenxiao.rectification.refused.v1"

    request_id: UUID
    version: int
    letter_no: str
    unit_code: str
    fiscal_year: int
    reason_code: str
    reason: str

    def subject(self) -> str:
        """The request's id."""
        return str(self.request_id)


class _PaymentControlFact(Fact):
    control_id: UUID
    version: int
    project_code: str
    unit_code: str
    fiscal_year: int
    rectification_id: UUID | None
    effective_on: date
    reason: str
    lifted_when: str

    def subject(self) -> str:
        """The control's id."""
        return str(self.control_id)


class PaymentControlImposed(_PaymentControlFact):
    """已决定暂停拨付某项目的资金，自 `effective_on` 起；`lifted_when` 说明何时恢复。"""

    type: ClassVar[str] = "cn.wenxiao.payment_control.imposed.v1"


class PaymentControlLifted(_PaymentControlFact):
    """已恢复拨付，自 `lifted_on` 起。"""

    type: ClassVar[str] = "cn.wenxiao.payment_control.lifted.v1"

    lifted_on: date
    lifted_reason: str


#: What the service publishes.
FACTS: list[type[Fact]] = [
    ExecutionChanged,
    WarningOpened,
    WarningClosed,
    RectificationChanged,
    RectificationRefused,
    MonitoringReminded,
    PaymentControlImposed,
    PaymentControlLifted,
    MonitoringFormSubmitted,
]
