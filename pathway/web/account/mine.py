"""One's own account: who one is here, for whom, and where else one works."""

from flask import make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from pathway.casework.accounts.queries import Seat
from pathway.casework.accounts.sessions import renew_session
from pathway.casework.partners.queries import Post, posts
from pathway.casework.partners.rules import Role
from pathway.casework.sharing.permissions import Permission, may
from pathway.kernel.errors import NotFound
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked
from pathway.web.account.arrival import renewed
from pathway.web.account.home import first_page
from pathway.web.gate import SignedIn, allow, gate

_DUTIES: dict[Role, str] = {
    Role.COUNSELLOR: "Vous suivez des personnes : leur dossier, leurs étapes et leurs points de suivi.",
    Role.SUPERVISOR: "Vous voyez les risques de rupture de votre structure, et vous confiez le suivi à votre équipe.",
    Role.REVIEWER: "Vous êtes habilité·e à comparer les cartes qui pourraient être en double. "
    "Vous ne voyez que les identités comparées.",
    Role.COORDINATOR: "Vous suivez les chiffres du territoire. Aucun nom n’y figure.",
    Role.OPERATOR: "Vous veillez sur l’instance : son état, ses nuits, son journal. Vous n’ouvrez aucun dossier.",
    Role.JOBSEEKER: marked("Vous voyez votre parcours, vos informations, et qui les regarde."),
}


@allow(Permission.ACCOUNT_USE)
def view() -> ResponseReturnValue:
    """Show the role held today and since when, and the other posts one may take."""
    here = gate()
    assert here.user is not None
    with here.reading() as tx:
        held = posts(tx, here.user.id)
    home = first_page(here.user.role)
    current = _current(here.user, here.actor.structure_id, held)
    return render_template(
        "account/mine.html",
        layout=layout(),
        role=here.user.role.label,
        duty=_(_DUTIES[here.user.role]),
        post=current,
        others=[post for post in held if post != current],
        home=home,
        is_person=here.user.role is Role.JOBSEEKER,
        may_follow_agenda=may(here.user.role, Permission.AGENDA_FOLLOW),
    )


@allow(Permission.ACCOUNT_USE)
def switch_view() -> ResponseReturnValue:
    """Take another of one's posts: a new session secret, the same ten hours."""
    here = gate()
    assert here.session is not None
    with here.writing() as tx:
        post = _chosen(posts(tx, here.session.account_id), request.form.get("poste", ""))
        seat = Seat(account_id=here.session.account_id, role=post.role, structure_id=post.structure_id)
        secret = renew_session(tx, here.session, is_proved=False, seat=seat)
        tx.journal("take_post", structure_taken=post.structure_id, role_taken=post.role.value)
    return renewed(make_response(redirect(first_page(post.role), 303)), secret)


def layout() -> str:
    """The layout of who is signed in: the telephone's for a person, plain while a first factor is installed."""
    user = gate().user
    if user is None:
        return "layouts/plain.html"
    return "layouts/person.html" if user.role is Role.JOBSEEKER else "layouts/staff.html"


def _chosen(held: list[Post], typed: str) -> Post:
    found = next((post for post in held if f"{post.structure_id}-{post.role.value}" == typed), None)
    if found is None:
        raise NotFound
    return found


def _current(user: SignedIn, structure_id: str, held: list[Post]) -> Post | None:
    return next((post for post in held if post.structure_id == structure_id and post.role is user.role), None)
