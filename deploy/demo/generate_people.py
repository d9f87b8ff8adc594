"""Agencies, engagements, users and training: all invented."""

from collections.abc import Iterator

from deploy.demo.generate_files import EXAMPLE, Row
from deploy.demo.generate_units import Unit

REGION = "640104000"
AGENCY_COLUMNS = ("uscc", "name", "synthetic")
ENGAGEMENT_COLUMNS = (
    "contract_no", "agency_uscc", "scope", "title", "starts_on", "ends_on", "synthetic",
)  # fmt: skip
USER_COLUMNS = ("username", "name", "roles", "region_code", "unit_codes", "agency", "synthetic")
TRAINING_COLUMNS = (
    "name", "held_on", "audience", "participants", "speakers", "topics", "synthetic",
)  # fmt: skip

RECHECK_CONTRACT = f"兴财绩委〔2024〕1号{EXAMPLE}"
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def uscc(body: str) -> str:
    """统一社会信用代码: the 17 given characters and their check character (GB 32100-2015)."""
    total = sum(_ALPHABET.index(sign) * pow(3, place, 31) for place, sign in enumerate(body))
    return body + _ALPHABET[-total % 31]


# “DEM” where a real code carries its registrar's serial, so that it cannot be anybody's.
AGENCY_A = uscc("91640104DEM000011")
AGENCY_B = uscc("91640104DEM000022")


def agency_rows() -> Iterator[Row]:
    names = {AGENCY_A: "青塬绩效评价咨询有限公司", AGENCY_B: "朔禾会计师事务所"}
    for code, name in names.items():
        yield {"uscc": code, "name": name + EXAMPLE, "synthetic": "true"}


def engagement_rows() -> Iterator[Row]:
    works = [
        (RECHECK_CONTRACT, AGENCY_A, "result_recheck", "2023年项目绩效自评复审"),
        (
            f"兴财绩委〔2024〕2号{EXAMPLE}",
            AGENCY_A,
            "evaluation",
            "2023年财政重点项目绩效评价（一）",
        ),
        (
            f"兴财绩委〔2024〕3号{EXAMPLE}",
            AGENCY_B,
            "evaluation",
            "2023年财政重点项目绩效评价（二）",
        ),
        (
            f"兴财绩委〔2024〕4号{EXAMPLE}",
            AGENCY_A,
            "evaluation",
            "2023年部门整体支出绩效评价（一）",
        ),
        (
            f"兴财绩委〔2024〕5号{EXAMPLE}",
            AGENCY_B,
            "evaluation",
            "2023年部门整体支出绩效评价（二）",
        ),
    ]
    for contract_no, agency, scope, title in works:
        yield {
            "contract_no": contract_no,
            "agency_uscc": agency,
            "scope": scope,
            "title": title + EXAMPLE,
            "starts_on": "2024-03-01",
            "ends_on": "2024-12-31",
            "synthetic": "true",
        }


def user_rows(units: list[Unit]) -> Iterator[Row]:
    for unit in units:
        yield _user(f"u{unit.code}-filler", "经办人", "unit_filler", unit_code=unit.code)
        yield _user(f"u{unit.code}-approver", "审核人", "unit_approver", unit_code=unit.code)
    yield _user("officer", "财政业务室经办", "finance_officer")
    yield _user("reviewer", "财政审核", "finance_reviewer")
    yield _user("agency-a", "第三方评价人员甲", "agency_evaluator", agency=AGENCY_A)
    yield _user("agency-b", "第三方评价人员乙", "agency_evaluator", agency=AGENCY_B)
    for username, name in _SINGLE_ROLES.items():
        yield _user(username, name, username)


_SINGLE_ROLES = {
    "expert": "评审专家",
    "auditor": "审计人员",
    "integration": "预算系统接口",
    "operator": "运维人员",
    "public": "社会公众",
}


def _user(username: str, name: str, role: str, *, unit_code: str = "", agency: str = "") -> Row:
    return {
        "username": username,
        "name": name + EXAMPLE,
        "roles": role,
        "region_code": REGION,
        "unit_codes": unit_code,
        "agency": agency,
        "synthetic": "true",
    }


def training_rows() -> Iterator[Row]:
    common = {"synthetic": "true"}
    yield common | {
        "name": f"绩效目标编报与监控填报培训{EXAMPLE}",
        "held_on": "2023-06-15",
        "audience": "预算部门（单位）财务分管领导、财务人员",
        "participants": "176",
        "speakers": "财政业务室工作人员",
        "topics": "绩效目标怎么写;监控表怎么填",
    }
    yield common | {
        "name": f"绩效自评与第三方复审培训{EXAMPLE}",
        "held_on": "2023-11-21",
        "audience": "预算部门（单位）财务人员、项目管理人员",
        "participants": "183",
        "speakers": "财政业务室工作人员;第三方领域专家",
        "topics": "自评打分规则;佐证资料怎么留;评价结果怎么用",
    }
