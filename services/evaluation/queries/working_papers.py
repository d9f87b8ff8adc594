"""Working papers as the caller may know of them, and the manifest of the archive."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson

from services.evaluation.access import permitted
from services.evaluation.domain.paper_manifest import Entry, digest_of
from services.evaluation.domain.states import EVALUATION
from services.evaluation.errors import NoArchiveManifest
from services.evaluation.queries.evaluation_steps import reached
from services.evaluation.queries.evaluators import require_impartial
from services.evaluation.schemas.working_papers import ManifestEntryOut, ManifestOut, PaperOut
from shared.auth import Caller
from shared.db import Reads
from shared.filters import Where
from shared.pages import Page, PageRequest

#: $3 is null for the bureau. Anybody else knows of no paper that an evaluator laid while scoring,
#: but of one's own, as long as any group waits for its score.
_PAPERS = """
    select p.id, p.evaluation_id, p.group_no, p.position, p.indicator, p.name, p.media_type,
           p.size_bytes, p.sha256, p.uploaded_by, p.uploaded_at, w.withdrawn_by, w.withdrawn_at,
           w.reason as withdrawal_reason
    from working_paper p
    left join working_paper_withdrawal w on w.region_code = p.region_code and w.paper_id = p.id
    where p.region_code = $1 and p.evaluation_id = $2
      and ($3::text is null or not p.is_blind or p.uploaded_by = $3 or not exists (
          select from evaluation_group g where g.region_code = p.region_code
            and g.evaluation_id = p.evaluation_id and g.score is null))
"""

_ALL = """
    select p.id, p.name, p.sha256, p.size_bytes, w.paper_id is not null as withdrawn
    from working_paper p
    left join working_paper_withdrawal w on w.region_code = p.region_code and w.paper_id = p.id
    where p.region_code = $1 and p.evaluation_id = $2
    order by p.id
"""

_ARCHIVED = """
    select done_at, done_by, details::text as details from evaluation_step
    where region_code = $1 and evaluation_id = $2 and step = 'archived' and done_at is not null
"""


async def working_papers(
    reads: Reads,
    caller: Caller,
    evaluation_id: UUID,
    paging: PageRequest,
    *,
    group_no: int | None,
    uploaded_by: str | None,
) -> Page[PaperOut]:
    """Papers, first laid first. Raises NotFound, RecusalNotDeclared, EvaluatorRecused."""
    evaluation = await _open_to(reads, caller, evaluation_id)
    where = (
        Where(*_known_to(caller, evaluation_id))
        .add("p.group_no = {}", group_no)
        .add("p.uploaded_by = {}", uploaded_by)
        .add_after("p.id > {}", paging.after(UUID))
    )
    sql = f"{_PAPERS}{where} order by p.id{where.limit(paging.limit + 1)}"
    rows = await reads.all(sql, *where.arguments)
    return paging.page(rows, lambda row: _paper(row, evaluation, caller), lambda row: [row["id"]])


async def working_paper(
    reads: Reads, caller: Caller, evaluation_id: UUID, paper_id: UUID
) -> PaperOut:
    """One paper, without its content. Raises NotFound, RecusalNotDeclared, EvaluatorRecused."""
    evaluation = await _open_to(reads, caller, evaluation_id)
    key = (*_known_to(caller, evaluation_id), paper_id)
    return _paper(await reads.one(f"{_PAPERS} and p.id = $4", *key), evaluation, caller)


async def archive_manifest(reads: Reads, caller: Caller, evaluation_id: UUID) -> ManifestOut:
    """What was archived. Raises NotFound, NoArchiveManifest, RecusalNotDeclared, EvaluatorRecused."""
    await _open_to(reads, caller, evaluation_id)
    step = await reads.maybe(_ARCHIVED, caller.region_code, evaluation_id)
    details = {} if step is None else orjson.loads(step["details"])
    if step is None or "papers_digest" not in details:
        raise NoArchiveManifest("归档时形成清单；这项评价尚未归档，或归档时还没有清单")
    rows = await reads.all(_ALL, caller.region_code, evaluation_id)
    entries = _entries(rows)
    return ManifestOut(
        evaluation_id=evaluation_id,
        archive_no=details["archive_no"],
        archived_at=step["done_at"],
        archived_by=step["done_by"],
        digest=details["papers_digest"],
        matches=digest_of(entries) == details["papers_digest"],
        items=[
            ManifestEntryOut.model_validate({**row, "saved_as": entry.saved_as})
            for row, entry in zip(rows, entries, strict=True)
        ],
    )


async def entries_of(reads: Reads, region_code: str, evaluation_id: UUID) -> list[Entry]:
    """Every paper of an evaluation, withdrawn or not, in the order of the manifest."""
    return _entries(await reads.all(_ALL, region_code, evaluation_id))


async def _open_to(reads: Reads, caller: Caller, evaluation_id: UUID) -> Mapping[str, Any]:
    evaluation = await reached(reads, caller, evaluation_id)
    await require_impartial(reads, caller, evaluation)
    return evaluation


def _known_to(caller: Caller, evaluation_id: UUID) -> tuple[str, UUID, str | None]:
    return caller.region_code, evaluation_id, None if caller.agency is None else caller.subject


def _entries(rows: Sequence[Mapping[str, Any]]) -> list[Entry]:
    return [
        Entry(number, row["name"], row["sha256"], row["withdrawn"])
        for number, row in enumerate(rows, start=1)
    ]


def _paper(row: Mapping[str, Any], evaluation: Mapping[str, Any], caller: Caller) -> PaperOut:
    path = f"evaluations/{row['evaluation_id']}/working-papers/{row['id']}/content"
    is_open = "working_paper.lay" in EVALUATION.actions[evaluation["status"]]
    own = row["uploaded_by"] == caller.subject and row["withdrawn_at"] is None
    actions = ["working_paper.withdraw"] if is_open and own else []
    return PaperOut.model_validate(
        {
            **row,
            "content_href": f"/api/v1/evaluation/{path}",
            "allowed_actions": permitted(caller.principal, actions),
        }
    )
