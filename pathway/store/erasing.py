"""What an erased row leaves in the files of the base: SQLite overwrites it, and its log is emptied here."""

from sqlalchemy import Engine

_PATIENCE_MS = 2000  # a long reader keeps the log: the night empties it again


def truncate_log(engine: Engine) -> bool:
    """Bring the write-ahead log of an SQLite base into its file and empty it; gives whether it is empty.

    Nothing on PostgreSQL: only the destruction of the wrapping key proves anything there (docs/privacy.md).
    """
    if engine.dialect.name != "sqlite":
        return True
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        (patience,) = cursor.execute("PRAGMA busy_timeout").fetchone()
        cursor.execute(f"PRAGMA busy_timeout={_PATIENCE_MS}")
        is_busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout={patience}")
    finally:
        raw.close()
    return not is_busy
