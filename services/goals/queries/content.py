"""A goal's form as JSON: the same shape in answers, in what is kept of a submission, and in facts."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from services.goals.domain.vocabulary import LEVEL1, LEVEL2

#: The rows of goal `g` as they stand now, in the order of the form.
INDICATORS = """
    (select coalesce(jsonb_agg(jsonb_build_object(
        'row_id', i.row_id, 'position', i.position, 'scope', i.scope, 'level1', i.level1,
        'level2', i.level2, 'name', i.name, 'operator', i.operator,
        'target_value', trim_scale(i.target_value)::text, 'target_text', i.target_text,
        'unit_of_measure', i.unit_of_measure, 'weight', trim_scale(i.weight)::text,
        'evidence', i.evidence, 'scoring_rule', i.scoring_rule, 'library_id', i.library_id)
        order by i.position), '[]')
     from goal_indicator i where i.region_code = g.region_code and i.goal_id = g.id)
"""

#: The whole form of goal `g`.
CONTENT = f"""
    jsonb_build_object('annual_goal', g.annual_goal, 'midterm_goal', g.midterm_goal,
                       'tasks', g.tasks, 'indicators', {INDICATORS})
"""


def labelled(rows: str | Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Indicator rows with the Chinese words beside their codes."""
    found: list[dict[str, Any]] = orjson.loads(rows) if isinstance(rows, str) else list(rows)
    for row in found:
        row["level1_label"] = LEVEL1.get(row["level1"])
        row["level2_label"] = LEVEL2.get(row["level2"])
    return found


def content_of(document: str) -> dict[str, Any]:
    """A kept form with its rows labelled."""
    content: Mapping[str, Any] = orjson.loads(document)
    return {**content, "indicators": labelled(content["indicators"])}
