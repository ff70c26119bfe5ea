"""What a county has: leading industries, parks, people, land, its own figures."""

from typing import Final

from services.registry.domain.registers.declared.words import (
    BY_COUNTY,
    BY_COUNTY_OR_DEPARTMENT,
    LEVELS,
    amount,
    choice,
    cluster,
    count,
    park,
    year,
)
from services.registry.domain.registers.fields import Choice, Field, Kind
from services.registry.domain.registers.register import Register

#: Classes of the province's "51020" modern industry clusters: 5 above a trillion, 10 above 500 billion, 20 new.
CLASSES_51020: Final = (
    ("pillar", "万亿级支柱产业", "trillion-yuan pillar industry"),
    ("advantage", "五千亿级优势产业", "500-billion-yuan advantage industry"),
    ("emerging", "千亿级特色产业", "100-billion-yuan distinctive industry"),
    ("none", "不属于51020", "outside 51020"),
)

LEADING_INDUSTRIES: Final = Register(
    code="leading-industries", zh="根植性主导产业", en="rooted leading industries", clause="27号 二(一)",
    own=(
        Field("name", "主导产业", "leading industry"),
        choice("class_51020", "51020类别", "51020 class", *CLASSES_51020, required=False),
        Field("industry_codes", "国民经济行业代码", "GB/T 4754 codes", Kind.INDUSTRIES,
              help="多个用顿号分开 / several, separated by commas"),
        Field("waiver_reason", "超过3个的理由", "why more than three", Kind.NOTE, required=False),
    ),
    key=("county_code", "name"), name="name", writers=BY_COUNTY,
    note="每县不超过3个 / at most three a county",
)  # fmt: skip

PARKS: Final = Register(
    code="parks", zh="园区(园中园)", en="parks within zones", clause="27号 二(二)",
    own=(
        Field("code", "园区编码", "park code", Kind.CODE, upper=True),
        Field("name", "园区名称", "park name"),
        Field("parent_park", "所在开发区编码", "zone that holds it", Kind.CODE, required=False, register="parks", upper=True,
              help="园中园填所在开发区 / for a park within a zone"),
        Field("level", "级别", "level", Kind.CHOICE, choices=(*LEVELS, Choice("within", "园中园", "park within a zone"))),
        amount("area_mu", "占地面积", "area", unit="亩"),
        amount("built_area_mu", "已建面积", "built-up area", unit="亩", required=False),
    ),
    key=("code",), name="name", writers=BY_COUNTY,
)  # fmt: skip

PARK_YEARS: Final = Register(
    code="park-years", zh="园区年度情况", en="yearly figures of parks", clause="27号 二(二)",
    own=(
        park(required=True),
        year(),
        amount("investment_wan", "累计固定资产投资", "cumulative investment"),
        count("new_landings", "新上项目落地数", "new projects landed"),
        count("moved_in", "存量项目转移入园数", "existing projects moved in"),
        count("outside_landings", "园外新上项目数", "new projects outside of parks", required=False),
    ),
    key=("park", "year"), name="park", writers=BY_COUNTY,
)  # fmt: skip

PARK_COOPERATION: Final = Register(
    code="park-cooperation", zh="园中园与开发区共建", en="what parks and their zones do together", clause="27号 二(二)",
    own=(
        park(required=True),
        choice("kind", "事项", "kind",
               ("plan", "规划共编", "one plan"), ("policy", "政策共用", "one policy"),
               ("resources", "资源共享", "shared resources"), ("facilities", "设施共建", "facilities built together")),
        Field("content", "做法", "what is done", Kind.NOTE),
        Field("document_number", "文号", "document number", required=False),
    ),
    key=("park", "kind"), name="content", writers=BY_COUNTY,
)  # fmt: skip

TALENT: Final = Register(
    code="talent-facts", zh="人才支撑", en="talent facts", clause="27号 三(四)",
    own=(
        year(),
        choice("kind", "事项", "kind",
               ("vocational_school", "中等职业学校(技工学校)", "vocational school"),
               ("senior_high_moved", "普通高中进城", "senior high school moved to town"),
               ("trained", "培训产业工人", "workers trained"),
               ("graduates_hired", "吸纳毕业生", "graduates hired")),
        Field("name", "名称或说明", "name"),
        count("value", "数量", "number", unit="所/人"),
    ),
    key=("county_code", "year", "kind", "name"), name="name", writers=BY_COUNTY_OR_DEPARTMENT,
)  # fmt: skip

LAND: Final = Register(
    code="land-parcels", zh="三类土地", en="three classes of land", clause="27号 三(四)",
    own=(
        Field("code", "地块编号", "parcel code", Kind.CODE, upper=True),
        Field("name", "位置", "place"),
        choice("kind", "类别", "class",
               ("approved_unsupplied", "批而未供", "approved but unsupplied"),
               ("idle", "闲置", "idle"), ("inefficient", "低效用地", "inefficient")),
        amount("area_mu", "面积", "area", unit="亩"),
        park(),
        Field("cluster", "优先用于集群", "cluster it goes to first", Kind.CLUSTER, required=False),
        choice("stage", "处置情况", "stage",
               ("found", "已清查", "found"), ("in_hand", "整治中", "in hand"), ("used", "已盘活", "in use again")),
        Field("project", "供给项目", "project that got it", Kind.PROJECT_CODE, required=False, register="projects"),
        Field("offered_on", "优先供给日期", "offered first on", Kind.DATE, required=False),
    ),
    key=("code",), name="name", writers=BY_COUNTY_OR_DEPARTMENT,
)  # fmt: skip

COUNTY_YEARS: Final = Register(
    code="county-years", zh="县域年度数据", en="yearly figures of counties", clause="27号 二(一)",
    own=(
        year(),
        amount("operating_revenue_wan", "全县营业收入", "operating revenue of the county"),
        amount("leading_revenue_wan", "主导产业营业收入", "operating revenue of the leading industries"),
        amount("above_scale_output_wan", "规上工业产值", "output of above-scale industry", required=False),
        count("employees", "从业人员", "employees", unit="人", required=False),
        Field("denominator", "分母口径", "definition of the denominator", help="占比以何为分母 / what the share is of"),
    ),
    key=("county_code", "year"), name="denominator", writers=BY_COUNTY_OR_DEPARTMENT,
)  # fmt: skip

EVALUATIONS: Final = Register(
    code="outside-evaluations", zh="外部评价结果", en="outside evaluations", clause="27号 三(四)",
    own=(
        Field("platform", "评价平台", "platform", help="如投资项目绩效综合评价平台 / such as the investment performance platform"),
        choice("kind", "评价对象", "kind of subject",
               ("sector", "行业", "sector"), ("area", "区域", "area"), ("park", "开发区土地集约利用", "land use of a zone")),
        Field("subject", "对象名称", "subject"),
        year(),
        Field("result", "评价结果", "result"),
        Field("score", "得分", "score", Kind.DECIMAL, required=False),
        Field("evaluated_on", "评价日期", "date", Kind.DATE),
        cluster(required=False),
    ),
    key=("county_code", "platform", "kind", "subject", "year"), name="subject", writers=BY_COUNTY_OR_DEPARTMENT,
)  # fmt: skip

ALL: Final = (
    LEADING_INDUSTRIES, PARKS, PARK_YEARS, PARK_COOPERATION, TALENT, LAND, COUNTY_YEARS, EVALUATIONS,
)  # fmt: skip
