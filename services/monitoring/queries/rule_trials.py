"""试运行: what a draft pack would say of this year's facts; nothing is written."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.monitoring.domain.facts import ProjectFacts
from services.monitoring.domain.rule_in_force import RuleInForce
from services.monitoring.domain.rules import judge
from services.monitoring.domain.verdicts import Colour, Verdict, Warning
from services.monitoring.queries.facts_sql import CHUNK, INDICATORS, PROJECTS
from services.monitoring.queries.rule_runs import facts_of
from services.monitoring.queries.rules_sql import RANK_STEP, judged_sql
from services.monitoring.schemas.rule_packs import (
    ColourChange,
    RuleTrialOut,
    TrialExample,
    TrialFinding,
)
from services.monitoring.schemas.warnings import ColoursOut
from shared.db import Reads

_CHUNK_SIZE = 5_000
_EXAMPLES = 200
_COLOURS = list(Colour)

_KEYS = """
    with {judged} select project_code, key / {rank_step} as rank from project order by project_code
"""


@dataclass(frozen=True)
class Trial:
    """Whose facts are judged, as of which day, by which rules now and on trial."""

    region_code: str
    fiscal_year: int
    round_id: UUID
    as_of: date
    rule_pack: str
    now: Sequence[RuleInForce]
    draft: Sequence[RuleInForce]


async def tried(reads: Reads, trial: Trial) -> RuleTrialOut:
    """Judge every project by both packs, chunk by chunk; the lights side by side."""
    turns: Counter[tuple[Colour, Colour]] = Counter()
    changed: list[str] = []
    after = ""
    while (upto := await _chunk_end(reads, trial, after)) is not None:
        before = await _ranks(reads, trial, trial.now, after, upto)
        then = await _ranks(reads, trial, trial.draft, after, upto)
        for code, rank in before.items():
            turns[_COLOURS[rank], _COLOURS[then[code]]] += 1
            if rank != then[code] and len(changed) < _EXAMPLES:
                changed.append(code)
        after = upto
    where = (trial.region_code, trial.fiscal_year, trial.round_id, trial.as_of)
    facts = await facts_of(reads, where, changed)
    return _answer(trial, turns, [_example(row, fact, trial) for row, fact in facts])


async def _chunk_end(reads: Reads, trial: Trial, after: str) -> str | None:
    chunk = await reads.one(CHUNK, trial.region_code, trial.fiscal_year, after, _CHUNK_SIZE)
    end: str | None = chunk["upto"]
    return end


async def _ranks(
    reads: Reads, trial: Trial, rules: Sequence[RuleInForce], after: str, upto: str
) -> dict[str, int]:
    judged = judged_sql(rules, trial.as_of, projects=PROJECTS, indicators=INDICATORS)
    rows = await reads.all(
        _KEYS.format(judged=judged, rank_step=RANK_STEP),
        trial.region_code,
        trial.fiscal_year,
        trial.round_id,
        trial.as_of,
        after,
        upto,
    )
    return {row["project_code"]: row["rank"] for row in rows}


def _answer(
    trial: Trial, turns: Counter[tuple[Colour, Colour]], examples: list[TrialExample]
) -> RuleTrialOut:
    changes = {turn: count for turn, count in turns.items() if turn[0] is not turn[1]}
    return RuleTrialOut(
        rule_pack=trial.rule_pack,
        evaluated=turns.total(),
        changed=sum(changes.values()),
        before=_colours(turns, 0),
        after=_colours(turns, 1),
        changes=[
            ColourChange(before=before.value, after=after.value, count=count)
            for (before, after), count in sorted(changes.items())
        ],
        examples=examples,
    )


def _colours(turns: Counter[tuple[Colour, Colour]], side: int) -> ColoursOut:
    counts: Counter[Colour] = Counter()
    for turn, count in turns.items():
        counts[turn[side]] += count
    return ColoursOut(
        red=counts[Colour.RED],
        yellow=counts[Colour.YELLOW],
        green=counts[Colour.GREEN] + counts[Colour.BLUE],
        not_applicable=counts[Colour.NOT_APPLICABLE],
    )


def _example(row: Any, facts: ProjectFacts, trial: Trial) -> TrialExample:
    return TrialExample(
        project_code=facts.project_code,
        project_name=row["project_name"],
        unit_code=facts.unit_code,
        unit_name=row["unit_name"],
        before=_worst(facts, trial.now),
        after=_worst(facts, trial.draft),
    )


def _worst(facts: ProjectFacts, rules: Sequence[RuleInForce]) -> TrialFinding:
    verdicts: list[Verdict] = [verdict for rule in rules for verdict in judge(facts, rule)]
    worst = min(verdicts, key=lambda verdict: _COLOURS.index(verdict.colour), default=None)
    if worst is None:
        colour = Colour.NOT_APPLICABLE
        return TrialFinding(
            colour=colour, colour_label=colour.label, rule_id=None, reason=None, receipt=None
        )
    receipt = worst.receipt.as_dict() if isinstance(worst, Warning) else None
    return TrialFinding.model_validate(
        {
            "colour": worst.colour,
            "colour_label": worst.colour.label,
            "rule_id": worst.rule_id,
            "reason": worst.reason,
            "receipt": receipt,
        }
    )
