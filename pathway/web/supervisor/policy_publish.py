"""Publishing a draft of the follow-up rules: what it changes, from which day, said before one says yes."""

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import IntegerField

from pathway.casework.policies.actions import publish_policy
from pathway.casework.policies.queries import draft_seen, in_force, writes_for
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.clock import local_day
from pathway.kernel.wording import said_date
from pathway.web.forms import CarteForm, DayField, Needed
from pathway.web.gate import allow, fresh, gate
from pathway.web.jinja import notify
from pathway.web.supervisor.policy_words import changes, scope_name


class PublishForm(CarteForm):
    """From when; `seq` is the writing of the draft one read."""

    seq = IntegerField()
    from_on = DayField("À partir du", [Needed("Écrivez le premier jour de ces règles.")])


@dataclass(frozen=True, kw_only=True)
class PublishPage:
    """What the draft is for, and what it says otherwise than what holds."""

    ref: str
    scope: str
    version: str
    changes: list[tuple[str, str, str]]


@allow(Permission.POLICY_MANAGE)
@fresh
def view(ref: str) -> ResponseReturnValue:
    """Show what changes; on POST, publish."""
    form = PublishForm(from_on=local_day(gate().clock.now()))
    if request.method == "POST" and form.validate():
        assert form.from_on.day is not None
        with gate().attempt(form) as tx:
            publish_policy(tx, version_id=ref, seq=form.seq.data or 0, from_on=form.from_on.day)
        if not form.has_errors:
            notify(f"Règles publiées. Elles valent pour les sorties saisies à partir du {said_date(form.from_on.day)}.")
            return redirect(url_for("supervisor.policies"), 303)
    with gate().reading() as tx:
        draft = draft_seen(tx, ref)
        holds = in_force(tx, structure_id=writes_for(tx), scheme_id=draft.scheme_id or "", on=tx.today)
        page = PublishPage(
            ref=ref,
            scope=scope_name(tx, draft.scheme_id),
            version=draft.policy.version,
            changes=changes(holds.policy, draft.policy),
        )
    if request.method == "GET":
        form.seq.data = draft.seq
    return render_template("supervisor/policy_publish.html", form=form, page=page), 422 if form.has_errors else 200
