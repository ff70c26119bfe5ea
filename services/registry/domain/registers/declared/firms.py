"""Enterprises by unified social credit code: who they are, which cluster, which titles, which figures."""

from decimal import Decimal
from typing import Final

from services.registry.domain.registers.declared.words import (
    BY_COUNTY,
    BY_COUNTY_OR_DEPARTMENT,
    ONE,
    amount,
    choice,
    cluster,
    count,
    enterprise,
    park,
    year,
)
from services.registry.domain.registers.fields import Field, Kind
from services.registry.domain.registers.register import Register

ENTERPRISES: Final = Register(
    code="enterprises", zh="企业", en="enterprises", clause="27号 二(三)",
    own=(
        Field("credit_code", "统一社会信用代码", "unified social credit code", Kind.CREDIT_CODE),
        Field("name", "企业名称", "name"),
        Field("industry_codes", "行业代码", "GB/T 4754 codes", Kind.INDUSTRIES),
        Field("established_on", "成立日期", "established on", Kind.DATE, required=False),
        choice("size", "规模", "size",
               ("large", "大型", "large"), ("medium", "中型", "medium"), ("small", "小型", "small"), ("micro", "微型", "micro")),
        park(),
        Field("address", "地址", "address", required=False),
        Field("brought_in_from", "引进来源地", "brought in from", required=False, help="精准引进的企业填 / for a firm that was brought in"),
    ),
    key=("credit_code",), name="name", writers=BY_COUNTY,
    note="一个企业只登记一次 / each firm once",
)  # fmt: skip

MEMBERSHIPS: Final = Register(
    code="cluster-memberships", zh="集群企业", en="cluster memberships", clause="27号 二(三)",
    own=(
        enterprise(),
        cluster(),
        Field("split", "计入比例", "split", Kind.DECIMAL, required=False, minimum=Decimal("0.0001"), maximum=ONE,
              help="只属一个集群填1或不填;同时属两个集群,各占比例合计须为1 / 1, or parts that add up to exactly 1"),
    ),
    key=("enterprise", "cluster"), name="enterprise", cluster="cluster", splits=True, writers=BY_COUNTY,
)  # fmt: skip

QUALIFICATIONS: Final = Register(
    code="qualifications", zh="企业资质", en="qualifications of firms", clause="27号 二(三)、三(三)",
    own=(
        enterprise(),
        choice("kind", "资质", "kind",
               ("four_above", "四上企业", "four-above firm"), ("above_scale", "规上工业企业", "above-scale industrial firm"),
               ("srdi_provincial", "省级专精特新", "provincial SRDI firm"),
               ("srdi_national", "国家级专精特新小巨人", "national SRDI little giant"),
               ("single_champion", "单项冠军", "single champion"), ("gazelle", "瞪羚企业", "gazelle"),
               ("high_tech", "高新技术企业", "high-tech firm"), ("listed", "上市企业", "listed firm"),
               ("gold_seed", "金种子", "gold seed"), ("silver_seed", "银种子", "silver seed")),
        Field("document_number", "认定文号或名录", "document or list", required=False),
    ),
    key=("enterprise", "kind"), name="enterprise", writers=BY_COUNTY_OR_DEPARTMENT,
)  # fmt: skip

ENTERPRISE_YEARS: Final = Register(
    code="enterprise-years", zh="企业年度数据", en="yearly figures of firms", clause="27号 一",
    own=(
        enterprise(),
        year(),
        amount("operating_revenue_wan", "营业收入", "operating revenue"),
        amount("tax_paid_wan", "实缴税收", "tax paid", required=False),
        amount("electricity_mwh", "用电量", "electricity", unit="兆瓦时", required=False),
        count("employees", "从业人员", "employees", unit="人", required=False),
    ),
    key=("enterprise", "year"), name="enterprise", writers=BY_COUNTY,
    note="企业自报,不得使用企业统计报表 / the firm's own statement; statistical returns of firms may not be used",
)  # fmt: skip

PLATFORMS: Final = Register(
    code="platforms", zh="公共平台", en="platforms", clause="27号 二(四)",
    own=(
        cluster(),
        Field("name", "平台名称", "name"),
        choice("kind", "类别", "kind",
               ("public_service", "公共服务平台", "public service platform"), ("supply_chain", "供应链平台", "supply-chain platform"),
               ("e_commerce", "电商平台", "e-commerce platform"), ("sci_tech", "科创平台", "sci-tech platform")),
        choice("level", "级别", "level", ("national", "国家级", "national"), ("provincial", "省级", "provincial"),
               ("municipal", "市级", "municipal"), ("county", "县级", "county")),
        enterprise(required=False),
    ),
    key=("cluster", "name"), name="name", cluster="cluster", writers=BY_COUNTY_OR_DEPARTMENT,
)  # fmt: skip

MARKETS: Final = Register(
    code="markets", zh="专业市场", en="markets", clause="27号 二(四)",
    own=(
        cluster(),
        Field("name", "市场名称", "name"),
        choice("kind", "类别", "kind", ("market", "专业市场", "specialised market"),
               ("trading_centre", "产品交易中心", "trading centre"), ("hub", "集散基地", "distribution hub")),
        year(),
        amount("turnover_wan", "交易额", "turnover", required=False),
    ),
    key=("cluster", "name", "year"), name="name", cluster="cluster", writers=BY_COUNTY,
)  # fmt: skip

BRANDS: Final = Register(
    code="brands", zh="品牌", en="brands", clause="27号 二(五)",
    own=(
        cluster(),
        Field("name", "品牌名称", "name"),
        choice("kind", "类别", "kind",
               ("hubei_premium", "湖北精品", "Hubei premium brand"), ("regional_public", "区域公用品牌", "regional public brand"),
               ("geographical", "地理标志", "geographical indication"), ("other_provincial", "其他省级以上品牌", "other provincial brand")),
        enterprise(required=False),
        Field("document_number", "认定文号", "document number", required=False),
    ),
    key=("cluster", "kind", "name"), name="name", cluster="cluster", writers=BY_COUNTY_OR_DEPARTMENT,
)  # fmt: skip

STANDARDS: Final = Register(
    code="standards", zh="标准", en="standards led or joined", clause="27号 二(五)",
    own=(
        Field("number", "标准号", "standard number"),
        Field("title", "标准名称", "title"),
        enterprise(),
        cluster(),
        choice("level", "级别", "level", ("international", "国际标准", "international"), ("national", "国家标准", "national"),
               ("industry", "行业标准", "industry"), ("local", "地方标准", "local"), ("group", "团体标准", "group")),
        choice("role", "作用", "role", ("led", "主导", "led"), ("joined", "参与", "joined")),
    ),
    key=("number", "enterprise"), name="title", cluster="cluster", writers=BY_COUNTY_OR_DEPARTMENT,
)  # fmt: skip

PROMOTION: Final = Register(
    code="quality-and-promotion", zh="质量提升和产品推广", en="quality methods, fairs and hit products", clause="27号 二(五)",
    own=(
        cluster(),
        year(),
        choice("kind", "事项", "kind",
               ("quality_method", "导入先进质量管理办法", "quality method introduced"),
               ("fair_at_home", "境内大型展会", "large fair at home"), ("fair_abroad", "境外大型展会", "large fair abroad"),
               ("own_fair", "市县举办的专业展会", "fair held by city or county"), ("hit_product", "爆款产品", "hit product")),
        Field("name", "名称", "name"),
        enterprise(required=False),
        count("firms", "参与企业数", "firms that took part", unit="家", required=False),
    ),
    key=("cluster", "year", "kind", "name"), name="name", cluster="cluster", writers=BY_COUNTY_OR_DEPARTMENT,
)  # fmt: skip

ALL: Final = (
    ENTERPRISES, MEMBERSHIPS, QUALIFICATIONS, ENTERPRISE_YEARS, PLATFORMS, MARKETS, BRANDS, STANDARDS, PROMOTION,
)  # fmt: skip
