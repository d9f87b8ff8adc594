"""Every process, port, schema and dependency of 问效 in one screen.

The local runner, the tests, compose.yaml and the README's table are held against this file.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Process:
    """One process: `uvicorn --factory <app>`."""

    name: str
    app: str
    port: int
    duty: str
    #: The Postgres schema and login role it owns; None for a process without data.
    schema: str | None = None
    #: Whose change feeds it follows.
    follows: tuple[str, ...] = ()
    #: Whom it asks over HTTP while a user waits.
    asks: tuple[str, ...] = ()
    #: Reachable from outside the deployment.
    public: bool = False

    @property
    def role(self) -> str:
        """The Postgres login role."""
        return f"wenxiao_{self.schema}"


GOALS = Process(
    name="goals",
    app="services.goals.app:create",
    port=8101,
    duty="目标：单位、项目、绩效目标的填报、审核、批复、公开",
    schema="goals",
    follows=("evaluation", "monitoring"),
)
MONITORING = Process(
    name="monitoring",
    app="services.monitoring.app:create",
    port=8102,
    duty="监控：支付、监控表、预警、整改",
    schema="monitoring",
    follows=("goals", "evaluation"),
)
EVALUATION = Process(
    name="evaluation",
    app="services.evaluation.app:create",
    port=8103,
    duty="评价：事前评估结论、自评、复审、重点评价、部门整体评价、年度总结",
    schema="evaluation",
    follows=("goals", "monitoring"),
    asks=("goals", "monitoring"),
)
GATEWAY = Process(
    name="gateway",
    app="gateway.app:create",
    port=8080,
    duty="唯一入口：认证、转发、待办与项目全景、接口文档",
    asks=("goals", "monitoring", "evaluation"),
    public=True,
)

PROCESSES = (GOALS, MONITORING, EVALUATION, GATEWAY)
SERVICES = tuple(process for process in PROCESSES if process.schema is not None)
BY_NAME = {process.name: process for process in PROCESSES}
