"""Reports, the passages they have in common with others, and how often all was full marks."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import orjson

from services.evaluation.domain.passages import likeness
from services.evaluation.domain.procedure import Outline, procedure
from services.evaluation.queries.evaluation_steps import reached
from services.evaluation.schemas.reports import (
    OtherPassageOut,
    OutlineChapterOut,
    OutlineOut,
    OverlapOut,
    OverlapsOut,
    PassageOut,
    ReportOut,
    ScorePatternOut,
)
from shared.auth import Caller
from shared.clock import business_day
from shared.db import Reads
from shared.pages import Page, PageRequest

_REPORT = """
    select evaluation_id, version, scoring_round, report_no, signed_by, sealed_on,
           chapters::text as chapters, sent_by, sent_at
    from evaluation_report where region_code = $1 and evaluation_id = $2
    order by version desc limit 1
"""

#: Each evaluation by the last version of its report. A pair is a candidate when half of the
#: shorter one's fingerprints are common; $4 how many years before are looked at.
_CANDIDATES = """
    with last as (
        select r.evaluation_id, max(r.version) as version, e.title, e.fiscal_year, n.agency_id
        from evaluation_report r
        join evaluation e on e.region_code = r.region_code and e.id = r.evaluation_id
        join engagement n on n.region_code = e.region_code and n.id = e.engagement_id
        where r.region_code = $1 group by 1, 3, 4, 5
    ), own as (select * from last where evaluation_id = $2),
    passage as (
        select p.evaluation_id, p.position, p.chapter, p.text, cardinality(p.fingerprints) as size,
               l.title, l.fiscal_year, l.agency_id, f.fingerprint
        from own cross join last l
        join report_passage p on p.region_code = $1 and p.evaluation_id = l.evaluation_id
             and p.version = l.version
        cross join lateral unnest(p.fingerprints) as f(fingerprint)
        where l.fiscal_year between own.fiscal_year - $3::int and own.fiscal_year
    )
    select m.chapter, m.position, m.text, t.chapter as other_chapter,
           t.position as other_position, t.text as other_text, t.evaluation_id, t.title,
           t.fiscal_year, a.name as agency_name, t.agency_id = m.agency_id as is_same_agency
    from passage m
    join passage t on t.fingerprint = m.fingerprint and t.evaluation_id <> $2
    join agency a on a.region_code = $1 and a.id = t.agency_id
    where m.evaluation_id = $2
    group by m.chapter, m.position, m.text, m.size, m.agency_id, t.chapter, t.position, t.text,
             t.size, t.evaluation_id, t.title, t.fiscal_year, t.agency_id, a.name
    having count(*) * 2 >= least(m.size, t.size)
    order by m.position, t.evaluation_id, t.position
    limit 2000
"""

_COMPARED = """
    select count(distinct r.evaluation_id) as compared_report_count,
           (select count(*) from report_passage p where p.region_code = $1
              and p.evaluation_id = $2 and p.version = $4) as passage_count
    from evaluation_report r
    join evaluation e on e.region_code = r.region_code and e.id = r.evaluation_id
    join evaluation o on o.region_code = $1 and o.id = $2
    where r.region_code = $1 and r.evaluation_id <> $2
      and e.fiscal_year between o.fiscal_year - $3::int and o.fiscal_year
"""

_SHEETS = {
    "agency": """
        select a.uscc as key, a.name, e.id::text || g.group_no as form,
               '/api/v1/evaluation/evaluations/' || e.id || '/scoring-sheets/' || g.group_no as href,
               r.score = r.weight as is_full
        from evaluation e
        join engagement n on n.region_code = e.region_code and n.id = e.engagement_id
        join agency a on a.region_code = n.region_code and a.id = n.agency_id
        join evaluation_group g on g.region_code = e.region_code and g.evaluation_id = e.id
        join sheet_row r on r.region_code = g.region_code and r.evaluation_id = g.evaluation_id
             and r.group_no = g.group_no
        where e.region_code = $1 and e.fiscal_year = $2 and g.score is not null
    """,
    "unit": """
        select s.unit_code as key, s.unit_name as name, s.id::text as form,
               '/api/v1/evaluation/self-evaluations/' || s.id as href,
               r.score = r.weight as is_full
        from self_evaluation s
        join self_evaluation_row r on r.region_code = s.region_code
             and r.self_evaluation_id = s.id
        where s.region_code = $1 and s.fiscal_year = $2 and r.score is not null
    """,
}

_PATTERNS = """
    with form as (
        select key, max(name) as name, form, href, count(*) as row_count,
               count(*) filter (where is_full) as full_row_count
        from ({sheets}) row group by key, form, href)
    select key, max(name) as name, count(*) as form_count,
           count(*) filter (where row_count = full_row_count) as full_form_count,
           sum(row_count)::int as row_count, sum(full_row_count)::int as full_row_count,
           coalesce((array_agg(href order by href)
                     filter (where row_count = full_row_count))[:50], '{{}}') as full_form_hrefs
    from form where $3::text is null or key > $3
    group by key order by key limit $4
"""


async def report(reads: Reads, caller: Caller, evaluation_id: UUID) -> ReportOut:
    """The last version of the report. Raises NotFound, also while there is none."""
    await reached(reads, caller, evaluation_id)
    row = await reads.one(_REPORT, caller.region_code, evaluation_id)
    outline = procedure().outline(business_day(row["sent_at"]))
    chapters = [
        {**chapter, "label": outline.chapters.get(chapter["code"], chapter["code"])}
        for chapter in orjson.loads(row["chapters"])
    ]
    return ReportOut.model_validate({**row, "chapters": chapters})


def outline_of(day: date) -> OutlineOut:
    """The chapters a report of the day has."""
    outline = procedure().outline(day)
    return OutlineOut(
        rule=_rule(outline),
        source=outline.citation.source.title,
        verified=outline.citation.source.verified,
        chapters=[
            OutlineChapterOut(code=code, label=label, required=code in outline.required)
            for code, label in outline.chapters.items()
        ],
    )


async def overlaps(reads: Reads, caller: Caller, evaluation_id: UUID) -> OverlapsOut:
    """Passages that stand nearly alike in another evaluation's report. Raises NotFound."""
    sent = await report(reads, caller, evaluation_id)
    outline = procedure().outline(business_day(sent.sent_at))
    about = (caller.region_code, evaluation_id, outline.years_before)
    rows = await reads.all(_CANDIDATES, *about)
    counted = await reads.one(_COMPARED, *about, sent.version)
    return OverlapsOut(
        evaluation_id=evaluation_id,
        version=sent.version,
        rule=_rule(outline),
        shown_from=outline.shown_from,
        compared_report_count=counted["compared_report_count"],
        passage_count=counted["passage_count"],
        note="只列出文字相近的段落供人工判读，不作任何认定；数字不参与比较",
        items=_shown(rows, outline),
    )


async def score_patterns(
    reads: Reads,
    caller: Caller,
    paging: PageRequest,
    *,
    fiscal_year: int,
    by: Literal["agency", "unit"],
) -> Page[ScorePatternOut]:
    """How many sheets and rows got full marks, by agency or unit."""
    rows = await reads.all(
        _PATTERNS.format(sheets=_SHEETS[by]),
        caller.region_code,
        fiscal_year,
        *paging.after(str),
        paging.limit + 1,
    )
    return paging.page(rows, ScorePatternOut.model_validate, lambda row: [row["key"]])


def _rule(outline: Outline) -> str:
    return f"{outline.citation.rule_id}@{outline.citation.effective_from}"


def _shown(rows: Sequence[Mapping[str, Any]], outline: Outline) -> list[OverlapOut]:
    alike = [(likeness(row["text"], row["other_text"]), row) for row in rows]
    near = [(share, row) for share, row in alike if share >= outline.shown_from]
    near.sort(key=lambda pair: -pair[0])
    return [_overlap(Decimal(round(share * 100)) / 100, row, outline) for share, row in near]


def _overlap(share: Decimal, row: Mapping[str, Any], outline: Outline) -> OverlapOut:
    labels = outline.chapters
    return OverlapOut(
        likeness=share,
        passage=PassageOut(
            chapter=row["chapter"],
            chapter_label=labels.get(row["chapter"], row["chapter"]),
            position=row["position"],
            text=row["text"],
        ),
        other=OtherPassageOut(
            chapter=row["other_chapter"],
            chapter_label=labels.get(row["other_chapter"], row["other_chapter"]),
            position=row["other_position"],
            text=row["other_text"],
            evaluation_id=row["evaluation_id"],
            evaluation_title=row["title"],
            fiscal_year=row["fiscal_year"],
            agency_name=row["agency_name"],
            is_same_agency=row["is_same_agency"],
        ),
    )
