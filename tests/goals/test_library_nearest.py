"""The shipped library in its own region, and the entries nearest to what a project says."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from services.goals.domain import rules_in_force
from services.goals.domain.indicator_library import load
from services.goals.domain.indicator_trees import trees_of
from services.goals.domain.search_terms import asked, terms
from services.goals.queries import library as queries
from services.goals.schemas.library import ConfirmationIn, EntryFilter, EntryIn
from services.goals.usecases import library as usecases
from services.goals.usecases.shipped_library import bring_in, stock_library
from shared import clock
from shared.auth import Role
from shared.db import TransactionReads, create_engine, sessions_of
from shared.etags import Expected
from tests.conftest import Databases, service_url
from tests.goals.library_entries import REGION, caller, first_page

SHIPPED = load()
Sessions = async_sessionmaker[AsyncSession]


@pytest.fixture
async def sessions(databases: Databases) -> AsyncIterator[Sessions]:
    """Write sessions on a database of their own."""
    url = service_url(await databases.new(), "goals")
    engine = create_engine(url, process="test", schema="goals", pool_size=4)
    yield sessions_of(engine, on_commit=lambda: None)
    await engine.dispose()


async def rows(sessions: Sessions, sql: str) -> list[Any]:
    """What a statement reads."""
    async with sessions.begin() as session:
        return list((await session.execute(text(sql))).all())


async def test_bringing_the_library_in_again_writes_nothing(sessions: Sessions) -> None:
    await asyncio.gather(*(stock_library(sessions) for _ in range(3)))
    before = await rows(sessions, "select id, row_version, updated_at from indicator_entry")
    assert len(before) == len(SHIPPED)
    async with sessions.begin() as session:
        assert await bring_in(session, SHIPPED, at=clock.now()) == 0
    assert before == await rows(sessions, "select id, row_version, updated_at from indicator_entry")


async def test_only_what_changed_is_written_and_what_is_gone_is_retired(sessions: Sessions) -> None:
    first, second, *others = SHIPPED
    await _bring(sessions, first, second, *others)
    assert await _bring(sessions, replace(first, evidence="改过的佐证资料"), *others) == 2
    stored = {
        row.code: row
        for row in await rows(
            sessions, "select id, code, status, reason, evidence, row_version from indicator_entry"
        )
    }
    assert (stored[first.code].evidence, stored[first.code].row_version) == ("改过的佐证资料", 2)
    assert (stored[second.code].status, stored[second.code].row_version) == ("retired", 2)
    assert stored[second.code].reason
    assert {stored[entry.code].row_version for entry in others} == {1}
    assert await _bring(sessions, first, second, *others) == 2
    again = await rows(
        sessions, f"select id, status, reason from indicator_entry where code = '{second.code}'"
    )
    assert [tuple(row) for row in again] == [(stored[second.code].id, "confirmed", None)]
    await _require_true_counts(sessions)


async def _bring(sessions: Sessions, *entries: Any) -> int:
    async with sessions.begin() as session:
        return await bring_in(session, entries, at=clock.now())


async def _require_true_counts(sessions: Sessions) -> None:
    counted = "select region_code, term, entry_count from indicator_term where entry_count > 0"
    true = """select region_code, term, count(*) from indicator_entry, unnest(terms) term
              where status = 'confirmed' group by 1, 2"""
    assert sorted(map(tuple, await rows(sessions, counted))) == sorted(
        map(tuple, await rows(sessions, true))
    )


def entry_in(name: str, **changes: Any) -> EntryIn:
    """An indicator as proposed."""
    return EntryIn.model_validate(
        {
            "sector": "culture",
            "name": name,
            "level1": "output",
            "level2": "quantity",
            "definition": "当年的数量。",
            "formula": "计数",
            "unit": "个",
            "operator": ">=",
            "evidence_method": "statistics",
            "evidence": "台账",
            "scoring_rule": "按比例",
        }
        | changes
    )


async def _confirmed(sessions: Sessions, name: str, **changes: Any) -> UUID:
    trees = trees_of(rules_in_force.load())
    filler, reviewer = caller(Role.UNIT_FILLER, "filler"), caller(Role.FINANCE_REVIEWER, "reviewer")
    async with sessions.begin() as session:
        entry_id = await usecases.propose_entry(
            session, entry_in(name, **changes), trees, by=filler, at=clock.now()
        )
        await session.flush()
        await usecases.decide_on_entry(
            session, entry_id, ConfirmationIn(decision="confirm"),
            expected=Expected('"1"'), by=reviewer, at=clock.now(),
        )  # fmt: skip
    return entry_id


async def test_the_terms_counted_are_those_of_the_entries_in_use(sessions: Sessions) -> None:
    await stock_library(sessions)
    await _confirmed(sessions, "琉璃瓦更换面积")
    gone = await _confirmed(sessions, "琉璃瓦烧制数量")
    await _require_true_counts(sessions)
    async with sessions.begin() as session:
        await usecases.retire_entry(
            session, gone, "不用了", expected=Expected('"2"'),
            by=caller(Role.FINANCE_REVIEWER, "reviewer"), at=clock.now(),
        )  # fmt: skip
    await _require_true_counts(sessions)


async def _use(sessions: Sessions, entry_id: UUID, goals: int, rows_each: int) -> None:
    """Goals of the region that name an entry."""
    async with sessions.begin() as session:
        arguments = {"region": REGION, "entry": entry_id, "unit": "219001"}
        await session.execute(
            text("""insert into unit values (:region, :unit, '（示例）', '219', '（示例）', true, 1, now())
                    on conflict do nothing"""),
            arguments,
        )
        for _ in range(goals):
            project, goal = uuid4().hex, uuid4()
            await session.execute(
                text("""insert into project (region_code, code, name, unit_code, category, kind,
                            spending_kind, is_key, synthetic, row_version, updated_at)
                        values (:region, :project, '（示例）', :unit, 'specific', 'new', 'other',
                                false, true, 1, now())"""),
                {**arguments, "project": project},
            )
            await session.execute(
                text("""insert into goal (region_code, id, kind, project_code, unit_code,
                            fiscal_year, status, annual_goal, tasks, submission_count, attention,
                            row_version, drafted_by, updated_at)
                        values (:region, :goal, 'project', :project, :unit, 2023, 'draft',
                                '（示例）', '[]', 0, 3, 1, 'x', now())"""),
                {**arguments, "project": project, "goal": goal},
            )
            await session.execute(
                text("""insert into goal_indicator (region_code, goal_id, row_id, position, scope,
                            level1, level2, name, operator, weight, library_id)
                        select :region, :goal, gen_random_uuid(), n, 'annual', 'output',
                               'quantity', '（示例）', '>=', 1, :entry
                        from generate_series(1, :rows) n"""),
                {**arguments, "goal": goal, "rows": rows_each},
            )


async def _nearest(
    sessions: Sessions, said: str, *, sector: str | None = None
) -> list[queries.Nearest]:
    async with sessions.begin() as session:
        reads = TransactionReads(session)
        return await queries.nearest(reads, caller(), asked(said), sector=sector, limit=10)


async def test_usage_counts_goals_not_rows_and_ranks_a_search(sessions: Sessions) -> None:
    unused = await _confirmed(sessions, "琉璃瓦更换面积")
    used = await _confirmed(sessions, "琉璃瓦烧制数量")
    await _use(sessions, used, goals=2, rows_each=3)
    async with sessions.begin() as session:
        reads = TransactionReads(session)
        page = await queries.list_entries(reads, caller(), first_page(), EntryFilter(q="琉璃"))
        assert [(item.id, item.usage_count) for item in page.items] == [(used, 2), (unused, 0)]
        assert (await queries.entry(reads, caller(), used, "mof-2015")).usage_count == 2


async def test_a_suggestion_says_which_words_match_whose_sector_and_how_often_used(
    sessions: Sessions,
) -> None:
    await stock_library(sessions)
    entry_id = await _confirmed(sessions, "琉璃瓦更换面积", definition="更换的屋面面积。")
    await _use(sessions, entry_id, goals=1, rows_each=1)
    best = (await _nearest(sessions, "更换琉璃瓦两千平方米", sector="culture"))[0]
    assert best.row["id"] == entry_id
    assert best.words == ["琉璃瓦", "更换"]
    assert (best.same_sector, best.usage_count) == (True, 1)


async def test_rare_words_names_sector_and_usage_each_move_an_entry_up(sessions: Sessions) -> None:
    for number in range(30):
        await _confirmed(sessions, f"更换第{number}件数量")
    rare = await _confirmed(sessions, "琉璃瓦数量")
    described = await _confirmed(sessions, "屋面数量", definition="琉璃瓦的数量。")
    elsewhere = await _confirmed(sessions, "琉璃瓦面积", sector="housing")
    found = [one.row["id"] for one in await _nearest(sessions, "更换琉璃瓦")]
    assert set(found[:2]) == {rare, elsewhere}
    assert found[2] == described
    same = [one.row["id"] for one in await _nearest(sessions, "更换琉璃瓦", sector="housing")]
    assert same[0] == elsewhere
    await _use(sessions, rare, goals=3, rows_each=1)
    assert (await _nearest(sessions, "更换琉璃瓦"))[0].row["id"] == rare


async def test_a_sector_is_offered_its_own_entries_when_no_word_matches(sessions: Sessions) -> None:
    await stock_library(sessions)
    found = await _nearest(sessions, "龘龘龘", sector="culture")
    assert {one.row["sector"] for one in found} == {"culture"}
    assert all(one.words == [] and one.same_sector for one in found)
    assert await _nearest(sessions, "龘龘龘") == []


async def test_a_sectors_own_entries_come_before_a_common_word_elsewhere(
    sessions: Sessions,
) -> None:
    await stock_library(sessions)
    found = await _nearest(sessions, "雾炮车采购", sector="sanitation")
    assert found[0].row["sector"] == "sanitation"
    unknown = await _nearest(sessions, "雾炮车采购")
    assert not any(one.same_sector for one in unknown)
    assert all(one.words for one in unknown)


async def test_shipped_entries_are_found_by_every_character_of_their_names(
    sessions: Sessions,
) -> None:
    await stock_library(sessions)
    stored = dict(map(tuple, await rows(sessions, "select code, terms from indicator_entry")))
    for entry in SHIPPED:
        assert terms(entry.name) <= set(stored[entry.code])
