"""« Limiter »: an answer or a part whose exactness she contests is kept, and used by nobody until it is checked."""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import TextAreaField

from pathway.casework.records.catalogue import CATALOGUE
from pathway.casework.records.vocabulary import Section
from pathway.casework.rights.actions import ask_restriction
from pathway.casework.rights.rules import TEXT_LENGTH, RequestWay, answer_due
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked
from pathway.kernel.wording import said_date
from pathway.web.forms import AtMost, CarteForm
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify
from pathway.web.parts import hidden_words


class LimitForm(CarteForm):
    """Why, if she wishes."""

    text = TextAreaField(marked("Pourquoi cette information vous semble fausse ?"), [AtMost(TEXT_LENGTH)])


@allow(Permission.OWN_RIGHTS)
def item_view(item: str) -> ResponseReturnValue:
    """Limit one answer."""
    if item not in CATALOGUE:
        abort(404)
    return _limit(CATALOGUE[item].section.value, item)


@allow(Permission.OWN_RIGHTS)
def section_view(section: str) -> ResponseReturnValue:
    """Limit a whole part."""
    if section not in {one.value for one in Section}:
        abort(404)
    return _limit(section, "")


def _limit(section: str, item: str) -> ResponseReturnValue:
    form = LimitForm()
    if request.method == "POST" and form.validate():
        with gate().attempt(form) as tx:
            ask_restriction(
                tx,
                record_id=tx.actor.record_id,
                section=section,
                item_key=item,
                text=form.text.data or "",
                way=RequestWay.ACCOUNT,
            )
        if not form.has_errors:
            notify(_("C’est limité, dès maintenant : aucune structure ne l’utilise."))
            return redirect(url_for("jobseeker.requests"), 303)
    with gate().reading() as tx:
        due = said_date(answer_due(tx.today))
    answer = render_template("jobseeker/limit.html", form=form, part=hidden_words(section, item), due=due)
    return answer, 422 if form.has_errors else 200
