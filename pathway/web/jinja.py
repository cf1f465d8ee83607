"""What every template may use: French dates, the menu of the role, the notices, the banner of a demonstration."""

import re
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, cast

from flask import Flask, current_app, flash, g, get_flashed_messages, request, url_for
from flask_login import current_user
from jinja2 import StrictUndefined
from markupsafe import Markup
from sqlalchemy.exc import DBAPIError

from pathway.casework.partners.rules import Role
from pathway.casework.sharing.permissions import Permission, may
from pathway.casework.territory.queries import territory_contact
from pathway.casework.territory.rules import Contact
from pathway.kernel import wording
from pathway.kernel.clock import local_day
from pathway.kernel.errors import PathwayError
from pathway.kernel.ids import spaced_card_number
from pathway.kernel.languages import FRENCH, NAMES, catalogue, direction, gettext, marked, spoken
from pathway.web.drafts import is_read_again
from pathway.web.gate import RESUME, Gate, SignedIn, gate

_MENU = (
    (Permission.DAY_READ, "Aujourd’hui", "counsellor.day"),
    (Permission.RECORD_SEARCH, "Chercher", "counsellor.search"),
    (Permission.CARD_PRESENT, "Présenter une carte", "counsellor.presented"),
    (Permission.RECORD_READ, "Mes personnes", "counsellor.people"),
    (Permission.RELAY_ANSWER, "Relais", "counsellor.relays"),
    (Permission.ALERTS_READ, "Alertes", "supervisor.alerts"),
    (Permission.COCKPIT_READ, "Pilotage", "supervisor.cockpit"),
    (Permission.QUEUE_PLACE, "À confier", "supervisor.queue"),
    (Permission.DUPLICATES_REVIEW, "Cartes à comparer", "reviewer.duplicates"),
    (Permission.TERRITORY_READ, "Le territoire", "supervisor.territory"),
    (Permission.INSTANCE_READ, "L’instance", "operator.instance"),
    (Permission.FACTOR_RESET_CONFIRM, "Demandes", "operator.requests"),
    (Permission.STRUCTURES_KEEP, "Structures", "operator.structures"),
    (Permission.ACCOUNTS_KEEP, "Comptes", "operator.accounts"),
    (Permission.SCHEMES_KEEP, "Dispositifs", "operator.schemes"),
    (Permission.PEOPLE_IMPORT, "Imports", "operator.imports"),
    (Permission.TERRITORY_KEEP, "Réglages", "operator.settings"),
    (Permission.TEAM_READ, "Mon équipe", "supervisor.team"),
    (Permission.ACCESS_REVIEW, "Accès à expliquer", "supervisor.reviews"),
    (Permission.RIGHTS_ANSWER, "Droits des personnes", "supervisor.rights_requests"),
    (Permission.RETENTION_KEEP, "Conservation des dossiers", "supervisor.retention"),
    (Permission.POLICY_MANAGE, "Règles de suivi", "supervisor.policies"),
    (Permission.ONCE_ONLY_READ, "Dites-le une fois", "supervisor.once_only"),
)
# What a responsable does of her structure rather than of people: one entry, « Ma structure », where the menu is long.
_OF_STRUCTURE = frozenset(
    {
        Permission.TEAM_READ,
        Permission.ACCESS_REVIEW,
        Permission.RIGHTS_ANSWER,
        Permission.RETENTION_KEEP,
        Permission.POLICY_MANAGE,
        Permission.ONCE_ONLY_READ,
    }
)
_FIND, _FIND_KEY = "counsellor.search", "/"  # pressed anywhere, static/js/find.js goes there
_ONE_LINE = 8  # entries that hold on one line at a desk
# Pages that stand below an entry of the menu under another address: a step or a point belongs to a record.
_BELOW = {
    "/mon-parcours": ("/mes-relais", "/mes-rendez-vous", "/mon-plan"),
    "/aujourd-hui": ("/absences", "/ateliers", "/passages"),
    "/dossiers": ("/etapes/", "/points/", "/rendez-vous/", "/notes/", "/plan/", "/contrats/"),
    "/comptes": ("/habilitations/",),
    "/acces-a-expliquer": ("/acces-exceptionnel",),
    "/dispositifs": ("/motifs-de-sortie",),
    "/mes-informations": (
        "/mes-documents",
        "/mes-demandes",
        "/mon-dossier",
        "/vos-droits",
        "/est-ce-vous",
        "/conservation",
    ),
    "/qui-voit-quoi": ("/qui-a-regarde", "/mes-questions"),
}
_NBSP = "\N{NO-BREAK SPACE}"
_BEFORE = re.compile(" (?=[?!:;»])")
_AFTER = re.compile("(?<=«) ")
_PERSON_MENU = (
    (marked("Parcours"), "jobseeker.pathway", "path"),
    (marked("Ma carte"), "jobseeker.card", "card"),
    (marked("Mes infos"), "jobseeker.information", "person"),
    (marked("Qui voit quoi"), "jobseeker.access", "eye"),
)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry of a menu. `count` is shown beside the label when it is not None; `icon` is the symbol's name;
    `is_grouped`: it stands under « Ma structure »; `shortcut`: the key that leads there, where scripts run."""

    label: str
    href: str
    current: bool
    count: int | None = None
    icon: str = ""
    is_grouped: bool = False
    shortcut: str = ""


@dataclass(frozen=True, kw_only=True)
class Undo:
    """The button of a notice that takes back what was just done: posted to `href`, with those hidden `fields`."""

    label: str
    href: str
    fields: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One sentence shown once at the top of the next page."""

    text: str
    kind: str
    undo: Undo | None = None


def notify(text: str, kind: str = "done", undo: Undo | None = None) -> None:
    """Show that sentence once, on the next page, with what takes the gesture back. It travels in a cookie: no name of
    a person in it."""
    said: Any = {"text": text, **asdict(undo)} if undo else text
    flash(said, kind)


def install_jinja(app: Flask) -> None:
    """Strict templates, French filters, common variables."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        said_date=wording.said_date,
        said_month=wording.said_month,
        said_instant=wording.said_instant,
        said_weekday=lambda day: wording.said_weekday(day, today=_today()),
        said_distance=lambda day: wording.said_distance(day, today=_today()),
        local_day=local_day,
        spaced_card=spaced_card_number,
        counted=wording.counted,
        listed=wording.listed,
        of_name=wording.of_name,
        typeset=typeset,
        french=french,
        gettext=lambda said: gettext(str(said)),  # labels among which may stand what people typed
        translated=lambda said: typeset(gettext(str(said))),
    )
    app.jinja_env.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]  # jinja2.ext.i18n
    app.jinja_env.globals["_"] = _told
    app.context_processor(_common)


def _told(said: str, /, **values: object) -> Markup:
    # What Jinja's own « _ » gives in a page, three times sooner: a page says some hundreds of sentences.
    return Markup(_gettext(said)) % values if values else _told_once(spoken(), said)


@cache
def _told_once(language: str, said: str) -> Markup:
    return Markup(_typeset_once(language, said)) % {}


def _gettext(said: str) -> str:
    return _typeset_once(spoken(), said)


@cache
def _typeset_once(language: str, said: str) -> str:
    # Strings of templates only: nothing of a person may stay in this memory.
    return typeset(gettext(said))


def french(words: str) -> str:
    """Words that stay French on a page in another language, said to be so: a name, or what somebody typed."""
    return words if spoken() == FRENCH or not words else Markup('<bdi lang="fr">{}</bdi>').format(words)


def typeset(said: str) -> str:
    """The same sentence, its lines never begun by « ? » nor ended by an opening quotation mark.

    For sentences of the house, in French: what a person typed is given back as she typed it.
    """
    if spoken() != FRENCH:
        return said
    return _BEFORE.sub(_NBSP, _AFTER.sub(_NBSP, said))


def _ngettext(singular: str, plural: str, number: int) -> str:
    return typeset(catalogue(spoken()).ngettext(singular, plural, number))


def _today() -> date:
    return local_day(gate().clock.now())


def _common() -> dict[str, Any]:
    if "gate" not in g:
        # A refusal before the gate (a missing static file, an unknown host): the plain page must not fail.
        return {
            "demo": False,
            "notices": [],
            "territory": Contact,
            "is_read_again": False,
            "levels_left": None,
            "resume_href": "",
            **_language(),
        }
    here = gate()
    now: datetime = here.clock.now()
    return {
        "demo": here.store.is_demo,
        "today": local_day(now),
        "notices": _notices(),
        "nav": _menu(),
        "structure_name": here.user.place if here.user else "",
        "user_name": here.user.name if here.user else "",
        "sign_out_href": url_for("account.sign_out"),
        "account_href": url_for("account.mine"),
        "territory": _territory,
        "current_user": current_user,
        "is_read_again": is_read_again(),
        "levels_left": levels_left(),
        "resume_href": _resume_href(here),
        **_language(),
    }


def levels_left() -> int | None:
    """How many levels above this page, which answers a form, Back leads once it has been left: 0 when its own address
    can be opened, else up to the nearest that can; None when the page was only opened. Says nothing of the address:
    what does not exist and what one may not see get the same page."""
    if request.method != "POST":
        return None
    if request.url_rule is None:
        return request.path.count("/")
    rule, levels = request.url_rule.rule, 0
    opened = {one.rule for one in current_app.url_map.iter_rules() if "GET" in (one.methods or ())}
    while rule and rule not in opened:
        rule, levels = rule.rpartition("/")[0], levels + 1
    return levels


def _resume_href(here: Gate) -> str:
    """Where what she typed and was not received waits for her; empty when nothing does, or when she is there."""
    waits = here.user is not None and here.session is not None and here.session.has_draft
    return url_for(RESUME) if waits and request.endpoint != RESUME and not is_read_again() else ""


def _territory() -> Contact:
    """How the territory is called and reached; nothing said while the base does not answer: that page must not fail."""
    try:
        with gate().reading() as tx:
            return territory_contact(tx)
    except (PathwayError, DBAPIError):
        return Contact()


def _language() -> dict[str, object]:
    """The language of the page, its direction, and the others with what chooses them."""
    user = gate().user if "gate" in g else None
    return {
        "language": spoken(),
        "direction": direction(spoken()),
        "languages": NAMES,
        "language_href": url_for("account.language"),
        "this_page": request.path if request.endpoint not in (None, "static") else "/",
        "reads_languages": user is None or user.role is Role.JOBSEEKER,
    }


def _notices() -> list[Notice]:
    kept = cast(list[tuple[str, Any]], get_flashed_messages(with_categories=True))
    return [_notice(kind, said) for kind, said in kept]


def _notice(kind: str, said: Any) -> Notice:
    if isinstance(said, str):
        return Notice(text=said, kind=kind)
    undo = Undo(label=said["label"], href=said["href"], fields=said["fields"])
    return Notice(text=said["text"], kind=kind, undo=undo)


def _menu() -> list[Entry]:
    here = gate()
    if here.user is None:
        return []
    if here.user.role is Role.JOBSEEKER:
        return [_entry(gettext(label), endpoint, icon) for label, endpoint, icon in _PERSON_MENU]
    lent = here.user.replaced is not None
    held = [row for row in _MENU if may(here.user.role, row[0], replaces=lent) and _has_queue(here.user, row[0])]
    is_long = len(held) > _ONE_LINE
    return [
        _entry(label, endpoint, is_grouped=is_long and permission in _OF_STRUCTURE)
        for permission, label, endpoint in held
    ]


def _has_queue(user: SignedIn, permission: Permission) -> bool:
    """The queue of people to place is the territory's alone."""
    return permission is not Permission.QUEUE_PLACE or user.is_territory


def _entry(label: str, endpoint: str, icon: str = "", *, is_grouped: bool = False) -> Entry:
    href = url_for(endpoint)
    shortcut = _FIND_KEY if endpoint == _FIND else ""
    return Entry(label=label, href=href, current=_is_here(href), icon=icon, is_grouped=is_grouped, shortcut=shortcut)


def _is_here(href: str) -> bool:
    """Whether the page asked for is that one, or one below it (a record, a refused gesture)."""
    return request.path == href or request.path.startswith((f"{href}/", *_BELOW.get(href, ())))
