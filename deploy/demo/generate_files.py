"""Reading the hand-written catalogue and writing the demo tables byte for byte alike."""

import csv
import io
import tomllib
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
EXAMPLE = "（示例）"

Row = dict[str, str]


def read_toml(name: str) -> dict[str, Any]:
    """One hand-written TOML file of the data folder."""
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


def read_csv(name: str) -> list[Row]:
    """One hand-written CSV file of the data folder."""
    return list(csv.DictReader(io.StringIO((DATA / name).read_text(encoding="utf-8"))))


def write_csv(folder: Path, name: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Writes UTF-8 with LF; a row with a missing or foreign column is an error."""
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, columns, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        if missing := set(columns) - set(row):
            raise ValueError(f"{name}: {sorted(missing)}")
        writer.writerow(row)
    (folder / name).write_bytes(buffer.getvalue().encode())


def cents(amount: Decimal) -> Decimal:
    """Two decimals, half up: money and scores."""
    return amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def plain(number: Decimal) -> str:
    """Digits without exponent or trailing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def flag(value: bool) -> str:
    return "true" if value else "false"


def ratio_score(operator: str, target: Decimal, actual: Decimal, weight: Decimal) -> Decimal:
    """Full weight when met, else in proportion; for <= the proportion is turned over."""
    met = actual <= target if operator == "<=" else actual >= target
    if met:
        return weight
    share = target / actual if operator == "<=" else actual / target
    return cents(weight * share)
