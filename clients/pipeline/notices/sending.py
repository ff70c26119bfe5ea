"""Sending notices by SMTP: at least once, each under the same Message-ID however often."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final, Literal

from sqlalchemy.exc import SQLAlchemyError

from clients.pipeline.notices.addresses import recipients
from clients.pipeline.storage.notices import Outgoing, mark_failed, mark_sent, take_notice
from shared.data.database import Database
from shared.errors import Refusal
from shared.logging import get_logger
from shared.web.principals import Role

#: A sender that died leaves its notice to the next after this time; a server that does not answer is left sooner.
TAKEN_SECONDS: Final = 120.0
TIMEOUT_SECONDS: Final = 30.0
LONGEST_WAIT_SECONDS: Final = 3_600.0
_IDLE_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mail is handed in. ``domain`` is the right-hand side of each Message-ID."""

    host: str
    port: int
    security: Literal["tls", "starttls", "none"]
    user: str | None
    password: str | None
    sender: str
    domain: str


Deliver = Callable[[MailServer, EmailMessage], None]


def message_of(notice: Outgoing, server: MailServer, to: Sequence[str]) -> EmailMessage:
    """Chinese first; the id is the notice's own, so that a second copy is known as such."""
    message = EmailMessage()
    message["From"] = server.sender
    message["To"] = ", ".join(to)
    message["Subject"] = notice.zh
    message["Date"] = format_datetime(notice.recorded_at)
    message["Message-ID"] = f"<{notice.id}@{server.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(
        f"{notice.zh}\n{notice.en}\n\n{notice.programme} {notice.assessment_year}\n"
        f"查看 / look: clusters cycle status {notice.assessment_year}\n"
    )
    return message


def deliver(server: MailServer, message: EmailMessage) -> None:
    """Blocks; raises ``OSError`` or ``smtplib.SMTPException`` where the server does not take it."""
    context = ssl.create_default_context()
    if server.security == "tls":
        connected: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=TIMEOUT_SECONDS, context=context
        )
    else:
        connected = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS)
    with connected as smtp:
        if server.security == "starttls":
            smtp.starttls(context=context)
        if server.user is not None:
            smtp.login(server.user, server.password or "")
        smtp.send_message(message)


async def send_once(
    database: Database,
    server: MailServer,
    addresses: Mapping[Role, Sequence[str]],
    *,
    by: Deliver = deliver,
) -> bool:
    """One notice; false where none waits. What the server does not take is tried again later."""
    async with database.transaction() as session:
        notice = await take_notice(session, for_seconds=TAKEN_SECONDS)
    if notice is None:
        return False
    to = recipients(addresses, notice.roles)
    try:
        if to:
            await asyncio.to_thread(by, server, message_of(notice, server, to))
    except (OSError, smtplib.SMTPException) as error:
        get_logger().warning("notice_not_sent", notice=str(notice.id), error=type(error).__name__)
        wait = min(2.0 ** min(notice.failures + 2, 20), LONGEST_WAIT_SECONDS)
        async with database.transaction() as session:
            await mark_failed(session, notice.id, again_in_seconds=wait)
        return True
    async with database.transaction() as session:
        await mark_sent(session, notice.id, recipients=len(to))
    get_logger().info("notice_sent", notice=str(notice.id), kind=notice.kind, recipients=len(to))
    return True


async def send_for_ever(
    database: Database, server: MailServer, addresses: Mapping[Role, Sequence[str]]
) -> None:
    while True:
        try:
            sent = await send_once(database, server, addresses)
        except (Refusal, SQLAlchemyError, OSError) as error:  # the database is away
            get_logger().warning("notices_not_read", reason=type(error).__name__)
            sent = False
        if not sent:
            await asyncio.sleep(_IDLE_SECONDS)
