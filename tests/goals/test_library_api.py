"""指标库: units propose, the bureau confirms, everyone finds."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from services.goals.domain.indicator_library import load
from shared.auth import Role
from tests.goals.library_entries import confirmed, found, names, proposal, proposed, step
from tests.world import World, created

SHIPPED = load()


ROUTES = [
    ("GET", "", None),
    ("PATCH", "", {"name": "改"}),
    ("POST", "/confirmations", {"decision": "confirm"}),
    ("POST", "/retirements", {"reason": "不再需要"}),
]


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
async def test_another_regions_entry_does_not_exist(
    world: World, other_world: World, method: str, path: str, body: object
) -> None:
    entry = await confirmed(other_world)
    for person in (world.filler(), world.officer, world.reviewer):
        answer = await person.send(
            method,
            f"/goals/indicators/{entry['id']}{path}",
            json=body,
            headers={"if-match": f'"{entry["version"]}"', "idempotency-key": uuid4().hex},
        )
        assert answer.status_code in (403, 404)
    assert entry["name"] not in await names(world.officer, "社团课程")
    again = await other_world.officer.get(f"/goals/indicators/{entry['id']}")
    assert again.json()["version"] == entry["version"]


async def test_a_proposal_is_seen_by_who_made_it_and_by_the_bureau_only(world: World) -> None:
    entry = await proposed(world)
    path = f"/goals/indicators/{entry['id']}"
    assert (await world.filler("219002").get(path)).status_code == 404
    assert entry["name"] not in await names(world.filler("219002"), "社团课程")
    for person in (world.filler(), world.officer):
        assert (await person.get(path)).json()["status"] == "proposed"
        assert await names(person, "社团课程") == [entry["name"]]


async def test_a_confirmed_entry_is_everyones(world: World) -> None:
    entry = await confirmed(world)
    assert entry["decided_by"] == "finance_reviewer-bureau"
    seen = (await world.filler("219002").get(f"/goals/indicators/{entry['id']}")).json()
    assert seen["status_label"] == "在用"
    assert (seen["scope"], seen["sector_label"], seen["usage_count"]) == ("region", "教育", 0)
    assert seen["good"] == {
        "text": "社团课程开设门数 ≥ 12 门", "source_kind": "own", "source": None,
    }  # fmt: skip
    assert (seen["target_low"], seen["target_high"]) == ("5", "20")


async def test_a_refusal_needs_a_reason_and_tells_it_to_the_proposer(world: World) -> None:
    entry = await proposed(world)
    path = f"/goals/indicators/{entry['id']}/confirmations"
    answer = await world.reviewer.post(path, {"decision": "refuse"}, version=1)
    assert (answer.status_code, answer.json()["code"]) == (422, "reason_required")
    body = {"decision": "refuse", "reason": "请用“课程开设门数”"}
    refused = await step(world.reviewer, entry, "confirmations", body)
    assert refused["status"] == "refused"
    seen = (await world.filler().get(f"/goals/indicators/{entry['id']}")).json()
    assert seen["reason"] == body["reason"]


async def test_a_refused_name_may_be_proposed_again(world: World) -> None:
    entry = await proposed(world)
    body = {"decision": "refuse", "reason": "缺公式"}
    await step(world.reviewer, entry, "confirmations", body)
    assert (await proposed(world))["code"] == "local-0002"


async def test_who_proposed_an_entry_never_confirms_it(world: World) -> None:
    officer = world.person(Role.FINANCE_OFFICER, name="zhang")
    entry = created(await officer.post("/goals/indicators", proposal()))
    same = world.person(Role.FINANCE_REVIEWER, name="zhang")
    path = f"/goals/indicators/{entry['id']}/confirmations"
    answer = await same.post(path, {"decision": "confirm"}, version=1)
    assert (answer.status_code, answer.json()["code"]) == (409, "four_eyes")


async def test_only_the_proposer_revises_and_only_before_the_decision(world: World) -> None:
    entry = await proposed(world)
    path = f"/goals/indicators/{entry['id']}"
    other = await world.officer.patch(path, {"name": "改名"}, version=1)
    assert (other.status_code, other.json()["code"]) == (409, "not_the_proposer")
    assert (
        await world.filler("219002").patch(path, {"name": "改名"}, version=1)
    ).status_code == 404
    mine = await world.filler().patch(path, {"name": "社团活动次数（示例）"}, version=1)
    assert (mine.status_code, mine.json()["name"]) == (200, "社团活动次数（示例）")
    assert await names(world.filler(), "社团活动") == ["社团活动次数（示例）"]
    assert await names(world.filler(), "社团课程开设") == []
    stale = await world.filler().patch(path, {"name": "又改"}, version=1)
    assert stale.status_code == 412
    await step(world.reviewer, mine.json(), "confirmations", {"decision": "confirm"})
    late = await world.filler().patch(path, {"name": "又改"}, version=3)
    assert (late.status_code, late.json()["code"]) == (409, "entry_state_forbids")


async def test_a_patch_changes_what_it_names_and_nothing_else(world: World) -> None:
    entry = await proposed(world, tree="mof-2021", level1="cost", level2="social_cost")
    path = f"/goals/indicators/{entry['id']}"
    changed = await world.filler().patch(path, {"target_high": None, "unit": "节"}, version=1)
    same = {key: value for key, value in changed.json().items() if entry[key] == value}
    assert entry.keys() - same.keys() == {"target_high", "unit", "version", "updated_at", "place"}
    assert changed.json()["places"][1]["level2"] == "social_cost"
    moved = await world.filler().patch(path, {"level1": "output", "level2": "quality"}, version=2)
    assert [place["level2"] for place in moved.json()["places"]] == ["quality", "quality"]


async def test_a_retired_entry_leaves_the_units_view(world: World) -> None:
    entry = await confirmed(world)
    early = await world.reviewer.post(
        f"/goals/indicators/{entry['id']}/retirements", {}, version=entry["version"]
    )
    assert early.status_code == 422
    retired = await step(world.reviewer, entry, "retirements", {"reason": "已有更好的指标"})
    assert (retired["status"], retired["allowed_actions"]) == ("retired", [])
    assert await names(world.filler("219002"), "社团课程") == []
    assert await names(world.officer, "社团课程", status="retired") == [entry["name"]]
    answer = await world.reviewer.post(
        f"/goals/indicators/{entry['id']}/retirements", {"reason": "再停"}, version=3
    )
    assert answer.json()["code"] == "entry_state_forbids"


async def test_each_caller_is_told_what_may_be_done(world: World) -> None:
    entry = await proposed(world)
    path = f"/goals/indicators/{entry['id']}"
    assert entry["allowed_actions"] == ["indicator.revise"]
    assert (await world.officer.get(path)).json()["allowed_actions"] == []
    assert (await world.reviewer.get(path)).json()["allowed_actions"] == ["indicator.confirm"]
    in_use = await step(world.reviewer, entry, "confirmations", {"decision": "confirm"})
    assert in_use["allowed_actions"] == ["indicator.retire"]


async def test_the_common_library_is_read_everywhere_and_changed_nowhere(world: World) -> None:
    (first,) = await found(world.filler(), limit=1)
    assert (first["scope"], first["allowed_actions"]) == ("common", [])
    path = f"/goals/indicators/{first['id']}"
    answer = await world.reviewer.post(
        f"{path}/retirements", {"reason": "不用"}, version=first["version"]
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "shared_entry")
    answer = await world.filler().patch(path, {"name": "改"}, version=first["version"])
    assert answer.json()["code"] == "shared_entry"


FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"unit": None}, "/unit"),
    ({"target_low": "30"}, "/target_low"),
    ({"operator": "qualitative"}, "/operator"),
    ({"level1": "benefit"}, "/level2"),
    ({"level2": "economic_cost"}, "/level2"),
    ({"sector": "space"}, "/sector"),
    ({"unit": "字" * 21}, "/unit"),
    ({"name": " "}, "/name"),
]


@pytest.mark.parametrize(("change", "pointer"), FAULTS)
async def test_an_unsound_proposal_is_told_where_and_how_to_mend_it(
    world: World, change: dict[str, Any], pointer: str
) -> None:
    answer = await world.filler().post("/goals/indicators", proposal(**change))
    assert answer.status_code == 422
    assert pointer in {error["pointer"] for error in answer.json()["errors"]}


async def test_a_patch_cannot_make_a_proposal_unsound(world: World) -> None:
    entry = await proposed(world)
    path = f"/goals/indicators/{entry['id']}"
    answer = await world.filler().patch(path, {"unit": None}, version=1)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/unit")
    assert (await world.filler().get(path)).json() == entry


async def test_a_name_the_library_has_is_answered_with_the_entry_that_has_it(world: World) -> None:
    shipped = next(entry for entry in SHIPPED if entry.sector == "education")
    spaced = f" {shipped.name[:2]}　{shipped.name[2:]}"
    answer = await world.filler().post("/goals/indicators", proposal(name=spaced))
    assert (answer.status_code, answer.json()["code"]) == (409, "indicator_name_taken")
    (error,) = answer.json()["errors"]
    entry_id = error["detail"].rpartition("：")[2]
    existing = (await world.filler().get(f"/goals/indicators/{entry_id}")).json()
    assert existing["code"] == shipped.code


async def test_two_units_with_one_name_at_once_get_one_entry(world: World) -> None:
    answers = await asyncio.gather(
        *(world.filler(unit).post("/goals/indicators", proposal()) for unit in ("1", "2", "3"))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


async def test_a_repeated_proposal_is_one_proposal(world: World) -> None:
    first = await world.filler().post("/goals/indicators", proposal(), key="once")
    again = await world.filler().post("/goals/indicators", proposal(), key="once")
    assert (first.status_code, again.json()) == (201, first.json())
    assert first.headers["location"] == f"/api/v1/goals/indicators/{first.json()['id']}"


async def test_an_entry_read_before_is_not_sent_again(world: World) -> None:
    entry = await confirmed(world)
    path = f"/goals/indicators/{entry['id']}"
    answer = await world.filler().send("GET", path, headers={"if-none-match": '"2"'})
    assert answer.status_code == 304


async def test_a_change_without_the_version_read_is_refused(world: World) -> None:
    entry = await proposed(world)
    path = f"/goals/indicators/{entry['id']}"
    assert (await world.filler().patch(path, {"name": "改"}, version=None)).status_code == 428
