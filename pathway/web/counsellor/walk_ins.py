"""« Passages et aller-vers »: noting somebody in two gestures, with no name, and the structure's register by week."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, IntegerField, RadioField, StringField

from pathway.casework.alerts.actions import clear_settled
from pathway.casework.partners.queries import colleagues
from pathway.casework.records.queries import identities
from pathway.casework.sharing.permissions import Permission
from pathway.casework.usage.actions import charge_rows
from pathway.casework.walk_ins.actions import Met, note_walk_in
from pathway.casework.walk_ins.queries import WalkInView, WeekCount, counts_by_week, walk_ins
from pathway.casework.walk_ins.rules import CORRECTED_WITHIN, Side, WalkInKind, WalkInOutcome, kinds_of, monday_of
from pathway.kernel.wording import counted, said_date, said_weekday
from pathway.store.transaction import Transaction
from pathway.web.answers import one_of, options
from pathway.web.counsellor.looking import ENTER, LookingForm, looked_up, open_to
from pathway.web.counsellor.telling import full_name
from pathway.web.files import attached
from pathway.web.forms import CarteForm, DayField
from pathway.web.gate import allow, fresh, gate
from pathway.web.jinja import notify
from pathway.web.sheets import Cell, Format, sheet

PER_PAGE = 30
FILE_WEEKS = 52
_NOBODY = ("", "Personne en particulier : compter seulement")
_SOMEBODY = "Un dossier qui n’est plus ouvert à votre structure"


class MetForm(CarteForm):
    """What is noted of a meeting. Its kind is the button pressed."""

    outcome = one_of("Ce que cela a donné", WalkInOutcome, needed="Choisissez ce que cela a donné.")
    day = DayField("Jour")
    number = IntegerField("Nombre de personnes", default=1)
    place = StringField("Lieu", description="N’écrivez ici le nom de personne. Ce que vous écrivez est gardé scellé.")

    def met(self, kind: str, *, today: date) -> Met:
        """What was typed, with that kind; today when no day was."""
        return Met(
            kind=WalkInKind.read(kind, field="kind"),
            outcome=WalkInOutcome.read(self.outcome.data, field="outcome"),
            day=self.day.day or today,
            number=self.number.data if isinstance(self.number.data, int) else 0,
            place=self.place.data or "",
        )


class WalkInForm(MetForm, LookingForm):
    """A line to write, perhaps about somebody whose record is chosen (`who`), found by a search (`quick`). `again`: it
    is another person than the one just noted in the same words."""

    who = RadioField("Qui ?", choices=options([_NOBODY]), default="", validate_choice=False)
    again = BooleanField("C’est une autre personne")

    @property
    def is_begun(self) -> bool:
        """Whether something is said of the meeting."""
        return bool(self.outcome.data or self.who.data)

    @property
    def kind(self) -> str:
        """The button pressed; Enter notes somebody who came by."""
        return WalkInKind.DESK.value if request.form.get("do") == ENTER else request.form.get("kind", "")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line in words. `person` and `href`: of the record it is linked to; `correct_href`: while its reader may."""

    what: str
    outcome: str
    when: str
    place: str
    who: str
    person: str
    href: str
    correct_href: str


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One way to narrow the list."""

    label: str
    href: str
    current: bool
    count: int


@dataclass(frozen=True, kw_only=True)
class RegisterPage:
    """One week of the register: its days, what was counted, its lines. `later_href`: None for the present week."""

    week: str
    said: str
    outcomes: list[list[Cell]]
    choices: list[Choice]
    lines: list[Line]
    earlier_href: str
    later_href: str | None
    page: int
    pages: int
    previous_href: str | None
    next_href: str | None


@allow(Permission.WALK_IN_KEEP)
def view() -> ResponseReturnValue:
    """The form above one week of the register; on POST, a search for a record, or a line."""
    here = gate()
    with here.reading() as tx:
        form = WalkInForm(day=tx.today)
        hits = _choose(tx, form)
        page, today = _page(tx), tx.today
    if not form.looks and form.validate_on_submit():
        with here.attempt(form) as tx:
            record_id = form.who.data or ""
            note_walk_in(tx, form.met(form.kind, today=today), record_id=record_id, is_another=form.again.data)
            if record_id:
                clear_settled(tx, record_id=record_id)
        if not form.has_errors:
            notify("C’est noté dans le registre.")
            return redirect(url_for("counsellor.walk_ins"), 303)
    answer = render_template("counsellor/walk_ins.html", form=form, page=page, kinds=WalkInKind, hits=hits)
    return answer, 422 if form.has_errors else 200


@allow(Permission.WALK_IN_KEEP)
@fresh
def file_view() -> ResponseReturnValue:
    """The counts of a year by week, kind and outcome as a CSV: nobody in it. Asked by GET: the register."""
    if request.method == "GET":
        return redirect(url_for("counsellor.walk_ins"), 303)
    with gate().writing() as tx:
        since = monday_of(tx.today) - timedelta(weeks=FILE_WEEKS - 1)
        rows = [row for week in counts_by_week(tx, monday=since, weeks=FILE_WEEKS) for row in _rows(week)]
        charge_rows(tx, len(rows), budgets=current_app.extensions["carte_budgets"])
        tx.journal("export_walk_ins", rows=len(rows))
        day = tx.today
    head = ("Semaine du", "Nature", "Ce que cela a donné", "Personnes")
    content = sheet(Format.CSV, title="Passages et aller-vers", head=head, rows=rows)
    return attached(content, name=f"passages-et-aller-vers-{day.isoformat()}.csv", media_type=Format.CSV.media_type)


def counts_said(week: WeekCount) -> str:
    """« 14 passages, 5 aller-vers »."""
    return f"{counted(week.of(Side.PASSAGES), 'passage')}, {week.of(Side.OUTREACH)} aller-vers"


def _rows(week: WeekCount) -> list[list[Cell]]:
    return [
        [week.monday, kind.label, outcome.label, week.outcomes[kind, outcome]]
        for kind in WalkInKind
        for outcome in WalkInOutcome
        if week.outcomes.get((kind, outcome))
    ]


def _choose(tx: Transaction, form: WalkInForm) -> int | None:
    """Give the form whom it may be about; how many a search has found, None when nobody searched."""
    looked = looked_up(tx, form)
    hits = {name: full_name(one) for name, one in (looked or {}).items()}
    chosen = form.who.data or ""
    if chosen and chosen not in hits:
        hits |= {name: full_name(one) for name, one in identities(tx, sorted(open_to(tx, [chosen]))).items()}
    form.who.choices = options([_NOBODY, *hits.items()])
    if looked and len(looked) == 1:
        (form.who.data,) = looked
    return None if looked is None else len(looked)


def _page(tx: Transaction) -> RegisterPage:
    this_week = monday_of(tx.today)
    monday = min(_monday(request.args.get("semaine", ""), this_week), this_week)
    side = next((one for one in Side if one.value == request.args.get("nature")), None)
    (week,) = counts_by_week(tx, monday=monday)
    pages = max(-(-sum(week.lines.get(kind, 0) for kind in kinds_of(side)) // PER_PAGE), 1)
    number = min(_number(request.args.get("page", "")), pages)
    shown = walk_ins(tx, monday=monday, side=side, page=number, per_page=PER_PAGE)
    later = monday + timedelta(weeks=1)
    return RegisterPage(
        week=f"Semaine du {said_date(monday)}",
        said=counts_said(week),
        outcomes=[[*row[1:]] for row in _rows(week)],
        choices=_choices(monday, side, week),
        lines=_lines(tx, shown),
        earlier_href=_href(monday - timedelta(weeks=1), side, 1),
        later_href=_href(later, side, 1) if later <= this_week else None,
        page=number,
        pages=pages,
        previous_href=_href(monday, side, number - 1) if number > 1 else None,
        next_href=_href(monday, side, number + 1) if number < pages else None,
    )


def _choices(monday: date, side: Side | None, week: WeekCount) -> list[Choice]:
    whole = sum(week.kinds.values())
    halves = [(one, one.label, week.of(one)) for one in Side]
    return [
        Choice(label=label, href=_href(monday, one, 1), current=one is side, count=count)
        for one, label, count in [(None, "Tout", whole), *halves]
    ]


def _href(monday: date, side: Side | None, page: int) -> str:
    return url_for(
        "counsellor.walk_ins",
        semaine=monday.isoformat(),
        nature=side.value if side else None,
        page=page if page > 1 else None,
    )


def _monday(typed: str, default: date) -> date:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return default
    return monday_of(day) if day.year >= default.year - 10 else default


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and 0 < len(typed) <= 6 and int(typed) else 1


def _lines(tx: Transaction, shown: list[WalkInView]) -> list[Line]:
    people = identities(tx, [one.record_id for one in shown if one.record_id])
    names = colleagues(tx, among={one.account_id for one in shown} - {tx.actor.account_id})
    said = {record_id: full_name(one) for record_id, one in people.items()}
    return [_line(tx, one, said, names) for one in shown]


def _line(tx: Transaction, one: WalkInView, people: Mapping[str, str], names: Mapping[str, str]) -> Line:
    is_mine = one.account_id == tx.actor.account_id
    is_fresh = tx.now - one.recorded_at <= CORRECTED_WITHIN and (one.record_id is not None) is one.is_linked
    return Line(
        what=one.kind.label if one.number == 1 else f"{one.kind.label}, {counted(one.number, 'personne')}",
        outcome=one.outcome.label,
        when=said_weekday(one.happened_on, today=tx.today),
        place=one.place,
        who="" if is_mine else names.get(one.account_id, "une personne de la structure"),
        person=people[one.record_id] if one.record_id else _SOMEBODY if one.is_linked else "",
        href=url_for("counsellor.record", ref=one.record_id) if one.record_id else "",
        correct_href=url_for("counsellor.walk_in", ref=one.id) if is_mine and is_fresh else "",
    )
