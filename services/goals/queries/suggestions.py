"""推荐指标: rows a clerk can take over, ranked, each with the reason why it is offered."""

from collections.abc import Iterator, Mapping

import orjson

from services.goals.domain.coach import PastRow
from services.goals.domain.goal_changes import described
from services.goals.domain.goal_content import QUALITATIVE, Indicator
from services.goals.domain.indicator_trees import Tree, tree_of
from services.goals.domain.search_terms import asked
from services.goals.domain.vocabulary import LEVEL1, LEVEL2, LIBRARY_SECTORS
from services.goals.queries.coaching import LAST_YEAR, past_rows, rules_of_year
from services.goals.queries.library import Nearest, nearest
from services.goals.schemas.suggestions import SuggestedRow, SuggestionOut, SuggestionsOut
from shared.auth import Caller
from shared.db import Reads
from shared.rulebook import Rule

_PROJECT = f"""
    select p.name, p.sector, c.form, g.annual_goal, {LAST_YEAR} as last_year
    from project p
    left join budget_cycle c on c.region_code = p.region_code and c.fiscal_year = $3
    left join goal g on g.region_code = p.region_code and g.project_code = p.code
                    and g.fiscal_year = $3 and g.kind = 'project'
    where p.region_code = $1 and p.code = $2 and ($4::text[] is null or p.unit_code = any ($4))
"""


async def suggestions(
    reads: Reads,
    caller: Caller,
    rules: Mapping[str, Rule],
    project_code: str,
    *,
    fiscal_year: int,
    goal_text: str | None,
    limit: int,
) -> SuggestionsOut:
    """Last year's rows of the project, then the library's nearest entries. Raises NotFound.

    The text compared is the project's name with `goal_text`, or with the goal drafted so far.
    """
    project = await reads.one(_PROJECT, caller.region_code, project_code, fiscal_year, caller.units)
    form, _ = rules_of_year(rules, project["form"], fiscal_year)
    tree = tree_of(form)
    words = asked(f"{project['name']} {goal_text or project['annual_goal'] or ''}")
    found = await nearest(reads, caller, words, sector=project["sector"], limit=limit)
    offered = [
        *(_from_last_year(row, tree) for row in past_rows(project["last_year"])),
        *_from_library(found, tree),
    ]
    return SuggestionsOut(
        project_code=project_code, fiscal_year=fiscal_year, form=form.rule_id, items=offered
    )


def _from_last_year(past: PastRow, tree: Tree) -> SuggestionOut:
    target = described(
        Indicator(
            operator=past.operator,
            target_value=past.target_value,
            unit_of_measure=past.unit_of_measure,
        )
    )
    actual = "" if past.actual_value is None else f"，实际 {past.actual_value.normalize():f}"
    level1, level2 = tree.place(past.level1 or "output", past.level2 or "quantity")
    return SuggestionOut(
        kind="last_year",
        reason=f"上年指标：{target or '未填指标值'}{actual}；今年的值请重新测算",
        words=[],
        row=_row(level1, level2, past.name, past.operator, past.unit_of_measure),
        good_example=None,
        bad_example=None,
    )


def _from_library(found: list[Nearest], tree: Tree) -> Iterator[SuggestionOut]:
    for one in found:
        entry = one.row
        suffix = "" if tree.code == "mof-2015" else "_2021"
        row = _row(
            entry[f"level1{suffix}"], entry[f"level2{suffix}"], entry["name"], entry["operator"],
            entry["unit"],
        )  # fmt: skip
        yield SuggestionOut(
            kind="library",
            reason=_why(one),
            words=one.words,
            row=row.model_copy(
                update={
                    "evidence": entry["evidence"],
                    "scoring_rule": entry["scoring_rule"],
                    "library_id": entry["id"],
                }
            ),
            good_example=_example(entry["good"]),
            bad_example=_example(entry["bad"]),
        )


def _why(one: Nearest) -> str:
    reasons = []
    if one.words:
        reasons.append(f"与项目共有“{'”“'.join(one.words[:4])}”")
    if one.same_sector:
        reasons.append(f"同属{LIBRARY_SECTORS[one.row['sector']]}")
    if one.usage_count:
        reasons.append(f"本地区已有 {one.usage_count} 个目标采用")
    return "；".join(reasons)


def _example(entry: str | None) -> str | None:
    return None if entry is None else str(orjson.loads(entry)["text"])


def _row(
    level1: str, level2: str, name: str, operator: str | None, unit: str | None
) -> SuggestedRow:
    return SuggestedRow(
        level1=level1,
        level1_label=LEVEL1[level1],
        level2=level2,
        level2_label=LEVEL2[level2],
        name=name,
        operator=operator,
        unit_of_measure=None if operator == QUALITATIVE else unit,
        evidence=None,
        scoring_rule=None,
        library_id=None,
    )
