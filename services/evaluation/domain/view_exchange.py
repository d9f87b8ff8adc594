"""交换意见: when the views of the evaluated units have been exchanged to the end."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Exchange:
    """What one unit was asked; `settled` when it agrees or has been answered."""

    unit_code: str
    due_on: date
    opined: bool
    settled: bool


def outstanding(exchanges: Iterable[Exchange], today: date) -> list[str]:
    """What is still awaited, in Chinese: an opinion until its day has passed, a reply always."""
    waiting = []
    for each in exchanges:
        if each.opined and not each.settled:
            waiting.append(f"单位 {each.unit_code} 的意见尚待机构答复")
        elif not each.opined and today <= each.due_on:
            waiting.append(f"单位 {each.unit_code} 可在 {each.due_on} 前提出意见")
    return waiting
