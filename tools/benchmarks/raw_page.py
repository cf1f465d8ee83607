"""The floor of the record page: Flask, sqlite3, AES-GCM and one Jinja template; nobody is asked who she is."""

import sqlite3
from datetime import date
from pathlib import Path
from typing import Any

from flask import Flask, render_template
from markupsafe import Markup

from pathway.casework.partners.queries import PROFILE
from pathway.casework.records.catalogue import CATALOGUE, shown
from pathway.casework.records.queries import CARD
from pathway.casework.records.rules import Section
from pathway.demo.town import Town
from pathway.kernel.wording import said_date
from tools.benchmarks import raw_sealing
from tools.benchmarks.people import BY

_SEALED = (
    "SELECT k.wrapped, s.section, s.blob FROM data_key k JOIN sealed_section s ON s.subject_id = k.subject_id"
    " WHERE k.subject_id = ?"
)
_REFERENT = "SELECT account_id FROM referent WHERE record_id = ? AND until_at IS NULL"
_READERS = "SELECT s.name FROM access_grant g JOIN structure s ON s.id = g.structure_id WHERE g.record_id = ?"
_STEPS = (
    "SELECT e.account_id, e.entered_on, e.planned_end_on, c.name AS scheme, t.name AS structure, x.event_on, x.reason"
    " FROM enrolment e JOIN scheme c ON c.id = e.scheme_id JOIN structure t ON t.id = e.structure_id"
    " LEFT JOIN scheme_exit x ON x.enrolment_id = e.id AND x.cancelled_at IS NULL"
    " WHERE e.record_id = ? ORDER BY e.entered_on DESC"
)
_CONTACTS = (
    "SELECT c.account_id, c.channel, c.result, c.made_on, t.name AS structure FROM contact_attempt c"
    " JOIN structure t ON t.id = c.structure_id WHERE c.record_id = ? ORDER BY c.made_on DESC"
)
_POINTS = (
    "SELECT p.id, p.kind, p.due_on, p.owner_id, l.kind AS exit_kind FROM point p JOIN plan l ON l.id = p.plan_id"
    " WHERE p.record_id = ? AND p.state = 'open' ORDER BY p.due_on"
)
_ALERTS = "SELECT rule, opened_on FROM alert WHERE record_id = ? AND state = 'open'"
_RESEAL = "UPDATE sealed_section SET blob = ? WHERE subject_id = ? AND section = ?"
_RESEAL_REASON = "UPDATE scheme_exit SET reason = ? WHERE id = ?"
_EXITS = "SELECT id, reason FROM scheme_exit WHERE record_id = ?"


def raw_app(connection: sqlite3.Connection) -> Flask:
    """The floor's application. Set its `filler` in the configuration to bring the page to a wished size."""
    app = Flask("floor", template_folder=str(Path(__file__).parent))
    app.config["filler"] = ""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(day=_day, answer=_answer)
    connection.row_factory = sqlite3.Row
    app.add_url_rule("/dossiers/<ref>", view_func=lambda ref: _page(app, connection, ref), endpoint="record")
    return app


def reseal(town: Town, connection: sqlite3.Connection, record_id: str) -> None:
    """Put the floor's own sealing, of the same size, on all its page opens: the record and the counsellor's name."""
    account_id = town.accounts[BY]
    with town.acting(BY, write=False) as tx:
        kept = tx.sealing.open(record_id, [CARD, *Section])
        profile = tx.sealing.open_many([account_id], PROFILE)[account_id]
        exits = connection.execute(_EXITS, (record_id,)).fetchall()
        reasons = {
            row[0]: (tx.sealing.open_value(record_id, "scheme_exit", row[0], row[1]), len(row[1])) for row in exits
        }
    dek = _reseal_sections(connection, record_id, {str(name): one.payload for name, one in kept.items()})
    _reseal_sections(connection, account_id, {PROFILE: profile})
    for exit_id, (reason, size) in reasons.items():
        connection.execute(_RESEAL_REASON, (raw_sealing.sealed(dek, reason, size=size), exit_id))


def _reseal_sections(connection: sqlite3.Connection, subject_id: str, payloads: dict[str, Any]) -> bytes:
    rows = connection.execute(_SEALED, (subject_id,)).fetchall()
    sizes = {section: len(blob) for _, section, blob in rows}
    dek = raw_sealing.rewrap(connection, subject_id)
    for section, payload in payloads.items():
        blob = raw_sealing.sealed(dek, payload, size=sizes[section])
        connection.execute(_RESEAL, (blob, subject_id, section))
    return dek


def _page(app: Flask, connection: sqlite3.Connection, ref: str) -> str:
    sealed = connection.execute(_SEALED, (ref,)).fetchall()
    dek = raw_sealing.unwrapped(sealed[0]["wrapped"])
    known = {row["section"]: raw_sealing.opened(dek, row["blob"]) for row in sealed}
    card = known.pop(CARD)
    referent = connection.execute(_REFERENT, (ref,)).fetchone()["account_id"]
    steps = [_step(dek, row) for row in connection.execute(_STEPS, (ref,))]
    contacts = connection.execute(_CONTACTS, (ref,)).fetchall()
    points = connection.execute(_POINTS, (ref,)).fetchall()
    involved = {referent, *(row["account_id"] for row in (*steps, *contacts)), *(row["owner_id"] for row in points)}
    return render_template(
        "record_page.html",
        card=card,
        sections=[(name, section["facts"].items()) for name, section in known.items()],
        facts=known["contact"]["facts"],
        labels={key: item.label for key, item in CATALOGUE.items()},
        referent=referent,
        steps=steps,
        contacts=contacts,
        points=points,
        alerts=connection.execute(_ALERTS, (ref,)).fetchall(),
        readers=[row["name"] for row in connection.execute(_READERS, (ref,))],
        people={account_id: _name(connection, account_id) for account_id in involved},
        filler=Markup(app.config["filler"]),  # only ever spaces, set by the measure
    )


def _step(dek: bytes, row: sqlite3.Row) -> dict[str, Any]:
    reason = raw_sealing.opened(dek, row["reason"])["reason"] if row["reason"] else ""
    return {**dict(row), "reason": reason}


def _name(connection: sqlite3.Connection, account_id: str) -> str:
    row = connection.execute(_SEALED, (account_id,)).fetchone()
    profile = raw_sealing.opened(raw_sealing.unwrapped(row["wrapped"]), row["blob"])
    return f"{profile['first_name']} {profile['last_name']}"


def _day(text: str) -> str:
    return said_date(date.fromisoformat(text))


def _answer(value: Any, key: str) -> str:
    return shown(CATALOGUE[key], value)
