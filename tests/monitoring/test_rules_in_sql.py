"""The rules compiled to SQL say what the judges of the domain say, case by case and at random."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import asyncpg
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.monitoring.domain.answers import Answering
from services.monitoring.domain.cases import facts_of, read_cases
from services.monitoring.domain.facts import (
    Band,
    IndicatorFacts,
    Likelihood,
    Operator,
    ProjectFacts,
)
from services.monitoring.domain.packs import load_packs
from services.monitoring.domain.rule_in_force import RuleInForce, Wording
from services.monitoring.domain.rules import KINDS, in_force, judge
from services.monitoring.domain.verdicts import Colour, Warning, project_colour
from services.monitoring.queries.rules_sql import RANK_STEP, RULE_STEP, SQL, judged_sql
from services.monitoring.queries.warning_texts import warning_of

SHIPPED = Path(__file__).parents[2] / "services" / "monitoring" / "rules"
PACKS = load_packs(SHIPPED)
TERMS = Answering(10, (), "")
COLOURS = list(Colour)

PROJECTS = """
    select * from jsonb_to_recordset($1::text::jsonb)
        as p(project_code text, unit_code text, budget numeric, paid numeric, planned_pct numeric,
             tender_on date)
"""
INDICATORS = """
    select * from jsonb_to_recordset($2::text::jsonb)
        as i(project_code text, position int, name text, operator text, target_value numeric,
             actual_to_date numeric, actual_forecast numeric, band text, likelihood text)
"""


def rules_on(day: date) -> list[RuleInForce]:
    """Every wording of every pack that is in force on a day."""
    own = {
        id(rule): one
        for pack in PACKS.by_id.values()
        for rule in pack.rules.values()
        for one in in_force(pack.rules, day)
        if one.rule_id == rule.rule_id
    }
    return list(own.values())


async def assert_agreement(url: str, projects: Sequence[ProjectFacts], as_of: date) -> None:
    """Lights, findings and the receipts written from stored inputs are those of the judges."""
    rules = rules_on(as_of)
    judged = judged_sql(rules, as_of, projects=PROJECTS, indicators=INDICATORS)
    connection = await asyncpg.connect(url)
    try:
        arguments = [orjson.dumps(rows).decode() for rows in (_rows(projects), _lines(projects))]
        keys = await connection.fetch(
            f"with {judged} select project_code, key from project", *arguments
        )
        found = await connection.fetch(
            f"with {judged} select project_code, rule, position, rank, inputs::text from found",
            *arguments,
        )
    finally:
        await connection.close()
    expected, lights = _by_the_judges(projects, rules)
    said = {(row["project_code"], row["rule"], row["position"]): row for row in found}
    assert {key: COLOURS[row["rank"]] for key, row in said.items()} == {
        key: warning.colour for key, warning in expected.items()
    }
    assert {row["project_code"]: COLOURS[row["key"] // RANK_STEP] for row in keys} == lights
    for row in keys:
        if lights[row["project_code"]].warns:
            worst = row["key"] % RANK_STEP
            key = (row["project_code"], worst // RULE_STEP, worst % RULE_STEP)
            assert expected[key].colour is lights[row["project_code"]]
    for key, row in said.items():
        kept = Wording(rules[key[1] - 1], TERMS).as_json()
        written = warning_of({**dict(row), "unit_code": "U1", "wording": kept})
        assert written.reason == expected[key].reason
        assert written.receipt == expected[key].receipt


def _by_the_judges(
    projects: Sequence[ProjectFacts], rules: Sequence[RuleInForce]
) -> tuple[dict[tuple[str, int, int], Warning], dict[str, Colour]]:
    expected: dict[tuple[str, int, int], Warning] = {}
    lights: dict[str, Colour] = {}
    for facts in projects:
        verdicts = [(n, one) for n, rule in enumerate(rules, 1) for one in judge(facts, rule)]
        lights[facts.project_code] = project_colour(verdict for _, verdict in verdicts)
        for n, verdict in verdicts:
            if isinstance(verdict, Warning):
                expected[facts.project_code, n, verdict.position or 0] = verdict
    return expected, lights


def _rows(projects: Sequence[ProjectFacts]) -> list[dict[str, Any]]:
    return [
        {
            "project_code": facts.project_code,
            "unit_code": facts.unit_code,
            "budget": f"{facts.budget:f}",
            "paid": f"{facts.paid:f}",
            "planned_pct": _text(facts.planned_pct),
            "tender_on": facts.tender_on,
        }
        for facts in projects
    ]


def _lines(projects: Sequence[ProjectFacts]) -> list[dict[str, Any]]:
    return [
        {
            "project_code": facts.project_code,
            "position": row.position,
            "name": row.name,
            "operator": row.operator,
            "target_value": _text(row.target_value),
            "actual_to_date": _text(row.actual_to_date),
            "actual_forecast": _text(row.actual_forecast),
            "band": row.band,
            "likelihood": row.likelihood,
        }
        for facts in projects
        for row in facts.indicators
    ]


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def trimmed(value: Decimal) -> Decimal:
    """As the database gives an indicator's number: without zeros at the end."""
    return Decimal(f"{value.normalize():f}")


def _cases_by_day() -> dict[date, list[ProjectFacts]]:
    by_day: dict[date, list[ProjectFacts]] = {}
    for path in sorted(SHIPPED.glob("*/cases/*.toml")):
        for _, case in read_cases(path):
            facts = facts_of(case)
            of_day = by_day.setdefault(facts.as_of, [])
            rows = tuple(
                replace(
                    row,
                    target_value=row.target_value and trimmed(row.target_value),
                    actual_to_date=row.actual_to_date and trimmed(row.actual_to_date),
                    actual_forecast=row.actual_forecast and trimmed(row.actual_forecast),
                )
                for row in facts.indicators
            )
            of_day.append(replace(facts, project_code=f"P{len(of_day)}", indicators=rows))
    return by_day


@pytest.mark.parametrize("as_of", sorted(_cases_by_day()), ids=str)
async def test_every_case_of_every_pack_has_the_same_lights_in_sql(
    server_url: str, as_of: date
) -> None:
    await assert_agreement(server_url, _cases_by_day()[as_of], as_of)


def test_every_kind_of_rule_is_known_in_sql() -> None:
    assert set(SQL) == set(KINDS)


money = st.decimals("-1000", "99999999999999.99", places=2) | st.sampled_from(
    [Decimal(n) for n in (0, 100, 60, 80, 2_000_000, 1_200_000)]
)
quantities = (
    st.decimals("-1000", "99999999999999", places=4)
    | st.sampled_from([Decimal(n) for n in (0, 100, 60, 80, 35, 120)])
).map(trimmed)
rows = st.builds(
    IndicatorFacts,
    position=st.just(1),
    name=st.just("培训人次"),
    operator=st.sampled_from(Operator),
    target_value=st.none() | quantities,
    actual_to_date=st.none() | quantities,
    actual_forecast=st.none() | quantities,
    band=st.none() | st.sampled_from(Band),
    likelihood=st.none() | st.sampled_from(Likelihood),
)
days = st.dates(date(2024, 1, 1), date(2024, 12, 31))


@st.composite
def regions(draw: st.DrawFn) -> list[ProjectFacts]:
    """A few projects on one day."""
    as_of = draw(days)
    return [
        ProjectFacts(
            project_code=f"P{number}",
            unit_code="U1",
            budget=draw(money),
            paid=draw(money),
            indicators=tuple(
                replace(row, position=position)
                for position, row in enumerate(draw(st.lists(rows, max_size=4)), 1)
            ),
            as_of=as_of,
            planned_pct=draw(st.none() | st.decimals("0", "100", places=2)),
            tender_on=draw(st.none() | st.dates(date(2023, 6, 1), date(2024, 12, 31))),
        )
        for number in range(draw(st.integers(1, 8)))
    ]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(projects=regions())
async def test_sql_and_the_judges_agree_on_whatever_facts(
    server_url: str, projects: list[ProjectFacts]
) -> None:
    await assert_agreement(server_url, projects, projects[0].as_of)
