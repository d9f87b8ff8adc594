"""One indicator row of a monitoring form: what the unit typed, what the system may fill in for it,
and what is left to type."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

from services.monitoring.domain.facts import Band, Likelihood, Operator, Target

ACTUAL = "actual_to_date"
FORECAST = "actual_forecast"
#: What a unit types into a row.
TYPED = (
    ACTUAL,
    FORECAST,
    "band",
    "likelihood",
    "deviation_causes",
    "deviation_text",
    "remark",
)
#: What the system may fill in, until somebody types it.
DEFAULTED = (ACTUAL, FORECAST, "likelihood")

#: Second levels whose figure only grows during the year, unless it is a rate.
CUMULATIVE_LEVELS = ("quantity",)
RATE_UNITS = ("%", "％", "‰")


@dataclass(frozen=True)
class RowContent:
    """A row beside its target; `defaulted` names the values nobody typed."""

    position: int
    level2: str
    name: str
    operator: Operator
    target_value: Decimal | None
    unit_of_measure: str | None
    actual_to_date: Decimal | None = None
    actual_forecast: Decimal | None = None
    band: Band | None = None
    deviation_causes: tuple[str, ...] = ()
    deviation_text: str | None = None
    likelihood: Likelihood | None = None
    remark: str | None = None
    previous_actual: Decimal | None = None
    previous_band: Band | None = None
    defaulted: frozenset[str] = frozenset()

    @property
    def is_qualitative(self) -> bool:
        return self.operator is Operator.QUALITATIVE

    @property
    def target(self) -> Target | None:
        """The target as a number; `=` is read as the warning rules read it."""
        if self.target_value is None or self.is_qualitative:
            return None
        if self.operator is not Operator.EQUAL:
            return Target(self.operator, self.target_value)
        sense = Operator.AT_MOST if self.target_value == 0 else Operator.AT_LEAST
        return Target(sense, self.target_value)

    @property
    def is_cumulative(self) -> bool:
        """A number of things done since the year began, measured against the whole year's."""
        target = self.target
        return (
            target is not None
            and not target.is_limit
            and self.level2 in CUMULATIVE_LEVELS
            and self.unit_of_measure not in RATE_UNITS
        )

    def is_met(self) -> bool:
        """Whether the year's target is reached already."""
        if self.is_qualitative:
            return self.band is Band.ACHIEVED
        target, actual = self.target, self.actual_to_date
        return target is not None and actual is not None and target.is_met_by(actual)

    def is_on_course(self, year_gone: Decimal) -> bool:
        """Reached, or as far as the year is; `year_gone` is a share of 1."""
        if self.is_met():
            return True
        if not self.is_cumulative or self.target_value is None or self.actual_to_date is None:
            return False
        return self.actual_to_date >= self.target_value * year_gone

    def forecast_is_short(self) -> bool:
        """Whether the unit expects to miss the target."""
        target, forecast = self.target, self.actual_forecast
        return target is not None and forecast is not None and not target.is_met_by(forecast)

    def asks_deviation(self, year_gone: Decimal) -> bool:
        """Whether causes are worth asking for: actual or forecast is short, or in doubt."""
        if self.must_explain():
            return True
        if self.is_qualitative:
            return self.band is not None and self.band is not Band.ACHIEVED
        return self.actual_to_date is not None and not self.is_on_course(year_gone)

    def must_explain(self) -> bool:
        """Whether the form can't be handed in without causes."""
        in_doubt = self.likelihood is not None and self.likelihood is not Likelihood.CERTAIN
        return in_doubt or self.forecast_is_short()

    def to_type(self) -> list[str]:
        """The fields that are still to be typed."""
        asked = ["band"] if self.is_qualitative else [ACTUAL, FORECAST]
        asked += ["likelihood"]
        if self.must_explain():
            asked += ["deviation_causes", "deviation_text"]
        return [name for name in asked if getattr(self, name) in (None, (), "")]


def row_of(values: Mapping[str, Any]) -> RowContent:
    """A row as stored or as JSON holds it; numbers may be texts."""
    known = {field.name for field in fields(RowContent)}
    row = {name: value for name, value in values.items() if name in known}
    for name in ("target_value", ACTUAL, FORECAST, "previous_actual"):
        row[name] = None if row.get(name) is None else Decimal(row[name])
    for name, kind in (("band", Band), ("previous_band", Band), ("likelihood", Likelihood)):
        row[name] = None if row.get(name) is None else kind(row[name])
    row["operator"] = Operator(row["operator"])
    row["deviation_causes"] = tuple(row.get("deviation_causes") or ())
    row["defaulted"] = frozenset(row.get("defaulted") or ())
    return RowContent(**row)


def year_gone(period_to: date) -> Decimal:
    """The share of the year that is over at the end of a period, in whole months."""
    return Decimal(period_to.month) / 12


def typed(row: RowContent, changes: Mapping[str, Any], *, gone: Decimal) -> RowContent:
    """The row after the unit typed these fields; null gives a field back to the system."""
    values = {**{name: getattr(row, name) for name in TYPED}, **changes}
    after = row_of({**vars(row), **values})
    return completed(replace(after, defaulted=row.defaulted - set(changes)), gone=gone)


def completed(row: RowContent, *, gone: Decimal) -> RowContent:
    """The row with forecast and likelihood filled in where the actual leaves no question.

    A target that is reached stays reached: forecast = actual. A cumulative one that is as far as
    the year is expected to end at the target. Anything else is the unit's to say.
    """
    kept = row.defaulted & {ACTUAL}
    bare = replace(
        row,
        actual_forecast=None if FORECAST in row.defaulted else row.actual_forecast,
        likelihood=None if "likelihood" in row.defaulted else row.likelihood,
        defaulted=kept,
    )
    if not bare.is_on_course(gone):
        return bare
    filled: dict[str, Any] = {}
    if bare.actual_forecast is None and not bare.is_qualitative:
        filled[FORECAST] = bare.actual_to_date if bare.is_met() else bare.target_value
    if replace(bare, **filled).forecast_is_short():
        return bare
    if bare.likelihood is None:
        filled["likelihood"] = Likelihood.CERTAIN
    return replace(bare, **filled, defaulted=kept | filled.keys())
