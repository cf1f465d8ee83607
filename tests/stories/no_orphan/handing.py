"""Passing her on: relays sent, answered, taken back, sent outside, brought back by time, ended by an entry."""

from functools import partial
from typing import Any

from hypothesis import strategies as st

from pathway.casework.relays.actions import (
    accept_relay,
    acknowledge_relay,
    answer_by_link,
    close_relay,
    draft_relay,
    make_link,
    note_acknowledgement,
    put_on_waiting_list,
    refuse_relay,
    send_relay,
    set_first_appointment,
    use_link,
    withdraw_relay,
)
from pathway.casework.relays.rules import PENDING, RefusalReason, RelayGesture, RelayResult
from pathway.kernel.errors import NotFound
from tests.casework.enrolments.steps import system
from tests.casework.relays.scenes import letter
from tests.stories.no_orphan.stage import ACTORS, CARD, STRUCTURES, WHICH, gesture, one_of
from tests.stories.no_orphan.steps import Steps
from tests.town import herself

_PENDING = sorted(state.value for state in PENDING)
_STATES = ", ".join(f"'{state}'" for state in _PENDING)
WAITS = f"state IN ({_STATES})"
WAITS_HERE = f"{WAITS} AND to_structure_id IS NOT NULL"
WAITS_OUTSIDE = f"{WAITS} AND to_structure_id IS NULL"
_RELAYED = """
SELECT scheme_exit.enrolment_id FROM scheme_exit JOIN enrolment ON enrolment.id = scheme_exit.enrolment_id
WHERE scheme_exit.kind = 'relay' AND scheme_exit.cancelled_at IS NULL AND enrolment.structure_id = '{}'
"""


class Handing(Steps):
    """The life of a relay, by both sides, by her and by time."""

    @gesture(
        often=5,
        by=ACTORS,
        to=st.sampled_from(["", "", *STRUCTURES]),
        hands_over=st.booleans(),
        after_exit=st.booleans(),
        is_draft=st.sampled_from([False, False, True]),
        card=CARD,
    )
    def is_passed_on(self, by: str, to: str, hands_over: bool, after_exit: bool, is_draft: bool, card: int) -> None:
        record_id = self.card(card)
        said: dict[str, Any] = {"record_id": record_id, "to": to, "hands_over": hands_over, "after_exit": after_exit}
        deed = draft_relay if is_draft else send_relay
        name = "is_drafted" if is_draft else "is_passed_on"
        self.attempt(name, lambda: self.pass_on(self.hand(by, record_id), deed, **said))

    def pass_on(self, by: str, deed: Any, *, record_id: str, to: str, hands_over: bool, after_exit: bool) -> None:
        to = "plie" if to and self.town.structures[to] == self.own(by) else to
        left = [row["enrolment_id"] for row in self.told(_RELAYED.format(self.own(by)))] if after_exit else []
        drafts = self.mine("relay", f"state = 'draft' AND from_structure_id = '{self.own(by)}'")
        said = {"enrolment_id": left[0] if left else "", "draft_id": drafts[0]["id"] if drafts else ""}
        self.act(by, deed, record_id=record_id, letter=letter(self.town, to, hands_over=hands_over), **said)

    @gesture(
        often=8,
        when=lambda self: self.waits(outside=False),
        which=WHICH,
        deed=st.sampled_from([acknowledge_relay, put_on_waiting_list, set_first_appointment, accept_relay]),
        ahead=st.sampled_from([0, 3, 20]),
    )
    def is_answered(self, which: int, deed: Any, ahead: int) -> None:
        relay = one_of(self.mine("relay", WAITS_HERE), which)
        more = {"on": self.day(ahead)} if deed is set_first_appointment else {}
        self.attempt(deed.__name__, lambda: self.answer(relay, deed, **more))

    @gesture(when=lambda self: self.any("relay", state=_PENDING), which=WHICH, reason=st.sampled_from(RefusalReason))
    def is_refused(self, which: int, reason: RefusalReason) -> None:
        relay = one_of(self.mine("relay", WAITS), which)
        self.attempt("is_refused", lambda: self.answer(relay, refuse_relay, reason=reason))

    @gesture(when=lambda self: self.any("relay", state=_PENDING), which=WHICH, result=st.sampled_from(RelayResult))
    def result_is_sent_back(self, which: int, result: RelayResult) -> None:
        relay = one_of(self.mine("relay", WAITS), which)
        self.attempt("result_is_sent_back", lambda: self.answer(relay, close_relay, result=result))

    def waits(self, *, outside: bool) -> bool:
        """Whether a relay waits on the platform, or outside."""
        found = [row for row in self.rows["relay"] if row["state"] in _PENDING]
        return any((row["to_structure_id"] is None) is outside for row in found)

    def answer(self, relay: dict[str, Any], deed: Any, **more: Any) -> None:
        """The receiver's gesture; for a structure outside, the sender notes it."""
        by = self.worker(relay["to_structure_id"] or relay["from_structure_id"])
        self.act(by, deed, relay_id=relay["id"], version=relay["version"], **more)

    @gesture(when=lambda self: self.any("relay", state=_PENDING), which=WHICH, by_herself=st.booleans())
    def is_taken_back(self, which: int, by_herself: bool) -> None:
        relay = one_of(self.mine("relay", WAITS), which)
        self.attempt("is_taken_back", partial(self.take_back, relay, by_herself))

    def take_back(self, relay: dict[str, Any], by_herself: bool) -> None:
        said = {"relay_id": relay["id"], "version": relay["version"]}
        if not by_herself:
            return self.act(self.worker(relay["from_structure_id"]), withdraw_relay, **said)
        with herself(self.town, relay["record_id"]) as tx:
            withdraw_relay(tx, **said)

    @gesture(when=lambda self: self.waits(outside=False), which=WHICH, own_scheme=st.sampled_from([True, True, False]))
    def enters_from_a_relay(self, which: int, own_scheme: bool) -> None:
        relay = one_of(self.mine("relay", WAITS_HERE), which)
        self.attempt("enters_from_a_relay", lambda: self.enter_from(relay, own_scheme))

    def enter_from(self, relay: dict[str, Any], own_scheme: bool) -> None:
        by = self.worker(relay["to_structure_id"])
        self.entry(by, None if own_scheme else "atelier", 0, relay["record_id"])

    @gesture(often=6, when=lambda self: self.waits(outside=True), which=WHICH)
    def is_told_by_telephone(self, which: int) -> None:
        relay = one_of(self.mine("relay", WAITS_OUTSIDE), which)
        said = {"who": "Mme Petit", "on": self.today}
        self.attempt("is_told_by_telephone", lambda: self.answer(relay, note_acknowledgement, **said))

    @gesture(
        often=6,
        when=lambda self: self.waits(outside=True),
        which=WHICH,
        gesture=st.sampled_from([RelayGesture.ACKNOWLEDGE, RelayGesture.REFUSE]),
    )
    def link_is_answered(self, which: int, gesture: RelayGesture) -> None:
        relay = one_of(self.mine("relay", WAITS_OUTSIDE), which)
        self.attempt("link_is_answered", partial(self.answer_link, relay, gesture))

    def answer_link(self, relay: dict[str, Any], gesture: RelayGesture) -> None:
        with self.town.acting(self.worker(relay["from_structure_id"])) as tx:
            token = make_link(tx, relay_id=relay["id"]).rsplit("/", 1)[1]
        with system(self.town.store, self.clock) as tx:
            link_id = use_link(tx, token)
            if link_id is None:
                raise NotFound
            answer_by_link(tx, link_id=link_id, gesture=gesture, reason=RefusalReason.NO_PLACE)
