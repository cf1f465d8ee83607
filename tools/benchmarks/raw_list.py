"""The floor of the caseload: Flask, sqlite3, AES-GCM and one Jinja template; nobody's rights are looked at."""

import sqlite3
from datetime import date
from pathlib import Path

from flask import Flask, render_template
from markupsafe import Markup

from pathway.casework.records.queries import CARD
from pathway.demo.town import Town
from pathway.kernel.wording import said_date
from tools.benchmarks import raw_sealing

_COUNTS = (
    "SELECT (SELECT count(*) FROM referent WHERE account_id = ? AND until_at IS NULL),"
    " (SELECT count(*) FROM access_grant WHERE structure_id = ?)"
)
_LINES = (
    "SELECT r.record_id, k.wrapped, s.blob,"
    " (SELECT min(p.due_on) FROM point p WHERE p.record_id = r.record_id AND p.state = 'open') AS due_on"
    " FROM referent r JOIN record c ON c.id = r.record_id JOIN data_key k ON k.subject_id = c.id"
    f" JOIN sealed_section s ON s.subject_id = c.id AND s.section = '{CARD}'"
    " WHERE r.account_id = ? AND r.until_at IS NULL"
    " ORDER BY due_on NULLS LAST, c.recorded_at DESC, c.id LIMIT ?"
)
_SIZE = "SELECT length(blob) FROM sealed_section WHERE subject_id = ? AND section = ?"
_RESEAL = "UPDATE sealed_section SET blob = ? WHERE subject_id = ? AND section = ?"


def raw_app(connection: sqlite3.Connection, *, account_id: str, structure_id: str, lines: int, today: date) -> Flask:
    """The floor's application. Set its `filler` in the configuration to bring the page to a wished size."""
    app = Flask("floor", template_folder=str(Path(__file__).parent))
    app.config["filler"] = ""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(day=said_date)
    connection.row_factory = sqlite3.Row

    def page() -> str:
        mine, whole = connection.execute(_COUNTS, (account_id, structure_id)).fetchone()
        rows = connection.execute(_LINES, (account_id, lines)).fetchall()
        return render_template(
            "caseload.html",
            people=[_person(row) for row in rows],
            mine=mine,
            whole=whole,
            today=today,
            filler=Markup(app.config["filler"]),  # only ever spaces, set by the measure
        )

    app.add_url_rule("/dossiers", view_func=page, endpoint="people")
    return app


def reseal_cards(town: Town, connection: sqlite3.Connection, record_ids: list[str], *, by: str) -> None:
    """Put the floor's own sealing, of the same size, on the cards its page opens."""
    with town.acting(by, write=False) as tx:
        cards = tx.sealing.open_many(record_ids, CARD)
    for record_id, card in cards.items():
        (size,) = connection.execute(_SIZE, (record_id, CARD)).fetchone()
        blob = raw_sealing.sealed(raw_sealing.rewrap(connection, record_id), card, size=size)
        connection.execute(_RESEAL, (blob, record_id, CARD))


def _person(row: sqlite3.Row) -> dict[str, object]:
    card = raw_sealing.opened(raw_sealing.unwrapped(row["wrapped"]), row["blob"])
    return {
        "id": row["record_id"],
        "name": f"{card['first_name']} {card['last_name']}",
        "born_on": date.fromisoformat(card["birth_date"]),
        "due_on": date.fromisoformat(row["due_on"]) if row["due_on"] else None,
    }
