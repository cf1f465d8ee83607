"""what grants open, said whole."""

from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Every card stands for its person until linked; a support opens the pathway, the follow-up and the alerts."""
    op.execute("UPDATE record SET canonical_id = id WHERE canonical_id IS NULL")
    op.execute(
        "UPDATE access_grant SET sections = sections || ' alerts followup pathway' "
        "WHERE cause = 'support' AND sections NOT LIKE '%pathway%'"
    )


def downgrade() -> None:
    """Take the parts back."""
    op.execute(
        "UPDATE access_grant SET sections = replace(sections, ' alerts followup pathway', '') WHERE cause = 'support'"
    )
    op.execute("UPDATE record SET canonical_id = NULL WHERE canonical_id = id")
