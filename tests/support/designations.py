"""Designations as rows, where a test is not about how they come about."""

from datetime import date

import sqlalchemy as sa

from tests.support.services import RunningService


async def designated(
    registry: RunningService,
    *clusters: str,
    since: str,
    status: str = "designated",
    level: str = "provincial",
    programme: str = "hubei-county-clusters",
) -> None:
    """Gives these clusters a status from a day on, by a release of its own."""
    release = f"sha256:{programme}-{since}-{status}-{level}-{'-'.join(clusters)}"
    async with registry.database.transaction() as session:
        await session.execute(
            sa.text(
                "INSERT INTO received_release (sha256, document, signature, key_id, programme, assessment_year, "
                "kind, recorded_at) VALUES (:sha256, '', 's', 'k', :programme, 2024, :sha256, now())"
            ),
            {"sha256": release, "programme": programme},
        )
        for code in clusters:
            await session.execute(
                sa.text(
                    "INSERT INTO designation (cluster_code, release_sha256, programme, programme_version, status, "
                    "level, document_number, effective_from, recorded_at) VALUES (:code, :sha256, "
                    ":programme, '1', :status, :level, '测试〔2024〕1号', :since, now())"
                ),
                {
                    "code": code,
                    "sha256": release,
                    "programme": programme,
                    "status": status,
                    "level": level,
                    "since": date.fromisoformat(since),
                },
            )
