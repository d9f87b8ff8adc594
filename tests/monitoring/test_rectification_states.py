"""States of rectifications and of monitoring forms."""

from datetime import date

import pytest

from services.monitoring.domain.forms import (
    FormAction,
    FormActionRefused,
    FormStatus,
    allowed_form_actions,
    next_form_status,
)
from services.monitoring.domain.rectification import (
    RectificationAction,
    RectificationActionRefused,
    RectificationStatus,
    allowed_rectification_actions,
    days_left,
    next_rectification_status,
    overdue,
)

RECTIFICATION = {
    ("issued", "file_measures"): "measures_filed",
    ("measures_filed", "verify"): "verified",
    ("measures_filed", "return"): "returned",
    ("returned", "file_measures"): "measures_filed",
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
def test_nothing_is_returned_without_a_reason(reason: str | None) -> None:
    with pytest.raises(RectificationActionRefused, match="理由"):
        next_rectification_status(
            RectificationStatus.MEASURES_FILED, RectificationAction.RETURN, reason=reason
        )
    with pytest.raises(FormActionRefused, match="理由"):
        next_form_status(FormStatus.SUBMITTED, FormAction.RETURN, reason=reason)


@pytest.mark.parametrize(
    ("status", "today", "expected"),
    [
        ("issued", date(2024, 2, 28), False),
        ("issued", date(2024, 2, 29), False),
        ("issued", date(2024, 3, 1), True),
        ("returned", date(2024, 2, 29), False),
        ("returned", date(2024, 3, 1), True),
        ("measures_filed", date(2024, 3, 1), False),
        ("verified", date(2025, 1, 1), False),
    ],
)
def test_a_unit_is_late_the_day_after_the_due_day_while_it_owes_measures(
    status: str, today: date, expected: bool
) -> None:
    assert overdue(RectificationStatus(status), date(2024, 2, 29), today) is expected


def test_days_left_are_calendar_days() -> None:
    assert days_left(date(2024, 3, 1), date(2024, 2, 28)) == 2
    assert days_left(date(2024, 3, 1), date(2024, 3, 1)) == 0
    assert days_left(date(2024, 3, 1), date(2024, 3, 2)) == -1
