"""The floor of a night: one statement a rule to find who may be concerned, and the alerts written in one go."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Date, TextClause, bindparam, insert, text

from pathway.casework.alerts.policy import DEFAULT_ALERT_POLICY as POLICY
from pathway.casework.alerts.tables import Alert, AlertChange
from pathway.casework.enrolments.tables import Enrolment
from pathway.store.columns import table_of

_INSTANT = table_of(Enrolment).c.recorded_at.type
_alert = table_of(Alert)
_change = table_of(AlertChange)

_FOLLOWED = """SELECT e.record_id FROM enrolment e WHERE e.exited_at IS NULL {and_alone_e}
    UNION SELECT p.record_id FROM point p WHERE p.state = 'open' {and_alone_p}"""
_ALONE = """AND NOT EXISTS (SELECT 1 FROM referent r
    JOIN membership m ON m.account_id = r.account_id AND m.structure_id = r.structure_id
    JOIN account a ON a.id = r.account_id
    WHERE r.record_id = {of}.record_id AND r.until_at IS NULL AND a.state = 'active'
    AND m.role IN ('counsellor', 'supervisor') AND m.from_on <= :day AND (m.until_on IS NULL OR m.until_on >= :day))"""
_HEARD = """NOT EXISTS (SELECT 1 FROM contact_attempt c JOIN structure t ON t.id = c.structure_id
    WHERE c.record_id = {of}.record_id AND c.result = 'reached' AND NOT t.is_sensitive AND c.made_on >= {since})"""
_BEARABLE = """CASE s.intensity WHEN 'intensive' THEN :since_intensive WHEN 'standard' THEN :since_standard
    WHEN 'light' THEN :since_light ELSE :since_in_work END"""
_RULES = (
    "SELECT record_id FROM point WHERE state = 'open' AND original_due_on <= :overdue",
    f"""SELECT e.record_id FROM enrolment e JOIN scheme s ON s.id = e.scheme_id
    WHERE e.exited_at IS NULL AND {_HEARD.format(of="e", since=_BEARABLE)}
    UNION SELECT p.record_id FROM point p WHERE p.state = 'open' AND {_HEARD.format(of="p", since=":since_hard")}""",
    """SELECT x.record_id FROM scheme_exit x WHERE x.cancelled_at IS NULL AND x.event_on < :gap
    AND x.kind NOT IN ('durable_job', 'closed') AND NOT EXISTS (SELECT 1 FROM enrolment e
    JOIN structure s ON s.id = e.structure_id
    WHERE e.record_id = x.record_id AND e.exited_at IS NULL AND NOT s.is_sensitive)""",
    "SELECT record_id FROM appointment WHERE state = 'missed' AND starts_at >= :missed",
    "SELECT record_id FROM relay WHERE state = 'bounced'",
    "SELECT record_id FROM relay WHERE state IN ('accepted', 'appointment')",
    """SELECT record_id FROM scheme_exit WHERE cancelled_at IS NULL AND kind IN ('no_solution', 'lost_contact')
    AND event_on >= :early""",
    """SELECT record_id FROM scheme_exit WHERE cancelled_at IS NULL AND kind IN ('no_solution', 'lost_contact')
    AND event_on >= :stopped GROUP BY record_id, structure_id HAVING count(*) >= 2""",
    """SELECT record_id FROM enrolment WHERE exited_at IS NULL AND planned_end_on <= :ending
    UNION SELECT record_id FROM scheme_exit WHERE cancelled_at IS NULL AND ends_on BETWEEN :day AND :ending""",
    _FOLLOWED.format(and_alone_e=_ALONE.format(of="e"), and_alone_p=_ALONE.format(of="p")),
    """SELECT record_id FROM agreement WHERE withdrawn_at IS NULL AND given_at IS NOT NULL
    AND until_at BETWEEN :now AND :sharing UNION SELECT record_id FROM withdrawal WHERE until_at IS NULL""",
)
_OPEN = "SELECT record_id FROM alert WHERE state = 'open'"


def asked_people(connection: Connection, now: datetime, day: date) -> set[str]:
    """Everybody whom the statements name, one statement a rule and one for what is open."""
    days, instants = _days(day), _instants(now, day)
    found: set[str] = set()
    for statement in (*_RULES, _OPEN):
        asked = {name: value for name, value in {**days, **instants}.items() if f":{name}" in statement}
        found.update(row.record_id for row in connection.execute(_typed(statement, instants, asked), asked))
    return found


def write_alerts(connection: Connection, alerts: Sequence[dict[str, Any]], changes: Sequence[dict[str, Any]]) -> None:
    """Those rows in two statements."""
    for table, rows in ((_alert, alerts), (_change, changes)):
        if rows:
            connection.execute(insert(table), rows)


def _days(day: date) -> dict[str, date]:
    ago = {
        "overdue": POLICY.overdue_days,
        "since_intensive": POLICY.silent_intensive_days,
        "since_standard": POLICY.silent_standard_days,
        "since_light": POLICY.silent_light_days,
        "since_in_work": POLICY.silent_in_work_days,
        "since_hard": min(POLICY.silent_hard_days, POLICY.silent_in_work_days),
        "gap": POLICY.gap_days,
        "early": POLICY.early_exit_shown_days,
        "stopped": POLICY.stopped_within_days,
        "ending": -POLICY.ending_days,
        "day": 0,
    }
    return {name: day - timedelta(days=days) for name, days in ago.items()}


def _instants(now: datetime, day: date) -> dict[str, datetime]:
    midnight = datetime.combine(day, datetime.min.time(), tzinfo=now.tzinfo)
    return {
        "now": now,
        "sharing": now + timedelta(days=POLICY.sharing_ends_days + 1),
        "missed": midnight - timedelta(days=POLICY.missed_within_days + 1),
    }


def _typed(statement: str, instants: dict[str, datetime], asked: dict[str, Any]) -> TextClause:
    types = {name: _INSTANT if name in instants else Date() for name in asked}
    return text(statement).bindparams(*(bindparam(name, type_=kind) for name, kind in types.items()))
