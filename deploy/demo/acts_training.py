"""培训: the officer records the year's trainings."""

from deploy.demo.client import Client
from deploy.demo.data_files import YEAR, DemoData, Row, cells, is_true, listed
from deploy.demo.progress import Step


async def record_trainings(client: Client, data: DemoData, step: Step) -> str:
    """Each training once, with what its file says of it."""

    async def record(row: Row) -> None:
        body = {
            **cells(row, "held_on", "audience"),
            "fiscal_year": YEAR,
            "title": row["name"],
            "participant_count": int(row["participants"]),
            "speakers": listed(row["speakers"]),
            "topics": listed(row["topics"]),
            "synthetic": is_true(row["synthetic"]),
        }
        await client.ensure("officer", "/evaluation/trainings", body, by="title")

    await step.each(data.trainings, record)
    heads = sum(int(row["participants"]) for row in data.trainings)
    return f"{len(data.trainings)} 次培训，{heads} 人次"
