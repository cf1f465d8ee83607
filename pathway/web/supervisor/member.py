"""One person of the team: her habilitation; prolong it, end it and pass on what she holds, mend her second factor."""

from dataclasses import dataclass
from datetime import date

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, SelectField

from pathway.casework.lifecycle.actions import leave
from pathway.casework.lifecycle.queries import Holdings, holdings
from pathway.casework.partners.queries import colleagues
from pathway.casework.resets.actions import ask_factor_reset
from pathway.casework.resets.queries import FactorRequest, request_about
from pathway.casework.resets.rules import FactorReason
from pathway.casework.sharing.permissions import Permission
from pathway.casework.team.actions import prolong
from pathway.casework.team.queries import Change, Member, history, member_seen
from pathway.casework.team.rules import default_end, is_ending_soon
from pathway.kernel.errors import Refused
from pathway.store.transaction import Transaction
from pathway.web.drafts import keeps
from pathway.web.forms import CarteForm, DayField, Needed, SelectChoice
from pathway.web.gate import allow, fresh, gate
from pathway.web.jinja import notify

_NOW, _LATER = "now", "later"
_WHEN = (SelectChoice(_NOW, "Dès maintenant"), SelectChoice(_LATER, "À une date"))
_QUEUE = ("", "L’équipe, et son ou sa responsable")
_NO_DAY = "Écrivez le dernier jour de l’habilitation."


class ProlongForm(CarteForm):
    """Until when the habilitation holds."""

    until_on = DayField("Nouvelle fin", [Needed("Écrivez le nouveau dernier jour.")])


class EndForm(CarteForm):
    """When it stops."""

    when = RadioField("Quand ?", choices=_WHEN, validators=[Needed("Choisissez quand l’habilitation se termine.")])
    last_on = DayField("Dernier jour")
    heir_id = SelectField("À qui confier ses personnes et ses points ?", choices=[], validate_choice=False)


class FactorForm(CarteForm):
    """Why her second factor must be made anew."""

    reason = RadioField(
        "Pourquoi ?",
        choices=[SelectChoice(*pair) for pair in FactorReason.pairs()],
        validators=[Needed("Choisissez la raison.")],
    )


@dataclass(frozen=True, kw_only=True)
class MemberPage:
    """Her habilitation, its history, what she holds here, and the gestures with their forms."""

    ref: str
    member: Member
    is_soon: bool
    changes: tuple[Change, ...]
    held: Holdings
    request: FactorRequest | None
    proposed_on: date
    prolong: ProlongForm
    end: EndForm
    factor: FactorForm
    refused: CarteForm | None


@allow(Permission.TEAM_MANAGE)
@fresh
def view(ref: str) -> ResponseReturnValue:
    """Show her."""
    return _page(ref, None, 200)


@allow(Permission.TEAM_MANAGE)
@fresh
@keeps
def prolong_view(ref: str) -> ResponseReturnValue:
    """Move the end of her habilitation."""
    form = ProlongForm()
    if form.validate():
        assert form.until_on.day is not None
        with gate().attempt(form) as tx:
            prolong(tx, ref, until_on=form.until_on.day)
    return _answer(ref, form, "La fin de l’habilitation est changée.", url_for("supervisor.member", ref=ref))


@allow(Permission.TEAM_MANAGE)
@fresh
@keeps
def end_view(ref: str) -> ResponseReturnValue:
    """End her habilitation, now or after a day."""
    form = EndForm()
    is_valid = form.validate()
    if form.when.data == _LATER and form.last_on.day is None and not form.last_on.errors:
        form.refuse(Refused(_NO_DAY, field="last_on"))
    elif is_valid:
        with gate().attempt(form) as tx:
            last_on = form.last_on.day if form.when.data == _LATER else None
            leave(tx, ref, last_on=last_on, heir_id=form.heir_id.data or None)
    is_now = form.when.data == _NOW
    said = "L’habilitation est terminée." if is_now else "La fin de l’habilitation est enregistrée."
    passed = "Ses personnes et ses points sont confiés." if is_now else "Tout sera confié la nuit qui suit."
    return _answer(ref, form, f"{said} {passed}")


@allow(Permission.TEAM_MANAGE)
@fresh
@keeps
def factor_view(ref: str) -> ResponseReturnValue:
    """Ask for her second factor to be taken away; somebody else confirms."""
    form = FactorForm()
    if form.validate():
        with gate().attempt(form) as tx:
            ask_factor_reset(tx, ref, reason=FactorReason.read(form.reason.data, field="reason"))
    said = "Demande envoyée à l’exploitation, qui vérifiera avec vous. La personne est prévenue par e-mail."
    return _answer(ref, form, said, url_for("supervisor.member", ref=ref))


def _answer(ref: str, form: CarteForm, said: str, href: str = "") -> ResponseReturnValue:
    if form.has_errors:
        return _page(ref, form, 422)
    notify(said)
    return redirect(href or url_for("supervisor.team"), 303)


def _page(ref: str, refused: CarteForm | None, status: int) -> ResponseReturnValue:
    with gate().reading() as tx:
        page = _gathered(tx, ref, refused)
        tx.journal("read_member", membership=ref)
    return render_template("supervisor/member.html", page=page), status


def _gathered(tx: Transaction, ref: str, refused: CarteForm | None) -> MemberPage:
    member = member_seen(tx, ref)
    proposed = default_end(tx.today)
    end = refused if isinstance(refused, EndForm) else EndForm(formdata=None)
    others = [(name, said) for name, said in colleagues(tx).items() if name != member.account_id]
    end.heir_id.choices = [_QUEUE, *others]
    return MemberPage(
        ref=ref,
        member=member,
        is_soon=is_ending_soon(member.until_on, today=tx.today),
        changes=tuple(history(tx, ref)),
        held=holdings(tx, member.account_id),
        request=request_about(tx, member.account_id),
        proposed_on=proposed,
        prolong=refused if isinstance(refused, ProlongForm) else ProlongForm(formdata=None, until_on=proposed),
        end=end,
        factor=refused if isinstance(refused, FactorForm) else FactorForm(formdata=None),
        refused=refused,
    )
