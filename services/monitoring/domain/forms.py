"""States of a monitoring form (绩效目标执行监控表)."""

from enum import StrEnum


class FormStatus(StrEnum):
    OPEN = "open"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RETURNED = "returned"

    @property
    def label(self) -> str:
        return _LABELS[self]


class FormAction(StrEnum):
    EDIT = "edit"
    SUBMIT = "submit"
    ACCEPT = "accept"
    RETURN = "return"


_LABELS = {
    FormStatus.OPEN: "待填报",
    FormStatus.SUBMITTED: "已提交",
    FormStatus.ACCEPTED: "已通过",
    FormStatus.RETURNED: "已退回",
}

_NEXT = {
    (FormStatus.OPEN, FormAction.EDIT): FormStatus.OPEN,
    (FormStatus.OPEN, FormAction.SUBMIT): FormStatus.SUBMITTED,
    (FormStatus.SUBMITTED, FormAction.ACCEPT): FormStatus.ACCEPTED,
    (FormStatus.SUBMITTED, FormAction.RETURN): FormStatus.RETURNED,
    (FormStatus.RETURNED, FormAction.EDIT): FormStatus.RETURNED,
    (FormStatus.RETURNED, FormAction.SUBMIT): FormStatus.SUBMITTED,
}


class FormActionRefused(ValueError):
    """The form's status doesn't allow the action, or a return came without a reason."""


def allowed_form_actions(status: FormStatus) -> list[FormAction]:
    """What the status allows; who may do it is decided elsewhere."""
    return [action for (at, action) in _NEXT if at == status]


def next_form_status(
    status: FormStatus, action: FormAction, *, reason: str | None = None
) -> FormStatus:
    """The status after the action. Raises FormActionRefused; a return needs a reason."""
    after = _NEXT.get((status, action))
    if after is None:
        raise FormActionRefused(f"监控表{status.label}，不能执行该操作")
    if action is FormAction.RETURN and not (reason or "").strip():
        raise FormActionRefused("退回监控表须说明理由")
    return after
