"""The floor of the page of the day: Flask, sqlite3, AES-GCM and one Jinja template; nobody's rights are looked at."""

import sqlite3
from datetime import date, datetime, timedelta
from pathlib import Path

from flask import Flask, render_template
from markupsafe import Markup

from pathway.casework.records.queries import CARD
from pathway.kernel.wording import said_date
from tools.benchmarks import raw_sealing

SHOWN = 25
_COMING = timedelta(days=7)
_NAMED = (
    "JOIN data_key k ON k.subject_id = {table}.record_id"
    f" JOIN sealed_section s ON s.subject_id = {{table}}.record_id AND s.section = '{CARD}'"
)
_POINT = (
    "SELECT p.id, p.record_id, p.kind, p.due_on, p.owner_id, l.kind AS plan_kind, k.wrapped, s.blob"
    f" FROM point p JOIN plan l ON l.id = p.plan_id {_NAMED.format(table='p')}"
    " WHERE p.state = 'open' AND p.due_on <= :until AND p.structure_id = :here AND p.owner_id {held}"
)
_POINTS = f"{_POINT.format(held='= :me')} UNION ALL {_POINT.format(held='IS NULL')} ORDER BY p.due_on, p.id LIMIT 200"
_MEETING = f"SELECT a.*, k.wrapped, s.blob FROM appointment a {_NAMED.format(table='a')} WHERE a.account_id = :me"
_MEETINGS = f"{_MEETING} AND a.state = 'planned' AND a.starts_at <= :now ORDER BY a.starts_at, a.id"
_MISSED = (
    f"{_MEETING} AND a.structure_id = :here AND a.state IN ('missed', 'excused') AND a.next_step IS NULL"
    " ORDER BY a.starts_at, a.id"
)
_RELAYS = (
    f"SELECT r.*, f.name AS sender, k.wrapped, s.blob FROM relay r {_NAMED.format(table='r')}"
    " JOIN structure f ON f.id = r.from_structure_id WHERE r.to_structure_id = :here AND r.state = 'sent'"
    " ORDER BY r.due_on, r.id"
)
_ALERTS = (
    f"SELECT a.*, k.wrapped, s.blob FROM alert a {_NAMED.format(table='a')}"
    " WHERE a.assigned_to = :me AND a.structure_id = :here AND a.state = 'open' ORDER BY a.opened_on, a.id"
)


def raw_app(connection: sqlite3.Connection, *, account_id: str, structure_id: str, now: datetime) -> Flask:
    """The floor's application. Set its `filler` in the configuration to bring the page to a wished size."""
    app = Flask("floor", template_folder=str(Path(__file__).parent))
    app.config["filler"] = ""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(day=said_date)
    connection.row_factory = sqlite3.Row
    asked = {
        "me": account_id,
        "here": structure_id,
        "until": (now.date() + _COMING).isoformat(),
        "now": f"{now.date().isoformat()} 23:59:59",
    }

    def page() -> str:
        lists = {
            name: [_line(row) for row in connection.execute(query, asked)]
            for name, query in (("meetings", _MEETINGS), ("missed", _MISSED), ("relays", _RELAYS), ("alerts", _ALERTS))
        }
        points = _first_of_each(connection.execute(_POINTS, asked).fetchall())
        return render_template(
            "today.html",
            tasks=[_line(row) for row in points[:SHOWN]],
            waiting=len(points) - SHOWN,
            today=now.date(),
            filler=Markup(app.config["filler"]),  # only ever spaces, set by the measure
            **lists,
        )

    app.add_url_rule("/aujourd-hui", view_func=page, endpoint="day")
    return app


def _first_of_each(rows: list[sqlite3.Row]) -> list[sqlite3.Row]:
    first: dict[tuple[str, str | None], sqlite3.Row] = {}
    for row in rows:
        first.setdefault((row["record_id"], row["owner_id"]), row)
    return list(first.values())


def _line(row: sqlite3.Row) -> dict[str, object]:
    card = raw_sealing.opened(raw_sealing.unwrapped(row["wrapped"]), row["blob"])
    days = {name: date.fromisoformat(row[name]) for name in row.keys() if name in ("due_on", "opened_on")}  # noqa: SIM118  # a row iterates over its values
    return {**dict(row), **days, "name": f"{card['first_name']} {card['last_name']}"}
