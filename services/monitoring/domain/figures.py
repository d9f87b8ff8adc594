"""执行数 of any scope, added up: two denominators that are never mixed, budget and money received."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from decimal import Decimal

from services.monitoring.domain.execution import execution_rate


@dataclass(frozen=True)
class Figures:
    """Yuan as of a day: budget as first approved and in force, paid net of refunds, received."""

    budget_initial: Decimal = Decimal(0)
    budget: Decimal = Decimal(0)
    #: 上年结转 within `budget`.
    carry_over: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)
    received: Decimal = Decimal(0)
    #: What was paid of the fund levels of which money is known to have arrived.
    paid_of_received: Decimal = Decimal(0)

    @property
    def exec_rate_budget(self) -> Decimal | None:
        """Percent of the budget in force; None when there is none to measure against."""
        return execution_rate(self.budget, self.paid)

    @property
    def exec_rate_received(self) -> Decimal | None:
        """Percent of the money received; None when none is known to have arrived."""
        return execution_rate(self.received, self.paid_of_received)


def total(parts: Iterable[Figures]) -> Figures:
    """The sum of each figure; rates follow from the sums."""
    columns = list(zip(*(astuple(part) for part in parts), strict=True))
    return Figures(*(sum(column, Decimal(0)) for column in columns))
