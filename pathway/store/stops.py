"""Numbers that answered « STOP »: kept as blind tokens, asked before a message is written and before it leaves."""

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from pathway.kernel.sms import Asked, asked_in, sender_of
from pathway.store.columns import table_of
from pathway.store.tables import SmsStop
from pathway.store.transaction import Transaction

_stop = table_of(SmsStop)


def is_stopped(tx: Transaction, number: str) -> bool:
    """Whether that number, in E.164, asked to receive no message any more."""
    return tx.execute(select(_stop.c.token).where(_stop.c.token == _token(tx, number))).first() is not None


def stop(tx: Transaction, number: str) -> None:
    """No message leaves to that number from now on. Twice is as once. Nothing says whose number it is."""
    insert = sqlite.insert if tx.connection.dialect.name == "sqlite" else postgresql.insert
    tx.execute(insert(_stop).values(token=_token(tx, number), since_at=tx.now).on_conflict_do_nothing())
    tx.journal("stop_messages")


def resume(tx: Transaction, number: str) -> None:
    """Messages may leave to that number again."""
    tx.execute(delete(_stop).where(_stop.c.token == _token(tx, number)))
    tx.journal("resume_messages")


def obey(tx: Transaction, *, sender: str, text: str) -> bool:
    """Do what an answer asks, as a provider or a modem gives it; whether it asked anything. The rest is not kept."""
    number, asked = sender_of(sender), asked_in(text)
    if not number or asked is None:
        return False
    if asked is Asked.STOP:
        stop(tx, number)
    else:
        resume(tx, number)
    return True


def _token(tx: Transaction, number: str) -> int:
    # 62 bits, as for logins: two numbers must never meet.
    return tx.store.fingerprints.token("sms-stop", 62, number)
