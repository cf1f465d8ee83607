"""Who may open her record, why and until when, and what she decides about it; and who opened it."""

from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue

from pathway.casework.agreements.queries import restricted_parts, sharing_of
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.wording import listed
from pathway.store.transaction import Transaction
from pathway.web.gate import allow, gate
from pathway.web.jobseeker.news import News, news
from pathway.web.jobseeker.sights import Sight, sight_of
from pathway.web.jobseeker.visits import VisitDay, latest_days
from pathway.web.parts import hidden_words


@dataclass(frozen=True, kw_only=True)
class AccessPage:
    """Who may see, who no longer sees, and who looked in the last seven days.

    `may_stop_all`: several structures see something.
    `news`: what began or was recorded without her own hand. `limited`: in words, what no structure uses for a time."""

    sharing: tuple[Sight, ...]
    stopped: tuple[Sight, ...]
    limited: str
    may_stop_all: bool
    latest: tuple[VisitDay, ...]
    news: tuple[News, ...]


@allow(Permission.OWN_PATHWAY_READ)
def view() -> ResponseReturnValue:
    """Show who may open her record, and the last accesses."""
    here = gate()
    with here.reading() as tx:
        page = _gathered(tx, here.actor.record_id)
    return render_template("jobseeker/access.html", page=page)


def _gathered(tx: Transaction, record_id: str) -> AccessPage:
    sights = tuple(sight_of(one) for one in sharing_of(tx, record_id))
    return AccessPage(
        sharing=tuple(one for one in sights if not one.is_shut),
        stopped=tuple(one for one in sights if one.is_shut),
        limited=listed([hidden_words(*part) for part in restricted_parts(tx, record_id)]),
        may_stop_all=sum(not one.is_stopped for one in sights) > 1,
        latest=latest_days(tx),
        news=news(tx),
    )
