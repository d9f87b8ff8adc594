"""Warning rules compiled to SQL: the same lights as the judges of the domain, a set at a time.

The domain's functions are the reference; each kind has its expression here, held against them case
by case. Thresholds are compared by multiplying, never by dividing: nothing is rounded.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from services.monitoring.domain.facts import Band, Likelihood
from services.monitoring.domain.gap_rules import PARTS
from services.monitoring.domain.ladder import Ladder
from services.monitoring.domain.money_rules import LINEAR, monthly_ladder
from services.monitoring.domain.rule_in_force import RuleInForce
from services.monitoring.domain.verdicts import Colour
from shared.rulebook import Values

#: A finding as one number, the worst the smallest: rank of the colour, rule, indicator.
RANK_STEP = 100_000_000
RULE_STEP = 100_000

_RANKS = {colour: rank for rank, colour in enumerate(Colour)}
_GREEN, _NONE = _RANKS[Colour.GREEN], _RANKS[Colour.NOT_APPLICABLE]
_WARNS = 2
_NO_KEY = _NONE * RANK_STEP

_IS_LIMIT = "(i.operator in ('<', '<=') or (i.operator = '=' and i.target_value = 0))"
_HAS_TARGET = "(i.target_value is not null and i.operator <> 'qualitative')"
_IS_MEASURED = (
    f"({_HAS_TARGET} and not {_IS_LIMIT} and i.target_value > 0 and i.actual_to_date is not null)"
)

Rank: TypeAlias = Callable[[Values, date], str]


@dataclass(frozen=True)
class KindSql:
    """The rank of a rule's colour, and the inputs its receipt is written from."""

    rank: Rank
    inputs: str
    #: Aggregates over the project's indicators that the rank needs.
    sums: Mapping[str, str]
    by_indicator: bool = False


def judged_sql(rules: Sequence[RuleInForce], as_of: date, *, projects: str, indicators: str) -> str:
    """The expressions of a `with`: `project` has each project's worst `key`, `found` a row for each
    warning: (project_code, rule, position, rank, inputs); rules are counted from 1."""
    compiled = [(n, rule, SQL[rule.values["kind"]]) for n, rule in enumerate(rules, 1)]
    rows = [one for one in compiled if one[2].by_indicator]
    wholes = [one for one in compiled if not one[2].by_indicator]
    sums = {name: sql for _, _, kind in wholes for name, sql in kind.sums.items()}
    row_ranks = _ranks(rows, as_of)
    row_keys = [_key(f"r{n}", n, "position") for n, _, _ in rows]
    whole_keys = [_key(f"r{n}", n, "0") for n, _, _ in wholes]
    return f"""
    project_fact as materialized ({projects}),
    indicator as materialized (select i.*{row_ranks} from ({indicators}) i),
    of_project as (
        select project_code, min({_least(row_keys)}) as indicator_key
               {"".join(f", {sql} as {name}" for name, sql in sums.items())}
        from indicator i group by project_code),
    project as materialized (
        select *, {_least([*whole_keys, f"coalesce(indicator_key, {_NO_KEY})"])} as key
        from (select p.*, o.indicator_key{"".join(f", o.{name}" for name in sums)}
                     {_ranks(wholes, as_of)}
              from project_fact p left join of_project o on o.project_code = p.project_code) p),
    found as ({_findings("project p", wholes, "0", as_of)}
              union all
              {_findings("indicator i", rows, "i.position", as_of)})
    """


def _ranks(compiled: list[tuple[int, RuleInForce, KindSql]], as_of: date) -> str:
    return "".join(f", {kind.rank(rule.values, as_of)} as r{n}" for n, rule, kind in compiled)


def _key(rank: str, rule: int, position: str) -> str:
    return f"{rank} * {RANK_STEP} + {rule * RULE_STEP} + {position}"


def _least(keys: list[str]) -> str:
    return f"least({', '.join(keys)})" if keys else str(_NO_KEY)


def _findings(
    relation: str,
    compiled: list[tuple[int, RuleInForce, KindSql]],
    position: str,
    as_of: date,
) -> str:
    alias = relation[-1]
    values = [
        f"({n}, {alias}.r{n}, case when {alias}.r{n} < {_WARNS} then"
        f" jsonb_build_object('as_of', '{as_of.isoformat()}', {kind.inputs}) end)"
        for n, _, kind in compiled
    ] or [f"(0, {_NONE}, null::jsonb)"]
    worst = _least([f"{alias}.r{n}" for n, _, _ in compiled])
    return f"""
        select {alias}.project_code, v.rule, {position} as position, v.rank, v.inputs
        from {relation} cross join lateral (values {", ".join(values)}) v(rule, rank, inputs)
        where {worst} < {_WARNS} and v.rank < {_WARNS}
    """


def _number(value: object) -> str:
    return format(Decimal(str(value)), "f")


def _rank(colour: str) -> int:
    return _RANKS[Colour(colour)]


def _stands(ladder: Ladder, done: str, unit: str) -> str:
    """The rung on which done ÷ unit stands."""
    rungs = [
        f"when {done} < {_number(rung.below)} * {unit} then {_RANKS[rung.colour]}"
        for rung in ladder.rungs
        if rung.below is not None
    ]
    return f"{' '.join(rungs)} else {_RANKS[ladder.rungs[-1].colour]}"


def _against_time(values: Values, as_of: date) -> str:
    rungs = _stands(Ladder.read(values["bands"]), "p.paid * 1200", f"(p.budget * {as_of.month})")
    return f"case when p.budget <= 0 then {_NONE} {rungs} end"


def _against_plan(values: Values, as_of: date) -> str:
    linear = _against_time(values, as_of) if values["without_plan"] == LINEAR else _NONE
    rungs = _stands(Ladder.read(values["bands"]), "p.paid * 10000", "(p.budget * p.planned_pct)")
    return f"""case when p.planned_pct is null then {linear}
        when p.budget <= 0 or p.planned_pct <= 0 then {_NONE} {rungs} end"""


def _by_month(values: Values, as_of: date) -> str:
    ladder = monthly_ladder(values, as_of.month)
    if ladder is None:
        return str(_NONE)
    rungs = _stands(ladder, "p.paid * 100", "p.budget")
    return f"case when p.budget <= 0 then {_NONE} {rungs} end"


def _large_slow(values: Values, as_of: date) -> str:
    if as_of.month < values["from_month"]:
        return str(_NONE)
    rungs = _stands(Ladder.read(values["bands"]), "p.paid * 100", "p.budget")
    least = _number(values["min_budget"])
    return f"case when p.budget < {least} or p.budget <= 0 then {_NONE} {rungs} end"


def _not_started(values: Values, as_of: date) -> str:
    if as_of.month < values["from_month"]:
        return str(_NONE)
    return f"""case when p.budget <= 0 then {_NONE}
        when p.paid > 0 or coalesce(o.moves, false) then {_GREEN}
        else {_rank(values["colour"])} end"""


def _after_tender(values: Values, as_of: date) -> str:
    steps = " ".join(
        f"when date '{as_of.isoformat()}' - p.tender_on >= {int(step['days'])}"
        f" then {_rank(step['colour'])}"
        for step in reversed(values["days"])
    )
    return f"""case when p.tender_on is null then {_NONE} when p.paid > 0 then {_GREEN}
        {steps} else {_GREEN} end"""


def _gap(values: Values, _: date) -> str:
    rate = f"least({100 * PARTS}, div(p.paid * {100 * PARTS}, p.budget))"
    rungs = _stands(
        Ladder.read(values["bands"]),
        f"(o.measured_sum - {rate} * o.measured_count)",
        f"({PARTS} * o.measured_count)",
    )
    return f"""case when p.budget <= 0 or coalesce(o.measured_count, 0) = 0 then {_NONE}
        {rungs} end"""


def _progress(values: Values, as_of: date) -> str:
    bands, limits = values["band_colours"], values["limit_colours"]
    rungs = _stands(
        Ladder.read(values["bands"]),
        "i.actual_to_date * 1200",
        f"(i.target_value * {as_of.month})",
    )
    by_band = " ".join(f"when '{band.value}' then {_rank(bands[band])}" for band in Band)
    return f"""case when i.operator = 'qualitative' then case i.band {by_band} else {_NONE} end
        when i.target_value is null or i.actual_to_date is null then {_NONE}
        when {_IS_LIMIT} then case when {_meets("i.actual_to_date")}
            then {_rank(limits["kept"])} else {_rank(limits["passed"])} end
        when i.target_value <= 0 then {_NONE} {rungs} end"""


def _forecast(values: Values, _: date) -> str:
    forecast, likelihood = values["forecast_colours"], values["likelihood_colours"]
    by_likelihood = " ".join(
        f"when '{word.value}' then {_rank(likelihood[word])}" for word in Likelihood
    )
    return f"""least(
        case when not {_HAS_TARGET} or i.actual_forecast is null then {_NONE}
             when {_meets("i.actual_forecast")} then {_rank(forecast["met"])}
             else {_rank(forecast["short"])} end,
        case i.likelihood {by_likelihood} else {_NONE} end)"""


def _meets(value: str) -> str:
    return f"""case i.operator when '>=' then {value} >= i.target_value
        when '>' then {value} > i.target_value when '<' then {value} < i.target_value
        when '<=' then {value} <= i.target_value
        else case when i.target_value = 0 then {value} <= 0 else {value} >= i.target_value end
        end"""


_MONEY = "'budget', p.budget::text, 'paid', p.paid::text"
_MEASURED = f"""jsonb_agg(jsonb_build_object('position', i.position, 'name', i.name,
    'operator', i.operator, 'target_value', trim_scale(i.target_value)::text,
    'actual_to_date', trim_scale(i.actual_to_date)::text) order by i.position)
    filter (where {_IS_MEASURED})"""
_ROW = """'name', i.name, 'operator', i.operator,
    'target_value', trim_scale(i.target_value)::text"""
_DONE = "'actual_to_date', trim_scale(i.actual_to_date)::text, 'band', i.band"
_EXPECTED = "'actual_forecast', trim_scale(i.actual_forecast)::text, 'likelihood', i.likelihood"

_SHARE = f"div(i.actual_to_date * {100 * PARTS}, i.target_value)"

SQL: Mapping[str, KindSql] = {
    "money_against_time": KindSql(_against_time, _MONEY, {}),
    "money_against_plan": KindSql(
        _against_plan, f"{_MONEY}, 'planned_pct', p.planned_pct::text", {}
    ),
    "execution_by_month": KindSql(_by_month, _MONEY, {}),
    "large_slow": KindSql(_large_slow, _MONEY, {}),
    "not_started": KindSql(
        _not_started,
        _MONEY,
        {"moves": "bool_or(i.actual_to_date > 0 or i.band in ('achieved', 'partial'))"},
    ),
    "after_tender": KindSql(_after_tender, f"{_MONEY}, 'tender_on', p.tender_on::text", {}),
    "goal_money_gap": KindSql(
        _gap,
        f"{_MONEY}, 'indicators', p.measured_rows",
        {
            "measured_rows": _MEASURED,
            "measured_count": f"count(*) filter (where {_IS_MEASURED})",
            "measured_sum": f"sum(case when {_IS_MEASURED}"
            f" then least({100 * PARTS}, {_SHARE}) end)",
        },
    ),
    "indicator_progress": KindSql(_progress, f"{_ROW}, {_DONE}", {}, by_indicator=True),
    "forecast_short": KindSql(_forecast, f"{_ROW}, {_EXPECTED}", {}, by_indicator=True),
}
