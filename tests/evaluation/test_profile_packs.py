"""Profile packs: which rules hold where and when, local packs, and what is refused at load."""

import shutil
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from services.evaluation.domain.profiles import ANY, Denominator, ScoringProfile
from services.evaluation.domain.rules import Rules, load_rules
from services.evaluation.domain.self_evaluation import execution_line, score_self_evaluation
from services.evaluation.domain.year_rules import named_profile, profile_of, scale_of
from shared.rulebook import NoRuleInForce, UnsoundRule

_RULES = Path(__file__).parents[2] / "services" / "evaluation" / "rules"
_PACKS = _RULES / "profiles"
_SHIPPED = load_rules(_RULES, _PACKS)

Local = Callable[..., Rules]

_PACK = """
pack_id = "local"
title = "（示例）本地规则包"
regions = ["640104"]
first_year = 2022
last_year = 2023

[forms]
project_self_evaluation = "local"
"""

_PROFILE = """
rule_id = "local"
title = "（示例）本地自评计分规则"
last_checked_on = 2026-11-25

[[version]]
effective_from = 2022-01-01

[version.source]
title = "（示例）本地自评办法"
verified = false

[version.values]
base = "mof-2020-10@2020-02-25"
deviating_weights = "reason"
weights = [
    { code = "exec", label = "预算执行率", weight = 0 },
    { code = "output", label = "产出指标", weight = 60 },
    { code = "benefit", label = "效益指标", weight = 40 },
]
"""

_CASE = """
[[case]]
name = "（示例）没有执行率一行"
profile = "local"
year = 2022
rows = [
    { level1 = "output", operator = ">=", weight = 60, target = 3, actual = 2, reason = "停工" },
    { level1 = "benefit", operator = ">=", weight = 40, target = 1, actual = 1 },
]
total = 80.00
findings = []
"""


@pytest.fixture
def local(tmp_path: Path) -> Local:
    """Rules with a bureau's own pack beside the shipped ones."""

    def load(pack: str = _PACK, profile: str = _PROFILE, case: str | None = _CASE) -> Rules:
        folder = tmp_path / "local"
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "cases").mkdir(parents=True)
        (folder / "pack.toml").write_text(pack, "utf-8")
        (folder / "local.toml").write_text(profile, "utf-8")
        if case is not None:
            (folder / "cases" / "case.toml").write_text(case, "utf-8")
        return load_rules(_RULES, _PACKS, tmp_path)

    return load


@pytest.mark.parametrize(
    ("region_code", "fiscal_year", "form", "profile_id"),
    [
        ("640104000", 2023, "project_self_evaluation", "mof-2020-10"),
        ("640104000", 2021, "project_self_evaluation", "mof-2020-10"),
        ("640100000", 2021, "project_self_evaluation", "yinchuan-2021"),
        ("640100000", 2022, "project_self_evaluation", "mof-2020-10"),
        ("420100000", 2020, "project_self_evaluation", "hubei-20-80"),
        ("370112000", 2019, "project_self_evaluation", "licheng-2019"),
        ("370112000", 2020, "project_self_evaluation", "mof-2020-10"),
        ("640104000", 2023, "department_self_evaluation", "department-10-90"),
        ("431102000", 2021, "department_self_evaluation", "hunan-department"),
        ("431102000", 2020, "department_self_evaluation", "department-10-90"),
        ("500000000", 2022, "department_self_evaluation", "chongqing-department"),
        ("500000000", 2022, "project_self_evaluation", "mof-2020-10"),
    ],
)
def test_the_profile_that_names_the_region_most_closely_is_used(
    region_code: str, fiscal_year: int, form: str, profile_id: str
) -> None:
    profile = profile_of(_SHIPPED, region_code, fiscal_year, form)
    assert profile.citation.rule_id == profile_id
    assert scale_of(_SHIPPED, named_profile(_SHIPPED, "mof-2020-10", 2023), 2023).full_marks == 100


@pytest.mark.parametrize("form", ["project_self_evaluation", "department_self_evaluation"])
def test_before_the_first_year_there_is_no_profile(form: str) -> None:
    with pytest.raises(NoRuleInForce, match="2019"):
        profile_of(_SHIPPED, "640104000", 2019, form)
    with pytest.raises(NoRuleInForce):
        named_profile(_SHIPPED, "mof-2021-101-cost", 2020)


def test_what_is_taken_over_keeps_the_source_it_had() -> None:
    hubei = named_profile(_SHIPPED, "hubei-20-80", 2020)
    assert hubei.positive.citation.source.article == "第十六条"
    assert "湖北" in hubei.execution_rule.citation.source.title
    assert hubei.citation.effective_from == date(2020, 1, 1)
    assert [group.code for group in hubei.groups] == [ANY]
    assert all(not version.source.verified for rule in _SHIPPED.by_id.values()
               for version in rule.versions)  # fmt: skip


def test_a_bureau_scores_by_a_pack_of_its_own_in_its_years_only(local: Local) -> None:
    rules = local()
    mine = profile_of(rules, "640104000", 2023)
    assert mine.citation.rule_id == "local"
    assert profile_of(rules, "640104000", 2024).citation.rule_id == "mof-2020-10"
    assert profile_of(rules, "640105000", 2023).citation.rule_id == "mof-2020-10"
    assert rules.packs.holding("640104000", 2023) == {
        "department_self_evaluation": "department-10-90",
        "project_self_evaluation": "local",
    }


def test_weights_off_the_split_need_a_reason_where_the_rule_says_so(local: Local) -> None:
    rule = profile_of(local(), "640104000", 2023)
    assert not rule.has_execution_line
    for reason, submittable in ((None, False), (" ", False), ("立项当年", True)):
        sheet = score_self_evaluation(
            [], rule, budget_full_year=None, executed=None, weights_reason=reason
        )
        codes = [f.severity.value == "hint" for f in sheet.findings if f.code != "weights_not_100"]
        assert codes == [submittable, submittable]
        assert execution_line(sheet, rule) is None


def test_a_rate_may_be_held_against_the_initial_budget_and_rounded_first(local: Local) -> None:
    """154.74 of 310.2 is 49.88 %, which a published form rounds to 50 % first."""
    profile = (
        _PROFILE.replace("weight = 0 ", "weight = 10 ").replace("60", "50")
        + """
[version.values.exec]
mode = "proportional_capped"
denominator = "initial"
round_rate_first = true
zero_budget = "not_applicable"
"""
    )
    case = _CASE.replace("rows =", "budget_initial = 310.2\nexecuted = 154.74\nrows =")
    case = case.replace("60", "50").replace("total = 80.00", "total = 78.33\nexec_score = 5.00")
    case = case.replace("findings = []", 'findings = ["low_exec_reason_missing"]')
    rule: ScoringProfile = profile_of(local(profile=profile, case=case), "640104000", 2023)
    assert rule.execution_rule.denominator is Denominator.INITIAL
    sheet = score_self_evaluation(
        [], rule, budget_full_year=Decimal(1), executed=Decimal(1), budget_initial=None
    )
    assert [f.pointer for f in sheet.findings if f.code == "cell_missing"] == ["/budget_initial"]


@pytest.mark.parametrize(
    ("part", "old", "new", "complaint"),
    [
        ("pack", "title =", "titel =", "local/pack.toml: unknown: titel"),
        ("pack", "first_year = 2022", "first_year = 1999", "first_year"),
        ("pack", "last_year = 2023", "last_year = 2021", "first_year"),
        ("pack", "first_year = 2022\n", "", "first_year"),
        ("pack", "project_self_evaluation", "poem", "forms: they are"),
        ("pack", '_evaluation = "local"', '_evaluation = "nobody"', "no profile nobody"),
        ("pack", "first_year = 2022", "first_year = 2021", "had no version yet"),
        ("pack", '["640104"]', '[""]', "default already has every region, 2022"),
        ("pack", '"local"\ntitle', '"default"\ntitle', "a pack_id stands twice"),
        ("pack", "regions", "regions = [", "pack.toml"),
        ("profile", "@2020-02-25", "@2020-02-26", "no version that stands by itself"),
        ("profile", "mof-2020-10@2020-02-25", "hubei-20-80@2020-01-01", "stands by itself"),
        ("profile", 'rule_id = "local"', 'rule_id = "grades"', "stand in another file"),
        ("profile", "weight = 60", "weight = 61", "sum to 101, not 100"),
        ("profile", '"reason"', '"shrug"', "not one of"),
        ("profile", "weights = [", 'grades = "none"\nweights = [', "no such grade scale"),
        ("profile", "weights = [", 'grades = "local"\nweights = [', "no such grade scale"),
        ("profile", "weight = 0 }", 'weight = 0, within = "joy" }', "no group joy"),
        ("case", "total = 80.00", "total = 80.01", "total 80.01 is expected, 80.00 comes out"),
        ("case", "findings = []", "", "a case says total and findings"),
        ("case", 'profile = "local"', 'profile = "mof-2020-10"', "one of"),
        ("case", "year = 2022", "year = 2021", "had no version yet"),
        ("case", "year = 2022\n", "", "local/cases/case.toml: 'year'"),
        ("case", "year = 2022", "yaer = 2022\nyear = 2022", "unknown: yaer"),
        ("case", "reason =", "raeson =", "unknown: raeson"),
        ("case", 'operator = ">="', 'operator = "~"', "ValueError"),
        ("case", "[[case]]", "[[cases]]", "KeyError"),
    ],
)  # fmt: skip
def test_an_unsound_pack_is_refused_with_its_place(
    local: Local, part: str, old: str, new: str, complaint: str
) -> None:
    text = {"pack": _PACK, "profile": _PROFILE, "case": _CASE}[part]
    assert old in text
    with pytest.raises(UnsoundRule, match=complaint):
        local(**{part: text.replace(old, new, 1)})


def test_a_pack_without_cases_or_a_folder_that_is_not_there_is_refused(
    local: Local, tmp_path: Path
) -> None:
    with pytest.raises(UnsoundRule, match="brings cases of its own"):
        local(case=None)
    with pytest.raises(UnsoundRule, match="no such folder"):
        load_rules(_RULES, tmp_path / "absent")


@pytest.mark.parametrize(
    ("tables", "complaint"),
    [
        ('[version.values.positive]\nmode = "ratio_capped"\nzero_target = "met_full_else_zero"\n'
         "passing = 1.1", "outside 0…1"),
        ('[version.values.satisfaction]\nmode = "banded"', "a list is needed"),
        ('[version.values.satisfaction]\nmode = "banded"\n'
         "steps = [{ at_least = 90, share = 1 }]", "must fall"),
        ('[version.values.satisfaction]\nmode = "banded"\n'
         "steps = [{ at_least = 90, share = 0.9 }, { at_least = 0, share = 0 }]", "must fall"),
        ('[version.values.satisfaction]\nmode = "banded"\nsteps = [{ at_least = 90, share = 1 },'
         " { at_least = 95, share = 0.8 }, { at_least = 0, share = 0 }]", "must fall"),
        ('[version.values.exec]\nmode = "banded"\ndenominator = "initial"\n'
         'round_rate_first = false\nzero_budget = "not_applicable"', "banded has them"),
        ('[version.values.exec]\nmode = "banded"\ndenominator = "initial"\n'
         'round_rate_first = 0\nzero_budget = "not_applicable"\n'
         "steps = [{ at_least = 0, share = 1 }]", "not true or false"),
        ("[version.values.over_achievement]\nreason_above = 1.5\nauto_deduct = true\n"
         'operators = [">="]', "a person deducts points"),
        ("[version.values.rows]\nweighed_from = 0", "outside 1"),
        ('[version.values.counts_as]\ncost = "joy"', "not one of"),
        ('[[version.values.splits]]\nabsent = ["joy"]\nweights = []', "not a set of"),
        ('[[version.values.splits]]\nabsent = ["output"]\n'
         'weights = [{ code = "output", label = "产出", weight = 100 }]', "groups that are left"),
        ('[[version.values.columns]]\ncode = "a"\nlabel = "甲"\n'
         '[[version.values.columns]]\ncode = "a"\nlabel = "乙"', "stands twice"),
    ],
)  # fmt: skip
def test_an_unsound_knob_is_refused(local: Local, tables: str, complaint: str) -> None:
    with pytest.raises(UnsoundRule, match=complaint):
        local(profile=f"{_PROFILE}\n{tables}\n")
