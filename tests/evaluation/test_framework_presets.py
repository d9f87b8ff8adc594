"""Preset frameworks, bands and computed rows: as data and rules; `test_presets_in_use` uses them."""

import re
import shutil
import tomllib
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from services.evaluation.domain.framework_checks import AskedRow, framework_findings
from services.evaluation.domain.profiles import Operator
from services.evaluation.domain.ratios import Ratio, ratios
from services.evaluation.domain.rules import Rules, load_rules
from services.evaluation.domain.scoring_sheets import Method, ScoringRow, score_sheet
from services.evaluation.domain.year_rules import framework_of, presets_of, sectors_of
from shared.rulebook import UnsoundRule
from tests.evaluation.receipts import recomputed

_HERE = Path(__file__).parent
_FILES = _HERE.parents[1] / "services" / "evaluation" / "rules"
_SHIPPED = load_rules(_FILES, _FILES / "profiles")
_HERE_AND_NOW = presets_of(_SHIPPED, "640104000", 2023)
_PROJECT = framework_of(_SHIPPED, "project", 2023)
_DEPARTMENT = framework_of(_SHIPPED, "department", 2023)

Local = Callable[..., Rules]

_PACK = """
pack_id = "local"
title = "（示例）本地规则包"
regions = ["640104"]
first_year = 2022
last_year = 2023
"""

_ITEMS = """
rule_id = "local-items"
title = "（示例）本地指标"
last_checked_on = 2026-11-25

[[version]]
effective_from = 2022-01-01

[version.source]
title = "（示例）本地办法"
verified = false

[version.values]
kind = "framework_items"
framework = "framework-2020-10"

[[version.values.items]]
code = "basis"
level1 = "decision"
level2 = "项目立项"
name = "立项依据"
method = "checklist"
points = ["依据充分"]

[[version.values.items]]
code = "output"
level1 = "output"
level2 = "产出数量"
name = "完成率"
method = "ratio"
operator = ">="
target_value = 100
"""

_WEIGHTS = """
rule_id = "local-40-60"
title = "（示例）本地权重"
last_checked_on = 2026-11-25

[[version]]
effective_from = 2022-01-01

[version.source]
title = "（示例）本地办法"
verified = false

[version.values]
kind = "framework_preset"
items = "local-items"
evaluations = ["project"]

[version.values.weights]
basis = 40
output = 60
"""


@pytest.fixture
def local(tmp_path: Path) -> Local:
    """The shipped rules and a local pack with a preset of its own, one text changed."""

    def load(old: str = "", new: str = "") -> Rules:
        texts = {"pack": _PACK, "items": _ITEMS, "weights": _WEIGHTS}
        assert any(old in text for text in texts.values())
        folder = tmp_path / "packs" / "local"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name, text in texts.items():
            (folder / f"{name}.toml").write_text(
                text.replace(old, new, 1) if old else text, "utf-8"
            )
        return load_rules(_FILES, _FILES / "profiles", tmp_path / "packs")

    return load


def _cases(name: str) -> list[Any]:
    document = tomllib.loads((_HERE / "cases" / name).read_text("utf-8"))
    return [pytest.param(case, id=case["name"]) for case in document["case"]]


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


# Presets


@pytest.mark.parametrize("preset_id", _HERE_AND_NOW)
def test_a_shipped_preset_weighs_what_its_name_says(preset_id: str) -> None:
    preset = _HERE_AND_NOW[preset_id]
    groups = [
        sum((row.weight for row in rows), Decimal(0))
        for _, rows in groupby(preset.rows, key=lambda row: row.level1)
    ]
    assert groups == [Decimal(n) for n in re.findall(r"\d+", preset.title)]
    assert preset.citation.source.verified is False
    for row in preset.rows:
        assert (row.method is Method.CHECKLIST) == bool(row.points), row.name
        assert row.points or row.formula, row.name
        assert row.evidence_method, row.name


def test_every_ratio_of_a_department_has_its_row_in_a_preset() -> None:
    figures = dict.fromkeys(("staff", "staff_quota"), Decimal(1))
    known = {ratio.code for ratio in ratios(figures, _DEPARTMENT.citation)}
    preset = _HERE_AND_NOW["department-10-50-30-10"]
    assert {row.ratio_code for row in preset.rows} - {None} == known


def test_every_sector_has_something_to_look_at_in_every_part_of_a_project() -> None:
    sectors = sectors_of(_SHIPPED, 2023)
    assert len(sectors) == 20
    for code, sector in sectors.items():
        assert [each.level1 for each in sector.focus] == list(_PROJECT.groups), code


def test_there_is_no_preset_before_its_framework_can_be_scored() -> None:
    assert presets_of(_SHIPPED, "640104000", 2019) == {}


def test_a_local_preset_is_offered_in_its_region_and_years(local: Local) -> None:
    rules = local()
    for region, year, offered in (
        ("640104000", 2022, True),
        ("640104000", 2024, False),
        ("640105000", 2022, False),
    ):
        assert ("local-40-60" in presets_of(rules, region, year)) is offered
        assert "project-20-20-30-30" in presets_of(rules, region, year)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("output = 60", "output = 59", "weights_not_100"),
        ("basis = 40\noutput = 60", "basis = 41\noutput = 59", "outcome_weight_below_60"),
        ("output = 60", "outcome = 60", r"local-items has no \['outcome'\]"),
        ("basis = 40\noutput = 60", "basis = 0\noutput = 100", "score_out_of_range"),
        ('items = "local-items"', 'items = "none"', "no such rule"),
        ('evaluations = ["project"]', 'evaluations = ["department"]', "not for these evaluations"),
        ('evaluations = ["project"]', 'evaluations = ["poem"]', "not a set of"),
        ('points = ["依据充分"]', "", "cell_missing"),
        ('points = ["依据充分"]', 'points = [" "]', "not a list of texts"),
        ('operator = ">="', 'operator = "qualitative"', "not one of"),
        ('operator = ">="', 'ratio_code = "staff_control"\noperator = ">="', "ratio_unsuited"),
        ('level1 = "output"', 'level1 = "effect"', "group_unknown"),
        ('code = "output"', 'code = "basis"', "stands twice"),
        ('method = "ratio"', 'method = "guess"', "not one of"),
        ('rule_id = "local-items"', 'rule_id = "project-items-2020-10"', "another file"),
    ],
)
def test_a_preset_with_faults_stops_the_start(
    local: Local, old: str, new: str, complaint: str
) -> None:
    with pytest.raises(UnsoundRule, match=complaint):
        local(old, new)


def test_a_reason_excuses_a_preset_with_little_weight_on_outcomes(local: Local) -> None:
    light = 'weight_reason = "（示例）立项当年"\n[version.values.weights]\nbasis = 41\noutput = 59'
    rules = local("[version.values.weights]\nbasis = 40\noutput = 60", light)
    preset = rules.preset("local-40-60", date(2023, 12, 31))
    assert preset.weight_reason == "（示例）立项当年"


# Bands


@pytest.mark.parametrize("case", _cases("bands-in-sheets.toml"))
def test_a_band_row_is_scored_inside_its_band(case: dict[str, Any]) -> None:
    row = ScoringRow(
        level1="effect",
        name="社会效益",
        weight=Decimal(case["weight"]),
        method=Method.BAND,
        basis="座谈记录（示例）",
        band=case.get("band"),
        score=_decimal(case.get("given")),
    )
    rest = ScoringRow(
        "input", "其余", 100 - row.weight, Method.CHECKLIST, "查阅", points_met=1, points_total=1
    )
    sheet = score_sheet([row, rest], _DEPARTMENT)
    assert [[f.code, f.pointer] for f in sheet.findings] == case.get("findings", [])
    line = sheet.lines[0]
    assert line.receipt.inputs["band"] == case.get("band")
    if "findings" in case:
        assert line.score is None
        return
    assert line.receipt.arithmetic == case["arithmetic"]
    assert line.score == Decimal(case["given"])
    assert line.receipt.citation.source.article == "第十六条"


# Computed rows


def _computed(case: dict[str, Any]) -> Ratio:
    quota = None if case.get("without_quota") else Decimal(50)
    figures = {"staff": Decimal(47), "staff_quota": quota}
    return ratios(figures, _DEPARTMENT.citation)[0]


def _asked(**changes: Any) -> ScoringRow:
    asked: dict[str, Any] = {
        "level1": "input",
        "name": "在职人员控制率",
        "weight": Decimal(100),
        "method": Method.RATIO,
        "basis": "",
        "operator": Operator.AT_MOST,
        "target_value": Decimal(100),
    }
    return ScoringRow(**(asked | changes))


@pytest.mark.parametrize("case", _cases("computed-rows.toml"))
def test_a_row_takes_its_value_from_base_data_unless_another_is_explained(
    case: dict[str, Any],
) -> None:
    computed = _computed(case)
    row = _asked(
        actual_value=_decimal(case.get("typed")),
        basis=case.get("typed_basis", ""),
        computed=computed,
    )
    sheet = score_sheet([row], _DEPARTMENT)
    assert [[f.code, f.pointer] for f in sheet.findings] == case.get("findings", [])
    if "findings" in case:
        return
    done = row.completed()
    assert (str(done.actual_value), done.basis) == (case["actual"], case["basis"])
    [line] = sheet.lines
    assert recomputed(line) == Decimal(100)
    receipt: dict[str, Any] = line.receipt.as_dict()
    assert receipt["computed"] == computed.receipt.as_dict()
    assert receipt["inputs"]["actual_value"] == str(Decimal(case["actual"]).normalize())


def test_what_base_data_lack_is_named_where_the_value_is_missing() -> None:
    sheet = score_sheet([_asked(computed=_computed({"without_quota": True}))], _DEPARTMENT)
    assert sheet.findings[0].message == "实际完成值未填写，基础数据缺少编制数，不能计算"
    assert sheet.findings[0].mend == "请填写实际完成值，或请单位在基础数据中填报编制数"


@pytest.mark.parametrize(
    ("changes", "code", "department", "found"),
    [
        ({}, "staff_control", True, []),
        ({}, "staff_control", False, ["ratio_unsuited"]),
        ({}, "happiness", True, ["ratio_unsuited"]),
        ({"method": Method.CHECKLIST, "points_total": 2}, "staff_control", True,
         ["ratio_unsuited"]),
        ({"method": Method.BAND}, None, True, []),
        ({"target_value": None}, "staff_control", True, ["cell_missing", "cell_missing"]),
    ],
)  # fmt: skip
def test_a_framework_may_ask_for_a_ratio_where_it_is_computed(
    changes: dict[str, Any], code: str | None, department: bool, found: list[str]
) -> None:
    rule = _DEPARTMENT if department else _PROJECT
    row = _asked(**({"level1": "input" if department else "output"} | changes))
    findings = framework_findings([AskedRow(row, code)], rule)
    assert [finding.code for finding in findings] == found
    assert all(finding.pointer.startswith("/rows/0/") for finding in findings)
