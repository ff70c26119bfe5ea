"""Every stage that this version of the pipeline can do, by its code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from clients.pipeline.stages.allocation import Allocate, OpenRound, ProposeAllocation, Review, Simulate
from clients.pipeline.stages.assessment import Assess, Robustness
from clients.pipeline.stages.awards import CountyProjects, Issue, PassDown, Spending
from clients.pipeline.stages.contract import Stage
from clients.pipeline.stages.designations import ApproveDesignations, ProposeDesignations
from clients.pipeline.stages.filings import CloseFilings, DepartmentCheck, OnSiteCheck, OpenFilings
from clients.pipeline.stages.lists import Decide, Finalise, Objections, PublicNotice
from clients.pipeline.stages.rules import PublishRules
from clients.pipeline.stages.snapshot import FreezeSnapshot
from clients.pipeline.stages.year_end import Close, ReportTargets

STAGES: Final[Mapping[str, Stage]] = {
    stage.code: stage
    for stage in (
        PublishRules(), OpenFilings(), CloseFilings(), DepartmentCheck(), OnSiteCheck(), FreezeSnapshot(), Assess(),
        Robustness(), Decide(), PublicNotice(), Objections(), Finalise(), ProposeDesignations(), ApproveDesignations(),
        OpenRound(), Simulate(), Allocate(), ProposeAllocation(), Review(), Issue(), PassDown(), CountyProjects(),
        Spending(), ReportTargets(), Close(),
    )
}  # fmt: skip
