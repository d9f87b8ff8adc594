"""What a resubmission changed: every difference once, nothing else."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.goals.domain.goal_changes import changes, described
from services.goals.domain.goal_content import GoalContent, Indicator, Task

LAMPS = Indicator(
    row_id=UUID(int=1), level1="output", level2="quantity", name="改造路灯数量", operator=">=",
    target_value=Decimal(120), unit_of_measure="盏", weight=Decimal(50),
)  # fmt: skip
LIT = replace(LAMPS, row_id=UUID(int=2), level1="benefit", level2="social", name="亮灯率")
FORM = GoalContent("更换路灯", "三年换完", (LAMPS, LIT), (Task("照明", None, Decimal(100), None),))


def told(before: GoalContent, after: GoalContent) -> list[tuple[str, str, str | None, str | None]]:
    """Pointer, kind, before, after."""
    return [(c.pointer, c.kind, c.before, c.after) for c in changes(before, after)]


def test_a_form_differs_from_itself_in_nothing() -> None:
    assert changes(FORM, FORM) == []


def test_a_changed_cell_is_named_with_its_row() -> None:
    after = replace(FORM, indicators=(replace(LAMPS, target_value=Decimal(150)), LIT))
    (change,) = changes(FORM, after)
    assert change.label == "改造路灯数量：指标值"
    assert (change.pointer, change.before, change.after) == (
        "/indicators/0/target_value",
        "120",
        "150",
    )


def test_codes_are_shown_in_words() -> None:
    after = replace(FORM, indicators=(replace(LAMPS, level2="quality", operator="="), LIT))
    assert told(FORM, after) == [
        ("/indicators/0/level2", "changed", "数量指标", "质量指标"),
        ("/indicators/0/operator", "changed", "≥", "="),
    ]


def test_a_row_moved_is_the_same_row() -> None:
    assert changes(FORM, replace(FORM, indicators=(LIT, LAMPS))) == []


def test_rows_added_and_removed_are_told_as_a_line() -> None:
    new = replace(LAMPS, row_id=UUID(int=3), name="验收合格率", level2="quality")
    assert told(FORM, replace(FORM, indicators=(LAMPS, new))) == [
        ("/indicators/1", "added", None, "质量指标 验收合格率 ≥ 120 盏（50 分）"),
        ("/indicators/1", "removed", "社会效益指标 亮灯率 ≥ 120 盏（50 分）", None),
    ]


def test_texts_and_tasks() -> None:
    after = replace(FORM, annual_goal="更换路灯一百盏", midterm_goal=None, tasks=())
    assert told(FORM, after) == [
        ("/annual_goal", "changed", "更换路灯", "更换路灯一百盏"),
        ("/midterm_goal", "removed", "三年换完", None),
        ("/tasks/0", "removed", "照明；100", None),
    ]


def test_a_row_hardly_filled_in_can_be_told() -> None:
    assert described(Indicator()) == ""
    assert described(replace(LAMPS, operator="qualitative", target_text="全部点亮")) == (
        "数量指标 改造路灯数量 全部点亮（50 分）"
    )


ROWS = st.builds(
    Indicator,
    row_id=st.uuids(),
    name=st.none() | st.text(max_size=5),
    operator=st.sampled_from([None, ">=", "qualitative"]),
    target_value=st.none() | st.decimals(-99, 99, places=2),
    weight=st.none() | st.decimals(0, 100, places=2),
)
FORMS = st.builds(
    GoalContent,
    annual_goal=st.none() | st.text(max_size=5),
    indicators=st.lists(ROWS, max_size=4, unique_by=lambda row: row.row_id),
    tasks=st.lists(st.builds(Task, name=st.text(min_size=1, max_size=5)), max_size=3),
)


@given(FORMS, FORMS)
def test_there_are_changes_exactly_when_forms_differ(one: GoalContent, other: GoalContent) -> None:
    def as_value(form: GoalContent) -> tuple[object, ...]:
        rows = frozenset((row.row_id, row) for row in form.indicators)
        return form.annual_goal, form.midterm_goal, rows, tuple(form.tasks)

    assert bool(changes(one, other)) is (as_value(one) != as_value(other))
