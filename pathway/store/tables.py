"""What the store keeps for every room: keys, sealed sections, search tokens, the journal, marks, nights, letters."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlmodel import Field, SQLModel

from pathway.kernel.choice import Choice
from pathway.store.columns import ID_LENGTH, STRICT, coded


class DataKey(SQLModel, table=True):
    """The wrapped key of one subject (a record, an account). Deleting the row is forgetting the subject."""

    __tablename__ = "data_key"
    __table_args__ = (STRICT,)

    subject_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    kid: int = Field(index=True)
    dek_version: int
    wrapped: bytes
    seal: bytes
    seals_used: int
    created_at: datetime


class WrappingKey(SQLModel, table=True):
    """What the base remembers of one key of the keyring. `wraps`: how often it was used, a thousand too few at most;
    `emptied_at`: since when no row is wrapped by it; `destroyed_at`: when its destruction was decided."""

    __tablename__ = "wrapping_key"
    __table_args__ = (STRICT,)

    kid: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    wraps: int = Field(default=0, sa_type=BigInteger)
    emptied_at: datetime | None = None
    destroyed_at: datetime | None = None


class BaseCopyKey(SQLModel, table=True):
    """A copy of the base that was made, and one wrapping key it needs to be read: as many rows as keys."""

    __tablename__ = "base_copy_key"
    __table_args__ = (STRICT,)

    copy_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    kid: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    made_at: datetime = Field(index=True)


class SealedSection(SQLModel, table=True):
    """One encrypted section of a subject. `seq` rises by one at each writing and is part of what is sealed."""

    __tablename__ = "sealed_section"
    __table_args__ = (CheckConstraint("seq > 0", name="seq"), STRICT)

    subject_id: str = Field(
        primary_key=True, max_length=ID_LENGTH, sa_column_args=[ForeignKey("data_key.subject_id", ondelete="CASCADE")]
    )
    section: str = Field(primary_key=True, max_length=40)
    seq: int = Field(sa_type=BigInteger)
    blob: bytes
    written_at: datetime


class SearchToken(SQLModel, table=True):
    """One blind token of a subject: a truncated keyed hash, never a name."""

    __tablename__ = "search_token"
    __table_args__ = ({**STRICT, "sqlite_with_rowid": False},)

    kind: int = Field(primary_key=True)
    token: int = Field(primary_key=True, sa_type=BigInteger)
    subject_id: str = Field(
        primary_key=True,
        max_length=ID_LENGTH,
        index=True,
        sa_column_args=[ForeignKey("data_key.subject_id", ondelete="CASCADE")],
    )


class JournalEntry(SQLModel, table=True):
    """One line of the chained journal: who did or read what, for which purpose. Append only."""

    __tablename__ = "journal_entry"
    __table_args__ = (CheckConstraint("seq > 0", name="seq"), STRICT)

    seq: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    epoch: int
    payload: bytes
    mac: bytes


class JournalHead(SQLModel, table=True):
    """The last entry of the chain; its single row is what writers queue behind on PostgreSQL. `epoch`: which journal
    key marks the next entry, so that no process goes on with an older one."""

    __tablename__ = "journal_head"
    __table_args__ = (CheckConstraint("id = 1", name="single"), STRICT)

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    seq: int = Field(sa_type=BigInteger)
    mac: bytes
    epoch: int = Field(default=1, sa_column_kwargs={"server_default": "1"})


class JournalSubject(SQLModel, table=True):
    """Which records an entry speaks of, so that a person's log is found without reading all."""

    __tablename__ = "journal_subject"
    __table_args__ = ({**STRICT, "sqlite_with_rowid": False},)

    record_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    seq: int = Field(
        primary_key=True,
        sa_type=BigInteger,
        index=True,
        sa_column_kwargs={"autoincrement": False},
        sa_column_args=[ForeignKey("journal_entry.seq")],
    )


class JournalCheckpoint(SQLModel, table=True):
    """One signed part of what replaces the pruned beginning of the journal: where the chain goes on from, how many
    entries there were, the last seal they saw of each subject."""

    __tablename__ = "journal_checkpoint"
    __table_args__ = (STRICT,)

    part: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    epoch: int
    payload: bytes
    mac: bytes


class Mark(SQLModel, table=True):
    """What this base says of itself: demo or not, its territory, the check values of its keys."""

    __tablename__ = "mark"
    __table_args__ = (STRICT,)

    name: str = Field(primary_key=True, max_length=40)
    value: str = Field(max_length=4000)


class NightStep(SQLModel, table=True):
    """One step of one night: its lease while it runs, its end and counts once done.

    `cutoff_at`: the instant whose facts it looks at, kept when it is begun again after an interruption. `failed`: how
    many people or lots it could not treat; `failure`: the kind of the first error, never what it said.
    """

    __tablename__ = "night_step"
    __table_args__ = (STRICT,)

    night: date = Field(primary_key=True)
    step: str = Field(primary_key=True, max_length=40)
    started_at: datetime
    leased_until: datetime
    finished_at: datetime | None = None
    counts: str = Field(default="{}", max_length=4000)
    cutoff_at: datetime | None = None
    failed: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    failure: str = Field(default="", max_length=80, sa_column_kwargs={"server_default": ""})


class Channel(Choice):
    """By what a letter leaves."""

    EMAIL = "email", "Courriel"
    SMS = "sms", "SMS"


class LetterState(Choice):
    """Where a letter stands."""

    WAITING = "waiting", "En attente"
    SENT = "sent", "Partie"
    GIVEN_UP = "given_up", "Abandonnée"


class Letter(SQLModel, table=True):
    """One letter to send. To whom and with which link is sealed under its own key, which goes when the letter ends."""

    __tablename__ = "letter"
    __table_args__ = (
        coded("state", LetterState),
        Index("ix_letter_state_next_try_at", "state", "next_try_at"),
        STRICT,
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    kind: str = Field(max_length=40)
    key: str | None = Field(default=None, unique=True, max_length=120)
    state: str = Field(max_length=10)
    attempts: int
    next_try_at: datetime
    leased_until: datetime | None = None
    created_at: datetime
    ended_at: datetime | None = None
    problem: str = Field(default="", max_length=40)
    channel: str = Field(max_length=10, sa_column_kwargs={"server_default": Channel.EMAIL.value})


class SmsStop(SQLModel, table=True):
    """A number that answered « STOP », as a blind token, and since when. Nothing says whose it is."""

    __tablename__ = "sms_stop"
    __table_args__ = (STRICT,)

    token: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    since_at: datetime
