"""Opening an instance: base and keyring together, or a refusal that says what to do."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, insert, select
from sqlalchemy.exc import DatabaseError, OperationalError

from pathway.kernel.errors import Unavailable
from pathway.kernel.settings import Settings
from pathway.store import journal, migrate
from pathway.store.columns import table_of
from pathway.store.engine import connect, engine_url, make_engine, readers_of
from pathway.store.keys import LiveKeys
from pathway.store.tables import DataKey, Mark
from pathway.vault.fingerprint import Fingerprints
from pathway.vault.keyring import Keyring, new_keyring
from pathway.vault.providers import Provider, Transit, provider_of, stamp_of

_mark = table_of(Mark)
_key = table_of(DataKey)

RESTORING = "restoring"  # the mark of a base that is being put back, and of every copy: it serves nobody
_DEMO_TERRITORY = "Bassin de Valmer"
_NO_BASE = "La base n’existe pas encore. Lancez « ./carte database upgrade » (ou « ./carte demo » pour essayer)."
OLD_BASE = "La base n’est pas à jour. Lancez « ./carte database upgrade »."
_UNFINISHED = (
    "Cette base est une sauvegarde qui n’a pas été remise en place jusqu’au bout : elle n’est pas servie. Relancez "
    "« ./carte backup restore FICHIER --replace » ; ou, si c’est cette base que vous gardez, « ./carte backup settle »."
)
_NO_SERVER = "La base est injoignable. Vérifiez DATABASE_URL et que le serveur PostgreSQL répond."
_NO_FILE = "Le fichier de la base ne s’ouvre pas. Vérifiez CARTE_INSTANCE, DATABASE_URL et les droits sur ce dossier."
_NOT_A_BASE = "Le fichier de la base est abîmé, ou n’est pas une base de la carte. Remettez sa dernière sauvegarde."
_LOST_KEYRING = (
    "Le trousseau {path} manque alors que la base contient des dossiers scellés. "
    "Remettez votre copie du trousseau à cet endroit ; n’en créez pas un autre, il ne les ouvrirait pas."
)
_OTHER_KEYRING = (
    "Le trousseau {path} n’est pas celui de cette base. "
    "Remettez le trousseau qui va avec elle, ou pointez DATABASE_URL vers l’autre base."
)
_OTHER_TERRITORY = (
    "Cette base est celle du territoire « {kept} », les réglages disent « {asked} ». Corrigez CARTE_TERRITORY."
)


@dataclass(frozen=True, kw_only=True)
class Store:
    """What a transaction needs: the engine, that of snapshots, the keys, the territory they are bound to, and where the
    log of what was forgotten lies."""

    engine: Engine
    readers: Engine
    keys: LiveKeys
    territory: str
    is_demo: bool
    tombstones: Path

    @property
    def keyring(self) -> Keyring:
        """The keys as they were last read."""
        return self.keys.keyring

    @property
    def fingerprints(self) -> Fingerprints:
        """The fingerprints under those keys."""
        return self.keys.fingerprints

    @property
    def territory_name(self) -> str:
        """The territory as a person reads it while its operator has given it no name: its code is for programs."""
        return _DEMO_TERRITORY if self.is_demo else ""


def prepare_instance(settings: Settings, *, now: datetime) -> None:
    """Create or upgrade the base; create the keyring only for a base that has never sealed anything."""
    settings.instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    migrate.upgrade(settings.url)
    engine = make_engine(settings.url)
    try:
        with engine.begin() as connection:
            _prepare_keys(connection, settings, now)
    finally:
        engine.dispose()


def open_store(settings: Settings, *, is_settling: bool = False) -> Store:
    """The store of an instance that exists and is up to date; `Unavailable` in French otherwise. Creates nothing.

    A base that is being put back opens only to whoever puts it back (`is_settling`).
    """
    if not base_exists(settings):
        raise Unavailable(_NO_BASE)
    engine = make_engine(settings.url)
    try:
        _check_revision(engine)
        with connect(engine, write=False) as connection:
            marks = read_marks(connection)
            if RESTORING in marks and not is_settling:
                raise Unavailable(_UNFINISHED)
            _refuse_lost_keyring(settings.keyring_path, has_keys=_has_keys(connection) or bool(_checks(marks)))
        provider = keyring_provider(settings)
        seen = stamp_of(provider.path)
        keyring = provider.load()
        _refuse_other(settings, keyring, marks)
        if "territory" not in marks:
            raise Unavailable(_NO_BASE)
    except DatabaseError as error:
        engine.dispose()
        raise Unavailable(_why_closed(engine, error)) from error
    except Unavailable:
        engine.dispose()
        raise
    territory = marks["territory"]
    return Store(
        engine=engine,
        readers=readers_of(engine),
        keys=LiveKeys(keyring, territory, provider, seen=seen),
        territory=territory,
        is_demo=marks.get("demo") == "yes",
        tombstones=settings.tombstones_path,
    )


def keyring_provider(settings: Settings) -> Provider:
    """What protects the keyring of those settings; `KeyringRefused` when they contradict each other."""
    transit = None
    if settings.vault_addr:
        transit = Transit(
            addr=settings.vault_addr,
            mount=settings.vault_mount,
            key=settings.vault_key,
            token=settings.vault_token,
            token_file=settings.vault_token_file,
            ca=settings.vault_ca,
        )
    return provider_of(settings.keyring_path, root_key=settings.root_key, territory=settings.territory, transit=transit)


def note_checks(connection: Connection, keyring: Keyring) -> None:
    """Note the check value of every wrapping key that the base does not know yet: a wrong keyring shows by them."""
    known = _checks(read_marks(connection))
    for kid, value in keyring.check_values().items():
        if f"kcv-{kid}" not in known:
            set_mark(connection, f"kcv-{kid}", value.hex())


def forget_check(connection: Connection, kid: int) -> None:
    """Forget the check value of a wrapping key that is about to be destroyed."""
    connection.execute(delete(_mark).where(_mark.c.name == f"kcv-{kid}"))


def clear_mark(connection: Connection, name: str) -> None:
    """Forget what was noted under that name."""
    connection.execute(delete(_mark).where(_mark.c.name == name))


def kids_checked(connection: Connection) -> set[int]:
    """The wrapping keys whose check value the base noted."""
    return {int(name.removeprefix("kcv-")) for name in _checks(read_marks(connection))}


def _why_closed(engine: Engine, error: DatabaseError) -> str:
    if not isinstance(error, OperationalError):
        return _NOT_A_BASE
    return _NO_FILE if engine.dialect.name == "sqlite" else _NO_SERVER


def base_exists(settings: Settings) -> bool:
    """Whether there is a base to open: an SQLite file that is there, or any PostgreSQL address."""
    url = engine_url(settings.url)
    return url.get_backend_name() != "sqlite" or Path(url.database or "").is_file()


def read_marks(connection: Connection) -> dict[str, str]:
    """What the base says of itself."""
    return {row.name: row.value for row in connection.execute(select(_mark))}


def mark_as_demo(connection: Connection) -> None:
    """Say for ever that everyone in this base is invented."""
    set_mark(connection, "demo", "yes")


def set_mark(connection: Connection, name: str, value: str) -> None:
    """Note something about this base itself, in place of what was noted before."""
    connection.execute(delete(_mark).where(_mark.c.name == name))
    connection.execute(insert(_mark).values(name=name, value=value))


def _prepare_keys(connection: Connection, settings: Settings, now: datetime) -> None:
    provider = keyring_provider(settings)
    marks = read_marks(connection)
    has_keys = _has_keys(connection) or bool(_checks(marks))
    _refuse_lost_keyring(settings.keyring_path, has_keys=has_keys)
    if not settings.keyring_path.is_symlink() and not settings.keyring_path.exists():
        provider.create(new_keyring(now))
    keyring = provider.load()
    if not has_keys:
        journal.begin(connection)
        rows = [{"name": f"kcv-{kid}", "value": value.hex()} for kid, value in keyring.check_values().items()]
        connection.execute(insert(_mark), [*rows, {"name": "territory", "value": settings.territory}])
        return
    _refuse_other(settings, keyring, marks)


def _has_keys(connection: Connection) -> bool:
    return connection.execute(select(_key.c.subject_id).limit(1)).first() is not None


def _checks(marks: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in marks.items() if name.startswith("kcv-")}


def _refuse_lost_keyring(path: Path, *, has_keys: bool) -> None:
    if has_keys and not path.is_symlink() and not path.exists():
        raise Unavailable(_LOST_KEYRING.format(path=path))


def _refuse_other(settings: Settings, keyring: Keyring, marks: dict[str, str]) -> None:
    held = {f"kcv-{kid}": value.hex() for kid, value in keyring.check_values().items()}
    if any(held.get(name) != value for name, value in _checks(marks).items()):
        raise Unavailable(_OTHER_KEYRING.format(path=settings.keyring_path))
    kept = marks.get("territory", settings.territory)
    if kept != settings.territory:
        raise Unavailable(_OTHER_TERRITORY.format(kept=kept, asked=settings.territory))


def _check_revision(engine: Engine) -> None:
    current = migrate.current_revision(engine)
    if not current:
        engine.dispose()
        raise Unavailable(_NO_BASE)
    if current != migrate.newest_revision():
        engine.dispose()
        raise Unavailable(OLD_BASE)
