"""what follow-up may say."""

from alembic import op

from pathway.store.closed_lists import change_check

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

_EXITS = "'durable_job', 'short_job', 'training', 'relay', 'no_solution', 'lost_contact', 'paused', 'closed'"
_KINDS = (
    "'contact', 'start_check', 'before_end', 'reception', 'first_appointment', 'attempt', 'review', 'closing_call', "
    "'short_activity', 'catch_up'"
)
_STATES = "'open', 'done', 'not_done', 'cancelled'"


def upgrade() -> None:
    """Let a plan follow a call she asked for, and points say four more things."""
    connection = op.get_bind()
    change_check(connection, "plan", "kind", f"kind IN ({_EXITS}, 'callback')")
    more = "'callback', 'resume', 'exit_questions', 'later_questions'"
    change_check(connection, "point", "kind", f"kind IN ({_KINDS}, {more})")
    change_check(connection, "point", "state", f"state IN ({_STATES}, 'resumed')")


def downgrade() -> None:
    """Refuse again what was allowed: fails when such rows were written."""
    connection = op.get_bind()
    change_check(connection, "point", "state", f"state IN ({_STATES})")
    change_check(connection, "point", "kind", f"kind IN ({_KINDS})")
    change_check(connection, "plan", "kind", f"kind IN ({_EXITS})")
