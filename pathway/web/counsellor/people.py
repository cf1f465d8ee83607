"""The caseload: who one follows, the next due first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qsl, urlencode

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField, StringField
from wtforms.validators import Length

from pathway.casework.accounts.kept_lists import LONGEST_NAME, Kept, forget_list, keep_list, kept_lists
from pathway.casework.enrolments.queries import own_schemes, people_in_own_scheme
from pathway.casework.followup.queries import CaseLine, FollowedRow, caseload, caseload_counts, followed
from pathway.casework.followup.reading import lost_from_sight
from pathway.casework.partners.queries import colleagues, staff_names
from pathway.casework.records.queries import identities
from pathway.casework.sharing.permissions import Permission
from pathway.casework.sharing.queries import accesses_of
from pathway.casework.sharing.rules import Access, is_referent_untold
from pathway.store.transaction import Transaction
from pathway.web.counsellor.people_narrowed import Narrowed, Waiting, kept, read
from pathway.web.counsellor.telling import REFERENT_ELSEWHERE, full_name
from pathway.web.drafts import keeps
from pathway.web.forms import CarteForm, Needed, SelectChoice
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify

PER_PAGE = 20
_TOO_LONG = f"{LONGEST_NAME} signes au plus."


@dataclass(frozen=True, kw_only=True)
class Line:
    """One person of the list. `due_on` is None when no point de suivi is open."""

    name: str
    born_on: date
    href: str
    due_on: date | None
    referent: str
    is_lost: bool


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One way to narrow the list."""

    label: str
    href: str
    current: bool
    count: int | None = None


@dataclass(frozen=True, kw_only=True)
class PeoplePage:
    """What the template needs. `narrowed`: the parameters of this list; `kept`: which of one's lists it is."""

    lines: list[Line]
    choices: list[Choice]
    only_mine: bool
    is_plain: bool
    narrowed: Mapping[str, str]
    kept: Kept | None
    how_many: int
    page: int
    pages: int
    previous_href: str | None
    next_href: str | None


class NarrowForm(CarteForm):
    """What to look for among them: read from the address, so it sends nothing and needs no token."""

    class Meta(CarteForm.Meta):
        """A form of the address."""

        csrf = False

    attente = SelectField("Qui montrer", choices=[SelectChoice(*pair) for pair in Waiting.pairs()])
    dispositif = SelectField("Dispositif en cours")


class KeepForm(CarteForm):
    """A name for this list."""

    name = StringField(
        "Nom de cette liste",
        [Needed("Donnez un nom à cette liste."), Length(max=LONGEST_NAME, message=_TOO_LONG)],
    )


@allow(Permission.RECORD_READ)
def view() -> ResponseReturnValue:
    """One page of 20 people."""
    with gate().reading() as tx:
        return _shown(tx, KeepForm(), request.args)


@allow(Permission.RECORD_READ)
@keeps
def keep_view() -> ResponseReturnValue:
    """Keep this list under a name; back to it."""
    form, here = KeepForm(), gate()
    with here.reading() as tx:
        chosen = read(request.form, own_schemes(tx))
    if form.validate():
        with here.attempt(form) as tx:
            keep_list(tx, name=(form.name.data or "").strip(), asked=urlencode(chosen.asked()))
    if form.has_errors:
        with here.reading() as tx:
            return _shown(tx, form, chosen.asked()), 422
    notify("Cette liste est gardée. Vous la retrouvez en haut de « Mes personnes ».")
    return redirect(_href(chosen, 1), 303)


@allow(Permission.RECORD_READ)
def forget_view(ref: str) -> ResponseReturnValue:
    """Forget one of one's lists; the people it showed are still in sight, to keep it again."""
    with gate().writing() as tx:
        gone = forget_list(tx, ref)
        schemes = own_schemes(tx)
    notify("Cette liste n’est plus gardée. Les personnes sont toujours là : vous pouvez la garder à nouveau.")
    return redirect(_href(read(dict(parse_qsl(gone.asked)), schemes), 1), 303)


def _shown(tx: Transaction, form: KeepForm, asked: Mapping[str, str]) -> str:
    schemes = own_schemes(tx)
    chosen = read(asked, schemes)
    narrow = NarrowForm(formdata=None, attente=chosen.waiting.value, dispositif=chosen.scheme_id)
    narrow.dispositif.choices = [
        SelectChoice("", "Tous"),
        *(SelectChoice(*pair) for pair in schemes.items()),
    ]
    page = _page(tx, chosen, _number(asked.get("page", "")))
    if page.kept is not None and not form.name.data:
        form.name.data = page.kept.name
    return render_template("counsellor/people.html", page=page, narrow=narrow, form=form)


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and 0 < len(typed) <= 6 and int(typed) else 1


def _page(tx: Transaction, chosen: Narrowed, number: int) -> PeoplePage:
    mine, whole = caseload_counts(tx)
    if chosen.is_plain:
        how_many, found = mine if chosen.only_mine else whole, None
    else:
        found = _found(tx, chosen)
        how_many = len(found)
    pages = max(-(-how_many // PER_PAGE), 1)
    number = min(number, pages)
    lists = kept_lists(tx)
    current = urlencode(chosen.asked())
    return PeoplePage(
        lines=_lines(tx, _on_page(tx, chosen, found, number)),
        choices=_choices(chosen, lists, mine, whole),
        only_mine=chosen.only_mine,
        is_plain=chosen.is_plain,
        narrowed=chosen.asked(),
        kept=next((one for one in lists if one.asked == current), None),
        how_many=how_many,
        page=number,
        pages=pages,
        previous_href=_href(chosen, number - 1) if number > 1 else None,
        next_href=_href(chosen, number + 1) if number < pages else None,
    )


def _choices(chosen: Narrowed, lists: list[Kept], mine: int, whole: int) -> list[Choice]:
    page, current = url_for("counsellor.people"), urlencode(chosen.asked())
    usual = [
        Choice(
            label=label,
            href=_href(Narrowed(only_mine=only_mine), 1),
            current=chosen.only_mine is only_mine and current not in {one.asked for one in lists},
            count=count,
        )
        for label, only_mine, count in (("Mes personnes", True, mine), ("Toute ma structure", False, whole))
    ]
    return usual + [Choice(label=one.name, href=f"{page}?{one.asked}", current=one.asked == current) for one in lists]


def _found(tx: Transaction, chosen: Narrowed) -> list[FollowedRow]:
    rows = followed(tx, only_mine=chosen.only_mine)
    in_scheme = people_in_own_scheme(tx, chosen.scheme_id) if chosen.scheme_id else frozenset()
    lost: frozenset[str] = frozenset()
    if chosen.waiting is Waiting.LOST:
        lost = lost_from_sight(tx, accesses_of(tx, [row.record_id for row in rows]))
    return kept(rows, chosen, today=tx.today, in_scheme=in_scheme, lost=lost)


def _on_page(tx: Transaction, chosen: Narrowed, found: list[FollowedRow] | None, number: int) -> list[CaseLine]:
    """The people of that page, by name: only theirs are opened."""
    if found is None:
        return caseload(tx, only_mine=chosen.only_mine, page=number, per_page=PER_PAGE)
    rows = found[(number - 1) * PER_PAGE : number * PER_PAGE]
    known = identities(tx, (row.record_id for row in rows))
    return [
        CaseLine(
            record_id=row.record_id,
            identity=known[row.record_id],
            referent_id=row.referent_id,
            next_due_on=row.next_due_on,
        )
        for row in rows
    ]


def _lines(tx: Transaction, found: list[CaseLine]) -> list[Line]:
    accesses = accesses_of(tx, [one.record_id for one in found])
    said, lost = _referents(tx, found, accesses), lost_from_sight(tx, accesses)
    pattern = url_for("counsellor.record", ref="-")
    return [
        Line(
            name=full_name(one.identity),
            born_on=one.identity.birth_date,
            href=pattern.replace("-", one.record_id),
            due_on=one.next_due_on,
            referent=said[one.record_id],
            is_lost=one.record_id in lost,
        )
        for one in found
    ]


def _referents(tx: Transaction, found: list[CaseLine], accesses: Mapping[str, Access]) -> dict[str, str]:
    """record id → her référent in words; empty for the reader herself."""
    said = {one.record_id: "" if one.referent_id == tx.actor.account_id else "personne" for one in found}
    others = {one.record_id: one.referent_id for one in found if one.referent_id and said[one.record_id]}
    if not others:
        return said  # the page of one's own people asks nothing more
    ours = colleagues(tx)
    elsewhere = {record_id: name for record_id, name in others.items() if name not in ours}
    names = {**ours, **staff_names(tx, set(elsewhere.values()))}
    for record_id, account_id in others.items():
        access = accesses.get(record_id)
        is_untold = access is not None and is_referent_untold(access, is_ours=account_id in ours)
        said[record_id] = REFERENT_ELSEWHERE if is_untold else names.get(account_id, "personne")
    return said


def _href(chosen: Narrowed, page: int) -> str:
    asked = chosen.asked() | ({"page": str(page)} if page > 1 else {})
    return url_for("counsellor.people") + (f"?{urlencode(asked)}" if asked else "")
