"""The floor of the cockpit: Flask, sqlite3, AES-GCM and one Jinja template; nobody's rights are looked at."""

import sqlite3
from datetime import date, timedelta
from pathlib import Path

from flask import Flask, render_template
from markupsafe import Markup

from pathway.casework.records.queries import CARD
from tools.benchmarks import raw_sealing

_ALERTS = (
    "SELECT a.record_id, a.rule, k.wrapped, s.blob FROM alert a JOIN data_key k ON k.subject_id = a.record_id"
    f" JOIN sealed_section s ON s.subject_id = a.record_id AND s.section = '{CARD}'"
    " WHERE a.structure_id = :here AND a.state = 'open' ORDER BY a.level = 'high' DESC, a.opened_on, a.id LIMIT 5"
)
_EXITS = (
    "SELECT count(*), count(*) FILTER (WHERE EXISTS (SELECT 1 FROM point p WHERE p.plan_id = e.plan_id"
    " AND p.state = 'open' AND p.due_on < :day)) FROM scheme_exit e WHERE e.structure_id = :here"
    " AND e.cancelled_at IS NULL AND e.kind <> 'closed' AND NOT EXISTS (SELECT 1 FROM point p"
    " WHERE p.plan_id = e.plan_id AND p.is_last AND p.state = 'done')"
)
_LISTS = {
    "Motifs": "SELECT rule, count(*) FROM alert WHERE structure_id = :here AND state = 'open' GROUP BY rule",
    "Semaines": (
        "SELECT date(original_due_on, 'weekday 0'), state, count(*) FROM point WHERE structure_id = :here"
        " AND original_due_on >= :weeks AND original_due_on < :day GROUP BY 1, 2"
    ),
    "Relais": "SELECT state, count(*) FROM relay WHERE from_structure_id = :here AND sent_at >= :year GROUP BY state",
    "Sans étape": (
        "SELECT (julianday(:day) - julianday(ended)) / 30, count(*) FROM (SELECT n.record_id,"
        " max(CASE WHEN n.exited_at IS NULL THEN :day ELSE e.event_on END) AS ended FROM enrolment n LEFT JOIN"
        " scheme_exit e ON e.enrolment_id = n.id WHERE n.structure_id = :here GROUP BY n.record_id) GROUP BY 1"
    ),
    "Points": (
        "SELECT owner_id, count(*), count(*) FILTER (WHERE due_on < :day) FROM point WHERE structure_id = :here"
        " AND state = 'open' GROUP BY owner_id"
    ),
    "Personnes": (
        "SELECT account_id, count(*) FROM referent WHERE structure_id = :here AND until_at IS NULL GROUP BY account_id"
    ),
}


def raw_app(connection: sqlite3.Connection, *, structure_id: str, today: date) -> Flask:
    """The floor's application. Set its `filler` in the configuration to bring the page to a wished size."""
    app = Flask("floor", template_folder=str(Path(__file__).parent))
    app.config["filler"] = ""
    connection.row_factory = sqlite3.Row
    asked = {
        "here": structure_id,
        "day": today.isoformat(),
        "weeks": (today - timedelta(weeks=12)).isoformat(),
        "year": (today - timedelta(days=365)).isoformat(),
    }

    def page() -> str:
        followed, late = connection.execute(_EXITS, asked).fetchone()
        return render_template(
            "cockpit.html",
            alerts=[_person(row) for row in connection.execute(_ALERTS, asked)],
            lists={title: [tuple(row) for row in connection.execute(query, asked)] for title, query in _LISTS.items()},
            followed=followed,
            late=late,
            filler=Markup(app.config["filler"]),  # only ever spaces, set by the measure
        )

    app.add_url_rule("/pilotage", view_func=page, endpoint="cockpit")
    return app


def _person(row: sqlite3.Row) -> dict[str, object]:
    card = raw_sealing.opened(raw_sealing.unwrapped(row["wrapped"]), row["blob"])
    return {"id": row["record_id"], "name": f"{card['first_name']} {card['last_name']}", "rule": row["rule"]}
