"""Small lives for the tests of screens: entering, leaving, being reached, being swept, opening an account."""

from datetime import timedelta

from flask.testing import FlaskClient

from pathway.casework.accounts.actions import give_activation
from pathway.casework.alerts.actions import sweep
from pathway.casework.enrolments.actions import record_entry, record_exit
from pathway.casework.followup.actions import record_contact
from pathway.casework.followup.rules import Channel, ContactResult
from pathway.casework.records.rules import Answer, Gesture
from pathway.casework.schemes.exit_reasons import exit_reason
from pathway.demo.town import Town
from tests.town import web

SECRET = "un mot de passe assez long"
_ANSWERS = (
    Answer(key="education_level", gesture=Gesture.ANSWERED, value="primary"),
    Answer(key="rome_jobs", gesture=Gesture.ANSWERED, value=["A1101"]),
)


def enter(town: Town, record_id: str, *, by: str = "bruno", scheme: str = "pae", days_ago: int = 0) -> str:
    """Enter her in a scheme, today or some days ago; gives the enrolment's id."""
    with town.acting(by) as tx:
        entered = record_entry(
            tx,
            record_id=record_id,
            scheme_id=town.schemes[scheme],
            entered_on=tx.today - timedelta(days=days_ago),
            answers=_ANSWERS,
        )
        return entered.enrolment_id


def leave(town: Town, enrolment_id: str, *, by: str = "bruno", reason: str = "end_of_scheme") -> None:
    """Record her exit today."""
    with town.acting(by) as tx:
        record_exit(tx, enrolment_id=enrolment_id, reason=exit_reason(reason), event_on=tx.today)


def reach(town: Town, record_id: str, *, by: str = "bruno", result: ContactResult = ContactResult.REACHED) -> None:
    """Speak with her (or try to) today."""
    with town.acting(by) as tx:
        record_contact(tx, record_id=record_id, channel=Channel.PHONE, result=result, made_on=tx.today)


def evaluate(town: Town, record_id: str) -> None:
    """Let the rules look at her pathway today."""
    with town.acting("root") as tx:
        sweep(tx, [record_id], on=tx.today)
        tx.journal("sweep")


def code_for(town: Town, record_id: str, *, by: str = "bruno") -> str:
    """A fresh activation code."""
    with town.acting(by) as tx:
        return give_activation(tx, record_id=record_id)


def at_home(town: Town, record_id: str, *, born: str = "22/04/1991", by: str = "bruno") -> FlaskClient:
    """Her browser, once she has opened her account."""
    client = web(town)
    typed = {"code": code_for(town, record_id, by=by), "birth_date": born, "password": SECRET, "again": SECRET}
    answer = client.post("/activation/mot-de-passe", data=typed)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return client
