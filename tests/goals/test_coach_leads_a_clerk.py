"""A clerk who knows nothing but what the findings say brings bad drafts to where they can be sent."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from services.goals.domain.coach import Finding, blocking
from services.goals.domain.coach_sheet import core
from services.goals.domain.targets import parse
from services.goals.domain.vocabulary import LEVEL1, LEVEL2
from tests.goals.drafts import Draft, cases, checked, content_of, edited

DRAFTS: list[Draft] = cases("clerk-drafts.toml")["draft"]
MOST_ROUNDS = 10
_CODES = {"level1": {label: code for code, label in LEVEL1.items()},
          "level2": {label: code for code, label in LEVEL2.items()}}  # fmt: skip


def told(draft: Draft) -> list[Finding]:
    """What the coach says about a draft of the table."""
    return checked(draft, draft["context"], draft.get("form", "goal-form"))


def mended(draft: Draft, findings: Sequence[Finding]) -> Draft:
    """One round: press what is offered, else type the example; a field is touched once a round."""
    touched: set[str] = set()
    for finding in findings:
        edits = finding.proposal or _typed(finding)
        if not touched & (set(edits) - {"/indicators/-"}):
            draft = edited(draft, edits)
            touched |= set(edits)
    return draft


def _typed(finding: Finding) -> Mapping[str, Any]:
    """The example typed into the field the finding points at, a label picked from its list."""
    if finding.example is None:
        return {}
    codes = _CODES.get(finding.pointer.rpartition("/")[2], {})
    return {finding.pointer: codes.get(finding.example, finding.example)}


def led(draft: Draft, only_blocking: bool) -> tuple[Draft, int]:
    """The draft after as many rounds as it takes, and how many."""
    for count in range(MOST_ROUNDS + 1):
        findings = told(draft)
        left = blocking(findings) if only_blocking else findings
        able = [one for one in left if one.proposal or one.example]
        if not able:
            return draft, count
        draft = mended(draft, able)
    return draft, MOST_ROUNDS + 1


def names(draft: Draft) -> list[str]:
    """The names that say something: they are what the project is about."""
    return [
        row["name"] for row in draft["indicators"] if core(row.get("name")).strip("0123456789年")
    ]


@pytest.mark.parametrize("draft", DRAFTS, ids=lambda draft: draft["sector"])
def test_each_draft_is_bad_in_several_ways(draft: Draft) -> None:
    assert len({(one.rule_id, one.message) for one in told(draft)}) >= 2
    assert blocking(told(draft))


@pytest.mark.parametrize("draft", DRAFTS, ids=lambda draft: draft["sector"])
def test_the_findings_alone_lead_to_a_draft_that_can_be_submitted(draft: Draft) -> None:
    done, rounds = led(draft, only_blocking=True)
    assert blocking(told(done)) == []
    assert rounds <= MOST_ROUNDS
    assert _about_the_same(draft, done)


@pytest.mark.parametrize("draft", DRAFTS, ids=lambda draft: draft["sector"])
def test_following_the_hints_too_ends_and_leaves_nothing_blocking(draft: Draft) -> None:
    done, rounds = led(draft, only_blocking=False)
    assert rounds <= MOST_ROUNDS
    assert blocking(told(done)) == []
    assert _about_the_same(draft, done)


@pytest.mark.parametrize("draft", DRAFTS, ids=lambda draft: draft["sector"])
def test_no_figure_is_offered_that_the_draft_or_its_budget_does_not_contain(draft: Draft) -> None:
    """Invented figures are examples to look at; a button never fills one in."""
    for finding in told(draft):
        for pointer, value in finding.proposal.items():
            row = {pointer.rpartition("/")[2]: value} if not isinstance(value, Mapping) else value
            if (figure := row.get("target_value")) is not None:
                assert str(figure) in _figures(draft), finding


def test_twelve_sectors_are_covered() -> None:
    assert len({draft["sector"] for draft in DRAFTS}) == 12


def _about_the_same(draft: Draft, done: Draft) -> bool:
    """Its names stay, and the goal is the clerk's own or speaks of the project's rows."""
    kept = [row["name"] for row in done["indicators"]]
    stays = all(any(after.startswith(before) for after in kept) for before in names(draft))
    goal = content_of(done).annual_goal or ""
    return stays and (goal == draft["annual_goal"] or any(core(name) in goal for name in kept))


def _figures(draft: Draft) -> set[str]:
    values = {str(row.get("target_value", "")).lstrip("-") for row in draft["indicators"]}
    texts = {parse(row.get("target_text")).value for row in draft["indicators"]}
    amount = int(draft["context"].get("annual_amount", 0))
    read = {f"{value.normalize():f}" for value in texts if value is not None}
    return values | read | {f"{amount / 10000:g}", "100"}
