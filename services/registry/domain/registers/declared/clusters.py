"""What belongs to a cluster: its parks, chain roles, counterpart departments, guarantees, plans."""

from typing import Final

from services.registry.domain.registers.declared.words import (
    BY_CITY,
    BY_COUNTY,
    BY_DEPARTMENT,
    BY_PROVINCE,
    amount,
    choice,
    cluster,
    enterprise,
    park,
    year,
)
from services.registry.domain.registers.fields import Field, Kind
from services.registry.domain.registers.register import Register

CLUSTER_PARKS: Final = Register(
    code="cluster-parks", zh="集群园区", en="parks of clusters", clause="27号 二(二)",
    own=(cluster(), park(required=True)),
    key=("cluster", "park"), name="park", cluster="cluster", writers=BY_COUNTY,
)  # fmt: skip

CHAIN_ROLES: Final = Register(
    code="chain-roles", zh="链长链主链创", en="chain chiefs, lead firms, innovation leads", clause="27号 二(三)",
    own=(
        cluster(),
        choice("role", "角色", "role",
               ("chief", "链长", "chain chief"), ("lead_firm", "链主", "lead firm"),
               ("innovation_lead", "链创", "innovation lead")),
        Field("holder", "承担者", "holder", help="职务或单位名称 / post or name of the unit"),
        enterprise(required=False),
    ),
    key=("cluster", "role", "holder"), name="holder", cluster="cluster", writers=BY_COUNTY,
)  # fmt: skip

COUNTERPARTS: Final = Register(
    code="counterpart-departments", zh="对口指导部门", en="counterpart departments", clause="27号 三(一)",
    own=(cluster(), Field("department", "省级部门", "department"), Field("contact_office", "承办处室", "office", required=False)),
    key=("cluster", "department"), name="department", cluster="cluster", writers=BY_DEPARTMENT,
)  # fmt: skip

GUARANTEES: Final = Register(
    code="city-guarantees", zh="市级要素保障", en="what the city secures", clause="27号 三(一)",
    own=(
        cluster(),
        year(),
        choice("kind", "要素", "kind",
               ("land", "土地", "land"), ("energy", "用能", "energy"), ("money", "资金", "money"), ("people", "用工", "people")),
        Field("promise", "保障内容", "what is secured", Kind.NOTE),
        Field("quantity", "数量", "quantity", Kind.DECIMAL, required=False),
        Field("quantity_unit", "计量单位", "unit of the quantity", required=False),
    ),
    key=("cluster", "year", "kind"), name="promise", cluster="cluster", writers=BY_CITY,
)  # fmt: skip

PLANS: Final = Register(
    code="plans", zh="一群一计划一政策", en="plan and policy of each cluster", clause="27号 三(一)",
    own=(
        cluster(),
        choice("kind", "类别", "kind", ("plan", "计划", "plan"), ("policy", "政策", "policy")),
        Field("title", "文件名称", "title"),
        Field("document_number", "文号", "document number"),
        Field("plan_version", "版本", "version", Kind.CODE),
        Field("covers_to", "实施至", "covers to", Kind.DATE, required=False),
    ),
    key=("cluster", "kind", "plan_version"), name="title", cluster="cluster", writers=BY_COUNTY,
)  # fmt: skip

PLAN_GOALS: Final = Register(
    code="plan-goals", zh="计划年度目标", en="yearly goals of plans", clause="27号 三(一)",
    own=(
        cluster(),
        year(),
        Field("indicator", "指标代码", "indicator", Kind.CODE),
        Field("goal", "目标值", "goal", Kind.DECIMAL),
        Field("goal_unit", "单位", "unit"),
    ),
    key=("cluster", "year", "indicator"), name="indicator", cluster="cluster", writers=BY_COUNTY,
)  # fmt: skip

FINANCE: Final = Register(
    code="financial-supports", zh="金融支持", en="fund and credit support", clause="27号 三(三)",
    own=(
        cluster(),
        choice("kind", "方式", "kind",
               ("fund", "产业基金", "industry fund"), ("credit", "综合授信", "credit line"),
               ("equity", "股权投资", "equity"), ("bond", "债务融资", "corporate bond")),
        Field("institution", "机构", "institution"),
        year(),
        amount("amount_wan", "金额", "amount"),
    ),
    key=("cluster", "kind", "institution", "year"), name="institution", cluster="cluster",
    writers=frozenset({"county", "department", "province"}),
)  # fmt: skip

EARLIER_DESIGNATIONS: Final = Register(
    code="earlier-designations", zh="系统启用前的认定", en="designations before the system", clause="27号 三(五)",
    own=(
        Field("programme", "计划编码", "programme", Kind.CODE),
        cluster(),
        choice("status", "认定状态", "status",
               ("designated", "已认定", "designated"), ("cultivated", "重点培育", "cultivated"),
               ("rectification", "限期整改", "in rectification"), ("removed", "已剔除", "removed")),
        Field("level", "级别", "level", Kind.CODE, required=False,
              help="计划文件中的级别编码，不填为最低一级 / a level of the programme; the first one if left out"),
        Field("since", "起始日期", "since", Kind.DATE),
        Field("document_number", "文号", "document number"),
    ),
    key=("programme", "cluster"), name="document_number", cluster="cluster", writers=BY_PROVINCE,
    note="由一次认定决定审定后生效 / they count once a designation decision takes them up",
)  # fmt: skip

ALL: Final = (
    CLUSTER_PARKS,
    CHAIN_ROLES,
    COUNTERPARTS,
    GUARANTEES,
    PLANS,
    PLAN_GOALS,
    FINANCE,
    EARLIER_DESIGNATIONS,
)
