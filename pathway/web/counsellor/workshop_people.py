"""Choosing the people of a group session: ticked among one's own, or found by a search, on the same form."""

from dataclasses import dataclass

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectMultipleField, StringField

from pathway.casework.followup.queries import caseload
from pathway.casework.records.queries import identities
from pathway.casework.records.rules import Identity
from pathway.casework.sharing.permissions import Permission
from pathway.casework.workshops.actions import add_people
from pathway.casework.workshops.queries import people_together, workshop_seen
from pathway.casework.workshops.rules import check_joining
from pathway.kernel.wording import counted, said_date
from pathway.store.transaction import Transaction
from pathway.web.answers import options
from pathway.web.counsellor.looking import LOOKED_BY, LookingForm, looked_up, open_to
from pathway.web.counsellor.telling import full_name
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify

SHOWN = 100  # of one's own people; the others are found by searching


class PeopleForm(LookingForm):
    """Whom to choose. `quick`: who else is looked for."""

    people = SelectMultipleField("Personnes", validate_choice=False)
    quick = StringField("Chercher quelqu’un d’autre", description=LOOKED_BY)

    @property
    def is_begun(self) -> bool:
        """Whether somebody is ticked."""
        return bool(self.people.data)


@dataclass(frozen=True, kw_only=True)
class Choosing:
    """Who may be ticked. `is_cut`: more people are one's own than are shown; `found`: how many a search gave, None when
    nobody searched."""

    hints: dict[str, str]
    is_cut: bool
    found: int | None


@allow(Permission.APPOINTMENT_PLAN)
def view(ref: str) -> ResponseReturnValue:
    """The people who may join; on POST, a search, or those ticked."""
    here = gate()
    form = PeopleForm()
    with here.reading() as tx:
        one = workshop_seen(tx, ref)
        check_joining(one.starts_at, is_cancelled=one.is_cancelled, today=tx.today)
        choosing = choose(tx, form, but={line.record_id for line in people_together(tx, ref)})
    href = url_for("counsellor.workshop", ref=ref)
    if not form.looks and form.validate_on_submit():
        number = 0
        with here.attempt(form) as tx:
            number = add_people(tx, workshop_id=ref, record_ids=form.people.data or [])
        if not form.has_errors:
            notify(f"{counted(number, 'personne ajoutée', 'personnes ajoutées')} à cet atelier.")
            return redirect(href, 303)
    answer = render_template(
        "counsellor/workshop_people.html", form=form, choosing=choosing, title=one.title, href=href
    )
    return answer, 422 if form.has_errors else 200


def choose(tx: Transaction, form: PeopleForm, *, but: frozenset[str] | set[str] = frozenset()) -> Choosing:
    """Give the form its people: one's own by name, those already ticked, those a search has just found (ticked when
    there is one). `but`: who is in it already."""
    mine = {one.record_id: one.identity for one in caseload(tx, only_mine=True, page=1, per_page=SHOWN)}
    looked = looked_up(tx, form)
    hits = looked or {}
    ticked = form.people.data or []
    others = _seen(tx, [name for name in ticked if name not in mine and name not in hits])
    known = {name: one for name, one in {**mine, **others, **hits}.items() if name not in but}
    form.people.choices = options((name, full_name(one)) for name, one in sorted(known.items(), key=_by_name))
    if len(hits) == 1:
        form.people.data = list({*ticked, *hits})
    return Choosing(
        hints={name: f"né·e le {said_date(one.birth_date)}" for name, one in known.items() if name in hits},
        is_cut=len(mine) == SHOWN,
        found=None if looked is None else len(looked),
    )


def _by_name(pair: tuple[str, Identity]) -> tuple[str, str, str]:
    return pair[1].last_name.casefold(), pair[1].first_name.casefold(), pair[0]


def _seen(tx: Transaction, record_ids: list[str]) -> dict[str, Identity]:
    return identities(tx, sorted(open_to(tx, record_ids)))
