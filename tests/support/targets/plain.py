"""A second little program that adds up what was loaded: loops over rows, nothing of the product's code.

Each function gives the figure and the codes of what is counted; a figure is null where there is nothing to divide by.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Final

from tests.support.targets.rows import Row
from tests.support.targets.world import World

Told = tuple[Decimal | None, set[str]]


def day_of(year: int) -> str:
    return f"{year}-12-31"


def holders(world: World, day: str, level: str | None = None) -> set[str]:
    last = {}
    for own in sorted(world.statuses, key=lambda own: own.since):
        if own.since <= day:
            last[own.cluster] = own
    return {
        code
        for code, own in last.items()
        if own.status in {"designated", "rectification"} and level in {None, own.level}
    }


def in_force(rows: Iterable[Row], day: str) -> list[Row]:
    return [row for row in rows if row["valid_from"] <= day and (row.get("valid_to") or "9999-12-31") > day]


def of_year(rows: Iterable[Row], year: int) -> list[Row]:
    return [row for row in rows if row["year"] == year]


def attested(world: World, indicator: str, year: int) -> dict[str, Decimal]:
    """The last one that was entered goes before the others."""
    return {
        row["cluster"]: Decimal(row["value"])
        for row in world.attested
        if row["indicator"] == indicator and row["data_year"] == year
    }


def own_revenue(world: World, year: int) -> dict[str, Decimal]:
    rows = of_year(world.rows["enterprise-years"], year)
    return {row["enterprise"]: Decimal(row["operating_revenue_wan"]) for row in rows}


def clusters_of_firms(world: World, year: int) -> dict[str, set[str]]:
    """Firms of designated clusters."""
    held, found = holders(world, day_of(year)), defaultdict(set)
    for row in in_force(world.rows["cluster-memberships"], day_of(year)):
        if row["cluster"] in held:
            found[row["enterprise"]].add(row["cluster"])
    return found


def revenue_of_clusters(world: World, year: int) -> dict[str, Decimal]:
    """A department's, else the returned, else the sum of the firms with their shares."""
    money = own_revenue(world, year)
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in in_force(world.rows["cluster-memberships"], day_of(year)):
        if row["enterprise"] in money:
            sums[row["cluster"]] += Decimal(row.get("split", "1")) * money[row["enterprise"]]
    filed = {
        row["cluster"]: Decimal(row["value"])
        for row in world.filed
        if row["data_year"] == year and row["state"] == "accepted"
    }
    return {**sums, **filed, **attested(world, "operating_revenue", year)}


def clusters_above(threshold: int) -> Callable[[World, int], Told]:
    def told(world: World, year: int) -> Told:
        revenue = revenue_of_clusters(world, year)
        counted = {code for code in holders(world, day_of(year)) if revenue.get(code, 0) > threshold}
        return Decimal(len(counted)), counted

    return told


def firms_with(
    wanted: Callable[[World, int], set[str]], indicator: str | None = None
) -> Callable[[World, int], Told]:
    def told(world: World, year: int) -> Told:
        held = holders(world, day_of(year))
        stated = {code: n for code, n in attested(world, indicator or "", year).items() if code in held}
        chosen = wanted(world, year)
        firms = {
            firm
            for firm, clusters in clusters_of_firms(world, year).items()
            if firm in chosen and not clusters & set(stated)
        }
        return len(firms) + sum(stated.values(), Decimal(0)), firms | set(stated)

    return told


def earning_more_than(threshold: int) -> Callable[[World, int], set[str]]:
    return lambda world, year: {firm for firm, own in own_revenue(world, year).items() if own > threshold}


def titled(*kinds: str) -> Callable[[World, int], set[str]]:
    return lambda world, year: {
        row["enterprise"]
        for row in in_force(world.rows["qualifications"], day_of(year))
        if row["kind"] in kinds
    }


def brands(kinds: set[str], indicator: str | None = None) -> Callable[[World, int], Told]:
    def told(world: World, year: int) -> Told:
        held, where, right = holders(world, day_of(year)), defaultdict(set), set()
        stated = {code: n for code, n in attested(world, indicator or "", year).items() if code in held}
        for row in in_force(world.rows["brands"], day_of(year)):
            if row["cluster"] in held:
                where[row["name"]].add(row["cluster"])
                if row["kind"] in kinds:
                    right.add(row["name"])
        names = {name for name in right if not where[name] & set(stated)}
        return len(names) + sum(stated.values(), Decimal(0)), names | set(stated)

    return told


def leading_industry_share(world: World, year: int) -> Told:
    rows = [row for row in of_year(world.rows["county-years"], year) if row["county_code"] in world.counties]
    part = sum(Decimal(row["leading_revenue_wan"]) for row in rows)
    whole = sum(Decimal(row["operating_revenue_wan"]) for row in rows)
    reached = {
        row["county_code"]
        for row in rows
        if Decimal(row["leading_revenue_wan"]) * 100 / Decimal(row["operating_revenue_wan"])
        >= 65  # 70 less 5
    }
    return percent(part, whole), reached


def designated_clusters(level: str | None) -> Callable[[World, int], Told]:
    def told(world: World, year: int) -> Told:
        found = holders(world, day_of(year), level)
        return Decimal(len(found)), found

    return told


def in_park(world: World, year: int) -> Told:
    firms = clusters_of_firms(world, year)
    inside = {
        row["credit_code"]
        for row in in_force(world.rows["enterprises"], day_of(year))
        if row["credit_code"] in firms and row.get("park")
    }
    return percent(len(inside), len(firms)), inside


def investment_growth(world: World, year: int) -> Told:
    """Since 2023, of the parks of those clusters that are designated at the end of the year."""
    held = holders(world, day_of(year))

    def density(at: int) -> tuple[Decimal, set[str]]:
        linked = {
            row["park"] for row in in_force(world.rows["cluster-parks"], day_of(at)) if row["cluster"] in held
        }
        area = {row["code"]: Decimal(row["area_mu"]) for row in in_force(world.rows["parks"], day_of(at))}
        money = {row["park"]: Decimal(row["investment_wan"]) for row in of_year(world.rows["park-years"], at)}
        known = {park for park in linked if park in money}
        return sum(money[park] for park in known) / sum((area[park] for park in known), Decimal(0)), known

    with localcontext() as context:
        context.prec = 50
        (now, counted), (before, _) = density(year), density(2023)
        growth = ((now / before) ** (Decimal(1) / (year - 2023)) - 1) * 100
    return rounded(growth), counted


def coverage(world: World, year: int) -> Told:
    held = holders(world, day_of(year))
    covered = {
        row["cluster"]
        for row in in_force(world.rows["platforms"], day_of(year))
        if row["kind"] == "sci_tech" and row["level"] in {"provincial", "national"}
    } | {code for code, number in attested(world, "research_platforms", year).items() if number >= 1}
    return percent(len(held & covered), len(held)), held & covered


def within_cap_of_industries(world: World, year: int) -> Told:
    names, waived = defaultdict(set), set()
    for row in in_force(world.rows["leading-industries"], day_of(year)):
        names[row["county_code"]].add(row["name"])
        if "waiver_reason" in row:
            waived.add(row["county_code"])
    right = {county for county in world.counties if len(names[county]) <= 3 or county in waived}
    return percent(len(right), len(world.counties)), right


def one_or_two_in_focus(world: World, year: int) -> Told:
    focus = [entry for entry in world.clusters if entry["in_focus"]]
    number = {county: sum(entry["county"] == county for entry in focus) for county in world.counties}
    waived = {entry["county"] for entry in focus if entry["waiver_reason"]}
    right = {county for county, own in number.items() if own >= 1 and (own <= 2 or county in waived)}
    return percent(len(right), len(world.counties)), right


def with_a_cluster(world: World, year: int) -> Told:
    right = {entry["county"] for entry in world.clusters} & set(world.counties)
    return percent(len(right), len(world.counties)), right


def with_a_school(world: World, year: int) -> Told:
    rows = of_year(world.rows["talent-facts"], year)
    right = {r["county_code"] for r in rows if r["kind"] == "vocational_school" and r["value"] >= 1}
    return percent(len(right), len(world.counties)), right


def percent(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    return rounded(Decimal(part) * 100 / Decimal(whole)) if whole else None


def rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.000001"), ROUND_HALF_UP)


PLAIN: Final[dict[str, Callable[[World, int], Told]]] = {
    "clusters_over_100_billion": clusters_above(10_000_000),
    "clusters_over_50_billion": clusters_above(5_000_000),
    "clusters_over_30_billion": clusters_above(3_000_000),
    "clusters_over_10_billion": clusters_above(1_000_000),
    "leading_firms": firms_with(earning_more_than(1_000_000)),
    "backbone_firms": firms_with(earning_more_than(100_000), "backbone_firms"),
    "srdi_firms": firms_with(titled("srdi_provincial", "srdi_national"), "srdi_provincial"),
    "provincial_brands": brands({"hubei_premium", "geographical", "other_provincial"}),
    "leading_industry_share": leading_industry_share,
    "provincial_clusters": designated_clusters(None),
    "national_clusters": designated_clusters("national"),
    "park_entry_rate": in_park,
    "investment_per_mu_growth": investment_growth,
    "four_above_firms": firms_with(titled("four_above", "above_scale"), "four_above_firms"),
    "above_scale_firms": firms_with(titled("above_scale"), "above_scale_firms"),
    "listed_firms": firms_with(titled("listed"), "listed_firms"),
    "platform_coverage": coverage,
    "hubei_brands": brands({"hubei_premium"}, "hubei_brands"),
    "leading_industries_within_cap": within_cap_of_industries,
    "clusters_in_focus_within_cap": one_or_two_in_focus,
    "cluster_in_each_county": with_a_cluster,
    "vocational_school_in_each_county": with_a_school,
}
