"""随机抽取: a draw that anybody can repeat from its seed and its list of candidates."""

from collections.abc import Iterable, Sequence
from hashlib import sha256

ALGORITHM = "sha256-rank@1"


def rank_key(seed: str, candidate_id: str) -> str:
    """What a candidate is ranked by; nobody can foresee it without the seed."""
    return sha256(f"{seed}|{candidate_id}".encode()).hexdigest()


def ranking(candidate_ids: Iterable[str], seed: str) -> Sequence[str]:
    """The candidates in the order they are drawn; the order they come in does not matter."""
    return sorted(candidate_ids, key=lambda each: rank_key(seed, each))


def digest(candidate_ids: Iterable[str]) -> str:
    """The fingerprint of a list of candidates: SHA-256 of its sorted ids, one a line."""
    return sha256("\n".join(sorted(candidate_ids)).encode()).hexdigest()
