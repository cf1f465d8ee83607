"""What began or was recorded without her own hand: on her first page and above « Qui peut voir votre dossier »."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from pathway.casework.agreements.queries import NewSupport, may_be_decided_for_her, own_new_supports
from pathway.casework.agreements.rules import NEWS_FOR
from pathway.casework.oversight.queries import own_log
from pathway.casework.oversight.rules import Line
from pathway.kernel.clock import local_day
from pathway.kernel.languages import gettext as _
from pathway.kernel.wording import said_date
from pathway.store.transaction import Transaction
from pathway.web.jobseeker.visits import Speaker, speaker_of

_DECIDED = frozenset({"agreement_given", "agreement_withdrawn"})
_BEGINNINGS = ("record_entry", "set_referent", "cancel_exit")


@dataclass(frozen=True, kw_only=True)
class News:
    """One thing she did not do herself: in words, with what she may do about it.

    `stop_href` leads to the end of the sharing (empty for a choice), `ask_href` to « Je n’ai rien demandé »; empty once
    she asked (`is_asked`).
    """

    said: str
    structure: str
    stop_href: str
    ask_href: str
    is_asked: bool


def news(tx: Transaction) -> tuple[News, ...]:
    """The new supports of the last 30 days, then the choices professionals recorded in her name; newest first."""
    begun = own_new_supports(tx)
    if not begun and not may_be_decided_for_her(tx):
        return ()
    since = tx.now - NEWS_FOR
    log = [line for line in own_log(tx) if not line.is_own and line.instants[0] >= since]
    speaker = speaker_of(tx)
    decided = (_decision(line, speaker) for line in log if line.action in _DECIDED)
    return (*(_beginning(one, log, speaker) for one in begun), *decided)


def _beginning(one: NewSupport, log: Sequence[Line], speaker: Speaker) -> News:
    structure = speaker.who(account_id="", structure_id=one.structure_id)
    line = _line_of(one, log)
    visit = speaker.said(line) if line else None
    return News(
        said=_(
            "Depuis le %(day)s, %(structure)s vous accompagne et lit votre dossier.",
            day=said_date(local_day(one.since)),
            structure=structure,
        ),
        structure=structure,
        stop_href=url_for("jobseeker.stop", structure_ref=one.structure_id),
        ask_href=visit.ask_href if visit else url_for("jobseeker.visits"),
        is_asked=visit.is_asked if visit else False,
    )


def _line_of(one: NewSupport, log: Sequence[Line]) -> Line | None:
    """The line of her log that began it: the deed done by that structure at that instant."""
    then = [line for line in log if line.structure_id == one.structure_id and one.since in line.instants]
    return next((line for action in _BEGINNINGS for line in then if line.action == action), None)


def _decision(line: Line, speaker: Speaker) -> News:
    visit = speaker.said(line)
    return News(
        said=_("Le %(day)s, %(deed)s.", day=said_date(line.day), deed=visit.said),
        structure=visit.who,
        stop_href="",
        ask_href=visit.ask_href,
        is_asked=visit.is_asked,
    )
