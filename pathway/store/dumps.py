"""The raw copy of a base and its way back: SQLite's own online copy, PostgreSQL's own programs."""

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, text

from pathway.kernel.errors import Unavailable
from pathway.store.engine import connect

Report = Callable[[int, int], None]

_DEBIAN = Path("/usr/lib/postgresql")
_PAGES, _PAUSE_SECONDS = 2048, 0.002
_POLL_SECONDS = 0.2
_MISSING = (
    "Le programme {name} manque sur cette machine. Installez le client de PostgreSQL (Debian : apt install "
    "postgresql-client), de la même version que le serveur ou plus récent."
)
_FAILED = "{name} a échoué : {said}"
_SILENT = "il n’a pas dit pourquoi."
_NOT_READ = "La base ne peut pas être lue en entier : {path}. Vérifiez le disque, puis « ./carte doctor »."
_FULL = "Il n’y a plus de place dans {path} : la copie n’a pas été faite, la base n’a rien. Faites de la place."


def copy_sqlite(base: Path, target: Path, report: Report) -> None:
    """Copy that base, as it stands at one instant, into a file that is there and empty; others read and write on.

    The copy is one file, without a log beside it. `Unavailable` when the base cannot be read whole, or when the disk of
    the copy is full.
    """
    try:
        with (
            closing(sqlite3.connect(f"{base.absolute().as_uri()}?mode=ro", uri=True, timeout=15)) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.isolation_level = None
            # One snapshot held from the first page to the last: a writer would else make the copy begin again.
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            source.backup(
                copy,
                pages=_PAGES,
                sleep=_PAUSE_SECONDS,
                progress=lambda _status, left, total: report(total - left, total),
            )
            copy.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
            raise Unavailable(_FULL.format(path=target.parent)) from error
        raise Unavailable(_NOT_READ.format(path=base)) from error


@contextmanager
def snapshot(engine: Engine) -> Iterator[tuple[Connection, str]]:
    """A read-only transaction, and the name under which PostgreSQL's programs see exactly what it sees."""
    with connect(engine, write=False) as connection:
        name = ""
        if engine.dialect.name != "sqlite":
            name = str(connection.execute(text("SELECT pg_export_snapshot()")).scalar_one())
        yield connection, name


def dump_postgresql(url: URL, target: Path, *, snapshot: str, size: int, report: Report) -> None:
    """Write what that exported snapshot sees into that file, in PostgreSQL's custom format; no owner, no rights.

    `size`: about how many bytes are awaited. `Unavailable` when pg_dump is missing or fails.
    """
    line = ["--format=custom", "--compress=1", "--no-owner", "--no-privileges", "--no-password"]
    line += [f"--snapshot={snapshot}", f"--file={target}"]
    _run("pg_dump", line, url, lambda: report(min(target.stat().st_size, size), size))


def restore_postgresql(url: URL, source: Path) -> None:
    """Put that file into that empty base, whole or not at all. `Unavailable` when pg_restore is missing or fails."""
    line = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", "--no-password"]
    _run("pg_restore", [*line, str(source)], url, lambda: None)


def program(name: str) -> Path:
    """Where that program of PostgreSQL is: the newest of Debian's, else the PATH's; `Unavailable` when missing."""
    folders = [one for one in _DEBIAN.glob("*/bin") if one.parent.name.isdigit()]
    debian = sorted(folders, key=lambda one: int(one.parent.name), reverse=True)
    found = next((one / name for one in debian if (one / name).exists()), None) or shutil.which(name)
    if found is None:
        raise Unavailable(_MISSING.format(name=name))
    return Path(found)


def _run(name: str, line: list[str], url: URL, follow: Callable[[], None]) -> None:
    """The password goes by the environment: a command line can be read by everybody on the machine."""
    bare = url._replace(drivername="postgresql", password=None).difference_update_query(["password"])
    password = url.password or url.query.get("password")
    secret = {"PGPASSWORD": str(password)} if password else {}
    words = [str(program(name)), f"--dbname={bare.render_as_string(hide_password=False)}", *line]
    environment = {**os.environ, "LC_ALL": "C.UTF-8", **secret}
    with subprocess.Popen(
        words, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as child:
        while True:
            try:
                _, said = child.communicate(timeout=_POLL_SECONDS)
                break
            except subprocess.TimeoutExpired:
                follow()
    if child.returncode:
        raise Unavailable(_FAILED.format(name=name, said=_first_error(said)))


def _first_error(said: str) -> str:
    """The first line alone: those after it may quote rows of the base."""
    found = re.search(r"error: (.*)", said)
    return found[1] if found else _SILENT
