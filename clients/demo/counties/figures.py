"""The figures of each applicant: published ones where they exist, synthetic ones elsewhere, every one labelled.

Synthetic figures follow `reference/generator.json` (ranges and distributions with their basis) and are chosen so
that the applicant reaches its target score under the published scheme.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from clients.demo.chance import Chance
from clients.demo.counties.applicants import DESIGNATED, NOT_DEVELOPING, Applicant
from clients.demo.counties.score_target import Figures, Leaf, SchemeReader
from clients.programme.folder import ProgrammeFolder

WAN_PER_YI = 10_000
_CENT = Decimal("0.01")
_CLOSE = Decimal("0.0005")
#: Continuous leaves that take up what rounding leaves over, in this order.
_TUNED = (
    "fixed_asset_investment",
    "energy_per_output",
    "leading_industry_share",
    "park_entry_rate",
    "exports",
)
#: Figures that follow others and not the target: they are set before the search.
_TIED = frozenset({"revenue", "revenue_growth", "above_scale_output", "tax_paid"})
#: Figures that grow with the revenue from one year to the next.
_GROWING = ("operating_revenue", "above_scale_output", "tax_paid", "employees")


@dataclass(frozen=True)
class Labelled:
    """Where one figure comes from: `published` with its source, `derived` with its reason, or `synthetic`."""

    provenance: str
    source: str
    definition: str = "按指标目录"


@dataclass
class Filed:
    """All figures of an applicant with their labels; facts are stated for vetoes. ``cluster``: its code, once it is
    registered."""

    applicant: Applicant
    figures: Figures
    labels: dict[tuple[str, int], Labelled]
    facts: dict[str, str] = field(default_factory=dict)
    cluster: str | None = None

    def content(self) -> dict[str, Any]:
        """What is sent to the registry."""
        return {"values": [self.value(*key) for key in sorted(self.figures)], "facts": self.facts}

    def value(self, indicator: str, year: int) -> dict[str, Any]:
        number = self.figures[indicator, year]
        label = self.labels[indicator, year]
        return {
            "indicator": indicator,
            "data_year": year,
            "state": "missing" if number is None else "zero" if number == 0 else "value",
            "value": None if number is None else format(number, "f"),
            "definition": label.definition,
            "provenance": label.provenance,
            "source": label.source,
        }


_SYNTHETIC = Labelled("synthetic", "演示数据生成器")

#: Published facts that are figures of the catalogue: subject, fact, indicator, factor to the catalogue's unit.
_PUBLISHED = (
    ("421303", "新能智能专用车产业集群", "规上企业营业收入", "operating_revenue", WAN_PER_YI),
    ("421303", "新能智能专用车产业集群", "税收", "tax_paid", WAN_PER_YI),
    ("421303", "新能智能专用车产业集群", "国家级专精特新小巨人企业", "srdi_little_giants", 1),
    ("421381", "低碳冶金产业集群", "产值", "above_scale_output", WAN_PER_YI),
    ("421381", "低碳冶金产业集群", "规上企业数", "above_scale_firms", 1),
    ("421321", "香菇产业集群", "总产值", "above_scale_output", WAN_PER_YI),
    ("421321", "香菇产业集群", "高新技术企业", "hitech_firms", 1),
    ("420625", "再生资源产业集群", "规上企业数", "above_scale_firms", 1),
    ("420625", "再生资源产业集群", "规上工业产值", "above_scale_output", WAN_PER_YI),
    ("420984", "纺织服装产业集群", "规上工业企业", "above_scale_firms", 1),
    ("420984", "纺织服装产业集群", "规上工业产值", "above_scale_output", WAN_PER_YI),
    ("420984", "纺织服装产业集群", "企业入园率", "park_entry_rate", 1),
    ("420984", "食品加工产业集群", "产值", "above_scale_output", WAN_PER_YI),
    ("420902", "纸卫品产业集群", "规上企业数", "above_scale_firms", 1),
    ("420902", "纸卫品产业集群", "产值", "above_scale_output", WAN_PER_YI),
)


class FigureMaker:
    """Makes the figures of all applicants of one seed."""

    def __init__(self, folder: ProgrammeFolder, chance: Chance, *, data_year: int) -> None:
        self._chance = chance
        self.year = data_year
        self.scheme = SchemeReader(folder.scheme, data_year=data_year)
        self._catalogue = {entry["code"]: entry for entry in folder.indicators["indicators"]}
        self._facts = [fact["code"] for fact in folder.indicators["facts"]]
        self._published = _published_figures(folder.table("published_facts"), {data_year - 1, data_year})
        self._anchors = folder.reference("generator")

    def make(self, applicants: Sequence[Applicant]) -> list[Filed]:
        revenues = self._revenues(applicants)
        with localcontext() as context:
            context.prec = 28
            return [self._make_one(applicant, revenues[applicant.target_rank]) for applicant in applicants]

    def retarget(self, filed: Filed, score: Decimal, leaf_codes: Sequence[str]) -> tuple[str, Decimal]:
        """The first of these leaves by whose figure the applicant can reach another score; changes nothing."""
        gap = score - self.scheme.score(filed.figures)
        for code in leaf_codes:
            leaf = self.scheme.leaf(code)
            position = leaf.position(filed.figures, self.year)
            if position is None or not 0 <= position + gap / self.scheme.points(leaf) <= 1:
                continue
            return code, _rounded(leaf.value_at(position + gap / self.scheme.points(leaf)), integer=False)
        raise ValueError(f"none of {leaf_codes} gives {filed.applicant.key} a score of {score}")

    def name_of(self, indicator: str) -> str:
        return str(self._catalogue[indicator]["zh"])

    def _make_one(self, applicant: Applicant, revenue: Decimal) -> Filed:
        chance = self._chance.branch(applicant.key)
        known = dict(self._published.get((applicant.county_code, applicant.name), {}))
        figures: Figures = {key: number for key, (number, _) in known.items()}
        self._set_tied(figures, applicant, revenue, chance.branch("tied"))
        fixed = frozenset(figures)
        free = [
            leaf
            for leaf in self.scheme.leaves
            if leaf.code not in _TIED and _key(leaf, self.year) not in fixed
        ]
        noise = {leaf.code: chance.normal(Decimal(0), Decimal("0.11")) for leaf in free}
        growth = {
            code: chance.branch(code).normal(Decimal("0.04"), Decimal("0.03")) for code in self._catalogue
        }

        def at(level: Decimal) -> Figures:
            tried = dict(figures)
            for leaf in free:
                self._set_leaf(tried, leaf, min(Decimal(1), max(Decimal(0), level + noise[leaf.code])))
            self._complete(tried, fixed, growth)
            return tried

        found = self._search(at, applicant.target_score, low=Decimal(-1), high=Decimal(2))
        self._tune(found, applicant, frozenset(fixed))
        labels = {key: known[key][1] if key in known else _SYNTHETIC for key in found}
        return Filed(applicant, found, labels, dict.fromkeys(self._facts, "false"))

    def grow(self, before: Filed, applicant: Applicant, *, rise: Decimal) -> Filed:
        """From the figures of the year before: revenue and what hangs together with it by its rise, all others by a
        common step with which the applicant reaches its score. The year before is told as it was."""
        known = {key: number for key, number in before.figures.items() if key[1] == self.year - 1}
        figures: Figures = {key: known[key] for key in known if -1 in self._catalogue[key[0]]["data_years"]}
        for code in _GROWING:
            integer = self._catalogue[code]["integer"]
            now = (known[code, self.year - 1] or 0) * (1 + rise)
            figures[code, self.year] = _rounded(now, integer=integer)
        fixed = frozenset(figures)
        places = {
            leaf: leaf.position(known, self.year - 1)
            for leaf in self.scheme.leaves
            if _key(leaf, self.year) not in fixed
        }

        def at(step: Decimal) -> Figures:
            tried = dict(figures)
            for leaf, place in places.items():
                if place is not None:
                    self._set_leaf(tried, leaf, min(Decimal(1), max(Decimal(0), place + step)))
            self._complete(tried, fixed, dict.fromkeys(self._catalogue, rise))
            return tried

        with localcontext() as context:
            context.prec = 28
            found = self._search(at, applicant.target_score, low=Decimal(-1), high=Decimal(1))
            self._tune(found, applicant, fixed)
        labels = {key: before.labels[key] if key in known else _SYNTHETIC for key in found}
        return Filed(applicant, found, labels, dict.fromkeys(self._facts, "false"), before.cluster)

    def _search(
        self, at: Callable[[Decimal], Figures], target: Decimal, *, low: Decimal, high: Decimal
    ) -> Figures:
        """Bisection on the common level of the free leaves."""
        for _ in range(30):
            middle = (low + high) / 2
            if self.scheme.score(at(middle)) < target:
                low = middle
            else:
                high = middle
        return at(high)

    def _tune(self, figures: Figures, applicant: Applicant, fixed: frozenset[tuple[str, int]]) -> None:
        """Takes up what rounding to whole firms left, on continuous leaves."""
        for code in _TUNED:
            leaf = self.scheme.leaf(code)
            key = _key(leaf, self.year)
            gap = applicant.target_score - self.scheme.score(figures)
            position = leaf.position(figures, self.year)
            if abs(gap) < _CLOSE or key in fixed or position is None:
                continue
            wanted = min(Decimal("0.98"), max(Decimal("0.05"), position + gap / self.scheme.points(leaf)))
            figures[key] = self._fit(key[0], leaf.value_at(wanted))
        gap = applicant.target_score - self.scheme.score(figures)
        if abs(gap) >= Decimal("0.005"):
            raise ValueError(
                f"no figures give {applicant.key} a score of {applicant.target_score}: {gap} is left"
            )

    def _set_tied(self, figures: Figures, applicant: Applicant, revenue: Decimal, chance: Chance) -> None:
        """Revenue, output, tax and last year's figures hang together as in the sourced ratios."""
        year = self.year
        rise = self._growth(applicant, chance)
        output, output_before = (figures.get(("above_scale_output", known)) for known in (year, year - 1))
        if output is None and output_before is not None:
            output = figures["above_scale_output", year] = _rounded(output_before * (1 + rise), integer=False)
        if output is not None:
            revenue = output * chance.uniform(Decimal("0.90"), Decimal("1.00"))
        now = figures.setdefault(("operating_revenue", year), _rounded(revenue, integer=False))
        if now is None:  # pragma: no cover - set in the line above
            raise AssertionError
        figures.setdefault(("operating_revenue", year - 1), _rounded(now / (1 + rise), integer=False))
        made = _rounded(now * chance.uniform(Decimal("0.88"), Decimal("1.04")), integer=False)
        made_now = figures.setdefault(("above_scale_output", year), made)
        if made_now is not None:
            before = made_now / (1 + rise + chance.uniform(Decimal("-0.01"), Decimal("0.01")))
            figures.setdefault(("above_scale_output", year - 1), _rounded(before, integer=False))
        low, high = self._anchors["tax_over_revenue_pct"]["range"]
        rate = chance.uniform(Decimal(str(low)), Decimal(str(high))) / 100
        tax = figures.setdefault(("tax_paid", year), _rounded(now * rate, integer=False))
        if tax is not None:
            figures.setdefault(("tax_paid", year - 1), _rounded(tax / (1 + rise), integer=False))

    def _growth(self, applicant: Applicant, chance: Chance) -> Decimal:
        """Among the designated all grow by 5 % or more but one: it is designated and gets no reward."""
        anchors = self._anchors["growth_pct_per_year"]
        drawn = chance.normal(Decimal(anchors["mean"]), Decimal(anchors["sd"])) / 100
        if applicant.target_rank == NOT_DEVELOPING:
            return Decimal("0.031")
        if applicant.target_rank <= DESIGNATED:
            return min(Decimal("0.24"), max(Decimal("0.055"), drawn))
        return min(Decimal("0.20"), max(Decimal("-0.06"), drawn))

    def _set_leaf(self, figures: Figures, leaf: Leaf, position: Decimal) -> None:
        measured = leaf.value_at(position)
        name = leaf.indicators[0]
        if leaf.kind == "ratio":
            whole = figures[leaf.indicators[1], self.year]
            figures[name, self.year] = self._fit(name, measured * (whole or 0))
        elif leaf.kind == "growth":
            now = figures[name, self.year]
            figures[name, self.year - 1] = self._fit(name, (now or 0) / (1 + measured))
        else:
            figures[name, self.year] = self._fit(name, measured)

    def _complete(
        self, figures: Figures, fixed: frozenset[tuple[str, int]], growth: Mapping[str, Decimal]
    ) -> None:
        """Figures that no leaf measures, and relations between figures."""
        year = self.year

        def at_least(left: str, right: str, more: int) -> None:
            a, b = figures.get((left, year)), figures.get((right, year))
            if a is not None and b is not None and a < b + more and (left, year) not in fixed:
                figures[left, year] = b + more

        at_least("four_above_firms", "above_scale_firms", 3)
        at_least("srdi_provincial", "srdi_little_giants", 2)
        for code, entry in self._catalogue.items():
            for offset in entry["data_years"]:
                key = (code, year + offset)
                if key not in figures:
                    now = figures.get((code, year))
                    middle = _middle(entry)
                    rise = min(Decimal("0.2"), max(Decimal("-0.1"), growth[code]))
                    figures[key] = self._fit(code, middle if now is None else now / (1 + rise))
        before, after = (
            figures.get(("four_above_firms", year - 1)),
            figures.get(("above_scale_firms", year - 1)),
        )
        if before is not None and after is not None and before < after:
            figures["four_above_firms", year - 1] = after

    def _fit(self, code: str, number: Decimal) -> Decimal:
        """Rounded as the catalogue asks, inside of its usual range."""
        entry = self._catalogue[code]
        usual = entry.get("usual") or entry["range"]
        bounded = min(Decimal(usual["maximum"]), max(Decimal(usual["minimum"]), number))
        return _rounded(bounded, integer=entry["integer"])

    def _revenues(self, applicants: Sequence[Applicant]) -> dict[int, Decimal]:
        """Revenue in 万元 by target rank, drawn from the sourced distributions; larger ones tend to rank higher."""
        drawn: dict[int, Decimal] = {}
        for name, ranks, floor in (
            ("recognised_cluster_revenue_yi", range(1, DESIGNATED + 1), Decimal(40)),
            ("cultivating_cluster_revenue_yi", range(DESIGNATED + 1, len(applicants) + 1), Decimal(12)),
        ):
            anchors = self._anchors[name]
            sigma = Decimal(str(anchors["sigma"]))
            median = Decimal(str(anchors["mean"])) / (sigma * sigma / 2).exp()
            low, high = max(floor, Decimal(anchors["clip"][0])), Decimal(anchors["clip"][1])
            chance = self._chance.branch(name)
            sizes = sorted(
                (min(high, max(low, chance.lognormal(median, sigma))) for _ in ranks), reverse=True
            )
            places = sorted(ranks, key=lambda rank: rank + chance.between(-6, 6))
            drawn |= {rank: size * WAN_PER_YI for rank, size in zip(places, sizes, strict=True)}
        return drawn


def _published_figures(
    facts: Iterable[dict[str, str]], years: set[int]
) -> dict[tuple[str, str], dict[tuple[str, int], tuple[Decimal, Labelled]]]:
    rows = {(row["division_code"], row["subject"], row["indicator"], row["period"]): row for row in facts}
    found: dict[tuple[str, str], dict[tuple[str, int], tuple[Decimal, Labelled]]] = {}
    for county, subject, fact, indicator, factor in _PUBLISHED:
        for year in sorted(years):
            row = rows.get((county, subject, fact, str(year)))
            if row is not None:
                label = Labelled("published", f"公开报道:{row['source_key']}", f"{fact}(公开口径)")
                cluster = found.setdefault((county, subject), {})
                cluster[indicator, year] = (Decimal(row["value"]) * factor, label)
    return found


def _key(leaf: Leaf, year: int) -> tuple[str, int]:
    """The figure that a leaf is set by."""
    return (leaf.indicators[0], year - 1 if leaf.kind == "growth" else year)


def _middle(entry: Mapping[str, Any]) -> Decimal:
    usual = entry.get("usual") or entry["range"]
    return (Decimal(usual["minimum"]) + Decimal(usual["maximum"])) / 2


def _rounded(number: Decimal, *, integer: bool) -> Decimal:
    return number.quantize(Decimal(1) if integer else _CENT, rounding=ROUND_HALF_UP)
