"""The machine of the promise: every gesture of every room, in any order, and what must hold after each."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from pathway.casework.records.actions import SUPPORT_SECTIONS
from tests.casework.enrolments.steps import share, system
from tests.casework.links.pairs import TWIN
from tests.stories.no_orphan.calls import Calls
from tests.stories.no_orphan.handing import Handing
from tests.stories.no_orphan.meetings import Meetings
from tests.stories.no_orphan.people import People
from tests.stories.no_orphan.promises import PROMISES, look
from tests.stories.no_orphan.sharing import Sharing
from tests.town import FRIDAY, welcome


class Pathway(Handing, Calls, Meetings, People, Sharing):
    """One person with two cards, whose pathway anybody may change: her structures, her counsellors and time move on;
    her cards are linked and taken apart."""

    @initialize(referent=st.sampled_from(["bruno", "denis"]))
    def arrives(self, referent: str) -> None:
        self.clock.at = FRIDAY
        self.begin()
        amina = welcome(self.town, by=referent)
        welcome(self.town, by="karim", identity=TWIN)
        share(self.town, amina, "mission-locale", sections=SUPPORT_SECTIONS, until_at=FRIDAY + timedelta(days=365))

    @rule(data=st.data())
    def something_happens(self, data: st.DataObject) -> None:
        self.happens(data)

    @invariant()
    def holds(self) -> None:
        if not hasattr(self, "town"):
            return
        with system(self.town.store, self.clock, write=False) as tx:
            seen = look(tx, is_after_night=self.is_after_night)
            self.rows = seen.rows
            for promise in PROMISES:
                promise(seen)
