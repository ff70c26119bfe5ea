"""Targets, what lies behind their figures, goals of clusters' plans, and the report of a plan."""

from datetime import date

from shared.http.client import ServiceClient, View, iso


class ReasonView(View):
    code: str
    zh: str
    en: str


class JudgementView(View):
    expected: str | None
    place: str | None
    fulfilled: bool | None
    reason: ReasonView | None


class WayView(View):
    """A year on the way to a target."""

    year: int
    value: str | None
    expected: str | None
    fulfilled: bool | None


class PublishedLineView(View):
    """A line as everybody may read it."""

    kind: str
    code: str
    zh: str
    en: str
    unit: str
    comparison: str
    target_year: int | None
    target: str
    value: str | None
    reason: ReasonView | None
    on_the_way: JudgementView
    against_target: JudgementView
    path: list[WayView]


class CountsView(View):
    counted: int
    not_counted: int
    unknown: int


class ProjectionView(View):
    method: str
    year: int | None
    value: str | None
    reason: ReasonView | None


class TargetView(PublishedLineView):
    """A line with how many units are behind it, and where it leads to."""

    division: str
    counts: CountsView
    part: str | None
    whole: str | None
    projection: ProjectionView


class TargetTableView(View):
    programme: str
    version: str
    year: int
    as_of: date
    division: str
    items: list[TargetView]


class PublishedTableView(View):
    programme: str
    version: str
    year: int
    as_of: date
    items: list[PublishedLineView]


class TargetUnitView(View):
    """A cluster, firm, brand, park, project or county behind a figure."""

    kind: str
    code: str
    name: str | None
    county_code: str | None
    clusters: list[str]
    value: str | None
    state: str
    reason: ReasonView | None


class PlanGoalView(View):
    cluster: str
    year: int
    indicator: str
    goal: str
    goal_unit: str
    actual: str | None
    actual_unit: str | None
    difference: str | None
    reason: ReasonView | None


class PlanYearView(View):
    year: int
    as_of: date
    actual: str | None
    expected: str | None
    met: bool | None
    target: str
    target_met: bool | None


class PlanLineView(View):
    kind: str
    code: str
    unit: str
    years: list[PlanYearView]


class SuccessorView(View):
    programme: str
    takes: list[str]
    is_published: bool


class LeftoverView(View):
    """What is left on a plan's last day; without ``passes_to`` it ends."""

    kind: str
    code: str
    name: str
    state: str
    due_on: date | None
    passes_to: str | None


class PlanReportView(View):
    programme: str
    version: str
    starts_on: date
    ends_on: date
    as_of: date
    is_over: bool
    successor: SuccessorView | None
    lines: list[PlanLineView]
    left: list[LeftoverView]


class RecordedStatusView(View):
    status: str
    level: str
    effective_from: date
    document_number: str


class PlanDecisionView(RecordedStatusView):
    decision: str


class PlanFigureView(View):
    code: str
    unit: str
    year: int
    value: str


class PlanClusterView(View):
    cluster: str
    name: str
    county_code: str
    start: RecordedStatusView | None
    end: RecordedStatusView | None
    decisions: list[PlanDecisionView]
    figures: list[PlanFigureView]


class PlanCountyView(View):
    code: str
    name: str
    held_at_start: int
    held_at_end: int
    decisions: int
    figures: list[PlanFigureView]


class TargetCalls(ServiceClient):
    async def targets(
        self, programme: str, *, year: int, as_of: date | None = None, division: str | None = None
    ) -> TargetTableView:
        """All lines of a year, of the own division or one below it."""
        return await self.get(
            "/v1/targets",
            TargetTableView,
            programme=programme,
            year=year,
            as_of=iso(as_of),
            division=division,
        )

    async def target(
        self,
        programme: str,
        code: str,
        *,
        year: int,
        as_of: date | None = None,
        division: str | None = None,
    ) -> TargetTableView:
        """One line."""
        path = f"/v1/targets/{programme}/{code}"
        return await self.get(path, TargetTableView, year=year, as_of=iso(as_of), division=division)

    async def target_units(
        self, programme: str, code: str, *, year: int, as_of: date | None = None, state: str | None = None
    ) -> list[TargetUnitView]:
        """What lies behind a figure; ``state``: counted, not_counted or unknown."""
        path = f"/v1/targets/{programme}/{code}/units"
        wanted = self.pages(path, TargetUnitView, year=year, as_of=iso(as_of), state=state, limit=1000)
        return [unit async for unit in wanted]

    async def published_targets(self, programme: str, *, year: int | None = None) -> PublishedTableView:
        """What everybody may read: a year that is over, by default the last one."""
        return await self.get(f"/v1/published-targets/{programme}", PublishedTableView, year=year)

    async def plan_goals(
        self, programme: str, *, cluster: str | None = None, year: int | None = None
    ) -> list[PlanGoalView]:
        """Goals of clusters' plans beside what was accepted."""
        wanted = self.pages("/v1/plan-goals", PlanGoalView, programme=programme, cluster=cluster, year=year)
        return [goal async for goal in wanted]

    async def plan_report(self, programme: str) -> PlanReportView:
        """Of the plan's last day, or of today where that is earlier."""
        return await self.get(f"/v1/plan-reports/{programme}", PlanReportView)

    async def plan_clusters(self, programme: str) -> list[PlanClusterView]:
        path = f"/v1/plan-reports/{programme}/clusters"
        return [record async for record in self.pages(path, PlanClusterView)]

    async def plan_counties(self, programme: str) -> list[PlanCountyView]:
        path = f"/v1/plan-reports/{programme}/counties"
        return [record async for record in self.pages(path, PlanCountyView)]
