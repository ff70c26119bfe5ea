"""Which folder holds what, decided once for each data folder and then remembered in `instance.json`."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from clients.local.errors import DataFolderUnusable
from clients.local.postgres.binaries import SHARED_FOLDER, LowUser, own_folder

RECORD = "instance.json"
SOCKET_PATH_LIMIT_BYTES = 107
_LONGEST_SOCKET_NAME = ".s.PGSQL.5432.lock"


@dataclass(frozen=True)
class Layout:
    """The folders of one embedded server. `outside` is the part below `/var/tmp`, where there is one."""

    pgdata: Path
    socket_dir: Path
    secrets_dir: Path
    log_file: Path
    outside: Path | None

    @classmethod
    def open(cls, data_dir: Path, user: LowUser) -> Layout:
        """The folder's layout, decided now where it is new, with its folders made and its owner checked.

        To be called under the folder's lock.
        """
        record_file = data_dir / RECORD
        if not record_file.exists():
            fresh = record_file.with_suffix(".new")
            fresh.write_text(json.dumps(_decide(data_dir, user), indent=2) + "\n", encoding="utf-8")
            fresh.replace(record_file)
        layout = cls.recorded(data_dir)
        layout._prepare(user)
        return layout

    @classmethod
    def recorded(cls, data_dir: Path) -> Layout:
        """The layout as it was decided; makes and checks nothing, so that anybody's server can be stopped."""
        record_file = data_dir / RECORD
        try:
            record = json.loads(record_file.read_text(encoding="utf-8"))
            inside = record["pgdata"] == "inside"
            outside = SHARED_FOLDER / Path(record["home"]).name if record["home"] else None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DataFolderUnusable(
                f"无法读取 {record_file}:{error}。", f"Cannot read {record_file}: {error}."
            ) from error
        return cls(
            pgdata=(data_dir if inside or outside is None else outside) / "pgdata",
            socket_dir=(outside or data_dir) / "run",
            secrets_dir=data_dir / "secrets",
            log_file=data_dir / "postgres.log",
            outside=outside,
        )

    def _prepare(self, user: LowUser) -> None:
        if self.outside is not None:
            own_folder(self.outside)
        self.secrets_dir.mkdir(mode=0o700, exist_ok=True)
        if not user.can_enter(self.pgdata.parent):
            raise DataFolderUnusable(
                f"用户 {user.name} 不能再进入 {self.pgdata.parent};文件夹的权限是否改变了?",
                f"User {user.name} can no longer enter {self.pgdata.parent}; were its permissions changed?",
            )
        if self.pgdata.exists() and self.pgdata.stat().st_uid != user.uid:
            raise DataFolderUnusable(
                f"数据库文件 {self.pgdata} 属于另一个用户,不是 {user.name}。"
                "请用原来的用户运行,或用 --data 另选。",
                f"The database files {self.pgdata} belong to another user than {user.name}. "
                "Run as before, or choose another folder with --data.",
            )
        if not self.socket_dir.exists():
            self.socket_dir.mkdir(mode=0o755)
            self.socket_dir.chmod(0o755)
            user.own(self.socket_dir)


def _decide(data_dir: Path, user: LowUser) -> dict[str, str | None]:
    """Everything inside where that works; else a folder named from a hash of the path.

    The random part makes a new folder at an old path start afresh, as somebody who removed it expects.
    """
    reachable = user.can_enter(data_dir)
    if reachable and _fits_a_socket(data_dir / "run"):
        return {"home": None, "pgdata": "inside"}
    digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
    home = SHARED_FOLDER / f"county-clusters-{digest}-{secrets.token_hex(4)}"
    return {"home": str(home), "pgdata": "inside" if reachable else "outside"}


def _fits_a_socket(folder: Path) -> bool:
    """Short enough for the kernel, and without letters that a connection URL would take for its own."""
    path = str(folder / _LONGEST_SOCKET_NAME)
    plain = re.fullmatch(r"[A-Za-z0-9/._+~-]+", path) is not None
    return plain and len(os.fsencode(path)) <= SOCKET_PATH_LIMIT_BYTES
