"""How one person of the town lives her pathway: welcomed, entered, called, passed on, left, followed."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from operator import attrgetter
from random import Random
from typing import Any

from pathway.casework.accounts.actions import activate, give_activation, record_behind_code
from pathway.casework.accounts.queries import account_of_record
from pathway.casework.alerts.actions import clear_settled
from pathway.casework.enrolments.actions import Exited, change_stage, record_exit
from pathway.casework.enrolments.reading import stages_of_step
from pathway.casework.followup.actions import change_referent, mark_not_done, record_contact
from pathway.casework.followup.protocol import QUESTIONS
from pathway.casework.followup.queries import open_points
from pathway.casework.followup.rules import Channel, ContactResult, PlannedPoint
from pathway.casework.followup.safety import cautions_of, refusal
from pathway.casework.partners.rules import Role
from pathway.casework.records.actions import (
    SUPPORT_SECTIONS,
    NewPerson,
    create_person,
    edit_section,
    merge_claims,
)
from pathway.casework.records.catalogue import item
from pathway.casework.records.names import Identity
from pathway.casework.records.queries import cautions_now, record_opened
from pathway.casework.records.rules import Way, reuse
from pathway.casework.relays.actions import enter_scheme
from pathway.casework.resets.actions import adopt_email, keep_email_to_check
from pathway.casework.schemes.exit_reasons import exit_reason
from pathway.casework.schemes.queries import scheme_for_entry
from pathway.casework.schemes.rules import Intensity
from pathway.casework.sharing.actions import open_grants
from pathway.casework.sharing.queries import access_of, is_visible
from pathway.casework.sharing.rules import Cause
from pathway.demo.agenda import Agenda, worked
from pathway.demo.answers import answers_to, draw_answers, own_answers
from pathway.demo.person import Care, DemoPerson, Step, Word
from pathway.demo.personas import CLOSED_SCHEME, SCHEMES
from pathway.demo.town import Town
from pathway.kernel.clock import local_day
from pathway.store.actor import SYSTEM, Actor
from pathway.store.transaction import Transaction

_RHYTHM = {
    Intensity.INTENSIVE: (6, 9),
    Intensity.STANDARD: (18, 25),
    Intensity.LIGHT: (35, 52),
    Intensity.IN_WORK: (50, 78),
}
_SCHEMES = {scheme.code: scheme for scheme in (*SCHEMES, CLOSED_SCHEME)}
_FAILURES = (
    ContactResult.NO_ANSWER,
    ContactResult.NO_ANSWER,
    ContactResult.MESSAGE_LEFT,
    ContactResult.WRONG_NUMBER,
)
_REACHED = {Care.STEADY: 0.88, Care.UNEVEN: 0.55, Care.ELUSIVE: 0.2}
_LATE = {Care.STEADY: (0, 2), Care.UNEVEN: (1, 13), Care.ELUSIVE: (0, 3)}
_CHANNELS = (Channel.PHONE, Channel.PHONE, Channel.PHONE, Channel.VISIT, Channel.SMS, Channel.EMAIL)
_NOTES = (
    "",
    "",
    "Tout se passe bien, on se rappelle comme prévu.",
    "A envoyé deux candidatures cette semaine.",
    "Cherche encore une solution de garde le mercredi.",
    "Attend une réponse de l’employeur.",
    "Souhaite revoir son CV avant l’entretien.",
)
_WELCOMED = ("phones", "postcode", "city", "situation")
_OPENING, _CLOSING = 9 * 60, 17 * 60 + 30  # minutes after midnight; people are welcomed first thing


@dataclass(kw_only=True)
class Life:
    """One person's pathway, planned in the agenda and lived through the actions of the house."""

    who: DemoPerson
    town: Town
    agenda: Agenda
    today: date
    number: int
    record_id: str = ""
    rng: Random = field(init=False)
    said: dict[str, Any] = field(init=False)
    enrolments: dict[Step, str] = field(default_factory=dict)
    reached_on: date = date.min
    missed: int = 0

    def __post_init__(self) -> None:
        """Draw what she is like: the same for the same day, whoever else lives in the town."""
        self.rng = Random(f"{self.today.isoformat()} {self.who.code}")
        self.said = draw_answers(self.who, self.rng, number=100 + self.number)

    @property
    def identity(self) -> Identity:
        """Who she is."""
        who = self.who
        return Identity(
            first_name=who.first_name, last_name=who.last_name, birth_name=who.birth_name, birth_date=who.birth_date
        )

    def begin(self) -> None:
        """Plan the whole pathway: her welcome, then each step."""
        first = self.who.steps[0]
        if not self.who.is_imported:
            self.agenda.plan(self._day(first.began + 2), _OPENING, partial(self._welcome, first))
        for step in self.who.steps:
            self._plan_step(step)
        for word in self.who.words:
            self.agenda.plan(self._day(word.ago), self._minute(), partial(self._say, word))

    def new_person(self) -> NewPerson:
        """Her row in a file coming in."""
        return NewPerson(identity=self.identity, claims={key: self.said[key] for key in _WELCOMED})

    def open_account(self, *, by: str, ago: int, email: str, password_hash: str) -> None:
        """Plan the day she opens her own account, with the code her counsellor gives her."""
        self.agenda.plan(self._day(ago), self._minute(), partial(self._activate, by, email, password_hash))

    def herself(self) -> Transaction:
        """A transaction in her own name, on the account she opened."""
        with Transaction(self.town.store, actor=SYSTEM, clock=self.town.clock, door="demo", write=False) as tx:
            account_id = account_of_record(tx, self.record_id) or ""
        actor = Actor(role=Role.JOBSEEKER.value, account_id=account_id, record_id=self.record_id)
        return Transaction(self.town.store, actor=actor, clock=self.town.clock, door="demo")

    def counsellor_in(self, structure: str) -> str | None:
        """Who followed her last in that structure."""
        codes = [step.by for step in self.who.steps if self.town.cast[step.by].structure == structure]
        return codes[-1] if codes else None

    def _day(self, ago: int) -> date:
        return worked(self.today - timedelta(days=ago))

    def _minute(self) -> int:
        return self.rng.randrange(_OPENING + 30, _CLOSING, 5)

    def _plan_step(self, step: Step) -> None:
        entered_on = self._day(step.began)
        self.agenda.plan(entered_on, self._minute(), partial(self._enter, step))
        if step.ended is not None:
            # After her entry, even when both fall on one day.
            self.agenda.plan(self._day(step.ended), _CLOSING + 10, partial(self._leave, step))
        elif step.quiet is not None:
            self.agenda.plan(self._day(step.quiet), _CLOSING + 10, partial(self._call, step, step.by, is_sure=True))
        for stage, ago in step.stages:
            self.agenda.plan(self._day(ago), _CLOSING, partial(self._pass, step, stage))
        self._plan_visit(step, entered_on)

    def _plan_visit(self, step: Step, after: date) -> None:
        """The next talk of a step that goes on; uneven care forgets some."""
        low, high = _RHYTHM[_SCHEMES[step.scheme].intensity]
        slack = 2 if step.care is Care.UNEVEN and self.rng.random() < 0.3 else 1
        day = worked(after + timedelta(days=self.rng.randint(low, high) * slack))
        if day > after and day < self._end_of_care(step):
            self.agenda.plan(day, self._minute(), partial(self._visit, step, day))

    def _end_of_care(self, step: Step) -> date:
        if step.ended is not None:
            return self._day(step.ended)
        return self._day(step.quiet) if step.quiet is not None else self.today

    def _welcome(self, step: Step) -> None:
        with self.town.acting(step.by) as tx:
            self.record_id, _ = create_person(tx, identity=self.identity, claims=self.new_person().claims)

    def _enter(self, step: Step) -> None:
        self._share(step)
        with self.town.acting(step.by) as tx:
            scheme = scheme_for_entry(tx, self.town.schemes[step.scheme])
            record = record_opened(tx, self.record_id)
            proposals = reuse(scheme.requirements, record.facts, visible_sections=record.sections, on=tx.today)
            entered = enter_scheme(
                tx,
                record_id=self.record_id,
                scheme_id=scheme.id,
                entered_on=tx.today,
                answers=answers_to(proposals, self.said, self.rng, today=tx.today),
                own_answers=own_answers(tuple(one.key for one in scheme.questions), self.rng),
            )
            self.enrolments[step] = entered.enrolment_id
            self._settle_alerts(tx)

    def _share(self, step: Step) -> None:
        """Let the next structure see her, by the hand of the one that sent her there."""
        with self.town.acting(step.by, write=False) as tx:
            known = is_visible(tx, self.record_id)
        if not known:
            place = self.who.steps.index(step)
            with self.town.acting(self.who.steps[place - 1].by) as tx:
                self._grant(tx, step, cause_id="")

    def _grant(self, tx: Transaction, step: Step, *, cause_id: str) -> None:
        structure_id = self.town.structures[self.town.cast[step.by].structure]
        # She comes back by herself to those who followed her once: she shows her card.
        cause = Cause.PRESENTED_CARD if structure_id == tx.actor.structure_id else Cause.RELAY
        open_grants(
            tx,
            record_ids=[self.record_id],
            structure_id=structure_id,
            cause=cause,
            cause_id=cause_id,
            sections=SUPPORT_SECTIONS,
            until_at=tx.now + timedelta(days=30),
        )
        tx.journal("open_grant", records=[self.record_id], cause=cause.value)

    def _pass(self, step: Step, stage: str) -> None:
        with self.town.acting(step.by) as tx:
            said = stages_of_step(tx, self.enrolments[step])
            seq = said[-1].seq if said else 0
            change_stage(tx, enrolment_id=self.enrolments[step], stage=stage, on=tx.today, seq=seq)

    def _leave(self, step: Step) -> None:
        with self.town.acting(step.by) as tx:
            exited = record_exit(
                tx,
                enrolment_id=self.enrolments[step],
                reason=exit_reason(step.reason),
                event_on=tx.today,
                ends_on=tx.today + timedelta(days=step.lasts) if step.lasts else None,
                review_on=tx.today + timedelta(days=step.review) if step.review else None,
            )
            self._settle_alerts(tx)
            following = self._relayed_to(step)
            if following:
                self._grant(tx, following, cause_id=exited.exit_id)
        if following:
            self.agenda.plan(self._day(following.began), _CLOSING + 20, partial(self._take_over, following))
        self._plan_points(step, exited)

    def _relayed_to(self, step: Step) -> Step | None:
        if step.reason != "other_structure":
            return None
        return max((one for one in self.who.steps if one.began < (step.ended or 0)), key=attrgetter("began"))

    def _take_over(self, step: Step) -> None:
        """The person is received: her référent de parcours is now there."""
        with self.town.acting(step.by) as tx:
            change_referent(tx, record_id=self.record_id, account_id=self.town.accounts[step.by])

    def _plan_points(self, step: Step, exited: Exited) -> None:
        codes = {account_id: code for code, account_id in self.town.accounts.items()}
        by = codes.get(exited.owner_id or "", step.by)
        for point in exited.opened.points:
            self._plan_point(step, by, point)

    def _plan_point(self, step: Step, by: str, point: PlannedPoint) -> None:
        day = worked(point.due_on + timedelta(days=self.rng.randint(*_LATE[step.care])))
        limit = self.today - timedelta(days=step.quiet or 0)
        if day < limit:
            self.agenda.plan(day, self._minute(), partial(self._follow, step, by, day))

    def _visit(self, step: Step, day: date) -> None:
        self._call(step, step.by)
        self._plan_visit(step, day)

    def _follow(self, step: Step, by: str, day: date) -> None:
        """A point de suivi is done, unless somebody spoke with her these days; now and then it is « non fait »."""
        if (day - self.reached_on).days < 8:
            return
        if step.care is Care.UNEVEN and self.rng.random() < 0.35:
            self._give_up(by, day)
        else:
            self._call(step, by)

    def _give_up(self, by: str, day: date) -> None:
        with self.town.acting(by, write=False) as tx:
            ours = [point for point in open_points(tx, self.record_id) if point.structure_id == tx.actor.structure_id]
            due = [point.id for point in ours if point.due_on <= day and point.kind not in QUESTIONS]
        if due:
            with self.town.acting(by) as tx:
                mark_not_done(tx, point_id=due[0], reason="no_time")

    def _call(self, step: Step, by: str, *, is_sure: bool = False) -> None:
        with self.town.acting(by, write=False) as tx:
            # Nobody calls in the thirty days left to read, nor after them.
            if not is_visible(tx, self.record_id) or not access_of(tx, self.record_id).may_write:
                return
        result = ContactResult.REACHED if is_sure else self._result(step.care)
        with self.town.acting(by) as tx:
            self._record_call(tx, result)
        if result in _FAILURES:
            self._plan_retry(step, by)

    def _result(self, care: Care) -> ContactResult:
        if self.rng.random() > _REACHED[care]:
            return self.rng.choice(_FAILURES)
        return ContactResult.REFUSED if self.rng.random() < 0.02 else ContactResult.REACHED

    def _record_call(self, tx: Transaction, result: ContactResult) -> None:
        is_reached = result is ContactResult.REACHED
        channel, result = self._safely(tx, self.rng.choice(_CHANNELS) if is_reached else self._other_way(), result)
        record_contact(
            tx,
            record_id=self.record_id,
            channel=channel,
            result=result,
            made_on=tx.today,
            next_on=tx.today + timedelta(days=4) if result in _FAILURES else None,
            note=self.rng.choice(_NOTES) if is_reached else "",
        )
        self.reached_on = tx.today if is_reached else self.reached_on
        self.missed = 0 if is_reached else self.missed + 1
        self._settle_alerts(tx)

    def _other_way(self) -> Channel:
        """Two calls without an answer, then an e-mail."""
        return Channel.EMAIL if self.missed % 3 == 2 else Channel.PHONE

    def _safely(self, tx: Transaction, channel: Channel, result: ContactResult) -> tuple[Channel, ContactResult]:
        """What a careful professional would have done: a call, and no message left."""
        known = cautions_now(tx, self.record_id)
        if not refusal(cautions_of(held=known.held, answered=known.answered), channel, result):
            return channel, result
        return Channel.PHONE, ContactResult.NO_ANSWER if result is ContactResult.MESSAGE_LEFT else result

    def _plan_retry(self, step: Step, by: str) -> None:
        day = worked(local_day(self.town.clock.now()) + timedelta(days=5))
        is_within = step.quiet is None or day < self.today - timedelta(days=step.quiet)
        if is_within and self.rng.random() < 0.95:
            self.agenda.plan(day, self._minute(), partial(self._call, step, by))

    def _say(self, word: Word) -> None:
        with self.town.acting(word.by) as tx:
            if word.way is Way.IMPORTED:
                merge_claims(tx, self.record_id, word.answers, way=word.way)
                tx.journal("import_lot", records=[self.record_id], created=0)
            else:
                _edit(tx, self.record_id, word)

    def _activate(self, by: str, email: str, password_hash: str) -> None:
        with self.town.acting(by) as tx:
            code = give_activation(tx, record_id=self.record_id)
            number = record_opened(tx, self.record_id).card.card_number
        with Transaction(self.town.store, actor=SYSTEM, clock=self.town.clock, door="demo") as tx:
            activation_id, record_id = record_behind_code(tx, code) or ("", "")
            account_id = activate(
                tx,
                activation_id=activation_id,
                record_id=record_id,
                card_number=number,
                password_hash=password_hash,
            )
            keep_email_to_check(tx, account_id, email)
            adopt_email(tx, account_id)  # she followed the link of the letter on the spot

    def _settle_alerts(self, tx: Transaction) -> None:
        clear_settled(tx, record_id=self.record_id)


def _edit(tx: Transaction, record_id: str, word: Word) -> None:
    for key, value in word.answers.items():
        section = item(key).section
        seq = record_opened(tx, record_id, only=frozenset({section})).seqs[section.value]
        edit_section(tx, record_id=record_id, section=section, values={key: value}, seq=seq, way=word.way)
