"""What a record shows beside its alerts: remarks (N12, N13, N15, N16) drawn from what the reader sees, never kept.

A notice waits for nobody, is in no list, and speaks to whoever opens the record. Whether N15 is due depends on how long
records are kept: `retention` decides it, its sentences stand here beside the others.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pathway.casework.alerts.policy import AlertPolicy
from pathway.casework.alerts.vocabulary import NoticeId
from pathway.casework.records.catalogue import CATALOGUE
from pathway.kernel.wording import counted, listed, said_date, said_days


@dataclass(frozen=True, kw_only=True)
class AskedAgain:
    """An entry of the reader's structure at which answers already known were asked for: how many."""

    enrolment_id: str
    on: date
    times: int


@dataclass(frozen=True, kw_only=True)
class StepSpan:
    """One step as a span of days; `left_on` is None while it is open."""

    enrolment_id: str
    entered_on: date
    left_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class NoticeFacts:
    """All that notices may know: what the reader may see of one person.

    `obstacles_on`: the day the present obstacles were said, None without any, or where « none » was said, or where the
    reader may not see what would answer them. `acts_on`: the days of the steps, relays, appointments, contacts
    and actions of the plan. `conflicts`: the items with several answers.
    """

    obstacles_on: date | None = None
    acts_on: tuple[date, ...] = ()
    conflicts: tuple[str, ...] = ()
    asked_again: AskedAgain | None = None
    steps: tuple[StepSpan, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One remark. `version`: of the rule; `policy_version`: of the thresholds, empty for N15, which uses none of them;
    `parameters`: the delays used; `facts`: ids, codes and ISO dates only. `days`: those its sentence counts, up to the
    day it is read."""

    rule: NoticeId
    version: str
    policy_version: str
    parameters: dict[str, int]
    facts: dict[str, str]
    days: int = 0


_Rule = Callable[[NoticeFacts, AlertPolicy, date], Notice | None]


def notices(facts: NoticeFacts, *, on: date, policy: AlertPolicy) -> tuple[Notice, ...]:
    """The remarks of that day, in the order they are read. Pure: the same facts, day and policy give the same."""
    return tuple(found for rule in _RULES for found in [rule(facts, policy, on)] if found is not None)


def back_from(steps: Sequence[StepSpan], *, on: date, policy: AlertPolicy) -> Notice | None:
    """N16: she entered a step less than two years after she left the last one, with nothing in between: the same card
    goes on. A shorter pause than `back_after_days` is ordinary life. Told for `noticed_days`."""
    last = max(steps, key=lambda one: (one.entered_on, one.enrolment_id), default=None)
    if last is None or last.left_on is not None or not timedelta(0) <= on - last.entered_on <= _span(policy):
        return None
    earlier = [one for one in steps if one.entered_on < last.entered_on]
    if not earlier or any(one.left_on is None or one.left_on > last.entered_on for one in earlier):
        return None
    left_on = max(one.left_on for one in earlier if one.left_on is not None)
    away = (last.entered_on - left_on).days
    within = (policy.back_near_days, policy.back_year_days, policy.back_far_days)
    limit = next((one for one in sorted(within) if away <= one), None)
    if limit is None or away < policy.back_after_days:
        return None
    return Notice(
        rule=NoticeId.N16,
        version="1",
        policy_version=policy.version,
        parameters={"threshold_days": limit, "noticed_days": policy.noticed_days},
        facts={
            "enrolment_id": last.enrolment_id,
            "entered_on": last.entered_on.isoformat(),
            "left_on": left_on.isoformat(),
        },
        days=away,
    )


def notice_sentence(notice: Notice) -> str:
    """The remark, for whoever follows her. It names nobody and gives none of her answers: at most which questions."""
    return _SAID[notice.rule](notice)


def ending_sentence(notice: Notice) -> str:
    """What ends it."""
    if notice.rule is NoticeId.N13 and "items" not in notice.facts:
        return _ENDS_BY_ITSELF.format(span=said_days(notice.parameters["noticed_days"]))
    return _ENDS[notice.rule].format(span=said_days(notice.parameters.get("noticed_days", 0)))


def _obstacle_left(facts: NoticeFacts, policy: AlertPolicy, on: date) -> Notice | None:
    """N12: obstacles said for more than sixty days, and neither step, relay, appointment, contact nor action of
    the plan since."""
    since = facts.obstacles_on
    if since is None or any(day > since for day in facts.acts_on):
        return None
    if on - since <= timedelta(days=policy.obstacle_days):
        return None
    return Notice(
        rule=NoticeId.N12,
        version="1",
        policy_version=policy.version,
        parameters={"threshold_days": policy.obstacle_days},
        facts={"said_on": since.isoformat()},
        days=(on - since).days,
    )


def _in_conflict(facts: NoticeFacts, policy: AlertPolicy, _on: date) -> Notice | None:
    """N13: several answers to one question: she will be asked what she already said until one is chosen."""
    if not facts.conflicts:
        return None
    return Notice(
        rule=NoticeId.N13,
        version="1",
        policy_version=policy.version,
        parameters={},
        facts={"items": " ".join(sorted(facts.conflicts))},
    )


def _asked_though_known(facts: NoticeFacts, policy: AlertPolicy, on: date) -> Notice | None:
    """N13: at the last entry she was asked for answers that were known."""
    asked = facts.asked_again
    if asked is None or not asked.times or not timedelta(0) <= on - asked.on <= _span(policy):
        return None
    return Notice(
        rule=NoticeId.N13,
        version="1",
        policy_version=policy.version,
        parameters={"noticed_days": policy.noticed_days, "times": asked.times},
        facts={"enrolment_id": asked.enrolment_id, "entered_on": asked.on.isoformat()},
    )


def _back(facts: NoticeFacts, policy: AlertPolicy, on: date) -> Notice | None:
    return back_from(facts.steps, on=on, policy=policy)


_RULES: tuple[_Rule, ...] = (_back, _obstacle_left, _in_conflict, _asked_though_known)


def _said_obstacle(notice: Notice) -> str:
    limit = said_days(notice.parameters["threshold_days"])
    return (
        f"Des difficultés ont été dites le {_day(notice, 'said_on')}, il y a {said_days(notice.days)} : depuis, "
        f"ni étape, ni relais, ni rendez-vous, ni contact, ni action (remarque au-delà de {limit})."
    )


def _said_known(notice: Notice) -> str:
    if "items" in notice.facts:
        items = listed([f"« {CATALOGUE[key].label} »" for key in notice.facts["items"].split()])
        return f"Plusieurs réponses à décider avec la personne : {items}."
    asked = counted(notice.parameters["times"], "réponse déjà connue a été redemandée", _AGAIN)
    return f"À l’entrée du {_day(notice, 'entered_on')}, {asked}."


def _said_archive(notice: Notice) -> str:
    return (
        f"Dernière rencontre ou dernier contact connu le {_day(notice, 'met_on')}, il y a "
        f"{notice.parameters['active_months']} mois ou plus : le dossier est à archiver, mais un point de suivi, prévu "
        f"le {_day(notice, 'due_on')}, est encore ouvert."
    )


def _said_back(notice: Notice) -> str:
    limit = said_days(notice.parameters["threshold_days"])
    return (
        f"De retour {said_days(notice.days)} après la sortie du {_day(notice, 'left_on')} (moins de {limit}) : "
        "c’est la même carte, ce qui était connu l’est encore."
    )


_AGAIN = "réponses déjà connues ont été redemandées"
_SAID: dict[NoticeId, Callable[[Notice], str]] = {
    NoticeId.N12: _said_obstacle,
    NoticeId.N13: _said_known,
    NoticeId.N15: _said_archive,
    NoticeId.N16: _said_back,
}
_ENDS_BY_ITSELF = "Cette remarque disparaît {span} après l’entrée."
_ENDS = {
    NoticeId.N12: "Cette remarque disparaît dès qu’une suite est enregistrée, ou que la difficulté est levée.",
    NoticeId.N13: "Cette remarque disparaît quand une seule réponse est gardée.",
    NoticeId.N15: "Cette remarque disparaît quand un contact est enregistré, ou que le point de suivi est fait.",
    NoticeId.N16: _ENDS_BY_ITSELF,
}


def _day(notice: Notice, name: str) -> str:
    return said_date(date.fromisoformat(notice.facts[name]))


def _span(policy: AlertPolicy) -> timedelta:
    return timedelta(days=policy.noticed_days)
