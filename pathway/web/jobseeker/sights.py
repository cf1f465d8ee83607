"""One structure and what it sees of her, in plain words: for « Qui voit quoi » and the screens it leads to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pathway.casework.agreements.queries import Opening, Sharing
from pathway.casework.agreements.rules import Basis, Purpose
from pathway.casework.sharing.rules import Cause
from pathway.kernel.clock import local_day
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked
from pathway.kernel.wording import said_date
from pathway.web.parts import hidden_words, seen_words

_KEEPS = marked(
    "Cette structure vous accompagne : elle garde ce qu’elle a écrit elle-même. Votre accompagnement continue."
)
_LOSES = marked(
    "Cette structure ne verra plus rien de votre dossier. Ce qu’elle a écrit reste dans votre dossier, pour vous."
)


@dataclass(frozen=True, kw_only=True)
class Hidden:
    """Something she hides: the code that shows it again, and its words."""

    what: str
    words: str


@dataclass(frozen=True, kw_only=True)
class Sight:
    """One structure in words. `papers`: the signed papers behind it. `may_return`: sharing again would open something.

    `is_stopped`: she stopped; `is_shut`: nothing at all is seen. `remains` says what it keeps if she stops.
    """

    structure_id: str
    structure: str
    sees: str
    why: tuple[str, ...]
    until: date | str | None
    basis: str
    hidden: tuple[Hidden, ...]
    papers: tuple[str, ...]
    is_stopped: bool
    is_shut: bool
    may_hide: bool
    may_return: bool
    remains: str


def sight_of(one: Sharing) -> Sight:
    """That structure, once, whatever the number of its grants."""
    return Sight(
        structure_id=one.structure_id,
        structure=one.name,
        sees=_sees(one),
        why=_why(one.in_force),
        until=_until(one.in_force),
        basis=basis_words(one) if one.access else "",
        hidden=tuple(Hidden(what=f"{part}.{item}", words=hidden_words(part, item)) for part, item in one.hidden),
        papers=tuple(dict.fromkeys(opening.document_id for opening in one.in_force if opening.document_id)),
        is_stopped=one.is_stopped,
        is_shut=one.access is None,
        may_hide=one.access is not None and not one.is_stopped,
        may_return=one.is_stopped and one.if_shared is not None,
        remains=_(_KEEPS if one.is_lasting_support else _LOSES),
    )


def basis_words(one: Sharing) -> str:
    """« mission d’intérêt public. Vous pouvez vous y opposer. »: what its right stands on, and hers."""
    basis = one.bases.get(Purpose.PATHWAY)
    if basis is None:
        return _("sa base légale n’est pas encore notée. Demandez-la à la structure.")
    said = [f"{basis.label}."]
    if basis is Basis.PUBLIC_INTEREST:
        said.append(_("Vous pouvez vous y opposer."))
    health = one.bases.get(Purpose.HEALTH) if one.access and one.access.opens("health") else None
    if health:
        said.append(_("Pour la santé : %(basis)s.", basis=health.label))
    return " ".join(said)


def _sees(one: Sharing) -> str:
    if one.access is None:
        return _("Plus rien : vous avez arrêté le partage")
    if one.is_stopped:
        return _("Seulement ce qu’elle a écrit elle-même")
    return seen_words(one.access.sections)


def _why(openings: Sequence[Opening]) -> tuple[str, ...]:
    """Each cause once, from its first day."""
    since: dict[Cause, date] = {}
    for opening in openings:
        since.setdefault(opening.cause, local_day(opening.from_at))
    return tuple(_("%(cause)s, depuis le %(day)s.", cause=one.label, day=said_date(day)) for one, day in since.items())


def _until(openings: Sequence[Opening]) -> date | str | None:
    if any(opening.until_at is None for opening in openings):
        return _("tant que dure cet accompagnement")
    ends = [local_day(opening.until_at) for opening in openings if opening.until_at]
    return max(ends, default=None)
