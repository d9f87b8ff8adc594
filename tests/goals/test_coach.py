"""Each rule of the coach: a draft that calls for it, a near miss that does not, and what always holds."""

from collections.abc import Mapping
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.goals.domain.coach import Context, PastRow, Severity, blocking, check
from services.goals.domain.coach_weights import apportioned
from services.goals.domain.goal_content import GoalContent, Indicator, Task
from tests.goals.drafts import COACH, DAY, RULES, cases, checked, content_of, edited, without

CASES = cases("coach.toml")
BASE: dict[str, Any] = CASES["base"]
FORM = RULES["goal-form"].on(DAY)
IDS = [f"{number}-{case['rule']}" for number, case in enumerate(CASES["case"])]


def test_a_good_draft_has_no_findings() -> None:
    assert checked(BASE, {}) == []


@pytest.mark.parametrize("case", CASES["case"], ids=IDS)
def test_a_fault_is_found_where_it_is(case: dict[str, Any]) -> None:
    draft = edited(without(BASE, case.get("remove", [])), case.get("fires", {}))
    found = checked(draft, case.get("context", {}), case.get("form", "goal-form"))
    mine = [one for one in found if (one.rule_id, one.pointer) == (case["rule"], case["at"])]
    assert mine, [(one.rule_id, one.pointer, one.message) for one in found]
    assert all(one.message and one.mend for one in mine)


@pytest.mark.parametrize("case", [c for c in CASES["case"] if "near_miss" in c or "remove_near" in c
                                  or "context_near" in c])  # fmt: skip
def test_a_near_miss_is_left_alone(case: dict[str, Any]) -> None:
    draft = edited(without(BASE, case.get("remove_near", [])), case.get("near_miss", {}))
    known = case.get("context_near", case.get("context", {}))
    found = checked(draft, known, case.get("form", "goal-form"))
    assert [one for one in found if one.rule_id == case["rule"]] == []


def test_every_rule_has_a_case_and_every_case_a_rule() -> None:
    assert {case["rule"] for case in CASES["case"]} == set((COACH.values or {})["rules"])


def test_a_bare_draft_is_told_what_to_begin_with() -> None:
    found = check(GoalContent(), Context(), form=FORM, coach=COACH)
    assert [(one.rule_id, one.pointer) for one in found] == [
        ("C1", "/annual_goal"),
        ("C1", "/indicators"),
    ]


def test_a_row_without_a_name_gives_one_finding() -> None:
    content = replace(content_of(BASE), indicators=[*content_of(BASE).indicators, Indicator()])
    found = check(content, Context(), form=FORM, coach=COACH)
    assert [(one.rule_id, one.pointer) for one in found] == [("C1", "/indicators/5/name")]


def test_a_bureau_tightens_a_hint_into_a_blocker() -> None:
    values = dict(COACH.values or {})
    values["rules"] = values["rules"] | {"C7": {"severity": "blocking", "title": "满意度"}}
    draft = edited(BASE, {"/indicators/4/target_value": "100"})
    strict = replace(COACH, values=values)
    found = check(content_of(draft), Context(), form=FORM, coach=strict)
    assert [one.rule_id for one in blocking(found)] == ["C7"]
    assert blocking(checked(draft, {})) == []


@pytest.mark.parametrize("level2", sorted((COACH.values or {})["examples"]["text"]))
def test_the_coachs_own_examples_pass_the_coach(level2: str) -> None:
    text = (COACH.values or {})["examples"]["text"][level2]
    draft = edited(BASE, {"/indicators/2/target_text": text})
    assert checked(draft, {}) == []


def test_a_form_of_a_hundred_without_the_execution_row_is_told_so() -> None:
    (finding,) = checked(BASE, {}, "goal-form-100")
    assert "预算执行率（10 分）" in finding.mend
    listed = edited(BASE, {"/indicators/1/name": "预算执行率"})
    assert all("漏列" not in one.mend for one in checked(listed, {}, "goal-form-100"))


def test_findings_stand_in_the_order_of_the_form() -> None:
    draft = edited(BASE, {
        "/annual_goal": "", "/indicators/3/unit_of_measure": "", "/indicators/0/target_value": "",
        "/indicators/1/weight": "9", "/tasks/-": {"name": ""},
    })  # fmt: skip
    assert [one.pointer for one in checked(draft, {})] == [
        "/annual_goal", "/indicators/0/target_value", "/indicators/3/unit_of_measure",
        "/indicators", "/tasks/0/name",
    ]  # fmt: skip


NUMBERS = st.none() | st.decimals(-1_000_000, 1_000_000, places=2)
WORDS = st.none() | st.sampled_from(
    ["", " ", "88", "更换路灯数量", "验收合格率", "群众满意度", "总成本", "有效提升", "≥90%",
     "不超过3天", "明显改善", "一般", "%", "个", "万元", "无", "(", "2023年", "事故次数", "培训(人次)"]
) | st.text(max_size=8)  # fmt: skip
INDICATORS = st.builds(
    Indicator,
    scope=st.sampled_from(["annual", "midterm"]),
    level1=st.none() | st.sampled_from(["cost", "output", "benefit", "satisfaction", "其他"]),
    level2=st.none()
    | st.sampled_from(["quantity", "quality", "cost", "social", "satisfaction", "?"]),
    name=WORDS,
    operator=st.none() | st.sampled_from([">=", ">", "=", "<", "<=", "qualitative", "≥", ""]),
    target_value=NUMBERS,
    target_text=WORDS,
    unit_of_measure=WORDS,
    weight=NUMBERS,
)
TASKS = st.builds(Task, name=st.text(max_size=4), fiscal_amount=NUMBERS, other_amount=NUMBERS)
CONTENTS = st.builds(
    GoalContent, WORDS, WORDS, st.lists(INDICATORS, max_size=6), st.lists(TASKS, max_size=3)
)
CONTEXTS = st.builds(
    Context,
    project_name=WORDS,
    unit_name=st.none(),
    spending_kind=st.none() | st.sampled_from(["construction", "other", "?"]),
    annual_amount=NUMBERS,
    is_department=st.booleans(),
    last_year=st.lists(
        st.builds(PastRow, name=st.sampled_from(["总成本", "验收合格率", "事故次数"]),
                  actual_value=NUMBERS, unit_of_measure=WORDS),
        max_size=2,
    ),
    library=st.just({}),
    other_goals=st.lists(st.text(max_size=8), max_size=2),
)  # fmt: skip
FORMS = st.sampled_from([RULES[name].versions[0] for name in
                         ("goal-form", "goal-form-100", "goal-form-2021")])  # fmt: skip


def test_a_proposed_cost_has_no_more_places_than_the_field_and_stays_within_the_budget() -> None:
    draft = edited(
        BASE,
        {
            "/indicators/0/level2": "cost",
            "/indicators/0/name": "路灯更换总成本",
            "/indicators/0/operator": "<=",
            "/indicators/0/target_value": "200",
            "/indicators/0/unit_of_measure": "万元",
        },
    )
    found = checked(draft, {"annual_amount": "1234567.89"})
    (over,) = [one for one in found if one.rule_id == "C9"]
    assert over.proposal == {"/indicators/0/target_value": "123.4567"}
    known = {"annual_amount": "1234567.89", "spending_kind": "construction"}
    (missing,) = [one for one in checked(BASE, known, "goal-form-2021") if one.rule_id == "G5"]
    row = missing.proposal["/indicators/-"]
    assert isinstance(row, Mapping)
    assert row["target_value"] == "123.4567"


def test_a_long_text_is_known_as_a_copy_by_how_it_begins() -> None:
    other = "为城区支路更换路灯一百二十盏并逐盏建档" * 40
    draft = edited(BASE, {"/annual_goal": other[:600] + "本段为自行补充的内容" * 40})
    found = checked(draft, {"other_goals": [other]})
    assert ("C10", "/annual_goal") in {(one.rule_id, one.pointer) for one in found}


@settings(deadline=None)
@given(CONTENTS, CONTEXTS, FORMS)
def test_any_draft_can_be_checked_twice_with_one_answer(
    content: GoalContent, context: Context, form: Any
) -> None:
    found = check(content, context, form=form, coach=COACH)
    assert found == check(content, context, form=form, coach=COACH)
    for one in found:
        assert resolves(content, one.pointer), one
        assert all(resolves(content, pointer) for pointer in one.proposal), one


@settings(deadline=None)
@given(CONTENTS, CONTEXTS)
def test_a_clean_row_adds_no_finding_but_to_weights(content: GoalContent, context: Context) -> None:
    if not content.annual:
        return
    clean = Indicator(
        level1="output", level2="quality", name="竣工资料移交率", operator=">=",
        target_value=Decimal("97.31"), unit_of_measure="%", weight=Decimal(5),
    )  # fmt: skip
    more = replace(content, indicators=[*content.indicators, clean])
    before = check(content, context, form=FORM, coach=COACH)
    after = check(more, context, form=FORM, coach=COACH)
    known = {(one.rule_id, one.pointer) for one in before}
    new = {(one.rule_id, one.pointer) for one in after} - known
    assert new <= {("G1", "/indicators"), ("C2", "/indicators")}


@given(
    st.lists(st.decimals("0.01", 100, places=2), min_size=1, max_size=60),
    st.sampled_from([90, 100]),
)
def test_scaled_weights_sum_to_what_the_form_asks(weights: list[Decimal], due: int) -> None:
    shares = apportioned(weights, Decimal(due))
    assert sum(shares) == due
    assert all(share > 0 for share in shares)


@given(st.lists(st.decimals("0.01", 100, places=2), min_size=1, max_size=8))
def test_only_weights_that_sum_to_ninety_pass(weights: list[Decimal]) -> None:
    rows = [
        replace(content_of(BASE).indicators[0], name=f"路灯{i}号段", weight=weight)
        for i, weight in enumerate(weights)
    ]
    found = check(GoalContent("x", None, rows), Context(), form=FORM, coach=COACH)
    blocked = ("G1", Severity.BLOCKING) in [(one.rule_id, one.severity) for one in found]
    assert blocked is (sum(weights) != 90)


def resolves(content: GoalContent, pointer: str) -> bool:
    """Whether a pointer names something in the draft, or a place to append to."""
    part, *rest = pointer.lstrip("/").split("/")
    held: Any = getattr(content, part)
    if not rest:
        return True
    if rest == ["-"]:
        return True
    index, field = int(rest[0]), rest[1]
    return index < len(held) and field in {one.name for one in fields(held[index])}
