"""Rows of the registers for nine clusters of three counties, with every trap that a target can fall into."""

import random
from typing import Any, Final

from shared.text.credit_code import make_test_code

Row = dict[str, Any]
ZENGDU, TIANMEN, SUIXIAN = "421303", "429006", "421321"
YEARS: Final = (2023, 2024, 2025)
FIRMS: Final = 60
ABOUT: Final = {"source": "测试台账", "period": "2025", "valid_from": "2020-01-01"}
TITLES: Final = ("four_above", "above_scale", "srdi_provincial", "srdi_national", "listed", "gazelle")
BRANDS: Final = ("hubei_premium", "geographical", "regional_public", "other_provincial")
#: Registers in the order in which they refer to each other.
ORDER: Final = (
    "leading-industries", "parks", "park-years", "cluster-parks", "enterprises", "cluster-memberships",
    "qualifications", "enterprise-years", "platforms", "brands", "projects", "talent-facts", "county-years",
)  # fmt: skip


class RowMaker:
    """The same rows every time."""

    def __init__(self, clusters: list[Row]) -> None:
        self._codes = [entry["code"] for entry in clusters]
        self._county = {entry["code"]: entry["county"] for entry in clusters}
        self._dice = random.Random(20240527)  # noqa: S311 - examples
        self._rows: dict[str, list[Row]] = {register: [] for register in ORDER}

    def made(self) -> dict[str, list[Row]]:
        self._industries()
        self._parks()
        for number in range(FIRMS):
            self._firm(number)
        self._platforms_and_brands()
        self._counties()
        return self._rows

    def _add(self, register: str, **row: Any) -> None:
        given = {key: value for key, value in row.items() if value is not None}
        self._rows[register].append({**ABOUT, **given})

    def _industries(self) -> None:
        """One county has four, with its reason."""
        for county, number in ((ZENGDU, 3), (TIANMEN, 4), (SUIXIAN, 2)):
            for place in range(number):
                self._add(
                    "leading-industries", name=f"产业{place}", class_51020="none", industry_codes="36",
                    county_code=county, waiver_reason="省级试点" if place == 3 else None,
                )  # fmt: skip

    def _parks(self) -> None:
        """One grew in 2025, one is new in 2024, one holds two clusters."""
        for place, code in enumerate(self._codes[:6]):
            county, park = self._county[code], f"P{place}"
            area = str(1000 + 137 * place)
            self._add(
                "parks", code=park, name=f"园{place}", level="within", area_mu=area, county_code=county,
                valid_to="2025-01-01" if place == 2 else None,
            )  # fmt: skip
            if place == 2:
                self._add(
                    "parks", code=park, name="扩园", level="within", area_mu="2000", county_code=county,
                    valid_from="2025-01-01",
                )  # fmt: skip
            self._add("cluster-parks", cluster=code, park=park)
            for year in YEARS if place != 5 else YEARS[1:]:
                self._add(
                    "park-years", park=park, year=year, new_landings=1, moved_in=0, county_code=county,
                    investment_wan=str(self._dice.randint(200_000, 900_000)),
                )  # fmt: skip
        self._add("cluster-parks", cluster=self._codes[1], park="P0")

    def _firm(self, number: int) -> None:
        """Every seventh is in two clusters, every eleventh left; titles begin and end; some figures are missing or
        lie on a threshold."""
        dice, firm = self._dice, make_test_code(number)
        cluster = self._codes[dice.randrange(9)] if number % 9 else self._codes[number // 9 % 3]
        county = self._county[cluster]
        self._add(
            "enterprises", credit_code=firm, name=f"企业{number}", industry_codes="36", size="medium",
            park=f"P{dice.randrange(6)}" if dice.random() < 0.7 else None, county_code=county,
        )  # fmt: skip
        ended = "2025-06-01" if number % 11 == 0 else None
        if number % 7 == 0:
            other = next(code for code in self._codes if code != cluster)
            for code, split in ((cluster, "0.3"), (other, "0.7")):
                self._add("cluster-memberships", enterprise=firm, cluster=code, split=split, valid_to=ended)
        else:
            self._add("cluster-memberships", enterprise=firm, cluster=cluster, valid_to=ended)
        for kind in TITLES:
            if dice.random() < 0.35:
                self._add(
                    "qualifications", enterprise=firm, kind=kind, county_code=county,
                    valid_from=dice.choice(["2021-01-01", "2024-07-01", "2025-08-01"]),
                    valid_to="2025-10-01" if dice.random() < 0.2 else None,
                )  # fmt: skip
        for year in YEARS:
            if dice.random() < 0.9:
                revenue = dice.choice([100_000, 100_001, 1_000_000, 1_000_001, dice.randint(10, 3_000_000)])
                self._add(
                    "enterprise-years", enterprise=firm, year=year, operating_revenue_wan=str(revenue),
                    county_code=county,
                )  # fmt: skip

    def _platforms_and_brands(self) -> None:
        """Some clusters have none; one name is a brand of two clusters and of two kinds."""
        dice = self._dice
        for place, code in enumerate(self._codes):
            for number in range(place % 4):
                self._add(
                    "platforms", cluster=code, name=f"平台{number}",
                    kind=dice.choice(["sci_tech", "public_service"]),
                    level=dice.choice(["national", "provincial", "municipal"]),
                )  # fmt: skip
                self._add(
                    "brands", cluster=code, name=f"品牌{dice.randrange(9)}-{number}", kind=dice.choice(BRANDS),
                    valid_from=dice.choice(["2021-01-01", "2025-07-01"]),
                )  # fmt: skip
        for place, kind in ((1, "hubei_premium"), (2, "hubei_premium"), (2, "geographical")):
            self._add("brands", cluster=self._codes[place], name="同名", kind=kind)
        self._add(
            "projects", project_code="2404-421303-04-01-000001", name="项目", unit="公司", cluster=self._codes[0],
            investment_wan="12000", stage="building",
        )  # fmt: skip

    def _counties(self) -> None:
        """Two of three state their figures, each by another definition; one school is planned only."""
        for county, since, most in ((ZENGDU, 2023, 950_000), (TIANMEN, 2025, 750_000)):
            for year in YEARS:
                self._add(
                    "county-years", year=year, operating_revenue_wan="1234567", county_code=county,
                    leading_revenue_wan=str(self._dice.randint(most - 100_000, most)),
                    denominator="全口径" if county == ZENGDU else "规上口径",
                )  # fmt: skip
                if year >= since:
                    self._add(
                        "talent-facts", year=year, kind="vocational_school", name="职教中心", value=1,
                        county_code=county,
                    )  # fmt: skip
        planned = {"year": 2025, "county_code": SUIXIAN}
        self._add("talent-facts", kind="vocational_school", name="筹建", value=0, **planned)
        self._add("talent-facts", kind="trained", name="培训", value=900, **planned)
