"""The indicator rows (绩效指标) of a self-evaluation form, as the unit fills them in."""

from dataclasses import dataclass
from decimal import Decimal

from services.evaluation.domain.lines import Subject
from services.evaluation.domain.numbers import plain
from services.evaluation.domain.profiles import Operator
from services.evaluation.domain.receipts import Citation


@dataclass(frozen=True)
class IndicatorRow:
    """One indicator of the form; `self_score` is what the unit claims, or chose inside a band.

    A text beside an absent value is what stands in the cell instead of a number.
    """

    level1: str
    name: str
    operator: Operator
    weight: Decimal
    target_value: Decimal | None = None
    target_text: str | None = None
    actual_value: Decimal | None = None
    band: str | None = None
    self_score: Decimal | None = None
    reason: str | None = None
    actual_text: str | None = None

    def under(self, citation: Citation) -> Subject:
        """The row as the subject of a line, its cells as inputs of the receipt."""
        return Subject(self.name, self.weight, citation, self._inputs())

    def _inputs(self) -> dict[str, str | None]:
        numbers = {
            "weight": self.weight,
            "target_value": self.target_value,
            "actual_value": self.actual_value,
            "self_score": self.self_score,
        }
        printed = {key: None if n is None else plain(n) for key, n in numbers.items()}
        texts = {"target_text": self.target_text, "band": self.band, "reason": self.reason}
        if self.actual_text is not None:
            texts["actual_text"] = self.actual_text
        return {"operator": self.operator.value, **printed, **texts}
