"""One small example of each border document; their bytes are frozen in `golden/`."""

from datetime import date

from shared.contracts.award_list import Award, AwardList, IncentiveReference
from shared.contracts.designation_set import Designation, DesignationSet
from shared.contracts.document import Document
from shared.contracts.release import (
    Contribution,
    Decision,
    Notice,
    ObjectionOutcome,
    Outcomes,
    Release,
    ReleaseUnit,
    SchemeReference,
)
from shared.contracts.snapshot import Snapshot, SnapshotIndicator, SnapshotUnit, SnapshotValue

PATH = ("420000", "421300", "421303")

SNAPSHOT = Snapshot(
    programme="hubei-county-clusters",
    programme_version="2024.1",
    assessment_year=2024,
    data_year=2023,
    kind="application",
    cut_off=date(2024, 8, 16),
    indicators=(
        SnapshotIndicator(code="operating_revenue", zh="营业收入", en="Operating revenue", unit="万元"),
    ),
    units=(
        SnapshotUnit(
            unit="421303-01",
            name="新能智能专用车产业集群",
            county_code="421303",
            county_name="曾都区",
            division_path=PATH,
            groups={"city": "421300"},
            facts={"serious_accident": "false"},
            values=(
                SnapshotValue(
                    indicator="operating_revenue",
                    data_year=2022,
                    state="missing",
                    value=None,
                    definition="按指标目录",
                    provenance="reported",
                    source="县统计年报",
                ),
                SnapshotValue(
                    indicator="operating_revenue",
                    data_year=2023,
                    state="value",
                    value="4140000",
                    definition="规上企业营业收入",
                    provenance="published",
                    source="suiw",
                ),
            ),
        ),
    ),
)

RELEASE = Release(
    stage="final",
    programme="hubei-county-clusters",
    programme_version="2024.1",
    assessment_year=2024,
    data_year=2023,
    kind="application",
    number=2,
    supersedes="sha256:" + "1" * 64,
    scheme=SchemeReference(id="hubei-county-clusters", version="2024.1", sha256="sha256:" + "2" * 64),
    snapshot_sha256=SNAPSHOT.sha256,
    proposed_sha256="sha256:" + "3" * 64,
    decision=Decision(document_number="鄂县域办纪〔2024〕1号", decided_on=date(2024, 9, 2)),
    notice=Notice(starts_on=date(2024, 9, 4), ends_on=date(2024, 9, 10), days=7, day_kind="calendar"),
    objections=(ObjectionOutcome(number=1, unit="421303-01", ruling="rejected"),),
    units=(
        ReleaseUnit(
            unit="421303-01",
            name="新能智能专用车产业集群",
            county_code="421303",
            county_name="曾都区",
            division_path=PATH,
            score="81.25",
            rank=5,
            grade="良好",
            outcomes=Outcomes(eligible=True, developing_well=True, proposed_status="designate"),
            removed=None,
            contributions=(
                Contribution(node="revenue", amount="81.2500000001"),
                Contribution(node="rounding", amount="-0.0000000001"),
            ),
        ),
    ),
)

DESIGNATION_SET = DesignationSet(
    programme="hubei-county-clusters",
    programme_version="2024.1",
    as_of=date(2024, 9, 20),
    designations=(
        Designation(
            cluster="421303-01",
            name="新能智能专用车产业集群",
            county_code="421303",
            county_name="曾都区",
            division_path=PATH,
            status="designated",
            level="provincial",
            document_number="鄂发改县域〔2024〕200号",
            effective_from=date(2024, 9, 14),
            release_sha256=RELEASE.sha256,
        ),
    ),
)

AWARD_LIST = AwardList(
    programme="hubei-county-clusters",
    programme_version="2024.1",
    incentive=IncentiveReference(id="hubei-county-clusters", version="2024.1", sha256="sha256:" + "4" * 64),
    assessment_year=2024,
    fiscal_year=2024,
    purpose="incentive",
    list_number="2024-001",
    release_sha256=RELEASE.sha256,
    designations_sha256=DESIGNATION_SET.sha256,
    pool_fen=8_000_000_000,
    awards=(
        Award(
            serial=1,
            cluster="421303-01",
            name="新能智能专用车产业集群",
            county_code="421303",
            county_name="曾都区",
            rank=5,
            tier="second",
            amount_fen=700_000_000,
            clause="27号 三(二)",
        ),
    ),
    unallocated_fen=7_300_000_000,
    unallocated_disposition="return",
)

AWARD_LIST_OF_SEVERAL = AWARD_LIST.model_copy(update={"further_releases": ("sha256:" + "5" * 64,)})

EXAMPLES: dict[str, Document] = {
    "snapshot": SNAPSHOT,
    "release": RELEASE,
    "designation_set": DESIGNATION_SET,
    "award_list": AWARD_LIST,
    "award_list_of_several": AWARD_LIST_OF_SEVERAL,
}
