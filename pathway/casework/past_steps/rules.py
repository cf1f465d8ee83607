"""What a file of past steps gives, which stays may stand together, and when old exits are taken up again."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pathway.casework.enrolments.rules import check_entry, check_exit
from pathway.casework.followup.rules import ExitKind, PlanRequest, Policy, plan_points
from pathway.casework.intake.cells import read_day, says_nothing
from pathway.casework.intake.rules import (
    IDENTITY_KEYS,
    NEEDED,
    ColumnMap,
    RawRow,
    Refusal,
    Remark,
    cell_of,
    column_of,
    map_columns,
    read_identity,
)
from pathway.casework.records.catalogue import item
from pathway.casework.records.names import Identity
from pathway.casework.records.spelling import glued
from pathway.casework.schemes.exit_reasons import REASONS, ExitReason
from pathway.kernel.calendar import Holidays, is_working_day
from pathway.kernel.errors import Invalid, Refused

RESUME_WEEKS = 12
RESUME_CAP = 5  # points a week that one counsellor can bear beside the rest (product rule: about 75 minutes)
_STEP_NEEDED = (*NEEDED, ("scheme", "Dispositif"), ("entered_on", "Date d’entrée"))
_HEADERS: Mapping[str, str] = {
    "scheme": "Dispositif | Nom du dispositif | Code du dispositif | Étape | Accompagnement",
    "entered_on": "Date d’entrée | Entrée | Entrée le | Date de début | Début",
    "exited_on": "Date de sortie | Sortie | Sortie le | Date de fin",
    "reason": "Motif de sortie | Motif | Motif de fin",
    "ends_on": "Fin du contrat | Date de fin du contrat | Fin de la formation | Fin du contrat ou de la formation",
}
_KNOWN = {glued(header): key for key in IDENTITY_KEYS for header in item(key).columns}
_KNOWN |= {glued(header): key for key, headers in _HEADERS.items() for header in headers.split(" | ")}

_NO_SCHEME = "Ce dispositif n’existe pas, ou n’est pas ouvert à cette structure. Écrivez son nom ou son code."
_NO_REASON = "Ce motif de sortie n’est pas dans la liste de la carte. La documentation donne la liste."
_EXIT_WITHOUT_REASON = "Le motif de sortie manque : sans lui, on ne sait pas quelle suite prévoir."
_REASON_WITHOUT_EXIT = "Il y a un motif de sortie sans date de sortie. Ajoutez la date, ou videz le motif."
_PAUSE = "Une pause se saisit à l’écran, avec la date à laquelle faire le point."
_TWO_STAYS = "À ces dates, la personne était déjà dans ce dispositif, dans cette structure. Vérifiez les dates."


@dataclass(frozen=True, kw_only=True)
class ReadExit:
    """The end of a past step, as a row gives it. `ends_on`: end of the contract or training, if told."""

    on: date
    reason: ExitReason
    ends_on: date | None


@dataclass(frozen=True, kw_only=True)
class ReadStep:
    """A step read in a row: who, in which scheme, from when; `exit` is None while it is open."""

    line: int
    identity: Identity
    scheme_id: str
    entered_on: date
    exit: ReadExit | None
    warnings: tuple[Remark, ...]


@dataclass(frozen=True, kw_only=True)
class Stay:
    """One stay already known in the same scheme and structure; `until_on` is None while it lasts."""

    entered_on: date
    until_on: date | None


def map_step_columns(headers: Sequence[str], *, separator: str) -> ColumnMap:
    """What each header is. `Invalid` when who, scheme or day of entry lack, or when two headers say the same."""
    return map_columns(headers, separator=separator, known=_KNOWN, needed=_STEP_NEEDED)


def reasons_by_name(reasons: Iterable[ExitReason]) -> dict[str, ExitReason]:
    """What a file may call those reasons, letters and digits only → the reason: its words, or its code."""
    return {glued(name): one for one in reasons for name in (one.label, one.code)}


def read_step(
    row: RawRow,
    columns: ColumnMap,
    schemes: Mapping[str, str],
    policies: Mapping[str, Policy],
    *,
    today: date,
    reasons: Mapping[str, ExitReason] | None = None,
) -> ReadStep | Refusal:
    """The step of a row, or its first problem. `schemes`: name or code, letters and digits only → id; `policies`: id →
    the rules that structure follows for it; `reasons`: as `reasons_by_name` gives them, those of the program if None.

    Every cell is needed or refused: a step half read would be a false one.
    """
    warnings: list[Remark] = []
    try:
        identity = read_identity(row, columns, today, warnings)
        scheme_id = schemes.get(glued(cell_of(row, columns, "scheme")), "")
        if not scheme_id:
            raise Invalid(_NO_SCHEME, field="scheme")
        entered_on = _day(row, columns, "entered_on", warnings)
        if entered_on is None:
            raise Invalid("La date d’entrée manque.", field="entered_on")
        check_entry(entered_on=entered_on, today=today, last_exit_on=None)
        ended = _read_exit(row, columns, warnings, _PROGRAM if reasons is None else reasons)
        _check_end(policies[scheme_id], entered_on, ended, today)
    except (Invalid, Refused) as refusal:
        column = column_of(columns, _COLUMN.get(refusal.field, refusal.field))
        return Refusal(line=row.line, column=column, reason=refusal.sentence)
    return ReadStep(
        line=row.line,
        identity=identity,
        scheme_id=scheme_id,
        entered_on=entered_on,
        exit=ended,
        warnings=tuple(warnings),
    )


_COLUMN = {"event_on": "exited_on", "kind": "reason"}  # what the rules of an exit call our columns


def check_stays(step: ReadStep, known: Iterable[Stay]) -> None:
    """Refuse a stay that overlaps another one of the same person, scheme and structure. Leaving and coming back on one
    day is possible."""
    until_on = step.exit.on if step.exit else date.max
    for stay in known:
        if step.entered_on < (stay.until_on or date.max) and stay.entered_on < until_on:
            raise Refused(_TWO_STAYS, field="entered_on")


Load = Mapping[tuple[str, date], int]


def load_of(planned: Iterable[tuple[str, date]]) -> Counter[tuple[str, date]]:
    """How many points each holder has a week, by its Monday. `planned`: holder and due day."""
    return Counter((holder, _monday(day)) for holder, day in planned)


def resume_day(load: Load, holder: str, *, hands: int, today: date, holidays: Holidays) -> date:
    """The working day of one more point for that holder: in the least laden of the next twelve weeks, never over five a
    week and pair of hands; when all are full, in the first week after them with room.

    A holder is a counsellor (one pair of hands), or a queue with as many as its structure has counsellors.
    """
    first = _monday(today) + timedelta(weeks=1)
    weeks = [first + timedelta(weeks=number) for number in range(RESUME_WEEKS)]
    week = min(weeks, key=lambda monday: load.get((holder, monday), 0))
    while load.get((holder, week), 0) >= RESUME_CAP * max(hands, 1):
        week = max(week + timedelta(weeks=1), first + timedelta(weeks=RESUME_WEEKS))
    return _worked_day(week, load.get((holder, week), 0), holidays)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _worked_day(monday: date, turn: int, holidays: Holidays) -> date:
    """One working day of that week, each in its turn; every week of the French calendar has one."""
    worked = [day for day in (monday + timedelta(days=number) for number in range(5)) if is_working_day(day, holidays)]
    return worked[turn % len(worked)]


_PROGRAM = reasons_by_name(REASONS)


def _read_exit(
    row: RawRow, columns: ColumnMap, warnings: list[Remark], reasons: Mapping[str, ExitReason]
) -> ReadExit | None:
    on = _day(row, columns, "exited_on", warnings)
    said = cell_of(row, columns, "reason")
    if on is None:
        if not says_nothing(said):
            raise Invalid(_REASON_WITHOUT_EXIT, field="exited_on")
        return None
    if says_nothing(said):
        raise Invalid(_EXIT_WITHOUT_REASON, field="reason")
    reason = reasons.get(glued(said))
    if reason is None:
        raise Invalid(_NO_REASON, field="reason")
    if reason.kind is ExitKind.PAUSED:
        raise Refused(_PAUSE, field="reason")
    return ReadExit(on=on, reason=reason, ends_on=_day(row, columns, "ends_on", warnings))


def _check_end(policy: Policy, entered_on: date, ended: ReadExit | None, today: date) -> None:
    """Refuse now what recording the exit would refuse: a lot is written whole."""
    if ended is None:
        return
    check_exit(entered_on=entered_on, event_on=ended.on)
    asked = PlanRequest(kind=ended.reason.kind, event_on=ended.on, recorded_on=today, ends_on=ended.ends_on)
    plan_points(policy, asked)


def _day(row: RawRow, columns: ColumnMap, key: str, warnings: list[Remark]) -> date | None:
    text = cell_of(row, columns, key)
    if says_nothing(text):
        return None
    try:
        day, is_serial = read_day(text)
    except Invalid as refusal:
        raise Invalid(refusal.sentence, field=key) from None
    if is_serial:
        reason = "Cette date est écrite comme un nombre de jours de tableur. Elle a été lue : vérifiez-la."
        warnings.append(Remark(line=row.line, column=column_of(columns, key), reason=reason))
    return day
