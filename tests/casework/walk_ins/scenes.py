"""What tests of the register start from: a line written, lines read."""

from datetime import timedelta

from pathway.casework.walk_ins.actions import Met, note_walk_in
from pathway.casework.walk_ins.queries import WalkInView, walk_ins
from pathway.casework.walk_ins.rules import WalkInKind, WalkInOutcome, monday_of
from pathway.demo.town import Town

DESK, STREET = WalkInKind.DESK, WalkInKind.STREET


def met(
    town: Town,
    ref: str = "",
    *,
    kind: WalkInKind = DESK,
    outcome: WalkInOutcome = WalkInOutcome.INFORMED,
    days_ago: int = 0,
    number: int = 1,
    place: str = "",
    by: str = "bruno",
) -> str:
    """A line of that professional's, about somebody else each time; gives its id."""
    with town.acting(by) as tx:
        day = tx.today - timedelta(days=days_ago)
        said = Met(kind=kind, outcome=outcome, day=day, number=number, place=place)
        return note_walk_in(tx, said, record_id=ref, is_another=True)


def register(town: Town, by: str = "bruno", weeks_ago: int = 0) -> list[WalkInView]:
    """The lines of a week as that professional reads them."""
    with town.acting(by, write=False) as tx:
        monday = monday_of(tx.today) - timedelta(weeks=weeks_ago)
        return walk_ins(tx, monday=monday, side=None, page=1, per_page=100)
