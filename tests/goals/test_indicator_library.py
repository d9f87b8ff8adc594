"""指标库: what is shipped is complete and sourced; a broken file is refused with its name."""

import json
import tomllib
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.goals.domain import rules_in_force
from services.goals.domain.indicator_library import FOLDER, Entry, UnsoundLibrary, flaws, load
from services.goals.domain.indicator_trees import trees_of
from services.goals.domain.search_terms import key

GOLDEN = json.loads(
    (Path(__file__).parent.parent / "golden" / "indicators.json").read_text("utf-8")
)
TREES = trees_of(rules_in_force.load())
SHIPPED = load()
BY_CODE = {entry.code: entry for entry in SHIPPED}


def test_at_least_200_entries_in_at_least_14_sectors_are_shipped() -> None:
    counts = Counter(entry.sector for entry in SHIPPED)
    assert len(SHIPPED) >= 200
    assert len([sector for sector, count in counts.items() if count >= 8]) >= 14, counts


@pytest.mark.parametrize("entry", SHIPPED, ids=lambda entry: entry.code)
def test_an_entry_says_everything_a_clerk_needs(entry: Entry) -> None:
    assert list(flaws(entry, TREES)) == []
    assert all([entry.definition, entry.formula, entry.evidence, entry.scoring_rule])
    assert entry.target_note
    assert entry.good
    assert entry.good.text
    assert entry.bad
    assert entry.bad.why
    assert entry.good.text != entry.bad.text


def test_every_sector_measures_more_than_quantity() -> None:
    places: dict[str, set[str]] = {}
    for entry in SHIPPED:
        places.setdefault(entry.sector, set()).add(entry.level1)
    for sector, found in places.items():
        assert {"output", "benefit"} <= found, sector


def printed() -> list[Any]:
    """Everything called gov: the text, and the page it is said to be printed on."""
    examples = [
        (entry.code, example.text, example.source)
        for entry in SHIPPED
        for example in (entry.good, entry.bad)
        if example is not None and example.source is not None
    ]
    entries = [(entry.code, entry.name, entry.source) for entry in SHIPPED if entry.source]
    return [pytest.param(text, source, id=code) for code, text, source in examples + entries]


@pytest.mark.parametrize(("text", "source"), printed())
def test_what_is_called_gov_was_published_where_it_says(text: str, source: Any) -> None:
    rows = [
        row
        for row in GOLDEN
        if (row["place"], row["year"], row["source"]) == (source.place, source.year, source.url)
    ]
    assert rows, f"{source} is no published page"
    assert any(key(row["name"]) in key(text) for row in rows), text


def good_file() -> dict[str, Any]:
    """A file with one entry, as parsed."""
    return {
        "sector": "education",
        "last_checked_on": "2026-11-25",
        "indicator": {
            "code": "education-001",
            "name": "新增学位数",
            "level1": "output",
            "level2": "quantity",
            "definition": "当年新增的学位。",
            "formula": "年末学位数 − 年初学位数",
            "unit": "个",
            "operator": ">=",
            "evidence_method": "statistics",
            "evidence": "学校登记表",
            "target_low": 1,
            "target_high": 2.5,
            "target_note": "按项目规模（自定）",
            "scoring_rule": "按完成比例",
            "source_kind": "own",
            "good": {"text": "新增学位数 ≥ 450 个", "source_kind": "own"},
            "bad": {"text": "学位增加", "why": "没有数值", "source_kind": "own"},
        },
    }


def written(folder: Path, *indicators: dict[str, Any], sector: str = "education") -> Path:
    """A library folder with one file of these entries."""
    lines = [f'sector = "{sector}"', "last_checked_on = 2026-11-25"]
    for indicator in indicators:
        lines.append("[[indicator]]")
        lines += [f"{name} = {_toml(value)}" for name, value in indicator.items()]
    (folder / "education.toml").write_text("\n".join(lines), "utf-8")
    return folder


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {_toml(one)}" for name, one in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)


def test_a_sound_file_is_read_with_exact_numbers(tmp_path: Path) -> None:
    (entry,) = load(written(tmp_path, good_file()["indicator"]))
    assert (str(entry.target_low), str(entry.target_high)) == ("1", "2.5")
    assert (entry.level1_2021, entry.level2_2021) == ("output", "quantity")


def test_an_entry_may_know_its_place_in_2021_better_than_the_usual_way(tmp_path: Path) -> None:
    row = good_file()["indicator"] | {"level2": "cost"}
    (usual,) = load(written(tmp_path, row))
    (better,) = load(written(tmp_path, row | {"place_2021": "cost/social_cost"}))
    assert (usual.level2_2021, better.level2_2021) == ("economic_cost", "social_cost")


GOV = {"source_kind": "gov", "place": "某地", "year": 2024, "url": "https://example.gov.cn/"}
UNSOUND: list[tuple[dict[str, Any], str]] = [
    ({"colour": "red"}, "unknown .*colour"),
    ({"name": None}, "missing .*name"),
    ({"name": " "}, "name"),
    ({"code": "health-001"}, "education-NNN"),
    ({"level1": "benefit"}, "level2"),
    ({"place_2021": "cost/price"}, "mof-2021"),
    ({"unit": None}, "unit"),
    ({"operator": "~"}, "operator"),
    ({"operator": "qualitative"}, "operator"),
    ({"evidence_method": "guess"}, "evidence_method"),
    ({"target_low": 3}, "target_low"),
    ({"target_low": "3"}, "target_low is not a number"),
    ({"target_low": True}, "target_low is not a number"),
    ({"source_kind": "gov"}, "gov needs"),
    ({"source_kind": "gov", "source": {"place": "某地", "year": 2024}}, "missing .*url"),
    ({"source_kind": "gov", "source": {"place": "某地", "year": "2024", "url": "x"}}, "year"),
    ({"source": {"place": "某地", "year": 2024, "url": "x"}}, "own has none"),
    ({"good": "学位"}, "good is not a table"),
    ({"good": {"text": "学位", "source_kind": "gov"}}, "good: gov needs"),
    ({"good": {"text": "学位", "source_kind": "own", "place": "某地"}}, "good: .*own has none"),
    ({"good": {"text": "学位", **{k: v for k, v in GOV.items() if k != "url"}}}, "good: .*url"),
    ({"bad": {"text": "学位", "source_kind": "own"}}, "bad: missing .*why"),
]


@pytest.mark.parametrize(("change", "message"), UNSOUND)
def test_an_unsound_entry_is_refused_with_file_and_code(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    row = {k: v for k, v in (good_file()["indicator"] | change).items() if v is not None}
    with pytest.raises(UnsoundLibrary, match=rf"education\.toml: \S+: .*{message}"):
        load(written(tmp_path, row))


def test_a_published_example_carries_its_page(tmp_path: Path) -> None:
    row = good_file()["indicator"] | {"good": {"text": "新增学位数 ≥ 450 个", **GOV}}
    (entry,) = load(written(tmp_path, row))
    assert entry.good
    assert entry.good.source
    assert entry.good.source.place == "某地"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "另一个"}, "education-001"),
        ({"code": "education-002", "name": "新增 学位数"}, "新增"),
    ],
)
def test_one_code_and_one_name_belong_to_one_entry(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    row = good_file()["indicator"]
    with pytest.raises(UnsoundLibrary, match=f"{message}.* too"):
        load(written(tmp_path, row, row | change))


def test_a_file_of_no_known_sector_or_not_toml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsoundLibrary, match="sector 'space'"):
        load(written(tmp_path, good_file()["indicator"], sector="space"))
    (tmp_path / "education.toml").write_text("sector =", "utf-8")
    with pytest.raises(UnsoundLibrary, match=r"education\.toml"):
        load(tmp_path)


def test_every_shipped_file_is_named_after_its_sector() -> None:
    for path in FOLDER.glob("*.toml"):
        assert tomllib.loads(path.read_text("utf-8"))["sector"] == path.stem


def test_what_has_to_be_mended_is_said_of_each_field() -> None:
    entry = replace(SHIPPED[0], operator=">=", unit=None, level1="satisfaction", level2="cost")
    assert {flaw.field for flaw in flaws(entry, TREES)} >= {"unit", "level2"}
