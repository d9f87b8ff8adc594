"""One indicator row of a monitoring form: what the unit typed, what the system may fill in for it,
and what is left to type."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

from services.monitoring.domain.facts import Band, Likelihood, Operator, Target, numeric_target

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
#: Why a row is behind; both or neither follow from another row.
EXPLANATION = ("deviation_causes", "deviation_text")
#: What an earlier round settles where its figure only grows.
CARRIED = (ACTUAL, FORECAST, "likelihood")
#: What the system may fill in, until somebody types it.
DEFAULTED = (*CARRIED, *EXPLANATION)

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
        """The number to reach or not to pass."""
        return numeric_target(self.operator, self.target_value)

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
        """Reached, or as far as the year is; `year_gone` is a share of 1.

        An effect that shows in part before the year is over (定性指标部分达成) is on its course.
        """
        if self.is_met() or (self.band is Band.PARTIAL and self.is_qualitative and year_gone < 1):
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


def typed_form(
    rows: Sequence[RowContent], changes: Sequence[Mapping[str, Any]], *, gone: Decimal
) -> list[RowContent]:
    """The form's rows after the unit typed these fields of each, with what follows from them."""
    return explained([typed(*one, gone=gone) for one in zip(rows, changes, strict=True)])


def explained(rows: Sequence[RowContent]) -> list[RowContent]:
    """The rows with the reason typed first standing for every other one that needs a reason.

    What holds a project up mostly holds up all it does; a row with a reason of its own keeps it.
    """
    bare = [_without_lent_reason(row) for row in rows]
    lender = next((row for row in bare if row.deviation_causes and row.deviation_text), None)
    if lender is None:
        return bare
    return [_with_reason_of(lender, row) for row in bare]


def _without_lent_reason(row: RowContent) -> RowContent:
    lent = row.defaulted.intersection(EXPLANATION)
    return replace(
        row,
        deviation_causes=() if "deviation_causes" in lent else row.deviation_causes,
        deviation_text=None if "deviation_text" in lent else row.deviation_text,
        defaulted=row.defaulted - lent,
    )


def _with_reason_of(lender: RowContent, row: RowContent) -> RowContent:
    if row.deviation_causes or row.deviation_text or not row.must_explain():
        return row
    return replace(
        row,
        deviation_causes=lender.deviation_causes,
        deviation_text=lender.deviation_text,
        defaulted=row.defaulted.union(EXPLANATION),
    )


def completed(row: RowContent, *, gone: Decimal) -> RowContent:
    """The row with forecast and likelihood filled in where what was typed leaves no question.

    A target that is reached stays reached: forecast = actual. A cumulative one that is as far as
    the year is expected to end at the target. Behind that the forecast is the unit's to say, and
    makes the target "possible": that it is certain all the same, or out of reach, a person says.
    """
    kept = row.defaulted.intersection((ACTUAL, *EXPLANATION))
    bare = replace(
        row,
        actual_forecast=None if FORECAST in row.defaulted else row.actual_forecast,
        likelihood=None if "likelihood" in row.defaulted else row.likelihood,
        defaulted=kept,
    )
    settled = _settled(bare, gone)
    if settled.likelihood is not None or settled.actual_forecast is None:
        return settled
    return replace(
        settled, likelihood=Likelihood.POSSIBLE, defaulted=settled.defaulted | {"likelihood"}
    )


def _settled(bare: RowContent, gone: Decimal) -> RowContent:
    """The row with what being on course says of it."""
    if not bare.is_on_course(gone):
        return bare
    filled: dict[str, Any] = {}
    if bare.actual_forecast is None and not bare.is_qualitative:
        filled[FORECAST] = bare.actual_to_date if bare.is_met() else bare.target_value
    if replace(bare, **filled).forecast_is_short():
        return bare
    if bare.likelihood is None:
        filled["likelihood"] = Likelihood.CERTAIN
    return replace(bare, **filled, defaulted=bare.defaulted | filled.keys())
