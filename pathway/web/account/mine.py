"""One's own account: who one is here, for whom, and what one will find. The first page of a reviewer."""

from flask import render_template
from flask.typing import ResponseReturnValue

from pathway.casework.partners.queries import Post, posts
from pathway.casework.partners.rules import Role
from pathway.casework.sharing.permissions import Permission
from pathway.web.account.home import first_page
from pathway.web.gate import SignedIn, allow, gate

_DUTIES: dict[Role, str] = {
    Role.COUNSELLOR: "Vous suivez des personnes : leur dossier, leurs étapes et leurs points de suivi.",
    Role.SUPERVISOR: "Vous voyez les risques de rupture de votre structure, et vous confiez le suivi à votre équipe.",
    Role.REVIEWER: "Vous êtes habilité·e à comparer les cartes qui pourraient être en double. "
    "Cette revue arrivera dans une prochaine version : il n’y a rien à faire ici pour le moment.",
    Role.COORDINATOR: "Vous suivez les chiffres du territoire. Aucun nom n’y figure.",
    Role.OPERATOR: "Vous veillez sur l’instance : son état, ses nuits, son journal. Vous n’ouvrez aucun dossier.",
    Role.JOBSEEKER: "Vous voyez votre parcours, vos informations, et qui les regarde.",
}


@allow(Permission.ACCOUNT_USE)
def view() -> ResponseReturnValue:
    """Show the role held today and since when."""
    here = gate()
    assert here.user is not None
    with here.reading() as tx:
        held = posts(tx, here.user.id)
    home = first_page(here.user.role)
    return render_template(
        "account/mine.html",
        layout="layouts/person.html" if here.user.role is Role.JOBSEEKER else "layouts/staff.html",
        role=here.user.role.label,
        duty=_DUTIES[here.user.role],
        post=_current(here.user, here.actor.structure_id, held),
        home=home if here.user.role is not Role.REVIEWER else None,
    )


def _current(user: SignedIn, structure_id: str, held: list[Post]) -> Post | None:
    return next((post for post in held if post.structure_id == structure_id and post.role is user.role), None)
