"""Noting, on the person's word, the day she wishes to be called and how often."""

from dataclasses import dataclass
from datetime import date

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.followup.queries import open_points
from pathway.casework.followup.reading import rhythm_of
from pathway.casework.followup.rules import PointKind
from pathway.casework.records.queries import identities
from pathway.casework.sharing.permissions import Permission
from pathway.casework.sharing.queries import require_part, same_person
from pathway.casework.sharing.rules import Part
from pathway.kernel.clock import local_day
from pathway.web.counsellor.telling import full_name
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify
from pathway.web.wishes import CALL, RHYTHM, CallForm, RhythmForm, proposed_day, save_call, save_rhythm


@dataclass(frozen=True, kw_only=True)
class CallbackPage:
    """Whose wishes, and the call already asked for, if one is open."""

    name: str
    href: str
    asked_on: date | None
    rhythm: str


@allow(Permission.CONTACT_RECORD)
def view(ref: str) -> ResponseReturnValue:
    """The two forms; on POST, the one that was sent."""
    page = _page(ref)
    call = CallForm(on=proposed_day(local_day(gate().clock.now())))
    rhythm = RhythmForm(rhythm=page.rhythm)
    sent = request.form.get("do") if request.method == "POST" else None
    said = ""
    if sent == CALL and call.validate():
        with gate().attempt(call) as tx:
            said = f"Rappel noté : {save_call(tx, ref, call)}."
    if sent == RHYTHM and rhythm.validate():
        with gate().attempt(rhythm) as tx:
            day = save_rhythm(tx, ref, rhythm)
            said = f"Rythme noté. Prochain appel : {day}." if day else "Rythme noté."
    if said and not (call.has_errors or rhythm.has_errors):
        notify(said)
        return redirect(page.href, 303)
    has_errors = call.has_errors or rhythm.has_errors
    answer = render_template("counsellor/callback.html", call=call, rhythm=rhythm, page=page)
    return answer, 422 if has_errors else 200


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
        )
