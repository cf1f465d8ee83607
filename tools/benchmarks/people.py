"""The invented people that measures are made on."""

from datetime import date, timedelta
from typing import Any

from pathway.casework.enrolments.actions import record_entry, record_exit
from pathway.casework.followup.actions import record_contact
from pathway.casework.followup.rules import Channel, ContactResult
from pathway.casework.records.actions import NewPerson, create_records
from pathway.casework.records.rules import Identity, Way
from pathway.casework.schemes.exit_reasons import exit_reason
from pathway.demo.town import Town
from pathway.store.transaction import Transaction

BY = "bruno"
SCHEME = "pae"
ENTERED_ON = date(2026, 9, 1)

# With the four of the identity, twenty-five facts in seven sections.
CLAIMS: dict[str, Any] = {
    "phones": ["+33612345678"],
    "email": "amina.benkacem@exemple.fr",
    "address": "12 rue des Tanneurs",
    "postcode": "35000",
    "city": "Rennes",
    "contact_channel": "sms",
    "contact_hours": ["morning", "evening"],
    "contact_language": "français",
    "no_message": False,
    "housing": "tenant",
    "children": 2,
    "childcare": "found",
    "situation": "seeking_job",
    "rsa": "open",
    "are": False,
    "education_level": "brevet",
    "french": "fluent",
    "mobility_zone": 20,
    "driving_licences": ["b"],
    "vehicles": ["car"],
    "rome_jobs": ["K1302"],
}

# Six steps, five of them ended, and nineteen contacts: thirty events.
_STEPS = (
    ("pae", date(2024, 2, 5), date(2024, 9, 27), "maximum_duration"),
    ("atelier", date(2024, 10, 8), date(2024, 10, 8), "end_of_scheme"),
    ("immersion", date(2024, 11, 4), date(2024, 11, 15), "end_of_scheme"),
    ("plie", date(2025, 1, 13), date(2025, 12, 19), "cdd_6_months_or_more"),
    ("immersion", date(2026, 2, 2), date(2026, 2, 13), "end_of_scheme"),
)
_CONTACTS = 19
_FIRST_CONTACT_ON = date(2025, 12, 1)


def enrolled(town: Town, count: int) -> list[tuple[str, str]]:
    """Record and step ids of that many people, each welcomed and entered in one scheme by the same counsellor."""
    with town.acting(BY) as tx:
        records = _welcomed(tx, count)
        return [(record_id, _enter(tx, record_id, town.schemes[SCHEME], ENTERED_ON)) for record_id in records]


def long_followed(town: Town) -> str:
    """The record of one person with twenty-five facts and thirty events over three years, gaps included."""
    with town.acting(BY) as tx:
        (record_id,) = _welcomed(tx, 1)
        for scheme, entered_on, left_on, reason in _STEPS:
            step_id = _enter(tx, record_id, town.schemes[scheme], entered_on)
            record_exit(tx, enrolment_id=step_id, reason=exit_reason(reason), event_on=left_on)
        for number in range(_CONTACTS):
            _speak(tx, record_id, number)
        _enter(tx, record_id, town.schemes[SCHEME], ENTERED_ON)
    return record_id


def _welcomed(tx: Transaction, count: int) -> list[str]:
    people = [NewPerson(identity=_identity(number), claims=CLAIMS) for number in range(count)]
    records = create_records(tx, people, way=Way.SAID, referent_id=tx.actor.account_id)
    tx.sealing.flush()
    return records


def _identity(number: int) -> Identity:
    return Identity(
        first_name="Amina", last_name=f"Benkacem {number}", birth_name="Haddadi", birth_date=date(1991, 4, 22)
    )


def _enter(tx: Transaction, record_id: str, scheme_id: str, entered_on: date) -> str:
    entered = record_entry(tx, record_id=record_id, scheme_id=scheme_id, entered_on=entered_on, answers=())
    return entered.enrolment_id


def _speak(tx: Transaction, record_id: str, number: int) -> None:
    record_contact(
        tx,
        record_id=record_id,
        channel=Channel.PHONE,
        result=ContactResult.REACHED if number % 3 == 0 else ContactResult.MESSAGE_LEFT,
        made_on=_FIRST_CONTACT_ON + timedelta(days=18 * number),
    )
