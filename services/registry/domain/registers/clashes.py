"""Rows of a batch that cannot stand beside each other, or beside what is kept, as problems of the file."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.registry.domain.registers.fields import Field
from services.registry.domain.registers.problems import Problem, whole_file
from services.registry.domain.registers.register import Register


@dataclass(frozen=True, slots=True)
class Clash:
    """A row that cannot be kept beside the other rows or entries; ``other`` says with what."""

    row: int
    key: str
    other: str


@dataclass(frozen=True, slots=True)
class SharesOff:
    """A firm whose shares do not add up to 1 on some day."""

    enterprise: str
    on_day: date
    total: str


def duplicate(register: Register, clash: Clash) -> Problem:
    return _of_key(
        register,
        clash.row,
        "duplicate",
        f"与第 {clash.other} 行重复:{clash.key}",
        f"the same as row {clash.other}: {clash.key}",
    )


def kept_elsewhere(
    register: Register, clash: Clash, *, names: Mapping[str, str], seen: Collection[str]
) -> Problem:
    """Which county keeps it is told to those whose counties it is one of (``seen``), and to nobody else."""
    if clash.other not in seen:
        return _of_key(
            register,
            clash.row,
            "kept-elsewhere",
            f"{clash.key} 不能在此登记:登记簿中已有,且不在您的权限范围内;如有疑问请联系省级主管部门",
            f"{clash.key} cannot be registered here: the register has it, and it is not yours to see; "
            "ask the province's lead department",
        )
    place = f"{clash.other} {names.get(clash.other, '')}".strip()
    return _of_key(
        register,
        clash.row,
        "kept-elsewhere",
        f"{clash.key} 已由 {place} 登记",
        f"{clash.key} is registered by {place}",
    )


def dangling(reference: Field, clash: Clash) -> Problem:
    return Problem(
        clash.row,
        reference.code,
        reference.zh,
        "reference",
        "error",
        f"{reference.zh} {clash.other} 未登记",
        f"{reference.en} {clash.other} is not registered",
    )


def above_cap(register: Register, clash: Clash, *, cap: int, clause: str | None) -> Problem:
    return _of_key(
        register,
        clash.row,
        "cap",
        f"每县至多 {cap} 个({clause}),将达 {clash.other} 个,确需增加请填理由",
        f"at most {cap} a county, this makes {clash.other}; one more takes a reason",
    )


def shares_off(wrong: SharesOff, rows: Sequence[int]) -> list[Problem]:
    """One for each row that names the firm."""
    return [
        Problem(
            row,
            "split",
            "计入比例",
            "split",
            "error",
            f"{wrong.enterprise} 自 {wrong.on_day} 起各集群计入比例合计为 {wrong.total},应为 1",
            f"the shares of {wrong.enterprise} add up to {wrong.total} from {wrong.on_day} on, not to 1",
        )
        for row in rows
    ]


def too_many_rows(limit: int) -> Problem:
    return whole_file("too-many-rows", f"超过 {limit} 行", f"more than {limit} rows")


def _of_key(register: Register, row: int, rule: str, zh: str, en: str) -> Problem:
    spec = next(spec for spec in register.fields if spec.code == register.key[0])
    return Problem(row, spec.code, spec.zh, rule, "error", zh, en)
