"""Act 5, summary (年度总结): what the year came to, read from the API alone."""

from dataclasses import dataclass

from deploy.demo.client import Client, Item
from deploy.demo.data_files import YEAR


@dataclass(frozen=True)
class YearRead:
    """The answers that the closing tables are printed from."""

    coverage: Item
    summary: Item
    project_results: list[Item]
    department_results: list[Item]
    document: bytes


async def read_year(client: Client) -> YearRead:
    """The officer reads coverage, the annual summary and the results, and takes the .docx home."""
    return YearRead(
        coverage=await client.get("officer", "/goals/coverage", fiscal_year=YEAR),
        summary=await client.get("officer", f"/evaluation/annual-summaries/{YEAR}"),
        project_results=await _results(client, "project"),
        department_results=await _results(client, "department"),
        document=await client.download("officer", f"/evaluation/annual-summaries/{YEAR}/document"),
    )


async def _results(client: Client, kind: str) -> list[Item]:
    found = await client.every("officer", "/evaluation/results", fiscal_year=YEAR, kind=kind)
    return sorted(found, key=lambda result: (result["evaluation_title"], result["group_no"]))
