"""What was decided of each habilitation, by whom, and the invitations still to be answered."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel

from pathway.casework.partners.rules import Role
from pathway.casework.team.rules import ChangeKind, InvitationState
from pathway.store.columns import ID_LENGTH, STRICT, coded


class HabilitationChange(SQLModel, table=True):
    """One decision about a membership: its last day from then on, and who decided. Append only.

    `decided_by` is empty when it was decided on the server itself.
    """

    __tablename__ = "habilitation_change"
    __table_args__ = (coded("kind", ChangeKind), STRICT)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    membership_id: str = Field(index=True, max_length=ID_LENGTH, foreign_key="membership.id")
    kind: str = Field(max_length=10)
    until_on: date | None = None
    decided_by: str = Field(max_length=ID_LENGTH)
    recorded_at: datetime


class Invitation(SQLModel, table=True):
    """Somebody asked to come and work in a structure. Name and address are sealed under its id until it is settled.

    `digest` is the keyed hash of the secret in the letter; `invited_by` is empty when it was sent from the server.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        coded("role", Role),
        coded("state", InvitationState),
        Index("ix_invitation_structure", "structure_id", "state"),
        STRICT,
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    structure_id: str = Field(max_length=ID_LENGTH, foreign_key="structure.id")
    role: str = Field(max_length=20)
    until_on: date
    email_token: int = Field(sa_type=BigInteger)
    digest: bytes = Field(unique=True)
    invited_by: str = Field(max_length=ID_LENGTH)
    invited_at: datetime
    expires_at: datetime
    state: str = Field(max_length=10)
    settled_at: datetime | None = None
