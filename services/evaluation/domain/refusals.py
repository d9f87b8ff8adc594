"""Refusals (不予办理): what may not be done, with the place where that stands written."""

from dataclasses import dataclass

from services.evaluation.domain.receipts import Citation


@dataclass(frozen=True)
class Refusal:
    """One reason; `pointer` is a JSON pointer into what was sent, `mend` says what to do."""

    code: str
    pointer: str
    message: str
    mend: str
    citation: Citation

    def said(self) -> str:
        """The reason with its source; what nobody has compared with the official text says so."""
        source = self.citation.source
        unverified = "" if source.verified else "（条文尚未与官方文本核对）"
        return f"{self.message}，依据{source.title}{source.article or ''}{unverified}"
