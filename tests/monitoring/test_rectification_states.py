"""States, deadlines and lateness of rectifications; states of monitoring forms."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.monitoring.access import allowed_on_rectification
from services.monitoring.domain.forms import (
    FormAction,
    FormActionRefused,
    FormStatus,
    allowed_form_actions,
    next_form_status,
)
from services.monitoring.domain.rectification import (
    Lateness,
    RectificationAction,
    RectificationActionRefused,
    RectificationStatus,
    allowed_rectification_actions,
    days_left,
    lateness,
    next_rectification_status,
    owed_on,
)
from shared.auth import Principal, Role

RECTIFICATION = {
    ("issued", "receive"): "received",
    ("issued", "file_measures"): "measures_filed",
    ("issued", "extend"): "issued",
    ("received", "file_measures"): "measures_filed",
    ("received", "extend"): "received",
    ("measures_filed", "report_progress"): "in_progress",
    ("measures_filed", "verify"): "verified",
    ("measures_filed", "return"): "returned",
    ("in_progress", "report_progress"): "in_progress",
    ("in_progress", "extend"): "in_progress",
    ("in_progress", "verify"): "verified",
    ("in_progress", "return"): "returned",
    ("returned", "file_measures"): "measures_filed",
    ("returned", "extend"): "returned",
}
#: Who may take an action that the state allows.
ROLES = {
    "receive": {Role.UNIT_FILLER, Role.UNIT_APPROVER},
    "file_measures": {Role.UNIT_APPROVER},
    "report_progress": {Role.UNIT_APPROVER},
    "extend": {Role.FINANCE_REVIEWER},
    "verify": {Role.FINANCE_OFFICER},
}
FORM = {
    ("open", "edit"): "open",
    ("open", "submit"): "submitted",
    ("submitted", "accept"): "accepted",
    ("submitted", "return"): "returned",
    ("returned", "edit"): "returned",
    ("returned", "submit"): "submitted",
}


@pytest.mark.parametrize("status", RectificationStatus)
@pytest.mark.parametrize("action", RectificationAction)
def test_a_rectification_goes_only_where_the_table_leads(
    status: RectificationStatus, action: RectificationAction
) -> None:
    expected = RECTIFICATION.get((status, action))

    assert (action in allowed_rectification_actions(status)) == (expected is not None)
    if expected is None:
        with pytest.raises(RectificationActionRefused, match=status.label):
            next_rectification_status(status, action, reason="理由")
    else:
        assert next_rectification_status(status, action, reason="理由") == expected


@pytest.mark.parametrize("status", RectificationStatus)
@pytest.mark.parametrize("role", Role)
def test_a_role_is_offered_what_state_and_table_allow(
    status: RectificationStatus, role: Role
) -> None:
    person = Principal("p", "p", frozenset({role}), "A", ("1",), None)
    offered = allowed_on_rectification(person, status, issued_by="q", reported_by=("q", None))
    possible = {action for (at, action) in RECTIFICATION if at == status}
    assert set(offered) == {
        f"rectification.{action}"
        for action, roles in ROLES.items()
        if role in roles and action in possible
    }


@pytest.mark.parametrize(
    ("role", "issued_by", "reported_by", "barred"),
    [
        (Role.FINANCE_REVIEWER, "p", ("q", None), "rectification.extend"),
        (Role.FINANCE_OFFICER, "q", ("p", None), "rectification.verify"),
        (Role.FINANCE_OFFICER, "q", ("q", "p"), "rectification.verify"),
    ],
)
def test_nobody_decides_on_what_is_his_own(
    role: Role, issued_by: str, reported_by: tuple[str | None, ...], barred: str
) -> None:
    person = Principal("p", "p", frozenset({role}), "A", (), None)
    at = RectificationStatus.IN_PROGRESS
    mine = allowed_on_rectification(person, at, issued_by=issued_by, reported_by=reported_by)
    others = allowed_on_rectification(person, at, issued_by="q", reported_by=("q", "q"))
    assert (barred in mine, barred in others) == (False, True)


@pytest.mark.parametrize("status", FormStatus)
@pytest.mark.parametrize("action", FormAction)
def test_a_monitoring_form_goes_only_where_the_table_leads(
    status: FormStatus, action: FormAction
) -> None:
    expected = FORM.get((status, action))

    assert (action in allowed_form_actions(status)) == (expected is not None)
    if expected is None:
        with pytest.raises(FormActionRefused, match=status.label):
            next_form_status(status, action, reason="理由")
    else:
        assert next_form_status(status, action, reason="理由") == expected


@pytest.mark.parametrize("reason", [None, "", " \n"])
def test_nothing_is_returned_or_extended_without_a_reason(reason: str | None) -> None:
    for action in (RectificationAction.RETURN, RectificationAction.EXTEND):
        with pytest.raises(RectificationActionRefused, match="理由"):
            next_rectification_status(RectificationStatus.IN_PROGRESS, action, reason=reason)
    with pytest.raises(FormActionRefused, match="理由"):
        next_form_status(FormStatus.SUBMITTED, FormAction.RETURN, reason=reason)


DUE, FINISH = date(2024, 2, 29), date(2024, 5, 31)


@pytest.mark.parametrize(
    ("status", "completed_on", "expected"),
    [
        ("issued", None, DUE),
        ("received", None, DUE),
        ("returned", None, DUE),
        ("measures_filed", None, None),
        ("in_progress", None, FINISH),
        ("in_progress", date(2024, 5, 1), None),
        ("verified", None, None),
    ],
)
def test_a_unit_owes_measures_then_what_it_promised(
    status: str, completed_on: date | None, expected: date | None
) -> None:
    found = owed_on(
        RectificationStatus(status),
        due_on=DUE,
        finish_due_on=FINISH,
        completed_on=completed_on,
    )
    assert found == expected


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2024, 2, 28), "on_time"),
        (date(2024, 2, 29), "on_time"),
        (date(2024, 3, 1), "overdue"),
        (date(2024, 3, 15), "overdue"),
        (date(2024, 3, 16), "escalated"),
    ],
)
def test_a_unit_is_late_the_day_after_and_escalated_after_the_grace(
    today: date, expected: str
) -> None:
    grace = timedelta(days=15)
    assert lateness(DUE, today, escalates_before=today - grace) == expected
    assert lateness(None, today, escalates_before=today - grace) == "on_time"


@given(st.dates(date(2023, 1, 1), date(2026, 12, 31)), st.integers(0, 400), st.integers(0, 400))
def test_lateness_never_goes_back_as_days_pass(owed: date, first: int, more: int) -> None:
    def late(days: int) -> int:
        today = owed + timedelta(days=days)
        found = lateness(owed, today, escalates_before=today - timedelta(days=15))
        return list(Lateness).index(found)

    assert late(first) <= late(first + more)


def test_without_a_calendar_nothing_escalates_but_all_is_overdue() -> None:
    assert lateness(DUE, date(2030, 1, 1), escalates_before=None) is Lateness.OVERDUE


def test_days_left_are_calendar_days() -> None:
    assert days_left(date(2024, 3, 1), date(2024, 2, 28)) == 2
    assert days_left(date(2024, 3, 1), date(2024, 3, 1)) == 0
    assert days_left(date(2024, 3, 1), date(2024, 3, 2)) == -1
