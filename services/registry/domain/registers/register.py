"""A register as a declaration: its fields, its key, its place, who keeps it.

Routes, templates, import checks, lists and exports follow from it; a new register is one more declaration.
Every entry also has a validity and says where it comes from (``COMMON``).
"""

from dataclasses import dataclass
from typing import Final, Literal

from services.registry.domain.registers.fields import Choice, Field, Kind

Writer = Literal["county", "city", "department", "evaluator", "province"]

PROVENANCES: Final = (
    Choice("reported", "填报", "reported"),
    Choice("published", "公开发布", "published"),
    Choice("synthetic", "演示生成", "synthetic"),
    Choice("derived", "推算", "derived"),
)

COUNTY: Final = Field("county_code", "县级区划代码", "county code", Kind.COUNTY, required=False,
                      help="县级用户可不填,默认本县 / a county's own people may leave it empty")  # fmt: skip

#: What every entry says about itself, after its own fields.
COMMON: Final = (
    Field("valid_from", "生效日期", "valid from", Kind.DATE, required=False,
          help="不填则为当日 / today if left empty"),
    Field("valid_to", "失效日期", "valid to", Kind.DATE, required=False,
          help="自该日起不再有效;一直有效则不填 / first day on which it no longer holds"),
    Field("source", "来源", "source", help="文件、名录、报表或本单位填报 / document, list or statement"),
    Field("period", "所属期", "period", help="如 2025 或 2025-08 / such as 2025 or 2025-08"),
    Field("definition", "口径", "definition", required=False, help="不填则按登记说明 / as the register says if empty"),
    Field("provenance", "数据性质", "provenance", Kind.CHOICE, required=False, choices=PROVENANCES,
          help="不填则为填报 / reported if left empty"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Register:
    """``key`` names the fields that together are an entry's key; ``name`` the field that lists sort and search by.

    ``cluster`` names the field whose cluster gives the county; without one the entry carries its county.
    ``splits``: entries of one enterprise at one time share it, by ``split``, which adds up to exactly 1.
    """

    code: str
    zh: str
    en: str
    clause: str
    own: tuple[Field, ...]
    key: tuple[str, ...]
    name: str
    writers: frozenset[Writer]
    cluster: str | None = None
    splits: bool = False
    note: str = ""

    @property
    def fields(self) -> tuple[Field, ...]:
        """All columns of a template, in their order."""
        return (*self.own, COUNTY, *COMMON)

    def field(self, code: str) -> Field | None:
        return next((spec for spec in self.fields if spec.code == code), None)

    @property
    def references(self) -> tuple[Field, ...]:
        """Fields that point into another register (or into this one, as a nested park does)."""
        return tuple(spec for spec in self.own if spec.register)

    def is_about(self, reference: Field) -> bool:
        """Whether entries say something of what they refer to (a park's year, a firm's title): whoever keeps that,
        and nobody else, says it. A cluster may count another county's firm."""
        return self.cluster is None and reference.code in self.key
