"""Speaking with her, or not: contacts, points put off or given, calls she asks for, questions on results."""

from functools import partial
from typing import Any

from hypothesis import strategies as st

from pathway.casework.alerts.actions import clear_settled
from pathway.casework.followup.actions import (
    answer_questions,
    ask_callback,
    change_referent,
    choose_rhythm,
    mark_not_done,
    reassign_points,
    record_contact,
    replan_point,
)
from pathway.casework.followup.rules import Channel, ContactResult, ReplanReason, Rhythm
from pathway.kernel.errors import NotAllowed
from tests.stories.no_orphan.stage import ACTORS, AHEAD, ANYBODY, BACK, CARD, WHICH, Stage, gesture, one_of
from tests.town import herself

OPEN = "state = 'open'"
QUESTIONS = ("exit_questions", "later_questions")
ASKED = "state = 'open' AND kind IN ('exit_questions', 'later_questions')"


class Calls(Stage):
    """What closes a point, puts it off, or opens another."""

    @gesture(
        by=ACTORS,
        channel=st.sampled_from([Channel.SMS, Channel.PHONE, Channel.VISIT]),
        result=st.sampled_from(ContactResult),
        back=BACK,
        after=AHEAD,
        card=CARD,
    )
    def is_called(
        self, by: str, channel: Channel, result: ContactResult, back: int, after: int | None, card: int
    ) -> None:
        said = {"channel": channel, "result": result, "made_on": self.day(-back)}
        next_on = self.day(after) if after is not None else None
        record_id = self.card(card)
        self.attempt("is_called", lambda: self.call(self.hand(by, record_id), record_id, next_on=next_on, **said))

    @gesture(
        when=lambda self: self.any("point", state=["open"]),
        which=WHICH,
        channel=st.sampled_from([Channel.PHONE, Channel.VISIT]),
        result=st.sampled_from([ContactResult.REACHED, *ContactResult]),
        after=st.sampled_from([7, 28, 91]),
        waited=st.booleans(),
    )
    def is_called_for_a_point(
        self, which: int, channel: Channel, result: ContactResult, after: int, waited: bool
    ) -> None:
        point = one_of(self.mine("point", OPEN), which)
        day = point["due_on"] if waited else self.today
        said = {"channel": channel, "result": result, "point_id": point["id"], "next_on": self.day(after)}
        self.attempt(
            "is_called_for_a_point",
            lambda: self.call(self.worker(point["structure_id"]), point["record_id"], made_on=day, **said),
        )

    def call(self, by: str, card: str, **said: Any) -> None:
        if by not in self.at_work():
            raise NotAllowed
        with self.town.acting(by) as tx:
            record_contact(tx, record_id=card, **said)
            clear_settled(tx, record_id=card)

    @gesture(when=lambda self: self.any("point", state=["open"]), which=WHICH)
    def is_not_called(self, which: int) -> None:
        point = one_of(self.mine("point", OPEN), which)
        said = {"point_id": point["id"], "reason": "no_time"}
        self.attempt("is_not_called", lambda: self.act(self.worker(point["structure_id"]), mark_not_done, **said))

    @gesture(
        when=lambda self: self.any("point", state=["open"]), which=WHICH, after=st.sampled_from([1, 14, 60, 91, 120])
    )
    def is_put_off(self, which: int, after: int) -> None:
        point = one_of(self.mine("point", OPEN), which)
        said = {"point_id": point["id"], "version": point["version"], "reason": ReplanReason.NO_TIME}
        self.attempt(
            "is_put_off",
            lambda: self.act(self.worker(point["structure_id"]), replan_point, on=self.day(after), **said),
        )

    @gesture(often=1, by=st.none() | ACTORS, card=CARD, after=st.sampled_from([1, 30, 91]))
    def asks_to_be_called(self, by: str | None, card: int, after: int) -> None:
        record_id, on = self.card(card), self.day(after)
        self.attempt("asks_to_be_called", partial(self.say, by, ask_callback, record_id=record_id, on=on))

    @gesture(often=1, by=st.none() | ACTORS, card=CARD, rhythm=st.sampled_from(Rhythm))
    def chooses_a_rhythm(self, by: str | None, card: int, rhythm: Rhythm) -> None:
        record_id = self.card(card)
        self.attempt("chooses_a_rhythm", partial(self.say, by, choose_rhythm, record_id=record_id, rhythm=rhythm))

    def say(self, by: str | None, what: Any, *, record_id: str, **said: Any) -> None:
        """On her own page, or noted by that professional."""
        if by is not None:
            return self.act(self.hand(by, record_id), what, record_id=record_id, **said)
        with herself(self.town, record_id) as tx:
            what(tx, record_id=record_id, **said)

    @gesture(when=lambda self: self.any("point", state=["open"], kind=QUESTIONS), which=WHICH, declined=st.booleans())
    def answers_questions(self, which: int, declined: bool) -> None:
        asked = one_of(self.mine("point", ASKED), which)
        values = {} if declined else {"situation": "employed", "france_travail_registration": "non"}
        said = {"point_id": asked["id"], "values": values, "declined": declined}
        self.attempt(
            "answers_questions", lambda: self.act(self.worker(asked["structure_id"]), answer_questions, **said)
        )

    @gesture(when=lambda self: self.any("point", state=["open"]), which=WHICH, to=ANYBODY)
    def is_given(self, which: int, to: str) -> None:
        point = one_of(self.mine("point", OPEN), which)
        self.attempt("is_given", partial(self.give_points, point, to))

    def give_points(self, point: dict[str, Any], to: str) -> None:
        owner_id = self.town.accounts[self.worker(point["structure_id"], like=to)]
        by = self.worker(point["structure_id"])
        self.act(by, reassign_points, record_id=point["record_id"], owner_id=owner_id)

    @gesture(by=ACTORS, to=ANYBODY, card=CARD)
    def changes_referent(self, by: str, to: str, card: int) -> None:
        self.attempt("changes_referent", partial(self.name_referent, by, to, self.card(card)))

    def name_referent(self, by: str, to: str, record_id: str) -> None:
        by = self.hand(by, record_id)
        named = self.worker(self.own(by), like=to)
        self.act(by, change_referent, record_id=record_id, account_id=self.town.accounts[named])
