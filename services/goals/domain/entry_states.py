"""The life of a library entry (指标库条目): proposed, confirmed or refused by the bureau, retired."""

from enum import StrEnum


class EntryStatus(StrEnum):
    """状态. 待确认 · 在用 · 未采纳 · 停用."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    RETIRED = "retired"


class EntryStep(StrEnum):
    """What is done to an entry."""

    REVISE = "revise"
    CONFIRM = "confirm"
    RETIRE = "retire"


ENTRY_LABELS = {
    EntryStatus.PROPOSED: "待确认",
    EntryStatus.CONFIRMED: "在用",
    EntryStatus.REFUSED: "未采纳",
    EntryStatus.RETIRED: "停用",
}

_STEPS: dict[EntryStatus, tuple[EntryStep, ...]] = {
    EntryStatus.PROPOSED: (EntryStep.REVISE, EntryStep.CONFIRM),
    EntryStatus.CONFIRMED: (EntryStep.RETIRE,),
    EntryStatus.REFUSED: (),
    EntryStatus.RETIRED: (),
}


def entry_steps_from(status: str) -> tuple[EntryStep, ...]:
    """The steps an entry in this state is open to."""
    return _STEPS[EntryStatus(status)]
