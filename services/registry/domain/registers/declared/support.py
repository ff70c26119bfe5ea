"""Projects of clusters, by national project code."""

from typing import Final

from services.registry.domain.registers.declared.words import (
    BY_COUNTY,
    amount,
    choice,
    cluster,
    enterprise,
    park,
)
from services.registry.domain.registers.fields import Field, Kind
from services.registry.domain.registers.register import Register

PROJECTS: Final = Register(
    code="projects", zh="项目", en="projects", clause="27号 二(二)、三(四)",
    own=(
        Field("project_code", "国家项目代码", "national project code", Kind.PROJECT_CODE),
        Field("name", "项目名称", "name"),
        Field("unit", "项目单位", "unit that builds it"),
        enterprise(required=False),
        cluster(),
        park(),
        amount("investment_wan", "总投资", "total investment"),
        choice("stage", "阶段", "stage",
               ("planned", "前期", "planned"), ("approved", "已批复", "approved"), ("building", "在建", "building"),
               ("running", "投产", "running"), ("stopped", "停止", "stopped")),
        choice("landing", "落地方式", "landing", ("new", "新上", "new"), ("moved", "转移入园", "moved into a park"),
               required=False),
        Field("brought_in_from", "引进来源地", "brought in from", required=False, help="精准引进的项目填 / for a project that was brought in"),
        Field("major", "重大项目", "major project", Kind.BOOLEAN, required=False),
    ),
    key=("project_code",), name="name", cluster="cluster", writers=BY_COUNTY,
)  # fmt: skip

ALL: Final = (PROJECTS,)
