"""指标库 as it is searched, paged and browsed at the gateway."""

import base64

import orjson
import pytest

from services.goals.domain.indicator_library import load
from tests.goals.library_entries import confirmed, found, names, proposed
from tests.world import World

SHIPPED = load()

SEARCHES = [
    ("社团课程", True),
    ("课程 社团", True),
    ("门", True),
    ("团", True),
    ("ＳＴＥＡＭ", True),
    ("steam", True),
    ("STEAM 教育", True),
    ("开 设", True),
    ("任课教师签到", False),
    ("社团课时", False),
    ("龘", False),
    ("%", False),
    ("_", False),
    ("社团%课程", True),
    ("'; drop table indicator_entry; --", False),
    ("。，！", False),
    ("社" * 300, False),
]


@pytest.mark.parametrize(("q", "hit"), SEARCHES)
async def test_words_of_name_definition_and_sector_find_an_entry(
    world: World, q: str, hit: bool
) -> None:
    entry = await confirmed(world, definition="当年开设的社团课程门数，含 STEAM 课程。")
    page = await world.officer.get("/goals/indicators", q=q, limit=200)
    own = [item["id"] for item in page.json()["items"] if item["scope"] == "region"]
    assert own == ([entry["id"]] if hit else [])


async def test_a_search_of_no_word_finds_nothing_and_one_too_long_is_refused(world: World) -> None:
    assert await found(world.filler(), q="！？") == []
    answer = await world.filler().get("/goals/indicators", q="社" * 301)
    assert answer.status_code == 400


async def test_names_that_hold_the_words_come_first(world: World) -> None:
    await confirmed(world, name="甲类指标（示例）", definition="反映琉璃瓦的情况。")
    await confirmed(world, name="琉璃瓦更换面积（示例）", definition="反映面积。")
    assert await names(world.filler(), "琉璃瓦") == ["琉璃瓦更换面积（示例）", "甲类指标（示例）"]


async def test_a_search_pages_without_losing_or_repeating(world: World) -> None:
    for number in range(5):
        definition = "反映鸬鹚。" if number % 2 else "反映情况。"
        await confirmed(world, name=f"鸬鹚{number}号（示例）" if number < 3 else f"第{number}号（示例）",
                        definition=definition if number < 3 else "反映鸬鹚。")  # fmt: skip
    whole = await names(world.filler(), "鸬鹚")
    seen: list[str] = []
    cursor = None
    while True:
        params = {"q": "鸬鹚", "limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await world.filler().get("/goals/indicators", **params)).json()
        seen += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == whole
    assert len(set(whole)) == 5


async def test_browsing_meets_every_shipped_entry_once(world: World) -> None:
    entry = await confirmed(world)
    codes: list[str] = []
    cursor = None
    while True:
        params = {"limit": 100} | ({"cursor": cursor} if cursor else {})
        page = (await world.filler().get("/goals/indicators", **params)).json()
        codes += [item["code"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert sorted(codes) == sorted([*(shipped.code for shipped in SHIPPED), entry["code"]])


async def test_a_search_cursor_is_of_no_use_for_browsing(world: World) -> None:
    page = await world.filler().get("/goals/indicators", limit=1)
    cursor = page.json()["next_cursor"]
    answer = await world.filler().get("/goals/indicators", q="数", cursor=cursor)
    assert (answer.status_code, answer.json()["code"]) == (400, "cursor_invalid")


async def test_an_entry_says_its_place_in_the_tree_asked(world: World) -> None:
    entry = await confirmed(world, level2="cost")
    (old,) = await found(world.filler(), q="社团课程", level1="output", level2="cost")
    assert old["place"]["level2_label"] == "成本指标"
    (new,) = await found(world.filler(), q="社团课程", tree="mof-2021", level1="cost")
    assert new["place"] == {
        "tree": "mof-2021",
        "level1": "cost",
        "level1_label": "成本指标",
        "level2": "economic_cost",
        "level2_label": "经济成本指标",
    }
    whole = (await world.filler().get(f"/goals/indicators/{entry['id']}")).json()
    assert [place["tree"] for place in whole["places"]] == ["mof-2015", "mof-2021"]
    assert await found(world.filler(), q="社团课程", tree="mof-2021", level1="output") == []


async def test_lists_are_narrowed_by_sector(world: World) -> None:
    await confirmed(world)
    listed = await found(world.filler(), sector="education", limit=200)
    assert {entry["sector"] for entry in listed} == {"education"}
    assert "社团课程开设门数（示例）" in [entry["name"] for entry in listed]
    answer = await world.filler().get("/goals/indicators", sector="space")
    assert answer.status_code == 400


async def test_the_sectors_say_how_many_entries_they_hold(world: World) -> None:
    before = (await world.filler().get("/goals/indicator-sectors")).json()["items"]
    await proposed(world, name="未确认的（示例）")
    await confirmed(world)
    after = (await world.filler().get("/goals/indicator-sectors")).json()["items"]
    grown = [a["sector"] for a, b in zip(after, before, strict=True) if a != b]
    assert grown == ["education"]
    assert after[0]["label"] == "通用"
    shipped = sum(entry.sector == "education" for entry in SHIPPED)
    education = next(item for item in after if item["sector"] == "education")
    assert education["entry_count"] == shipped + 1


@pytest.mark.parametrize("key", [2**63, -(2**63), "a", 1.5, None])
async def test_a_forged_cursor_is_refused(world: World, key: object) -> None:
    forged = base64.urlsafe_b64encode(
        orjson.dumps([False, key, "01a2109d-0135-72c8-b195-9d808897c309"])
    )
    answer = await world.filler().get("/goals/indicators", q="数", cursor=forged.decode())
    assert (answer.status_code, answer.json()["code"]) == (400, "cursor_invalid")
