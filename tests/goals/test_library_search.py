"""指标库 at 100,000 entries: searched, suggested from and browsed by its indexes."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from services.goals.domain.search_terms import asked
from services.goals.queries import library as queries
from services.goals.schemas.library import EntryFilter
from shared.db import create_pool
from tests.conftest import Databases, service_url
from tests.goals.explaining import Explaining
from tests.goals.library_entries import REGION, caller, first_page

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
