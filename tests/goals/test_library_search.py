"""指标库 at 100,000 entries, what is nearest to a text, and the shipped library in its own region."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from starlette.requests import Request
from starlette.responses import Response

from services.goals.domain import rules_in_force
from services.goals.domain.indicator_library import load
from services.goals.domain.indicator_trees import trees_of
from services.goals.domain.search_terms import asked, terms
from services.goals.queries import library as queries
from services.goals.schemas.library import ConfirmationIn, EntryFilter, EntryIn
from services.goals.usecases import library as usecases
from services.goals.usecases.shipped_library import bring_in, stock_library
from shared import clock
from shared.auth import Caller, Principal, Reach, Role
from shared.db import Reads, TransactionReads, create_engine, create_pool, sessions_of
from shared.etags import Expected
from shared.pages import PageRequest
from tests.conftest import Databases, service_url

REGION = "910000001"
SHIPPED = load()
Sessions = async_sessionmaker[AsyncSession]

#: Entry n holds the words n mod 200 and n div 200: the first stands in 500 entries, 率 in all.
MANY = f"""
    insert into goals.indicator_entry (
        region_code, id, code, sector, name, name_key, level1, level2, level1_2021, level2_2021,
        definition, formula, unit, operator, evidence_method, evidence, scoring_rule, source_kind,
        terms, status, row_version, updated_at)
    select '{REGION}', gen_random_uuid(), 'local-' || n, 'education', name, name, 'output',
        'quality', 'output', 'quality', repeat('说明', 60), '公式', '%', '>=', 'statistics', '台账',
        '按比例', 'own', array[one, two, '率', n::text], 'confirmed', 1, now()
    from generate_series(0, 99999) n,
         lateral (select chr(24576 + n % 200) || chr(25000 + n % 200) as one,
                         chr(26000 + n / 200) || chr(27000 + n / 200) as two) w,
         lateral (select one || two || '率' || n as name) s
"""
COUNTED = f"""
    insert into goals.indicator_term (region_code, term, entry_count)
    select region_code, term, count(*) from goals.indicator_entry, unnest(terms) term
    where region_code = '{REGION}' group by 1, 2
"""


class Explaining(Reads):
    """Reads that keep the plan of what they read."""

    plan = ""

    async def all(self, sql: str, *args: object) -> Sequence[Mapping[str, Any]]:
        """The rows; the plan is remembered."""
        rows = await super().all(f"explain {sql}", *args)
        self.plan = "\n".join(row["QUERY PLAN"] for row in rows)
        return await super().all(sql, *args)


def caller(role: Role = Role.FINANCE_OFFICER, subject: str = "officer") -> Caller:
    """Someone of the region; a filler reaches a unit only."""
    reach = Reach.UNITS if role is Role.UNIT_FILLER else Reach.REGION
    return Caller(Principal(subject, subject, frozenset({role}), REGION, ("219001",)), reach)


def first_page(limit: int = 50) -> PageRequest:
    """A page as the route asks for it."""
    scope = {"type": "http", "path": "/indicators", "query_string": b"", "headers": []}
    return PageRequest(Request(scope), Response(), limit, None)


@pytest.fixture(scope="module")
async def many(databases: Databases) -> AsyncIterator[Explaining]:
    """A database whose region has 100,000 entries."""
    url = await databases.new()
    admin = await asyncpg.connect(url)
    for statement in (
        MANY,
        COUNTED,
        "analyze goals.indicator_entry",
        "analyze goals.indicator_term",
    ):
        await admin.execute(statement, timeout=300)
    await admin.close()
    pool = await create_pool(service_url(url, "goals"), process="test", schema="goals", size=2)
    yield Explaining(pool)
    await pool.close()


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


#: The words of entry 31207.
WORD = chr(24576 + 7) + chr(25000 + 7)
OTHER = chr(26000 + 156) + chr(27000 + 156)
PLACES = [("率", 51), (WORD, 51), (f"{WORD} {OTHER}", 1), (f"{WORD}的", 0), ("7", 1), ("龘", 0)]


@pytest.mark.parametrize(("q", "count"), PLACES)
async def test_a_search_among_100000_entries_goes_by_the_index(
    many: Explaining, q: str, count: int
) -> None:
    page = await queries.list_entries(many, caller(), first_page(51), EntryFilter(q=q))
    assert len(page.items) == count
    assert "ix_indicator_entry_terms" in many.plan
    assert "Seq Scan on indicator_entry" not in many.plan


async def test_the_nearest_among_100000_entries_are_found_by_their_rarest_words(
    many: Explaining,
) -> None:
    asking = asked(f"{WORD} 率 {OTHER}")
    found = await queries.nearest(many, caller(), asking, sector=None, limit=10)
    assert len(found) == 10
    assert found[0].row["code"] == "local-31207"
    assert found[0].words == [WORD, OTHER]
    assert "ix_indicator_entry_terms" in many.plan
    assert "Seq Scan on indicator_entry" not in many.plan


async def test_a_word_that_stands_everywhere_and_a_number_tell_nothing(many: Explaining) -> None:
    assert await queries.nearest(many, caller(), {"率", "31207"}, sector=None, limit=10) == []


async def test_browsing_100000_entries_walks_an_index(many: Explaining) -> None:
    page = await queries.list_entries(many, caller(), first_page(), EntryFilter())
    assert len(page.items) == 50
    assert "ix_indicator_entry_region_code_sector_code" in many.plan


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
                text("""insert into project values
                        (:region, :project, '（示例）', :unit, 'specific', 'new', true, 1, now())"""),
                {**arguments, "project": project},
            )
            await session.execute(
                text("""insert into goal (region_code, id, project_code, unit_code, fiscal_year,
                            status, annual_goal, row_version, drafted_by, updated_at)
                        values (:region, :goal, :project, :unit, 2023, 'draft', '（示例）', 1, 'x',
                                now())"""),
                {**arguments, "project": project, "goal": goal},
            )
            await session.execute(
                text("""insert into goal_indicator (region_code, goal_id, position, level1, level2,
                            name, operator, weight, library_id)
                        select :region, :goal, n, 'output', 'quantity', '（示例）', '>=', 1, :entry
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


async def test_shipped_entries_are_found_by_every_character_of_their_names(
    sessions: Sessions,
) -> None:
    await stock_library(sessions)
    stored = dict(map(tuple, await rows(sessions, "select code, terms from indicator_entry")))
    for entry in SHIPPED:
        assert terms(entry.name) <= set(stored[entry.code])
