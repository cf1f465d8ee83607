"""What she decides, and who she is: agreements, stops, limits, her card shown, cards linked and parted, erasing."""

from datetime import timedelta
from functools import partial
from typing import Any

from hypothesis import strategies as st

from pathway.casework.agreements.actions import give_agreement, hide_part, share_again, show_part, stop_sharing
from pathway.casework.alerts.actions import settle_cards
from pathway.casework.links.actions import link_cards, unlink_cards
from pathway.casework.records.erasure import erasable, erase_answer
from pathway.casework.records.facts import claim_id
from pathway.casework.records.queries import record_opened
from pathway.casework.records.rules import EraseReason
from pathway.casework.rights.actions import ask_restriction, withdraw_request
from pathway.casework.rights.rules import RequestWay
from pathway.casework.sharing.actions import open_grants
from pathway.casework.sharing.queries import same_person
from pathway.casework.sharing.rules import Cause, Part
from pathway.kernel.errors import NotAllowed, NotFound
from pathway.store.transaction import Transaction
from tests.casework.enrolments.steps import system
from tests.stories.no_orphan.stage import CARD, STRUCTURES, WHICH, Stage, gesture, one_of
from tests.town import herself

READ = ("contact", "situation", Part.PATHWAY.value, Part.FOLLOWUP.value)
WITH = st.sampled_from([*STRUCTURES, "quai-neuf"])


class Sharing(Stage):
    """What opens her record to somebody, and what closes it."""

    @gesture(card=CARD, to=st.sampled_from(STRUCTURES), by=st.sampled_from(["", "", "bruno", "elise"]))
    def agrees_to_share(self, card: int, to: str, by: str) -> None:
        said = {"structure_id": self.town.structures[to], "sections": READ}
        self.attempt("agrees_to_share", partial(self.decided, by, card, give_agreement, **said))

    @gesture(often=1, card=CARD, to=st.sampled_from([*STRUCTURES, ""]), by=st.sampled_from(["", "", "bruno"]))
    def stops_sharing(self, card: int, to: str, by: str) -> None:
        said = {"structure_id": self.town.structures[to] if to else ""}
        self.attempt("stops_sharing", partial(self.decided, by, card, stop_sharing, **said))

    @gesture(card=CARD, to=WITH)
    def shares_again(self, card: int, to: str) -> None:
        said = {"structure_id": self.town.structures[to]}
        self.attempt("shares_again", partial(self.decided, "", card, share_again, **said))

    @gesture(often=1, card=CARD, to=WITH, section=st.sampled_from(["contact", "situation"]))
    def hides_a_part(self, card: int, to: str, section: str) -> None:
        said = {"structure_id": self.town.structures[to], "section": section}
        self.attempt("hides_a_part", partial(self.decided, "", card, hide_part, **said))

    @gesture(often=1, card=CARD, section=st.sampled_from(["contact", "situation"]))
    def limits_a_part(self, card: int, section: str) -> None:
        said = {"section": section, "text": "C’est faux.", "way": RequestWay.ACCOUNT}
        self.attempt("limits_a_part", partial(self.decided, "", card, ask_restriction, **said))

    @gesture(when=lambda self: self.any("rights_request", state=["open"]), which=WHICH)
    def a_limit_is_lifted(self, which: int) -> None:
        asked = one_of(self.mine("rights_request", "state = 'open'"), which)
        self.attempt("a_limit_is_lifted", partial(self.lift, asked))

    def lift(self, asked: dict[str, Any]) -> None:
        with herself(self.town, asked["record_id"]) as tx:
            withdraw_request(tx, request_id=asked["id"], version=asked["version"])

    @gesture(when=lambda self: self.any("hidden_part", until_at=[None]), which=WHICH)
    def shows_a_part(self, which: int) -> None:
        hidden = one_of(self.mine("hidden_part", "until_at IS NULL"), which)
        self.attempt("shows_a_part", partial(self.let_see, hidden))

    def let_see(self, hidden: dict[str, Any]) -> None:
        with herself(self.town, hidden["record_id"]) as tx:
            said = {"structure_id": hidden["structure_id"], "section": hidden["section"]}
            show_part(tx, record_id=hidden["record_id"], **said)

    def decided(self, by: str, card: int, what: Any, **said: Any) -> None:
        """On her own account, or noted by somebody she asks."""
        record_id = self.card(card)
        if by:
            return self.act(by, what, record_id=record_id, **said)
        with herself(self.town, record_id) as tx:
            what(tx, record_id=record_id, **said)

    @gesture(often=1, card=CARD, to=WITH)
    def shows_her_card(self, card: int, to: str) -> None:
        self.attempt("shows_her_card", partial(self.present, self.card(card), self.town.structures[to]))

    def present(self, record_id: str, structure_id: str) -> None:
        if not self.has("structure", f"id = '{structure_id}' AND state = 'active'"):
            raise NotAllowed
        said: dict[str, Any] = {"structure_id": structure_id, "cause": Cause.PRESENTED_CARD, "cause_id": ""}
        with system(self.town.store, self.clock) as tx:
            until_at = tx.now + timedelta(hours=2)
            open_grants(tx, record_ids=[record_id], sections=frozenset(READ), until_at=until_at, **said)
            tx.journal("present_card", records=[record_id])

    @gesture(when=lambda self: len(self.rows["record"]) > 1, one=CARD, other=st.integers(1, 3))
    def is_one_person(self, one: int, other: int) -> None:
        self.attempt("is_one_person", partial(self.decide, link_cards, self.card(one), self.card(one + other)))

    @gesture(often=1, when=lambda self: self.any("card_link", ended_at=[None]))
    def is_two_persons(self) -> None:
        link = self.mine("card_link", "ended_at IS NULL")[0]
        self.attempt("is_two_persons", partial(self.decide, unlink_cards, link["record_id"], link["other_id"]))

    def decide(self, what: Any, record_id: str, other_id: str) -> None:
        with system(self.town.store, self.clock) as tx:
            cards = {*same_person(tx, record_id), *same_person(tx, other_id)}
            what(tx, record_id=record_id, other_id=other_id)
            settle_cards(tx, sorted(cards))

    @gesture(
        often=1,
        by=st.sampled_from(["bruno", "denis", "elise"]),
        card=CARD,
        key=st.sampled_from(["phones", "situation"]),
    )
    def an_answer_is_erased(self, by: str, card: int, key: str) -> None:
        said = {"record_id": self.card(card), "item_key": key}
        self.attempt("an_answer_is_erased", partial(self.act, by, _erased, **said))


def _erased(tx: Transaction, *, record_id: str, item_key: str) -> None:
    found = erasable(tx, record_opened(tx, record_id), item_key).claims
    if not found:
        raise NotFound
    choice, reason = claim_id(found[0]), EraseReason.WRONG_PERSON
    erase_answer(tx, record_id=record_id, item_key=item_key, choice=choice, reason=reason)
