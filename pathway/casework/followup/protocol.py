"""What the follow-up promises beyond the plan of an exit: tries, returns, asked calls, put-offs, questions. Pure."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta

from pathway.casework.followup.rules import NEXT_WITHIN_DAYS, REPLANS_TO_RESPONSABLE, PlannedPoint
from pathway.casework.followup.vocabulary import Channel, ContactResult, Rhythm
from pathway.casework.policies.rules import PlanKind, PointKind, days, months, working_days
from pathway.kernel.calendar import Holidays, add_months, next_working_day
from pathway.kernel.errors import Refused
from pathway.kernel.languages import gettext as _
from pathway.kernel.wording import said_date

_TRIES_BEFORE_LOST = 3
_CHANNELS_BEFORE_LOST = 2
_KEPT_AFTER_RETURN_MONTHS = 6

# Questions on results that a European fund wants asked (FSE+): only an answer closes them.
QUESTIONS = frozenset({PointKind.EXIT_QUESTIONS, PointKind.LATER_QUESTIONS})
# Asked on leaving, within four weeks, and six months later: Regulation (EU) 2021/1057, annex I.
_QUESTION_DELAYS = ((PointKind.EXIT_QUESTIONS, days(14)), (PointKind.LATER_QUESTIONS, months(6)))
_QUESTIONS_WITHIN_DAYS = 28
_ANSWERS = frozenset({ContactResult.REACHED, ContactResult.REFUSED})
_RHYTHMS = {Rhythm.TWO_WEEKS: days(14), Rhythm.MONTHLY: months(1), Rhythm.TWO_MONTHS: months(2)}


@dataclass(frozen=True, kw_only=True)
class Replanned:
    """Where a point goes when it is put off by hand, and whether the responsable gets it."""

    due_on: date
    to_responsable: bool


@dataclass(frozen=True, kw_only=True)
class Try:
    """One attempt to reach the person, as far as the protocol depends on it."""

    channel: Channel
    result: ContactResult


def attempt_is_done(*, is_last: bool, attempts_left: int, channels: AbstractSet[Channel]) -> bool:
    """Whether a try without an answer does an `attempt` point: what was asked is to try.

    `attempts_left`: other open attempt points of the plan. `channels`: those of every try since the exit, this one
    included. The last attempt stays open until a second channel was tried; a last point is never settled by a silence.
    """
    return not is_last and (attempts_left > 0 or len(channels) >= _CHANNELS_BEFORE_LOST)


def is_lost_from_sight(tries: Sequence[Try]) -> bool:
    """« Perdue de vue »: three tries without an answer, on two channels at least, since she last answered.

    `tries` from the oldest to the newest. Only said, never kept: any answer ends it, and it closes nothing.
    """
    answered = (number for number, one in enumerate(tries, 1) if one.result in _ANSWERS)
    since = tries[max(answered, default=0) :]
    return len(since) >= _TRIES_BEFORE_LOST and len({one.channel for one in since}) >= _CHANNELS_BEFORE_LOST


def is_resumed(
    *, plan_kind: PlanKind, kind: PointKind, is_last: bool, original_due_on: date, event_on: date, entered_on: date
) -> bool:
    """Whether coming back into a support closes a point of an earlier exit, whose news the new step now gives.

    What lies at six months or later after the exit stays, and its last point always; so do questions, which only an
    answer closes, and a call that she asked for. An entry dated before the exit is no return.
    """
    stays = is_last or plan_kind is PlanKind.CALLBACK or kind in QUESTIONS or entered_on < event_on
    return not stays and original_due_on < add_months(event_on, _KEPT_AFTER_RETURN_MONTHS)


def question_points(event_on: date, recorded_on: date, *, holidays: Holidays) -> tuple[PlannedPoint, ...]:
    """The questions on results that follow an exit: due 14 days and 6 months after it, on working days.

    One already past is due two working days after `recorded_on`: it is still asked. They never settle an exit.
    """
    late_on = working_days(2).due_on(recorded_on, holidays)
    dues = ((kind, delay.due_on(event_on, holidays)) for kind, delay in _QUESTION_DELAYS)
    return tuple(
        PlannedPoint(kind=kind, due_on=due if due >= recorded_on else late_on, is_last=False) for kind, due in dues
    )


def questions_limit(kind: PointKind, event_on: date) -> date | None:
    """The day after which the questions on leaving no longer count: 28 calendar days after the exit; else None."""
    return event_on + timedelta(days=_QUESTIONS_WITHIN_DAYS) if kind is PointKind.EXIT_QUESTIONS else None


def callback_due(asked_on: date, *, today: date, holidays: Holidays) -> date:
    """The working day of a call she asks for; `Refused` (field `on`) unless the day lies 1 to 91 days ahead."""
    _check_near(asked_on, today)
    return next_working_day(asked_on, holidays)


def rhythm_due(rhythm: Rhythm, *, contact_on: date, today: date, holidays: Holidays) -> date | None:
    """The working day of the next call at her rhythm, after a contact that reached her; None at the planned dates."""
    delay = _RHYTHMS.get(rhythm)
    if delay is None:
        return None
    return next_working_day(max(delay.due_on(contact_on, holidays), today + timedelta(days=1)), holidays)


def replanned(
    *, on: date, today: date, due_on: date, replans: int, holidays: Holidays, limit_on: date | None = None
) -> Replanned:
    """Where a point put off to `on` goes: a working day 1 to 91 days ahead, another than `due_on`.

    `replans`: how many times it was put off before. `limit_on`: a day that must not be passed while it still lies
    ahead. `Refused` (field `on`) otherwise. The third time, the responsable gets it.
    """
    _check_near(on, today)
    moved = next_working_day(on, holidays)
    if moved == due_on:
        raise Refused("Ce point est déjà prévu ce jour-là. Choisissez un autre jour.", field="on")
    if limit_on is not None and today < limit_on < moved:
        raise Refused(f"Ces questions sont à poser avant le {said_date(limit_on)}.", field="on")
    return Replanned(due_on=moved, to_responsable=replans + 1 >= REPLANS_TO_RESPONSABLE)


def _check_near(on: date, today: date) -> None:
    if not 1 <= (on - today).days <= NEXT_WITHIN_DAYS:
        last_on = today + timedelta(days=NEXT_WITHIN_DAYS)
        raise Refused(_("Choisissez un jour entre demain et le %(day)s.", day=said_date(last_on)), field="on")
