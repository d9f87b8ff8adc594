"""The warnings of the demo's July, worked out from its files by fractions and nothing of ours."""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from deploy.demo.data_files import by, table

#: What the default pack says: percent below which a light is red, yellow, green.
RED, YELLOW = 60, 80
YEAR_GONE_BY = Fraction(7, 12)
JULY = "2023-07-31"

#: (project, rule, position) → light, and the percentage the receipt ends in (None: no arithmetic).
Found = dict[tuple[str, str, int], tuple[str, Decimal | None]]


def warnings_by_hand() -> Found:
    """What has to warn, from budgets, vouchers, targets and the rows of the monitoring forms."""
    return {
        finding: (light, value)
        for finding, (light, value) in (_of_money() | _of_indicators()).items()
        if light in ("red", "yellow")
    }


def as_read(warnings: list[dict[str, Any]]) -> Found:
    """The same of the warnings the service gives, each with its receipt."""
    return {
        (one["project_code"], one["rule_id"], one["position"] or 0): (
            one["level"],
            _last_number(one["receipt"]["arithmetic"]),
        )
        for one in warnings
    }


def _of_money() -> Found:
    paid: dict[str, Decimal] = defaultdict(Decimal)
    for voucher in table("payments"):
        if voucher["paid_on"] <= JULY:
            paid[voucher["project_code"]] += Decimal(voucher["amount"])
    found: Found = {}
    for project, funds in by(table("funds"), "project_code").items():
        budget = sum(Fraction(fund["amount"]) for fund in funds)
        progress = Fraction(paid[project]) / budget / YEAR_GONE_BY * 100
        found[project, "money-against-time", 0] = (_light(progress), _shown(progress))
    return found


def _of_indicators() -> Found:
    filled = {(row["project_code"], row["position"]): row for row in table("monitoring_rows")}
    found: Found = {}
    for target in table("indicators"):
        row = filled[target["project_code"], target["position"]]
        here = target["project_code"], int(target["position"])
        found[here[0], "indicator-progress", here[1]] = _progress(target, row)
        found[here[0], "forecast-short", here[1]] = (_outlook(target, row), None)
    return found


def _progress(target: dict[str, str], row: dict[str, str]) -> tuple[str, Decimal | None]:
    if target["operator"] == "qualitative":
        return {"achieved": "green", "partial": "yellow", "failed": "red"}[row["band"]], None
    actual, wanted = Fraction(row["actual_to_date"]), Fraction(target["target_value"])
    if target["operator"] == "<=":
        return ("green" if actual <= wanted else "red"), None
    progress = actual / (wanted * YEAR_GONE_BY) * 100
    return _light(progress), _shown(progress)


def _outlook(target: dict[str, str], row: dict[str, str]) -> str:
    short = False
    if target["operator"] != "qualitative" and row["actual_forecast"]:
        forecast, wanted = Fraction(row["actual_forecast"]), Fraction(target["target_value"])
        short = forecast > wanted if target["operator"] == "<=" else forecast < wanted
    if short or row["likelihood"] == "impossible":
        return "red"
    return "yellow" if row["likelihood"] == "possible" else "green"


def _light(progress: Fraction) -> str:
    return "red" if progress < RED else "yellow" if progress < YELLOW else "green"


def _shown(value: Fraction) -> Decimal:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _last_number(arithmetic: str) -> Decimal | None:
    shown = arithmetic.rpartition(" = ")[2]
    return Decimal(shown) if shown.replace(".", "", 1).isdecimal() else None
