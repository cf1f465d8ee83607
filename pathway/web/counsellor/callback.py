"""Noting, on the person's word, the day she wishes to be called and how often."""

from dataclasses import dataclass
from datetime import date

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.followup.callbacks import calling_holidays
from pathway.casework.followup.queries import open_points
from pathway.casework.followup.reading import rhythm_of
from pathway.casework.followup.rules import PointKind
from pathway.casework.records.queries import identities
from pathway.casework.sharing.permissions import Permission
from pathway.casework.sharing.queries import require_part, same_person
from pathway.casework.sharing.rules import Part
from pathway.kernel.calendar import Holidays
from pathway.web.counsellor.telling import full_name
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify
from pathway.web.wishes import CALL, Wishes, wishes_sent


@dataclass(frozen=True, kw_only=True)
class CallbackPage:
    """Whose wishes, the call already asked for, if one is open, and the public holidays of whoever will call."""

    name: str
    href: str
    asked_on: date | None
    rhythm: str
    holidays: Holidays


@allow(Permission.CONTACT_RECORD)
def view(ref: str) -> ResponseReturnValue:
    """The two forms; on POST, the one that was sent."""
    page = _page(ref)
    wishes = wishes_sent(ref, current=page.rhythm, holidays=page.holidays)
    if wishes.saved:
        notify(_said(wishes))
        return redirect(page.href, 303)
    answer = render_template("counsellor/callback.html", wishes=wishes, page=page)
    return answer, 422 if wishes.has_errors else 200


def _said(wishes: Wishes) -> str:
    if wishes.saved == CALL:
        return f"Rappel noté : {wishes.day}."
    return f"Rythme noté. Prochain appel : {wishes.day}." if wishes.day else "Rythme noté."


def _page(ref: str) -> CallbackPage:
    with gate().reading() as tx:
        require_part(tx, ref, Part.FOLLOWUP.value)
        who = same_person(tx, ref)[0]
        asked = [one.due_on for one in open_points(tx, ref) if one.kind is PointKind.CALLBACK]
        return CallbackPage(
            name=full_name(identities(tx, [who], act="read_record")[who]),
            href=url_for("counsellor.record", ref=ref),
            asked_on=asked[0] if asked else None,
            rhythm=rhythm_of(tx, ref).value,
            holidays=calling_holidays(tx, ref),
        )
