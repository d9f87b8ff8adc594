"""暂停拨付: proposed by a rule or a person, imposed by another person, lifted with a reason."""

from dataclasses import dataclass
from enum import StrEnum


class ControlStatus(StrEnum):
    PROPOSED = "proposed"
    ACTIVE = "active"
    DECLINED = "declined"
    LIFTED = "lifted"

    @property
    def label(self) -> str:
        return _LABELS[self]


class ControlAction(StrEnum):
    IMPOSE = "impose"
    DECLINE = "decline"
    LIFT = "lift"


_LABELS = {
    ControlStatus.PROPOSED: "建议暂停拨付，待决定",
    ControlStatus.ACTIVE: "暂停拨付",
    ControlStatus.DECLINED: "决定不暂停",
    ControlStatus.LIFTED: "已恢复拨付",
}

_NEXT = {
    (ControlStatus.PROPOSED, ControlAction.IMPOSE): ControlStatus.ACTIVE,
    (ControlStatus.PROPOSED, ControlAction.DECLINE): ControlStatus.DECLINED,
    (ControlStatus.ACTIVE, ControlAction.LIFT): ControlStatus.LIFTED,
}

PROPOSAL_KINDS = frozenset({"overdue_rectification", "red_rounds"})
MANUAL = "manual"


class ControlActionRefused(ValueError):
    """The control's status doesn't allow the action."""


@dataclass(frozen=True)
class ProposalRule:
    """When the system proposes to hold a project's payments, and what would release them."""

    rule_id: str
    label: str
    kind: str
    title: str
    lifted_when: str
    #: Of an overdue rectification: overdue or escalated.
    lateness: str | None
    #: Of red warnings: in how many rounds of the year.
    rounds: int | None


def allowed_control_actions(status: ControlStatus) -> list[ControlAction]:
    """What the status allows; who may do it is decided elsewhere."""
    return [action for (at, action) in _NEXT if at == status]


def next_control_status(status: ControlStatus, action: ControlAction) -> ControlStatus:
    """The status after the action. Raises ControlActionRefused."""
    after = _NEXT.get((status, action))
    if after is None:
        raise ControlActionRefused(f"{status.label}，不能执行该操作")
    return after
