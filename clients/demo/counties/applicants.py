"""Who applies in the demo: the clusters that public notices name, and generated ones, each labelled.

Published: 23 of the 29 clusters designated in 2024, and one priority-cultivation cluster. The other applicants
are generated and say so in their names. 曾都 ranked 5th.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from clients.demo.chance import Chance
from clients.programme.folder import ProgrammeFolder

APPLICANTS = 60
DESIGNATED = 29
CULTIVATED = 20
ZENGDU, SUIXIAN, JIANLI = "421303", "421321", "421088"
GENERATED_MARK = "〔演示〕"

#: Score at these ranks; between them it falls evenly, with a small seeded shift. From the scheme's bar of 57 on
#: a cluster is designated.
ANCHORS = {
    1: "85.5",
    5: "77.6",
    12: "70.2",
    28: "57.9",
    29: "57.2",
    30: "56.8",
    31: "55.9",
    49: "42",
    59: "31",
    60: "30",
}
#: Ranks to which the story gives a part. But for 曾都's they are taken by generated applicants: no named cluster gets
#: a synthetic fault. 10 did not develop well; 29 falls below the bar after an objection, and 30 rises above it; 32 is
#: objected to in vain; 33 slips a unit; 35 is sent back.
NOT_DEVELOPING, OBJECTED, RISING, OBJECTED_IN_VAIN, UNIT_SLIP, SENT_BACK = 10, 29, 30, 32, 33, 35
_GENERATED_RANKS = (NOT_DEVELOPING, OBJECTED, RISING, 31, OBJECTED_IN_VAIN, UNIT_SLIP, SENT_BACK)
_FIXED_RANKS = frozenset({5, *_GENERATED_RANKS})

_INDUSTRIES = (
    ("汽车零部件", "汽车制造", "36"),
    ("现代家居", "建材家居", "21"),
    ("绿色建材", "建材家居", "30"),
    ("生物医药", "医药健康", "27"),
    ("电子信息", "电子信息", "39"),
    ("农机装备", "装备制造", "35"),
    ("茶叶", "绿色食品", "15"),
    ("水产加工", "绿色食品", "13"),
    ("纺织服装", "纺织服装", "17"),
    ("精细化工", "化工", "26"),
    ("石材", "建材家居", "30"),
    ("模具", "装备制造", "35"),
)


@dataclass(frozen=True)
class Applicant:
    """A cluster that applies, the rank that its figures are chosen for, and the score that goes with it."""

    county_code: str
    county_name: str
    name: str
    leading_industry: str
    industry_codes: tuple[str, ...]
    is_published: bool
    target_rank: int
    target_score: Decimal

    @property
    def key(self) -> str:
        return f"{self.county_code}/{self.name}"


def choose_applicants(folder: ProgrammeFolder, chance: Chance) -> list[Applicant]:
    """All applicants, in order of their target rank."""
    rows = [row for row in folder.table("published_clusters") if row["year"] == "2024"]
    designated = [row for row in rows if row["list"] == "省县域特色产业集群"]
    cultivated = [row for row in rows if row["list"] == "省重点培育县域特色产业集群"]
    generated = _generated(folder, {row["division_code"] for row in rows}, APPLICANTS - len(rows), chance)
    scores = _target_scores(chance.branch("scores"))
    known = {(fact["division_code"], fact["subject"]) for fact in folder.table("published_facts")}
    ranks = _ranks(designated, cultivated, generated, known, chance.branch("ranks"))
    return [_applicant(row, rank, scores[rank], row in generated) for rank, row in sorted(ranks.items())]


def _generated(folder: ProgrammeFolder, taken: set[str], count: int, chance: Chance) -> list[dict[str, str]]:
    """Generated clusters, one in each of so many counties that no notice names; 监利 is always among them."""
    names = {row["code"]: row["name"] for row in folder.divisions if row["valid_to"] is None}
    free = [code for code in folder.programme["scope"]["counties"] if code not in taken and code != JIANLI]
    counties = [JIANLI, *chance.branch("counties").shuffled(free)][:count]
    rows = []
    for place, county in enumerate(counties):
        short, leading, code = _INDUSTRIES[chance.branch(county).between(0, len(_INDUSTRIES) - 1)]
        rows.append(
            {
                "division_code": county,
                "division": names[county],
                "cluster": f"{short}产业集群{GENERATED_MARK}",
                "gbt4754_major_guess": code,
                "leading_industry": leading,
                "place": str(place),
            }
        )
    return rows


def _target_scores(chance: Chance) -> dict[int, Decimal]:
    anchors = sorted(ANCHORS)
    scores: dict[int, Decimal] = {}
    for rank in range(1, APPLICANTS + 1):
        above = max(anchor for anchor in anchors if anchor <= rank)
        below = min(anchor for anchor in anchors if anchor >= rank)
        high, low = Decimal(ANCHORS[above]), Decimal(ANCHORS[below])
        step = (high - low) / (below - above) if below != above else Decimal(0)
        shift = step * chance.uniform(Decimal("-0.3"), Decimal("0.3")) if rank not in ANCHORS else Decimal(0)
        scores[rank] = (high - step * (rank - above) + shift).quantize(Decimal("0.01"))
    return scores


def _ranks(
    designated: Sequence[dict[str, str]],
    cultivated: Sequence[dict[str, str]],
    generated: Sequence[dict[str, str]],
    known: set[tuple[str, str]],
    chance: Chance,
) -> dict[int, dict[str, str]]:
    """曾都 is 5th, as published; the story's other parts go to generated clusters."""
    ranks: dict[int, dict[str, str]] = {}
    zengdu = next(row for row in designated if row["division_code"] == ZENGDU)
    ranks[5] = zengdu
    made = [row for row in generated if row["division_code"] != JIANLI]
    jianli = [row for row in generated if row["division_code"] == JIANLI]
    ranks |= dict(zip(_GENERATED_RANKS, made, strict=False))
    top = [rank for rank in range(1, DESIGNATED) if rank not in _FIXED_RANKS]
    others = [row for row in designated if row is not zengdu]
    first = len(_GENERATED_RANKS)
    others += made[first : first + len(top) - len(others)]
    ranks |= dict(
        zip(top, _fixed_figures_lower(chance.branch("top").shuffled(others), known, top), strict=True)
    )
    rest = [*cultivated, *jianli]
    middle = [rank for rank in range(DESIGNATED + 1, DESIGNATED + CULTIVATED + 1) if rank not in _FIXED_RANKS]
    used = {id(row) for row in ranks.values()}
    left = [row for row in made if id(row) not in used]
    fill = len(middle) - len(rest)
    ranks |= dict(zip(middle, chance.branch("middle").shuffled([*rest, *left[:fill]]), strict=True))
    ranks |= dict(zip(range(DESIGNATED + CULTIVATED + 1, APPLICANTS + 1), left[fill:], strict=True))
    return ranks


def _fixed_figures_lower(
    rows: list[dict[str, str]], known: set[tuple[str, str]], ranks: Sequence[int]
) -> list[dict[str, str]]:
    """Moves clusters with published figures out of the first eight ranks: fixed figures may not reach those scores."""
    free = [row for row in rows if (row["division_code"], row["cluster"]) not in known]
    first = free[: sum(rank <= 8 for rank in ranks)]
    return first + [row for row in rows if row not in first]


def _applicant(row: dict[str, str], rank: int, score: Decimal, is_generated: bool) -> Applicant:
    name = row["cluster"]
    return Applicant(
        county_code=row["division_code"],
        county_name=row["division"],
        name=name,
        leading_industry=row.get("leading_industry") or name.removesuffix("产业集群"),
        industry_codes=tuple(row["gbt4754_major_guess"].split(";")),
        is_published=not is_generated,
        target_rank=rank,
        target_score=score,
    )
