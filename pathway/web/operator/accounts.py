"""« Comptes »: the posts of professionals by structure, without names; one found again by the address one is given."""

from dataclasses import dataclass
from datetime import date

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import EmailField

from pathway.casework.accounts.queries import account_by_login
from pathway.casework.accounts.rules import AccountKind, AccountState
from pathway.casework.partners.queries import known_structure
from pathway.casework.partners.rules import Role
from pathway.casework.sharing.permissions import Permission
from pathway.casework.team.reading import StaffPost, staff_posts, staff_posts_count
from pathway.casework.team.rules import is_ending_soon
from pathway.kernel.errors import Refused
from pathway.store.transaction import Transaction
from pathway.web.drafts import unkept
from pathway.web.forms import CarteForm, Needed
from pathway.web.gate import allow, gate
from pathway.web.operator.paging import PER_PAGE, Paging, paging

SHOWN = 8  # letters of an id that tell two accounts apart on a page
_NO_ACCOUNT = "Aucun compte professionnel ne se connecte avec cette adresse. Vérifiez-la, ou voyez les invitations."


class FindForm(CarteForm):
    """The address somebody wrote from."""

    email = EmailField("Adresse e-mail du compte", [Needed("Écrivez l’adresse e-mail.")])


@dataclass(frozen=True, kw_only=True)
class Line:
    """One post; `role` and `structure` are empty for an account without any."""

    mark: str
    role: str
    structure: str
    until_on: date | None
    is_soon: bool
    is_active: bool
    href: str


@dataclass(frozen=True, kw_only=True)
class AccountsPage:
    """What the template needs. `structure`: the only one listed, empty for all; `structure_href` leads back to it."""

    lines: tuple[Line, ...]
    count: int
    structure: str
    structure_href: str
    paging: Paging


@allow(Permission.ACCOUNTS_KEEP)
def view() -> ResponseReturnValue:
    """List them."""
    return _page(FindForm(formdata=None), 200)


@allow(Permission.ACCOUNTS_KEEP)
@unkept
def find() -> ResponseReturnValue:
    """Lead to the account of an address; nothing of it is shown here, and the address stands in no log."""
    form = FindForm()
    if not form.validate():
        return _page(form, 422)
    with gate().reading() as tx:
        found = account_by_login(tx, (form.email.data or "").strip())
        tx.journal("find_account")
    if found is None or found.kind != AccountKind.PROFESSIONAL:
        form.refuse(Refused(_NO_ACCOUNT, field="email"))
        return _page(form, 422)
    return redirect(url_for("operator.account", ref=found.id), 303)


def _page(form: FindForm, status: int) -> ResponseReturnValue:
    with gate().reading() as tx:
        page = _gathered(tx, request.args.get("structure", ""))
        tx.journal("read_accounts", count=len(page.lines))
    return render_template("operator/accounts.html", page=page, form=form), status


def _gathered(tx: Transaction, structure_id: str) -> AccountsPage:
    one = known_structure(tx, structure_id) if structure_id else None
    count = staff_posts_count(tx, structure_id=structure_id)
    pages = paging(count, "operator.accounts", kept={"structure": structure_id} if structure_id else None)
    found = staff_posts(tx, structure_id=structure_id, page=pages.page, per_page=PER_PAGE)
    return AccountsPage(
        lines=tuple(_line(tx, each) for each in found),
        count=count,
        structure=f"{one.name} ({one.code})" if one else "",
        structure_href=url_for("operator.structure", ref=structure_id) if one else "",
        paging=pages,
    )


def _line(tx: Transaction, one: StaffPost) -> Line:
    return Line(
        mark=one.account_id[:SHOWN],
        role=Role(one.role).label if one.role else "",
        structure=f"{one.structure_name} ({one.structure})" if one.structure else "",
        until_on=one.until_on,
        is_soon=is_ending_soon(one.until_on, today=tx.today),
        is_active=one.state is AccountState.ACTIVE,
        href=url_for("operator.account", ref=one.account_id),
    )
