"""Her papers on screens: the form that adds one, the form that takes one away, and each as a line of words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from babel.numbers import format_decimal
from flask_wtf.file import FileField
from wtforms import SelectField, StringField
from wtforms.validators import ValidationError

from pathway.casework.documents.queries import HeldView, Room
from pathway.casework.documents.reading import read_upload
from pathway.casework.documents.rules import (
    HEAVIEST_OF_PERSON,
    LONGEST_TITLE,
    MOST_OF_PERSON,
    HeldKind,
    RemovalReason,
    Sight,
    Upload,
)
from pathway.kernel.errors import Invalid
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import locale, marked, ngettext
from pathway.kernel.wording import said_instant
from pathway.web.answers import one_of, options
from pathway.web.forms import CarteForm, Needed

_KINDS = [("", marked("Choisissez")), *HeldKind.pairs()]
_NO_FILE = marked("Choisissez le fichier : un PDF, ou une photo JPEG ou PNG.")
_MEGA, _KILO = 1024**2, 1024


class AddForm(CarteForm):
    """One paper: what it is, the file, who may see it. `sight` has its words from the screen."""

    kind = SelectField(
        marked("Quel document"),
        [Needed(marked("Choisissez quel document c’est."))],
        choices=options(_KINDS),
        validate_choice=False,
    )
    paper = FileField(marked("Fichier"))
    title = StringField(marked("Nom du document"))
    sight = one_of(marked("Qui peut le voir"), Sight, needed=marked("Choisissez qui peut voir ce document."))

    def validate_title(self, field: StringField) -> None:
        """Refuse a name too long to be read."""
        if len(field.data or "") > LONGEST_TITLE:
            raise ValidationError(_("Ce nom est trop long : %(most)s caractères au plus.", most=LONGEST_TITLE))

    def read(self) -> Upload | None:
        """The file read for what it is, before any write; None when it is refused."""
        try:
            if not self.paper.data:
                raise Invalid(_NO_FILE, field="paper")
            return read_upload(self.paper.data.read())
        except Invalid as refusal:
            self.refuse(refusal)
            return None


class RemoveForm(CarteForm):
    """Why a paper goes."""

    reason = one_of(marked("Pourquoi le retirer"), RemovalReason, needed=marked("Choisissez une raison."))


@dataclass(frozen=True, kw_only=True)
class Paper:
    """One paper in words. `by`: who added it; `gone`: when it was taken away and why, empty while it is there.

    The links are empty where the reader may not.
    """

    name: str
    more: str
    on: date
    by: str
    seen_by: str
    gone: str
    open_href: str
    remove_href: str
    restore_href: str


@dataclass(frozen=True, kw_only=True)
class Links:
    """Where a paper is opened, taken away, given back: addresses that hold `{}` for its reference."""

    opened: str
    removed: str
    restored: str


def paper(one: HeldView, *, by: str, seen_by: Mapping[Sight, str], links: Links) -> Paper:
    """That paper in words."""
    is_there = one.removed_at is None
    return Paper(
        name=_("%(kind)s (%(title)s)", kind=one.kind.label, title=one.title) if one.title else one.kind.label,
        more=f"{one.media_type.label}, {weight(one.size)}",
        on=one.on,
        by=by,
        seen_by=_(seen_by[one.sight]),
        gone=_gone(one.removed_at, one.reason) if one.removed_at else "",
        open_href=links.opened.format(one.id) if is_there else "",
        remove_href=links.removed.format(one.id) if is_there and one.is_own else "",
        restore_href=links.restored.format(one.id) if one.may_restore else "",
    )


def weight(size: int) -> str:
    """« 240 Ko », « 1,4 Mo »."""
    if size >= _MEGA:
        return _("%(size)s Mo", size=format_decimal(round(size / _MEGA, 1), format="0.#", locale=locale()))
    return _("%(size)s Ko", size=max(min(1, size), round(size / _KILO)))


def room_said(room: Room) -> str:
    """« 3 documents sur 40, 2,1 Mo sur 60 Mo. »"""
    return ngettext(
        "%(num)s document sur %(most)s, %(weight)s sur %(heaviest)s.",
        "%(num)s documents sur %(most)s, %(weight)s sur %(heaviest)s.",
        room.files,
        most=MOST_OF_PERSON,
        weight=weight(room.weight),
        heaviest=weight(HEAVIEST_OF_PERSON),
    )


def _gone(at: datetime, reason: RemovalReason | None) -> str:
    if reason is None:
        return _("Retiré le %(at)s.", at=said_instant(at))
    return _("Retiré le %(at)s : %(reason)s.", at=said_instant(at), reason=reason.label.lower())
