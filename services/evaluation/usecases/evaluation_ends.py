"""After the result: fed back with what is to be put right, disclosed, archived."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.domain.paper_manifest import digest_of
from services.evaluation.errors import LetterNoTaken
from services.evaluation.queries.working_papers import entries_of
from services.evaluation.schemas.evaluation_steps import (
    ArchiveIn,
    DisclosureIn,
    FeedbackIn,
    LetterIn,
)
from services.evaluation.schemas.events import RectificationRequested
from services.evaluation.tables import Evaluation, EvaluationSubject, RectificationRequest
from services.evaluation.usecases.steps import lock_evaluation, take_step
from shared.auth import Caller
from shared.clock import business_day
from shared.db import TransactionReads
from shared.etags import Expected
from shared.feed import publish
from shared.ids import new_id
from shared.problems import FieldError, InvalidPayload


async def feed_back(
    session: AsyncSession,
    evaluation_id: UUID,
    sent: FeedbackIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """反馈结果; each letter becomes a request to rectify that monitoring follows to its end."""
    action = "evaluation.feed_back"
    evaluation = await lock_evaluation(
        session, evaluation_id, action=action, expected=expected, by=by
    )
    await _require_its_own(session, evaluation, sent.letters)
    await _refuse_taken(session, sent.letters, by)
    requests = [_request(evaluation, letter, by=by, at=at) for letter in sent.letters]
    session.add_all(requests)
    await session.flush()
    facts = [_fact(evaluation, request) for request in requests]
    await publish(session, by.region_code, *facts, at=at)
    details = sent.model_dump(mode="json", exclude={"letters"})
    details["request_ids"] = [str(request.id) for request in requests]
    await take_step(session, evaluation, action, "fed_back", by=by, at=at, details=details)


async def disclose(
    session: AsyncSession,
    evaluation_id: UUID,
    said: DisclosureIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """公开, or the reason why not."""
    action = "evaluation.disclose"
    evaluation = await lock_evaluation(
        session, evaluation_id, action=action, expected=expected, by=by
    )
    details = said.model_dump(mode="json")
    await take_step(session, evaluation, action, "disclosed", by=by, at=at, details=details)


async def archive(
    session: AsyncSession,
    evaluation_id: UUID,
    said: ArchiveIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """归档 under a number, with the index of what lies in the file and the digest of its papers."""
    action = "evaluation.archive"
    evaluation = await lock_evaluation(
        session, evaluation_id, action=action, expected=expected, by=by
    )
    papers = await entries_of(TransactionReads(session), evaluation.region_code, evaluation.id)
    details = said.model_dump(mode="json")
    details |= {"paper_count": len(papers), "papers_digest": digest_of(papers)}
    await take_step(session, evaluation, action, "archived", by=by, at=at, details=details)


async def _require_its_own(
    session: AsyncSession, evaluation: Evaluation, letters: Sequence[LetterIn]
) -> None:
    """Letters go to evaluated units, and speak of evaluated projects."""
    found = await session.execute(
        select(EvaluationSubject.unit_code, EvaluationSubject.project_code).filter_by(
            region_code=evaluation.region_code, evaluation_id=evaluation.id
        )
    )
    subjects = {(row.unit_code, row.project_code) for row in found}
    units = {unit for unit, _ in subjects}
    errors = []
    for index, letter in enumerate(letters):
        if letter.unit_code not in units:
            errors.append(_error(f"/letters/{index}/unit_code", f"{letter.unit_code} 不是评价对象"))
        for place, problem in enumerate(letter.problems):
            code = problem.project_code
            if code is not None and (letter.unit_code, code) not in subjects:
                pointer = f"/letters/{index}/problems/{place}/project_code"
                errors.append(_error(pointer, f"{code} 不是该单位在这项评价中的项目"))
    if errors:
        raise InvalidPayload(errors=errors[:50])


def _error(pointer: str, detail: str) -> FieldError:
    mend = "请只向这项评价的对象提出整改要求"
    return FieldError(pointer=pointer, code="not_evaluated", detail=detail, mend=mend)


async def _refuse_taken(session: AsyncSession, letters: Sequence[LetterIn], by: Caller) -> None:
    numbers = [letter.letter_no for letter in letters]
    taken = await session.scalar(
        select(RectificationRequest.letter_no).where(
            RectificationRequest.region_code == by.region_code,
            RectificationRequest.letter_no.in_(numbers),
        )
    )
    if taken is not None or len(set(numbers)) != len(numbers):
        raise LetterNoTaken(taken or "同一文号出现两次")


def _request(
    evaluation: Evaluation, letter: LetterIn, *, by: Caller, at: datetime
) -> RectificationRequest:
    return RectificationRequest(
        region_code=by.region_code,
        id=new_id(),
        origin="evaluation",
        fiscal_year=evaluation.fiscal_year,
        **letter.model_dump(exclude={"problems"}),
        problems=[problem.model_dump() for problem in letter.problems],
        requested_by=by.subject,
        requested_at=at,
    )


def _fact(evaluation: Evaluation, request: RectificationRequest) -> RectificationRequested:
    assert evaluation.finalized_at is not None, "what is fed back was made final"
    return RectificationRequested(
        request_id=request.id,
        version=1,
        origin=request.origin,
        unit_code=request.unit_code,
        fiscal_year=request.fiscal_year,
        letter_no=request.letter_no,
        due_on=request.due_on,
        result_fixed_on=business_day(evaluation.finalized_at),
        problems=request.problems,
    )
