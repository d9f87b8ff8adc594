"""The play: 兴庆区 2023 in the order of the year, each act through the public API."""

import time
from collections.abc import Awaitable, Callable

from deploy.demo import acts_evaluation as evaluation
from deploy.demo import acts_goals as goals
from deploy.demo import acts_monitoring as monitoring
from deploy.demo import acts_self_evaluation as self_evaluation
from deploy.demo import acts_training as training
from deploy.demo.acts_summary import YearRead, read_year
from deploy.demo.client import Client, signed_on
from deploy.demo.data_files import DemoData, load
from deploy.demo.progress import Show, Step

Act = Callable[[Client, DemoData, Step], Awaitable[str]]

ACTS: tuple[tuple[str, Act], ...] = (
    ("预算系统推送单位和项目", goals.push_projects),
    ("填报前检查目标草稿", goals.check_drafts),
    ("填报、报送、审核绩效目标", goals.agree_goals),
    ("随预算批复绩效目标", goals.approve_goals),
    ("公开绩效目标", goals.disclose_goals),
    ("推送 1–7 月支付", monitoring.push_payments_to_july),
    ("布置年中监控", monitoring.open_round),
    ("填报、审核监控表", monitoring.fill_forms),
    ("系统监控预警", monitoring.run_rules),
    ("预警整改", monitoring.send_letters),
    ("推送 8–12 月支付", monitoring.push_later_payments),
    ("布置自评", self_evaluation.open_self_evaluations),
    ("填报自评", self_evaluation.fill_self_evaluations),
    ("委托第三方机构", evaluation.engage_agencies),
    ("复审自评", self_evaluation.recheck_all),
    ("要求整改", self_evaluation.request_rectifications),
    ("自评整改", self_evaluation.rectify_all),
    ("布置重点评价、部门整体评价", evaluation.plan_evaluations),
    ("评价通知、方案与指标体系", evaluation.begin_evaluations),
    ("第三方评分", evaluation.score_groups),
    ("交换意见、审定评价结果", evaluation.finish_evaluations),
    ("登记培训", training.record_trainings),
)


async def play(url: str, show: Show) -> YearRead:
    """All acts against a running gateway, then the year as its answers have it.

    Raises PlayFailed.
    """
    data = load()
    async with signed_on(url) as client:
        for name, act in ACTS:
            began = time.monotonic()
            with show.act(name) as step:
                said = await act(client, data, step)
            show.done(name, said, began)
        return await read_year(client)
