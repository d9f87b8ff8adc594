"""Rule packs: chosen by region and year; an unsound one is refused with the place and the reason."""

from pathlib import Path
from shutil import copytree

import pytest

from services.monitoring.domain.packs import Pack, load_packs
from shared.rulebook import UnsoundRule
from tests.monitoring.arranged import monitored_goal, open_round, pay, run_rules, warnings_of
from tests.world import World

SHIPPED = Path(__file__).parents[2] / "services" / "monitoring" / "rules"

PACK = """
pack_id = "local"
title = "本地规则包（示例）"
regions = ["640104"]
first_year = 2023
extends = "default"
"""

RULE = """
rule_id = "large-slow"
title = "大额项目支出缓慢（本地）"
last_checked_on = 2026-11-25
[[version]]
effective_from = 2023-01-01
[version.source]
title = "本地做法（示例）"
verified = false
[version.values]
kind = "large_slow"
min_budget = 500000
from_month = 7
bands = [{ colour = "yellow", below = 50 }, { colour = "green" }]
"""

CASES = """
[[large-slow.cases]]
name = "half"
as_of = 2023-07-31
budget = 500000
paid = 249999.99
colour = "yellow"
clears = ["250000.00"]
"""


def local(folder: Path, *, pack: str = PACK, rule: str = RULE, cases: str = CASES) -> Path:
    """A folder with one pack of the bureau's own."""
    own = folder / "local"
    (own / "cases").mkdir(parents=True)
    (own / "pack.toml").write_text(pack, "utf-8")
    (own / "large-slow.toml").write_text(rule, "utf-8")
    (own / "cases" / "cases.toml").write_text(cases, "utf-8")
    return folder


@pytest.mark.parametrize(
    ("region", "year", "pack"),
    [
        ("640104000", 2023, "local"),
        ("640104000", 2022, "default"),
        ("640105000", 2023, "default"),
        ("510104000", 2024, "sichuan"),
        ("510104000", 2023, "default"),
        ("532301000", 2023, "chuxiong"),
    ],
)
def test_the_pack_that_names_a_region_most_closely_judges_it(
    tmp_path: Path, region: str, year: int, pack: str
) -> None:
    assert load_packs(SHIPPED, local(tmp_path)).chosen(region, year).pack_id == pack


def test_a_local_pack_replaces_a_rule_and_keeps_the_others(tmp_path: Path) -> None:
    packs = load_packs(SHIPPED, local(tmp_path))
    default, own = packs.by_id["default"], packs.by_id["local"]
    assert list(own.rules) == list(default.rules)
    assert own.rules["large-slow"].title == "大额项目支出缓慢（本地）"
    assert own.rules["money-against-time"] is default.rules["money-against-time"]
    assert own.answering == default.answering


@pytest.mark.parametrize(
    ("part", "was", "becomes", "said"),
    [
        ("pack", 'extends = "default"', 'extends = "nowhere"', "local/pack.toml: extends"),
        ("pack", 'title = "本地规则包（示例）"', "", "local/pack.toml: KeyError"),
        ("pack", "first_year = 2023", "first_year = 2023\nfirst_jear = 1", "unknown: first_jear"),
        ("pack", "first_year = 2023", "first_year = ", r"pack.toml: .* \(at line 5"),
        ("pack", '"640104"', '""', "local/pack.toml: regions: default already has every region"),
        ("pack", 'pack_id = "local"', 'pack_id = "default"', "pack_id: default stands in another"),
        (
            "pack",
            'extends = "default"',
            'extends = "default"\n[answer]\ndays = 0\nallowed = []\non_silence = ""',
            "answer.days",
        ),
        ("rule", "from_month = 7", "from_month = 13", "large-slow@2023-01-01: from_month: must be"),
        ("rule", "below = 50", "below = -1e999999999", "large-slow@2023-01-01: bands"),
        ("rule", '"yellow"', '"pink"', "large-slow@2023-01-01: bands: 'pink'"),
        ("rule", "min_budget = 500000", "min_budget = ", r"large-slow.toml: .*at line 12"),
        ("rule", "from_month = 7", "from_month = 7\nmonth = 7", "values must be kind"),
        ("cases", "249999.99", "250000", r"local/cases/cases.toml: \[large-slow\] half: expected"),
        ("cases", "paid", "payed", r"\[large-slow\] half: .*unknown: payed"),
        ("cases", "[[large-slow.", "[[large-fast.", "the pack has no such rule"),
    ],
)
def test_an_unsound_pack_is_refused_with_the_place_and_the_reason(
    tmp_path: Path, part: str, was: str, becomes: str, said: str
) -> None:
    texts = {"pack": PACK, "rule": RULE, "cases": CASES}
    assert was in texts[part]
    folder = local(tmp_path, **{**texts, part: texts[part].replace(was, becomes, 1)})
    with pytest.raises(UnsoundRule, match=said):
        load_packs(SHIPPED, folder)


def test_a_pack_without_cases_is_refused(tmp_path: Path) -> None:
    folder = local(tmp_path)
    (folder / "local" / "cases" / "cases.toml").unlink()
    with pytest.raises(UnsoundRule, match="local/cases: a pack brings cases of its own"):
        load_packs(SHIPPED, folder)


def test_a_shipped_pack_whose_threshold_was_changed_fails_its_own_cases(tmp_path: Path) -> None:
    copytree(SHIPPED, tmp_path / "rules")
    rule = tmp_path / "rules" / "default" / "money-against-time.toml"
    rule.write_text(rule.read_text("utf-8").replace("below = 60", "below = 61"), "utf-8")
    with pytest.raises(UnsoundRule, match=r"default/cases/money.toml: \[money-against-time\]"):
        load_packs(tmp_path / "rules")


def test_without_a_pack_for_every_region_nothing_is_judged(tmp_path: Path) -> None:
    copytree(SHIPPED / "default", tmp_path / "default")
    head = tmp_path / "default" / "pack.toml"
    head.write_text(head.read_text("utf-8").replace('[""]', '["64"]'), "utf-8")
    with pytest.raises(UnsoundRule, match="no pack is there for every region"):
        load_packs(tmp_path)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsoundRule, match="no such folder"):
        load_packs(SHIPPED, tmp_path / "missing")


def test_the_day_before_the_first_year_is_not_reached() -> None:
    pack: Pack = load_packs(SHIPPED).by_id["sichuan"]
    assert (pack.reach("510104000", 2023), pack.reach("510104000", 2024)) == (None, 2)


async def test_packs_are_read_with_sources_and_what_was_never_checked_says_so(
    world: World,
) -> None:
    listed = (await world.officer.get("/monitoring/rule-packs", fiscal_year=2023)).json()["items"]
    assert {pack["id"]: pack["in_force"] for pack in listed} == {
        "broad": False,
        "chuxiong": False,
        "default": True,
        "sichuan": False,
    }
    pack = (await world.filler().get("/monitoring/rule-packs/sichuan")).json()
    rule = next(r for r in pack["rules"] if r["rule_id"] == "money-against-time")
    [version] = rule["versions"]
    assert (rule["last_checked_on"], version["source"]["verified"]) == ("2026-11-25", False)
    assert version["values"]["steps"][0] == {"from_month": 4, "at_least": 25}
    assert pack["answer"]["days"] == 10
    missing = await world.officer.get("/monitoring/rule-packs/nowhere")
    assert missing.status_code == 404


async def test_a_trial_shows_what_would_change_and_changes_nothing(world: World) -> None:
    slow = (await monitored_goal(world))["project_code"]
    swift = (await monitored_goal(world))["project_code"]
    await pay(world, slow, ("400000.00", "2023-06-01"))
    await pay(world, swift, ("900000.00", "2023-06-01"))
    monitoring = await open_round(world)
    await run_rules(world, monitoring)
    before = await warnings_of(world)
    stricter = {
        "rule_id": "money-against-time",
        "title": "更严的进度（草案）",
        "values": {
            "kind": "money_against_time",
            "bands": [{"colour": "red", "below": 99.5}, {"colour": "green"}],
        },
    }
    order = {"round_id": monitoring["id"], "as_of": "2023-07-31", "rules": [stricter]}

    answer = await world.officer.post("/monitoring/rule-trials", order)

    assert answer.status_code == 200, answer.text
    trial = answer.json()
    assert (trial["evaluated"], trial["changed"]) == (2, 1)
    assert (trial["before"]["yellow"], trial["after"]["red"]) == (1, 1)
    assert trial["changes"] == [{"before": "yellow", "after": "red", "count": 1}]
    [example] = trial["examples"]
    assert example["project_code"] == slow
    assert example["before"]["receipt"]["threshold"] == "支出进度（按时间折算）低于 80"
    assert example["after"]["receipt"]["threshold"] == "支出进度（按时间折算）低于 99.5"
    assert await warnings_of(world) == before


async def test_a_trial_without_a_rule_and_with_one_written_as_a_file(world: World) -> None:
    await monitored_goal(world)
    monitoring = await open_round(world)
    order = {
        "round_id": monitoring["id"],
        "as_of": "2023-07-31",
        "toml": [RULE],
        "without": ["money-against-time"],
    }
    trial = (await world.officer.post("/monitoring/rule-trials", order)).json()
    assert trial["changes"] == [{"before": "red", "after": "yellow", "count": 1}]
    assert trial["examples"][0]["after"]["rule_id"] == "large-slow"


@pytest.mark.parametrize(
    ("draft", "pointer", "said"),
    [
        ({"toml": [RULE.replace("= 7", "= ")]}, "/toml/0", "at line 13"),
        ({"toml": [RULE, RULE.replace("= 7", "= 77")]}, "/toml/1", "from_month"),
        (
            {"rules": [{"rule_id": "x", "title": "x", "values": {"kind": "by_feeling"}}]},
            "/rules/0",
            "by_feeling",
        ),
    ],
)
async def test_an_unsound_draft_is_refused_with_the_place(
    world: World, draft: dict[str, object], pointer: str, said: str
) -> None:
    await monitored_goal(world)
    monitoring = await open_round(world)
    order = {"round_id": monitoring["id"], "as_of": "2023-07-31"} | draft
    answer = await world.officer.post("/monitoring/rule-trials", order)
    assert (answer.status_code, answer.json()["code"]) == (422, "unsound_draft_pack")
    [error] = answer.json()["errors"]
    assert error["pointer"] == pointer
    assert said in error["detail"]


async def test_another_regions_round_cannot_be_tried_on(world: World, other_world: World) -> None:
    await monitored_goal(other_world)
    monitoring = await open_round(other_world)
    order = {"round_id": monitoring["id"], "as_of": "2023-07-31"}
    answer = await world.officer.post("/monitoring/rule-trials", order)
    assert answer.status_code == 404
