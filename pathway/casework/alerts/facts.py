"""All that the rules of alerts may know of a pathway: what happened and when. No fact about who she is."""

from dataclasses import dataclass
from datetime import date

from pathway.casework.followup.rules import ExitKind
from pathway.casework.relays.rules import RelayState
from pathway.casework.schemes.rules import Intensity


@dataclass(frozen=True, kw_only=True)
class OpenPoint:
    """A point de suivi not done yet. `due_on`: the day its lateness counts from, which replanning does not move."""

    point_id: str
    due_on: date
    structure_id: str
    owner_id: str | None


@dataclass(frozen=True, kw_only=True)
class Support:
    """A support that is open in a structure, with the day it should end when it is known."""

    enrolment_id: str
    structure_id: str
    intensity: Intensity
    entered_on: date
    ends_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class ContactFact:
    """The last contact in which she was reached, by whichever structure."""

    contact_id: str
    on: date


@dataclass(frozen=True, kw_only=True)
class ExitFact:
    """The last exit of a step. `ends_on`: the end of the contract or of the training it led to."""

    exit_id: str
    kind: ExitKind
    event_on: date
    structure_id: str
    ends_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class MissedAppointment:
    """An appointment that was not kept, in one structure, since the last one she kept there."""

    appointment_id: str
    on: date
    structure_id: str


@dataclass(frozen=True, kw_only=True)
class RelayFact:
    """A relay from a structure to another: where it stands, since when.

    `was_held`: the structure that accepted met her since. `next_on`: the day of the first appointment, if one is set.
    """

    relay_id: str
    from_structure_id: str
    to_structure_id: str | None
    state: RelayState
    since_on: date
    next_on: date | None = None
    was_held: bool = False


@dataclass(frozen=True, kw_only=True)
class EarlyExit:
    """An exit without solution, with what was planned. `is_stopped_by_her`: it ended on her own initiative."""

    exit_id: str
    structure_id: str
    entered_on: date
    event_on: date
    planned_end_on: date | None = None
    is_stopped_by_her: bool = False


@dataclass(frozen=True, kw_only=True)
class ReferentFact:
    """Her référent de parcours: whether she still works there, and the absence of that day without stand-in."""

    account_id: str
    structure_id: str
    since_on: date
    works: bool = True
    away_from_on: date | None = None
    away_until_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class SharingFact:
    """What a structure that supports her may see comes to an end: an agreement on its last day, or a withdrawal.

    `ends_on` for an agreement, `stopped_on` for a withdrawal; `cause_id` is the agreement's or the withdrawal's.
    """

    cause_id: str
    structure_id: str
    ends_on: date | None = None
    stopped_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class PersonFacts:
    """All that the rules may know of a pathway, as recorded at the cut-off.

    `next_planned_on`: the day a next step is planned. `is_exempt`: the last exit is `closed`. `follow_from`: the day
    the present follow-up began, from which a silence counts when there was no contact since. `late_set_aside_on`: for
    each structure, when it last dismissed R02; what was late enough there that day stays set aside, what becomes late
    since or elsewhere does not.
    `heard_on`: for each structure, the last contact in which it reached her itself. `referent`: None when she has none.
    `circle`: who may see those facts; empty for all who follow her, else the one sensitive structure that also counts
    what it alone wrote. `apart`: the structures that she stopped from reading the others, told by a circle of their
    own. `is_own_only`: the circle of one of them, which knows nothing of what the others wrote.
    """

    record_id: str
    circle: str = ""
    apart: frozenset[str] = frozenset()
    is_own_only: bool = False
    points: tuple[OpenPoint, ...] = ()
    supports: tuple[Support, ...] = ()
    last_contact: ContactFact | None = None
    last_exit: ExitFact | None = None
    next_planned_on: date | None = None
    is_paused: bool = False
    is_exempt: bool = False
    late_set_aside_on: tuple[tuple[str, date], ...] = ()
    follow_from: date
    missed: tuple[MissedAppointment, ...] = ()
    relays: tuple[RelayFact, ...] = ()
    early_exits: tuple[EarlyExit, ...] = ()
    referent: ReferentFact | None = None
    sharing: tuple[SharingFact, ...] = ()
    heard_on: tuple[tuple[str, date], ...] = ()

    @property
    def is_quiet(self) -> bool:
        """Whether the rules about her own pace leave her alone: a pause, or a follow-up that ended for good."""
        return self.is_paused or self.is_exempt
