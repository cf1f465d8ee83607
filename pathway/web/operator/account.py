"""One professional account, by its id: its posts, their ends, and whether it may sign in. Nobody is named."""

from dataclasses import dataclass

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, RadioField

from pathway.casework.accounts.rules import AccountState
from pathway.casework.lifecycle.actions import end_post, prolong_post
from pathway.casework.partners.rules import Role
from pathway.casework.sharing.permissions import Permission
from pathway.casework.team.actions import set_account_state
from pathway.casework.team.reading import StaffPost, post_seen, posts_of_account
from pathway.casework.team.rules import STAFF, default_end
from pathway.kernel.errors import Refused
from pathway.web.drafts import keeps
from pathway.web.forms import CarteForm, DayField, Needed, SelectChoice
from pathway.web.gate import allow, fresh, gate
from pathway.web.jinja import notify
from pathway.web.operator.accounts import SHOWN

_NOW, _LATER = "now", "later"
_WHEN = (SelectChoice(_NOW, "Dès maintenant"), SelectChoice(_LATER, "À une date"))
_NO_DAY = "Écrivez le dernier jour de l’habilitation."
_ON_THE_SERVER = "Un rôle du territoire se prolonge sur le serveur, avec « ./carte accounts prolong »."


class ProlongForm(CarteForm):
    """Until when a habilitation holds."""

    until_on = DayField("Nouvelle fin", [Needed("Écrivez le nouveau dernier jour.")])


class EndForm(CarteForm):
    """When it stops."""

    when = RadioField("Quand ?", choices=_WHEN, validators=[Needed("Choisissez quand l’habilitation se termine.")])
    last_on = DayField("Dernier jour")


class ShutForm(CarteForm):
    """That one wants it, or that one has checked: one box, and its words are those of the gesture."""

    is_sure = BooleanField("J’ai vérifié de quel compte il s’agit", [Needed("Cochez la case pour confirmer.")])


@dataclass(frozen=True, kw_only=True)
class PostPart:
    """One post and its two forms. `may_prolong`: not a role over the whole territory."""

    post: StaffPost
    role: str
    may_prolong: bool
    prolong: ProlongForm
    end: EndForm


@dataclass(frozen=True, kw_only=True)
class AccountPage:
    """What the template needs. `is_self`: one decides nothing of one's own account."""

    ref: str
    mark: str
    is_active: bool
    is_self: bool
    parts: tuple[PostPart, ...]
    shut: ShutForm
    refused: CarteForm | None


@allow(Permission.ACCOUNTS_KEEP)
@fresh
def view(ref: str) -> ResponseReturnValue:
    """Show it."""
    return _page(ref, "", None, 200)


@allow(Permission.ACCOUNTS_KEEP)
@fresh
@keeps
def shut(ref: str) -> ResponseReturnValue:
    """Shut it: it signs in no more, its sessions end at once."""
    return _turn(ref, AccountState.DISABLED, "Le compte est fermé. Ses pages se ferment à l’instant.")


@allow(Permission.ACCOUNTS_KEEP)
@fresh
def reopen(ref: str) -> ResponseReturnValue:
    """Give it back as it was."""
    return _turn(
        ref, AccountState.ACTIVE, "Le compte est rouvert : mot de passe et double vérification sont ceux d’avant."
    )


@allow(Permission.ACCOUNTS_KEEP)
@fresh
@keeps
def prolong_view(ref: str) -> ResponseReturnValue:
    """Move the end of a habilitation in a structure."""
    with gate().reading() as tx:
        post = post_seen(tx, ref)
    form = ProlongForm()
    if post.role not in {role.value for role in STAFF}:
        form.refuse(Refused(_ON_THE_SERVER))
    elif form.validate():
        assert form.until_on.day is not None
        with gate().attempt(form) as tx:
            prolong_post(tx, ref, until_on=form.until_on.day)
    return _answer(post.account_id, ref, form, "La fin de l’habilitation est changée.")


@allow(Permission.ACCOUNTS_KEEP)
@fresh
@keeps
def end_view(ref: str) -> ResponseReturnValue:
    """End a habilitation, now or after a day; what it held changes hands."""
    with gate().reading() as tx:
        post = post_seen(tx, ref)
    form = EndForm()
    is_valid = form.validate()
    is_later = form.when.data == _LATER
    if is_later and form.last_on.day is None and not form.last_on.errors:
        form.refuse(Refused(_NO_DAY, field="last_on"))
    elif is_valid:
        with gate().attempt(form) as tx:
            end_post(tx, ref, last_on=form.last_on.day if is_later else None)
    passed = "La nuit qui suit ce jour, tout sera confié." if is_later else "Ce que ce poste tenait est confié."
    return _answer(post.account_id, ref, form, f"La fin de l’habilitation est enregistrée. {passed}")


def _turn(ref: str, state: AccountState, said: str) -> ResponseReturnValue:
    form = ShutForm()
    if form.validate():
        with gate().attempt(form) as tx:
            set_account_state(tx, ref, state)
    return _answer(ref, "", form, said)


def _answer(ref: str, post_ref: str, form: CarteForm, said: str) -> ResponseReturnValue:
    if form.has_errors:
        return _page(ref, post_ref, form, 422)
    notify(said)
    return redirect(url_for("operator.account", ref=ref), 303)


def _page(ref: str, post_ref: str, refused: CarteForm | None, status: int) -> ResponseReturnValue:
    here = gate()
    with here.reading() as tx:
        posts = posts_of_account(tx, ref)
        proposed = default_end(tx.today)
        tx.journal("read_account", account=ref)
    page = AccountPage(
        ref=ref,
        mark=ref[:SHOWN],
        is_active=posts[0].state is AccountState.ACTIVE,
        is_self=ref == here.actor.account_id,
        parts=tuple(
            _part(one, post_ref, refused, ProlongForm(formdata=None, until_on=proposed)) for one in posts if one.role
        ),
        shut=refused if isinstance(refused, ShutForm) else ShutForm(formdata=None),
        refused=refused,
    )
    return render_template("operator/account.html", page=page), status


def _part(one: StaffPost, post_ref: str, refused: CarteForm | None, proposed: ProlongForm) -> PostPart:
    """A post with its forms, as they were sent if they were refused; their fields have ids of their own on the page."""
    is_here = one.membership_id == post_ref
    prolonged = refused if is_here and isinstance(refused, ProlongForm) else proposed
    ended = refused if is_here and isinstance(refused, EndForm) else EndForm(formdata=None)
    for field in (prolonged.until_on, ended.when, ended.last_on):
        field.id = field.label.field_id = f"{field.name}-{one.membership_id}"
    return PostPart(
        post=one,
        role=Role(one.role).label,
        may_prolong=one.role in {role.value for role in STAFF},
        prolong=prolonged,
        end=ended,
    )
