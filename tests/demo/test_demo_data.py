"""The demo data keep to the public report where it speaks, and to the forms everywhere else."""

import csv
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from deploy.demo.generate import write_demo_data
from deploy.demo.generate_people import uscc

DATA = Path(__file__).parents[2] / "deploy" / "demo" / "data"
HAND_WRITTEN = {"README.md", "published_2023.toml"}
JULY_END = "2023-07-31"

Row = dict[str, str]


@cache
def table(name: str) -> list[Row]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def toml(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


PUBLISHED = toml("published_2023.toml")
PRINTED_UNITS = {name for score in PUBLISHED["score"] for name in score["units"]}
PRINTED_PROJECTS = {name for score in PUBLISHED["score"] for name in score["projects"]}


def cents(number: Decimal) -> Decimal:
    return number.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def grouped(rows: list[Row], *keys: str) -> dict[tuple[str, ...], list[Row]]:
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        groups[tuple(row[key] for key in keys)].append(row)
    return groups


def sums(rows: list[Row], *keys: str) -> dict[tuple[str, ...], Decimal]:
    groups = grouped(rows, *keys)
    return {
        key: sum((Decimal(row["amount"]) for row in members), Decimal(0))
        for key, members in groups.items()
    }


def beside_indicators(name: str) -> list[tuple[Row, Row]]:
    """Each row of a table beside the indicator it answers; none missing, none left over."""
    answers = {(row["project_code"], row["position"]): row for row in table(name)}
    indicators = table("indicators")
    assert len(answers) == len(table(name)) == len(indicators)
    return [(row, answers[row["project_code"], row["position"]]) for row in indicators]


def ratio(operator: str, target: str, actual: str, weight: str) -> Decimal:
    aim, reached, full = Decimal(target), Decimal(actual), Decimal(weight)
    share = aim / reached if operator == "<=" else reached / aim
    return full if share >= 1 else cents(full * share)


def sheet_row_score(row: Row) -> Decimal:
    if row["method"] == "checklist":
        weight = Decimal(row["weight"])
        return cents(weight * int(row["points_met"]) / int(row["points_total"]))
    return ratio(row["operator"], row["target_value"], row["actual_value"], row["weight"])


def test_the_generator_writes_the_committed_files_byte_for_byte(tmp_path: Path) -> None:
    write_demo_data(tmp_path)
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    committed = {path.name: path.read_bytes() for path in DATA.iterdir() if path.is_file()}
    assert written == {n: data for n, data in committed.items() if n not in HAND_WRITTEN}
    assert all(b"\r" not in data for data in written.values())


@pytest.mark.parametrize("path", sorted(DATA.glob("*.csv")), ids=lambda path: path.stem)
def test_every_row_says_whether_it_is_invented(path: Path) -> None:
    flags = {row["synthetic"] for row in table(path.stem)}
    names_some_printed = path.stem in ("units", "projects")
    assert flags == ({"true", "false"} if names_some_printed else {"true"})


@pytest.mark.parametrize(
    ("name", "printed", "count"),
    [("units", PRINTED_UNITS, 17), ("projects", PRINTED_PROJECTS, 9)],
)
def test_only_printed_names_stand_without_the_mark_of_an_example(
    name: str, printed: set[str], count: int
) -> None:
    rows = table(name)
    real = {row["name"] for row in rows if row["synthetic"] == "false"}
    assert real == printed
    assert len(real) == count
    assert all(row["name"].endswith("（示例）") for row in rows if row["name"] not in printed)
    assert len({row["name"] for row in rows}) == len(rows)


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("agencies", "name"),
        ("engagements", "contract_no"),
        ("engagements", "title"),
        ("users", "name"),
        ("training", "name"),
        ("units", "office"),
        ("monitoring_letters", "letter_no"),
        ("rectification_letters", "letter_no"),
    ],
)
def test_invented_people_agencies_and_papers_are_marked(name: str, column: str) -> None:
    assert all(row[column].endswith("（示例）") for row in table(name))


def test_counts_and_amounts_are_those_of_the_report() -> None:
    totals, funds = PUBLISHED["totals"], table("funds")
    key = {row["code"] for row in table("projects") if row["synthetic"] == "false"}
    county = sums(funds, "fund_level")[("county",)]
    all_levels = sum(
        (Decimal(row["amount"]) for row in funds if row["project_code"] in key), Decimal(0)
    )
    assert len(table("units")) == totals["self_evaluated_units"] == 88
    assert len(table("projects")) == totals["self_evaluated_projects"] == 271
    assert county == Decimal(totals["self_evaluated_amount_wan_yuan"]) * 10000
    assert all_levels == Decimal(totals["key_projects_amount_wan_yuan"]) * 10000
    assert county == Decimal("394970500.00")
    assert all_levels == Decimal("511027100.00")


def test_every_unit_has_a_project_and_every_project_county_money() -> None:
    projects, funds = table("projects"), table("funds")
    assert {row["unit_code"] for row in projects} == {row["code"] for row in table("units")}
    county = {row["project_code"] for row in funds if row["fund_level"] == "county"}
    assert county == {row["code"] for row in projects}
    assert all(Decimal(row["amount"]) > 0 for row in funds)
    assert all(re.fullmatch(r"\d+\.\d\d", row["amount"]) for row in funds)


def test_codes_follow_the_standard() -> None:
    for row in table("units"):
        assert re.fullmatch(r"\d{6}", row["code"])
        assert row["department_code"] == row["code"][:3]
    for row in table("projects"):
        assert re.fullmatch(r"64010423[TY]\d{12}", row["code"])
        assert (row["category"] == "operation") == (row["code"][8] == "Y")
    assert len({row["code"] for row in table("projects")}) == 271


@pytest.mark.parametrize(
    "code",
    ["11320000MB151840XJ", "11640102MB0U40499C", "11500111009348329P", "11500232MB15304763",
     "1153302501526456X4"],
)  # fmt: skip
def test_check_characters_agree_with_published_codes(code: str) -> None:
    assert uscc(code[:17]) == code


def test_agencies_have_valid_credit_codes_and_share_the_work() -> None:
    codes = [row["uscc"] for row in table("agencies")]
    assert len(codes) == PUBLISHED["totals"]["key_evaluation_agencies"] == 2
    assert all(uscc(code[:17]) == code for code in codes)
    scopes = Counter((row["scope"], row["agency_uscc"]) for row in table("engagements"))
    assert scopes == {
        ("result_recheck", codes[0]): 1,
        ("evaluation", codes[0]): 2,
        ("evaluation", codes[1]): 2,
    }


def test_every_goal_is_complete_and_its_weights_sum_to_ninety() -> None:
    goals = grouped(table("goals"), "project_code")
    sheets = grouped(table("indicators"), "project_code")
    assert sheets.keys() == goals.keys() == {(row["code"],) for row in table("projects")}
    for rows in sheets.values():
        by_level1: Counter[str] = Counter()
        for row in rows:
            by_level1[row["level1"]] += int(row["weight"])
        kinds = {row["level2"] for row in rows}
        assert by_level1 == {"output": 50, "benefit": 30, "satisfaction": 10}
        assert {"quantity", "quality", "timeliness", "satisfaction"} <= kinds
        assert kinds & {"cost", "economic", "social", "ecological"}
        assert [row["position"] for row in rows] == [str(n) for n in range(1, len(rows) + 1)]
        assert len({row["name"] for row in rows}) == len(rows) == 6
        assert sum(row["operator"] == "qualitative" for row in rows) == 1


def test_targets_are_numbers_with_a_unit_or_an_observable_state() -> None:
    vague = re.compile("有效|提升|达到预期|明显|显著|进一步|改善|良好|加强")
    for row in table("indicators"):
        if row["operator"] == "qualitative":
            assert row["target_text"]
            assert not vague.search(row["target_text"])
            assert not row["target_value"]
        else:
            assert Decimal(row["target_value"]) > 0
            assert row["unit_of_measure"]
    assert not [row for row in table("goals") if vague.search(row["annual_goal"])]


def test_works_and_purchases_have_a_cost_ceiling_that_fits_the_money() -> None:
    works = re.compile("维修|修缮|改造|购置|采购|更新|建设")
    total = sums(table("funds"), "project_code")
    names = {row["code"]: row["name"] for row in table("projects")}
    for (code,), rows in grouped(table("indicators"), "project_code").items():
        cost = [row for row in rows if row["level2"] == "cost"]
        quantity = next(Decimal(row["target_value"]) for row in rows if row["level2"] == "quantity")
        assert cost or not works.search(names[code])
        for row in cost:
            assert 0 <= Decimal(row["target_value"]) * quantity - total[(code,)] < quantity


def test_twelve_first_drafts_differ_from_the_approved_goal_in_the_named_field() -> None:
    goals = {row["project_code"]: row for row in table("goals")}
    indicators = {(row["project_code"], row["position"]): row for row in table("indicators")}
    returned = table("returned_goals")
    assert len(returned) == 12
    for row in returned:
        code = row["project_code"]
        approved = indicators[code, row["position"]] if row["position"] else goals[code]
        assert approved[row["field"]] == row["final_value"] != row["first_value"]
        assert row["reason"]
        assert row["grade"] == "fair"
    faulty = {row["project_code"] for row in goals.values() if row["draft_fault"] == "true"}
    assert faulty == {row["project_code"] for row in returned}


def test_net_payments_never_exceed_the_money_of_a_level_on_any_day() -> None:
    budget = sums(table("funds"), "project_code", "fund_level")
    paid: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in table("payments"):
        key = (row["project_code"], row["fund_level"])
        paid[key] += Decimal(row["amount"])
        assert 0 <= paid[key] <= budget[key]


def test_vouchers_are_numbered_in_order_of_working_days() -> None:
    rows = table("payments")
    days = [row["paid_on"] for row in rows]
    assert days == sorted(days)
    assert all("2023-02-01" <= day <= "2023-12-31" for day in days)
    assert all(date.fromisoformat(day).weekday() < 5 for day in days)
    assert len({row["voucher_no"] for row in rows}) == len(rows)
    assert sum(Decimal(row["amount"]) < 0 for row in rows) == 6


def test_thirty_projects_are_red_and_twenty_five_yellow_in_july_and_fifteen_end_late() -> None:
    total = sums(table("funds"), "project_code")
    july = sums([row for row in table("payments") if row["paid_on"] <= JULY_END], "project_code")
    final = sums(table("payments"), "project_code")
    pace = [july[code] / total[code] * 1200 / 7 for code in total]
    assert sum(value < 60 for value in pace) == 30
    assert sum(60 <= value < 80 for value in pace) == 25
    assert sum(final[code] / total[code] < Decimal("0.9") for code in total) == 15
    assert sum(final[code] / total[code] >= Decimal("0.94") for code in total) == 256


def test_slow_projects_explain_themselves_in_the_monitoring_form() -> None:
    total = sums(table("funds"), "project_code")
    july = sums([row for row in table("payments") if row["paid_on"] <= JULY_END], "project_code")
    slow = {code for (code,) in total if july[code,] / total[code,] < Decimal("0.35")}
    causes = {"funding", "system", "staffing", "hardware", "other"}
    explained = set()
    for indicator, row in beside_indicators("monitoring_rows"):
        ticked = set(filter(None, row["deviation_causes"].split(";")))
        assert ticked <= causes
        assert bool(ticked) == bool(row["deviation_text"])
        assert row["likelihood"] in ("certain", "possible", "impossible")
        assert bool(row["band"]) == (indicator["operator"] == "qualitative")
        assert bool(row["actual_to_date"]) == bool(row["actual_forecast"]) != bool(row["band"])
        if ticked:
            explained.add(row["project_code"])
    assert len(slow) == 30
    assert slow <= explained
    assert {row["project_code"] for row in table("returned_forms")} <= slow


def test_the_forecast_lies_between_what_is_paid_and_the_budget() -> None:
    total = sums(table("funds"), "project_code")
    july = sums([row for row in table("payments") if row["paid_on"] <= JULY_END], "project_code")
    forms = table("monitoring_forms")
    assert len(forms) == 271
    for row in forms:
        key = (row["project_code"],)
        assert july[key] <= Decimal(row["executed_forecast"]) <= total[key]


BANDS: dict[str, Callable[[Decimal], bool]] = {
    "achieved": lambda share: Decimal("0.8") <= share <= 1,
    "partial": lambda share: Decimal("0.6") <= share < Decimal("0.8"),
    "failed": lambda share: 0 <= share < Decimal("0.6"),
}


def rule_score(indicator: Row, answer: Row) -> Decimal:
    if indicator["operator"] == "qualitative":
        return Decimal(answer["self_score"])
    return ratio(
        indicator["operator"],
        indicator["target_value"],
        answer["actual_value"],
        indicator["weight"],
    )


def test_chosen_scores_lie_in_their_band_and_numbers_carry_none() -> None:
    for indicator, answer in beside_indicators("self_evaluation_rows"):
        if indicator["operator"] == "qualitative":
            assert BANDS[answer["band"]](
                Decimal(answer["self_score"]) / Decimal(indicator["weight"])
            )
            assert not answer["actual_value"]
        else:
            assert not answer["band"]
            assert not answer["self_score"]


def test_a_reason_stands_where_the_form_asks_for_one() -> None:
    for indicator, answer in beside_indicators("self_evaluation_rows"):
        lost = rule_score(indicator, answer) < Decimal(indicator["weight"])
        far_above = indicator["operator"] in (">=", "=") and Decimal(
            answer["actual_value"]
        ) > Decimal(indicator["target_value"]) * Decimal("1.3")
        assert bool(answer["reason"]) == (lost or far_above)


def test_low_execution_is_explained() -> None:
    total, paid = sums(table("funds"), "project_code"), sums(table("payments"), "project_code")
    for row in table("self_evaluations"):
        key = (row["project_code"],)
        assert bool(row["exec_reason"]) == (paid[key] / total[key] < Decimal("0.9"))
        assert row["goal_actual"]
    assert len(table("self_evaluations")) == 271


def test_the_recheck_keeps_the_rule_score_or_says_why_not() -> None:
    answers = {(row["project_code"], row["position"]): row for row in table("self_evaluation_rows")}
    lowered = 0
    for indicator, review in beside_indicators("recheck_rows"):
        key = (indicator["project_code"], indicator["position"])
        score = rule_score(indicator, answers[key])
        reviewed = Decimal(review["review_score"])
        assert 0 <= reviewed <= score
        assert bool(review["note"]) == (reviewed < score)
        lowered += bool(review["note"])
    assert 20 < lowered < 100
    assert len(table("rechecks")) == 271


def test_letters_go_to_the_units_of_late_projects_that_were_advised() -> None:
    advised = {
        row["project_code"] for row in table("rechecks") if row["rectification_advised"] == "true"
    }
    letters = table("rectification_letters")
    units = {row["code"]: row["unit_code"] for row in table("projects")}
    assert {row["project_code"] for row in letters} == advised
    assert all(units[row["project_code"]] == row["unit_code"] for row in letters)
    assert 10 <= len({row["unit_code"] for row in letters}) <= 14
    assert len({row["letter_no"] for row in letters}) == len({row["unit_code"] for row in letters})
    assert {row["verified"] for row in letters} == {"true", "false"}
    assert all(row["measures"] for row in letters if row["verified"] == "true")


def test_mid_year_letters_answer_red_projects_of_their_unit() -> None:
    total = sums(table("funds"), "project_code")
    july = sums([row for row in table("payments") if row["paid_on"] <= JULY_END], "project_code")
    units = {row["code"]: row["unit_code"] for row in table("projects")}
    letters = table("monitoring_letters")
    assert len({row["unit_code"] for row in letters}) == len(letters) == 8
    for letter in letters:
        for code in letter["project_codes"].split(";"):
            assert units[code] == letter["unit_code"]
            assert july[code,] / total[code,] < Decimal("0.35")


def test_faults_and_delays_are_told_only_of_invented_units() -> None:
    real_units = {row["code"] for row in table("units") if row["synthetic"] == "false"}
    units = {row["code"]: row["unit_code"] for row in table("projects")}
    named = [
        row["project_code"]
        for name in ("returned_goals", "returned_forms", "rectification_letters")
        for row in table(name)
    ]
    named += [row["project_code"] for row in table("recheck_rows") if row["note"]]
    named += [row["project_code"] for row in table("self_evaluation_rows") if row["reason"]]
    named += [row["project_code"] for row in table("monitoring_rows") if row["deviation_text"]]
    assert not {units[code] for code in named} & real_units


@pytest.mark.parametrize(
    "printed",
    PUBLISHED["score"],
    ids=lambda score: f"{score['evaluation']}-{score['group_no']}",
)
def test_a_scoring_sheet_sums_to_the_published_score(printed: dict[str, Any]) -> None:
    key = (printed["evaluation"], str(printed["group_no"]))
    rows = grouped(table("scoring_rows"), "evaluation", "group_no")[key]
    weights = Counter[str]()
    for row in rows:
        weights[row["level1"]] += int(row["weight"])
    project = printed["kind"] == "project"
    total = sum((sheet_row_score(row) for row in rows), Decimal(0))
    assert total == Decimal(printed["score"])
    assert printed["grade"] == ("优" if total >= 90 else "良")
    assert weights.total() == 100
    assert set(weights) == set(PROJECT_GROUPS if project else DEPARTMENT_GROUPS)
    assert not project or weights["output"] + weights["benefit"] >= 60
    assert 12 <= len(rows) <= 16
    assert all(row["basis"].endswith("（示例数据）") for row in rows)


PROJECT_GROUPS = ("decision", "process", "output", "benefit")
DEPARTMENT_GROUPS = ("input", "process", "output", "effect")


def test_sheet_rows_are_filled_as_their_method_asks() -> None:
    for row in table("scoring_rows"):
        by_ratio = row["operator"] and row["target_value"] and row["actual_value"]
        by_points = row["points_met"] and row["points_total"]
        assert bool(by_ratio) == (row["method"] == "ratio")
        assert bool(by_points) == (row["method"] == "checklist")


def test_groups_name_the_units_and_projects_of_the_report() -> None:
    units = {row["code"]: row["name"] for row in table("units")}
    projects = {row["code"]: row["name"] for row in table("projects")}
    contracts = {row["contract_no"] for row in table("engagements")}
    found = {}
    for evaluation in toml("evaluations.toml")["evaluation"]:
        assert evaluation["engagement"] in contracts
        for group in evaluation["group"]:
            found[evaluation["ref"], group["group_no"]] = (
                [projects[s["project_code"]] for s in group["subjects"] if "project_code" in s],
                {units[subject["unit_code"]] for subject in group["subjects"]},
            )
    printed = {
        (score["evaluation"], score["group_no"]): (score["projects"], set(score["units"]))
        for score in PUBLISHED["score"]
    }
    assert found == printed
    assert Counter(score["kind"] for score in PUBLISHED["score"]) == {
        "project": 11,
        "department": 8,
    }


def test_four_kindergartens_are_scored_on_one_project_of_the_education_bureau() -> None:
    name = "2023年兴庆区公办幼儿园预算执行情况"
    project = next(row for row in table("projects") if row["name"] == name)
    owner = next(row for row in table("units") if row["code"] == project["unit_code"])
    scored = [score["units"] for score in PUBLISHED["score"] if name in score["projects"]]
    assert owner["name"] == "兴庆区教育局"
    assert scored == [["二幼"], ["三幼"], ["四幼"], ["五幼"]]


def test_every_unit_has_two_people_and_the_bureau_its_own() -> None:
    users = table("users")
    pairs = Counter((row["unit_codes"], row["roles"]) for row in users if row["unit_codes"])
    assert pairs == {
        (unit["code"], role): 1
        for unit in table("units")
        for role in ("unit_filler", "unit_approver")
    }
    others = {row["username"] for row in users if not row["unit_codes"]}
    assert others == {
        "officer", "reviewer", "agency-a", "agency-b", "expert", "auditor", "integration",
        "operator", "public",
    }  # fmt: skip
    agencies = [row["agency"] for row in users if row["agency"]]
    assert agencies == [row["uscc"] for row in table("agencies")]
    assert {row["region_code"] for row in users} == {"640104000"}


def test_two_trainings_were_held_in_the_year() -> None:
    assert [row["held_on"][:4] for row in table("training")] == ["2023", "2023"]
