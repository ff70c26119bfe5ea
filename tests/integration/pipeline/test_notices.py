"""Notices by mail: to those who decide, at least once, under the same id however often."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
import sqlalchemy as sa

from clients.pipeline.notices.addresses import AddressesUnusable, read_addresses
from clients.pipeline.notices.sending import MailServer, deliver, send_once
from clients.pipeline.storage.tables import notice
from shared.web.principals import Role
from tests.support.pipeline.story import Story, plan_of, planned

SERVER = MailServer(
    host="127.0.0.1", port=25, security="none", user=None, password=None, sender="流程 <cycle@example.org>",
    domain="example.org",
)  # fmt: skip
ADDRESSES = {
    Role.PROVINCE_DECIDER: ("decider@example.org", "deputy@example.org"),
    Role.AUDITOR: ("audit@example.org",),
}
GATE = {"persons": 1, "roles": ["province_decider", "auditor"]}


class Post:
    """Keeps what it delivers; fails as often as it is told."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.delivered: list[EmailMessage] = []

    def __call__(self, _server: MailServer, message: EmailMessage) -> None:
        if self.failures:
            self.failures -= 1
            raise ConnectionRefusedError
        self.delivered.append(message)


async def with_a_gate(story: Story) -> None:
    await story.start(plan_of(planned("assess", gate=GATE)))
    await story.tick()


async def again(story: Story) -> None:
    async with story.database.transaction() as session:
        await session.execute(sa.update(notice).values(try_at=sa.func.now()))


async def test_those_who_decide_are_told_once(story: Story) -> None:
    await with_a_gate(story)
    post = Post()
    assert await send_once(story.database, SERVER, ADDRESSES, by=post)
    await again(story)
    assert not await send_once(story.database, SERVER, ADDRESSES, by=post)
    (message,) = post.delivered
    assert message["To"] == "audit@example.org, decider@example.org, deputy@example.org"
    assert message["Subject"] == "2024年度 环节assess:等待审定"
    (row,) = await story.notices()
    assert message["Message-ID"] == f"<{row.id}@example.org>"
    assert row.sent_at is not None


async def test_what_the_server_does_not_take_is_sent_later_under_the_same_id(story: Story) -> None:
    await with_a_gate(story)
    post = Post(failures=2)
    for _ in range(2):
        assert await send_once(story.database, SERVER, ADDRESSES, by=post)
        assert not await send_once(story.database, SERVER, ADDRESSES, by=post)  # not at once
        await again(story)
    assert await send_once(story.database, SERVER, ADDRESSES, by=post)
    assert len(post.delivered) == 1


async def test_a_sender_that_died_after_sending_is_followed_by_a_copy_with_the_same_id(story: Story) -> None:
    await with_a_gate(story)
    post = Post()

    def die(server: MailServer, message: EmailMessage) -> None:
        post(server, message)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await send_once(story.database, SERVER, ADDRESSES, by=die)
    assert not await send_once(story.database, SERVER, ADDRESSES, by=post)  # it is still taken
    await again(story)
    await send_once(story.database, SERVER, ADDRESSES, by=post)
    assert len({message["Message-ID"] for message in post.delivered}) == 1
    assert len(post.delivered) == 2


async def test_where_nobodys_address_is_known_it_stands_in_the_feed(story: Story) -> None:
    await with_a_gate(story)
    post = Post()
    assert await send_once(story.database, SERVER, {}, by=post)
    assert post.delivered == []
    async with story.database.transaction() as session:
        assert (await session.scalars(sa.select(notice.c.recipients))).all() == [0]


@pytest.fixture
def mailbox() -> Iterator[tuple[int, list[bytes]]]:
    """A mail server of a few words on a free port, in a thread of its own."""
    received: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection, connection.makefile("rwb") as lines:

                def say(text: bytes) -> None:
                    lines.write(text + b"\r\n")
                    lines.flush()

                say(b"220 here")
                while (line := lines.readline().strip().upper()) != b"QUIT":
                    if line == b"DATA":
                        say(b"354 go on")
                        content = b""
                        while (part := lines.readline()) != b".\r\n":
                            content += part
                        received.append(content)
                    say(b"250 fine")
                say(b"221 bye")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1], received
        thread.join(10)


async def test_it_reaches_a_real_mail_server_in_chinese(
    story: Story, mailbox: tuple[int, list[bytes]]
) -> None:
    await with_a_gate(story)
    port, received = mailbox
    server = MailServer(
        host="127.0.0.1", port=port, security="none", user=None, password=None, sender="cycle@example.org",
        domain="example.org",
    )  # fmt: skip
    assert await asyncio.wait_for(send_once(story.database, server, ADDRESSES, by=deliver), timeout=60)
    message = message_from_bytes(received[0], policy=policy.default)
    assert message["Subject"] == "2024年度 环节assess:等待审定"
    body = message.get_body()
    assert body is not None
    assert "clusters cycle status 2024" in body.get_content()


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "a: b",
        "auditor: x@y",
        "auditor: ['x']",
        "auditor: ['a@b, c@d']",
        "auditor: ['a@b\n']",
        "x: ['a@b']",
        "{",
    ],
)
def test_a_file_of_addresses_with_mistakes_stops_the_start(tmp_path: Path, text: str) -> None:
    file = tmp_path / "addresses.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(AddressesUnusable):
        read_addresses(file)
