"""When a record is closed, when the person is told, when it is erased, and what keeps it: pure decisions on days."""

from dataclasses import dataclass
from datetime import date, timedelta

from pathway.casework.alerts.notices import Notice
from pathway.casework.alerts.vocabulary import NoticeId
from pathway.kernel.calendar import add_months
from pathway.kernel.choice import Choice
from pathway.kernel.errors import Invalid

NOTICE_DAYS = 30  # at least: less would leave no time to answer
LONGEST_HOLD_YEARS = 5
KEY_LIFE = timedelta(days=90)  # the operator changes the wrapping key at least that often (docs/operations.md)
_HOLD_DAYS = f"Donnez une date à venir, dans {LONGEST_HOLD_YEARS} ans au plus : elle se prolonge si le litige dure."
_HOLD_REASON = "Écrivez pourquoi : la raison est scellée, et relue à la fin."


class Step(Choice):
    """What a night has to do about one person's record."""

    NONE = "none", "Rien à faire"
    BLOCKED = "blocked", "À archiver, quelque chose est encore ouvert"
    ARCHIVE = "archive", "À archiver"
    REOPEN = "reopen", "De retour : le dossier redevient actif"
    TELL = "tell", "À prévenir de l’effacement"
    HELD = "held", "À effacer, gardé pour un litige"
    ERASE = "erase", "À effacer"


@dataclass(frozen=True, kw_only=True)
class Delays:
    """How long a record stays active after the last individual contact, then archived, in calendar months; how many
    days before its erasure the person is told (CASF R. 263-8; CNIL, délibération 2023-095)."""

    active_months: int = 24
    archive_months: int = 24
    notice_days: int = NOTICE_DAYS


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What is known of one person, all her cards together, in local days.

    `last_on`: the last individual contact (reached, met, an entry, an exit, her own gesture), else the day her last
    card was made. `is_busy`: a point, a step, an appointment or a relay is open. `held_until`: the last day of a hold
    for a litigation.
    """

    last_on: date
    is_busy: bool = False
    archived_on: date | None = None
    told_on: date | None = None
    held_until: date | None = None

    @property
    def has_come_back(self) -> bool:
        """Whether she was heard of since her record was archived, or something was opened about her."""
        return self.archived_on is not None and (self.last_on >= self.archived_on or self.is_busy)

    def is_held(self, on: date) -> bool:
        """Whether a hold forbids to erase that day."""
        return self.held_until is not None and on <= self.held_until


def archive_on(kept: Kept, delays: Delays) -> date:
    """The day from which the record is due to be archived."""
    return add_months(kept.last_on, delays.active_months)


def erase_on(kept: Kept, delays: Delays) -> date | None:
    """The day on which an archived record is erased: never before she was told for the whole notice. None while
    active."""
    if kept.archived_on is None:
        return None
    due = add_months(kept.archived_on, delays.archive_months)
    return max(due, kept.told_on + timedelta(days=delays.notice_days)) if kept.told_on else due


def gone_on(kept: Kept, delays: Delays) -> date | None:
    """The day on which the record really goes: a hold for a litigation puts it off. None while active."""
    due = erase_on(kept, delays)
    return max(due, kept.held_until + timedelta(days=1)) if due and kept.held_until else due


def next_step(kept: Kept, delays: Delays, *, on: date) -> Step:
    """What that night has to do."""
    if kept.archived_on is None:
        if not is_silent(kept.last_on, delays, on=on):
            return Step.NONE
        return Step.BLOCKED if kept.is_busy else Step.ARCHIVE
    if kept.has_come_back:
        return Step.REOPEN
    due = erase_on(kept, delays)
    assert due is not None
    if kept.told_on is None:
        return Step.TELL if on >= due - timedelta(days=delays.notice_days) else Step.NONE
    if on < due:
        return Step.NONE
    return Step.HELD if kept.is_held(on) else Step.ERASE


def is_silent(last_on: date, delays: Delays, *, on: date) -> bool:
    """Whether nothing was heard of her for as long as a record stays active."""
    return on >= add_months(last_on, delays.active_months)


def archive_blocked(kept: Kept, delays: Delays, *, point_id: str, due_on: date, on: date) -> Notice | None:
    """N15: as far as `kept` knows, the record is due to be archived, and that open point de suivi keeps it."""
    if next_step(kept, delays, on=on) is not Step.BLOCKED:
        return None
    return Notice(
        rule=NoticeId.N15,
        version="2",
        policy_version="",
        parameters={"active_months": delays.active_months},
        facts={"met_on": kept.last_on.isoformat(), "point_id": point_id, "due_on": due_on.isoformat()},
    )


def unrecoverable_on(on: date, *, key_made_on: date, backup_days: int) -> date:
    """The day by which no backup of what is erased that day can be read any more by anybody: the wrapping key is
    changed within 90 days of its birth, and destroyed once the copies that need it are too old to be kept."""
    changed_on = max(on, key_made_on + KEY_LIFE)
    return changed_on + timedelta(days=backup_days)


def check_hold(*, until_on: date, reason: str, on: date) -> None:
    """Refuse a hold without a reason, or without a reasonable end."""
    if not reason.strip():
        raise Invalid(_HOLD_REASON, field="reason")
    if not on < until_on <= add_months(on, 12 * LONGEST_HOLD_YEARS):
        raise Invalid(_HOLD_DAYS, field="until_on")
