"""The front door: everyone is led to the first page of her role."""

import re
from collections.abc import Mapping

from flask import current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from pathway.casework.partners.rules import Role
from pathway.casework.sharing.permissions import Permission, may
from pathway.web.gate import ENROLMENT, SIGN_IN, gate, public

_FIRST_PAGES: Mapping[Role, str] = {
    Role.COUNSELLOR: "counsellor.day",
    Role.SUPERVISOR: "supervisor.alerts",
    Role.REVIEWER: "reviewer.duplicates",
    Role.COORDINATOR: "supervisor.territory",
    Role.OPERATOR: "operator.instance",
    Role.JOBSEEKER: "jobseeker.pathway",
}
# Our own paths hold nothing else: no dot, no percent sign, no colon, never two slashes. Items' keys have underscores.
_OWN_PATH = re.compile(r"(?:/[a-z0-9_-]+)+")
_OWN_PAGE = re.compile(r"/|(?:/[A-Za-z0-9_-]+)+")  # with the secrets of letters, which have capitals


@public
def view() -> ResponseReturnValue:
    """Lead to the role's first page, or to sign-in."""
    here = gate()
    if here.user:
        return redirect(first_page(here.user.role), 303)
    return redirect(url_for(ENROLMENT if here.session else SIGN_IN), 303)


def first_page(role: Role) -> str:
    """The address of the page where that role begins its day."""
    return url_for(_FIRST_PAGES[role])


def page_after_sign_in(role: Role, asked: str, *, replaces: bool = False) -> str:
    """The page asked for before signing in if it is one of ours and that role may open it, else the first page.

    `replaces`: she stands in for a responsable today, and may open what is lent to her.
    """
    return page_asked(role, asked, otherwise=first_page(role), replaces=replaces)


def page_asked(role: Role, asked: str, *, otherwise: str, replaces: bool = False) -> str:
    """The page asked for if it is one of ours and that role may open it, else the other one."""
    return asked if _OWN_PATH.fullmatch(asked) and _may_open(role, asked, replaces=replaces) else otherwise


def page_again(path: str) -> str:
    """That page if it is one of ours, whoever may open it, else the front door."""
    return path if _OWN_PAGE.fullmatch(path) and _endpoint(path) else "/"


def _may_open(role: Role, path: str, *, replaces: bool) -> bool:
    endpoint = _endpoint(path)
    permission = getattr(current_app.view_functions[endpoint], "permission", None) if endpoint else None
    return isinstance(permission, Permission) and may(role, permission, replaces=replaces)


def _endpoint(path: str) -> str:
    """What answers a GET of that path, empty when nothing does."""
    adapter = current_app.create_url_adapter(request)
    if adapter is None:
        return ""
    try:
        endpoint, _arguments = adapter.match(path, method="GET")
    except HTTPException:
        return ""
    return str(endpoint)
