"""« Combien de temps »: how long her record is kept, keeping it when it is about to be erased, having it erased."""

from dataclasses import dataclass
from datetime import date

from flask import current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, TextAreaField

from pathway.casework.lifecycle.expiring import erase_mine, last_readable
from pathway.casework.retention.actions import keep_mine
from pathway.casework.retention.queries import delays, kept_of
from pathway.casework.retention.rules import Delays, archive_on, gone_on
from pathway.casework.rights.actions import ask_erasure
from pathway.casework.rights.rules import TEXT_LENGTH, RequestWay, answer_due
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked
from pathway.kernel.wording import said_date
from pathway.store.transaction import Transaction
from pathway.web.drafts import keeps
from pathway.web.forms import AtMost, CarteForm, Needed
from pathway.web.gate import allow, fresh, gate
from pathway.web.jinja import notify


class KeepForm(CarteForm):
    """Nothing to fill."""


class ErasureForm(CarteForm):
    """Why, if she wishes; and that she knows what goes."""

    text = TextAreaField(marked("Pourquoi ?"), [AtMost(TEXT_LENGTH)])
    asked = BooleanField(
        marked("Je veux que tout mon dossier soit effacé"),
        validators=[Needed(marked("Cochez cette case pour demander l’effacement."))],
    )


@dataclass(frozen=True, kw_only=True)
class KeepingPage:
    """How long her record is kept. `erase_on`: None until she is told; `archive_on`: None once it is archived;
    `held_until`: the last day of a hold for a litigation, None without one."""

    delays: Delays
    last_on: date
    archive_on: date | None
    erase_on: date | None
    is_told: bool
    held_until: date | None
    answer_due: date
    unreadable_on: date


@allow(Permission.OWN_RIGHTS)
@fresh
def view() -> ResponseReturnValue:
    """Show how long, and what she may do."""
    return _shown(ErasureForm(formdata=None))


@allow(Permission.OWN_RIGHTS)
def keep_view() -> ResponseReturnValue:
    """Keep her record: the delays begin again today."""
    form = KeepForm()
    with gate().attempt(form) as tx:
        keep_mine(tx)
    notify(_("Votre dossier est gardé. Vous choisissez avec qui le partager."))
    return redirect(url_for("jobseeker.pathway"), 303)


@allow(Permission.OWN_RIGHTS)
@fresh
@keeps
def erase_view() -> ResponseReturnValue:
    """Erase at once a record about to be erased; of an active one, ask for it."""
    form, said, is_gone = ErasureForm(), "", False
    if form.validate():
        with gate().attempt(form) as tx:
            is_gone, said = _erased(tx, form.text.data or "")
    if form.has_errors:
        return _shown(form)
    notify(said)
    return redirect(url_for("account.sign_in") if is_gone else url_for("jobseeker.requests"), 303)


def _erased(tx: Transaction, text: str) -> tuple[bool, str]:
    if kept_of(tx, tx.actor.record_id).told_on is None:
        ask_erasure(tx, record_id=tx.actor.record_id, text=text, way=RequestWay.ACCOUNT)
        return False, _("Votre demande est envoyée. Rien n’est effacé avant la réponse.")
    gone_by = erase_mine(tx, backup_days=_backup_days())
    return True, _(
        "Votre dossier est effacé. Il est irrécupérable dans toutes les sauvegardes au plus tard le %(day)s.",
        day=said_date(gone_by),
    )


def _shown(form: ErasureForm) -> ResponseReturnValue:
    with gate().reading() as tx:
        page = _page(tx)
        tx.journal("read_record", records=[tx.actor.record_id])
    return render_template("jobseeker/keeping.html", page=page, form=form), 422 if form.has_errors else 200


def _page(tx: Transaction) -> KeepingPage:
    found, kept = delays(tx), kept_of(tx, tx.actor.record_id)
    return KeepingPage(
        delays=found,
        last_on=kept.last_on,
        archive_on=archive_on(kept, found) if kept.archived_on is None else None,
        erase_on=gone_on(kept, found) if kept.told_on else None,
        is_told=kept.told_on is not None,
        held_until=kept.held_until if kept.is_held(tx.today) else None,
        answer_due=answer_due(tx.today),
        unreadable_on=last_readable(tx, backup_days=_backup_days()),
    )


def _backup_days() -> int:
    days: int = current_app.extensions["carte_settings"].backup_days
    return days
