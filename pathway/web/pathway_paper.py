"""Her pathway on paper, in words: the form that chooses its chapters, and what the paper says of each."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask import Response
from wtforms import SelectMultipleField

from pathway.casework.followup.rules import ExitKind
from pathway.casework.portfolio.export import Named, PaperStep, PathwayPaper
from pathway.casework.portfolio.rules import USUAL, Chapter
from pathway.kernel.clock import local_day
from pathway.kernel.languages import marked
from pathway.kernel.wording import said_date, said_hour, said_weekday
from pathway.web.answers import options
from pathway.web.files import attached
from pathway.web.forms import CarteForm, Needed
from pathway.web.printing import printed

HINTS: Mapping[str, str] = {
    Chapter.CONTACT.value: marked("Téléphone, e-mail, adresse. Une adresse protégée n’est jamais imprimée."),
    Chapter.NEXT.value: marked("Qui accompagne, les rendez-vous à venir, le prochain contact prévu."),
    Chapter.STEPS.value: marked("Les étapes et leurs dates. Ni la raison d’un arrêt, ni les absences."),
    Chapter.PROJECT.value: marked("Les métiers recherchés, l’expérience."),
    Chapter.SKILLS.value: marked("Le niveau, les diplômes, le français, les autres langues."),
    Chapter.PRACTICAL.value: marked("Permis, moyens de transport, jours et horaires possibles."),
    Chapter.DOCUMENTS.value: marked("Le nom des documents gardés avec le dossier, pas leur contenu."),
}
_ENDS: Mapping[ExitKind, str] = {
    ExitKind.DURABLE_JOB: "emploi durable trouvé",
    ExitKind.SHORT_JOB: "emploi trouvé",
    ExitKind.TRAINING: "formation commencée",
}


class ChaptersForm(CarteForm):
    """Which chapters go on the paper."""

    chapters = SelectMultipleField(
        marked("Parties à imprimer"), [Needed(marked("Cochez au moins une partie à imprimer."))]
    )

    def offer(self, chapters: Iterable[Chapter], *, is_new: bool) -> None:
        """Say which may be chosen; the usual ones are ticked in a form that is new."""
        self.chapters.choices = options((one.value, one.label) for one in chapters)
        if is_new:
            self.chapters.data = [one.value for one in USUAL]

    @property
    def chosen(self) -> list[Chapter]:
        """Those that were."""
        return [one for one in Chapter if one.value in (self.chapters.data or ())]


def pathway_pdf(paper: PathwayPaper, *, today: date) -> Response:
    """The paper, to keep, under a name that says nobody's."""
    content = printed("pathway.typ", paper_data(paper, today=today))
    return attached(content, name=f"parcours-{today.isoformat()}.pdf", media_type="application/pdf")


def paper_data(paper: PathwayPaper, *, today: date) -> dict[str, Any]:
    """What `templates/print/pathway.typ` needs: whose, when, by whom, and the chapters that have something to say."""
    told = [(chapter, _rows(paper, chapter, today)) for chapter in paper.chapters]
    who = paper.identity
    return {
        "name": f"{who.first_name} {who.last_name}",
        "made": said_date(today),
        "by": paper.prepared_by,
        "chapters": [{"title": chapter.label, "rows": rows} for chapter, rows in told if rows],
    }


def _rows(paper: PathwayPaper, chapter: Chapter, today: date) -> list[list[str]]:
    """The lines of a chapter, two cells each: what, and what is said of it."""
    if chapter is Chapter.NEXT:
        return _coming(paper, today)
    if chapter is Chapter.STEPS:
        return [[f"{one.scheme}\n{one.structure}".strip(), _days(one)] for one in paper.steps]
    if chapter is Chapter.DOCUMENTS:
        return [
            [one.title or one.kind.label, _document(one.kind.label, one.title, one.added_on)] for one in paper.documents
        ]
    facts = [list(line) for line in paper.facts.get(chapter, ())]
    who = paper.identity
    if chapter is not Chapter.CONTACT:
        return facts
    birth_name = [["Nom de naissance", who.birth_name]] if who.birth_name else []
    return [*birth_name, ["Date de naissance", said_date(who.birth_date)], *facts]


def _coming(paper: PathwayPaper, today: date) -> list[list[str]]:
    rows = [["Référent de parcours", _named(paper.referent)]] if paper.referent else []
    for one, who in paper.meetings:
        when = f"{said_weekday(local_day(one.starts_at), today=today)} à {said_hour(one.starts_at)}"
        rows.append(["Rendez-vous", "\n".join(filter(None, [f"{when}, {one.way.label.lower()}", _named(who)]))])
    if paper.contact_on:
        by = f" ({paper.contact_by})" if paper.contact_by else ""
        rows.append(["Prochain contact prévu", f"{said_weekday(paper.contact_on, today=today)}{by}"])
    return rows


def _named(who: Named) -> str:
    return ", ".join(filter(None, [who.person, who.structure]))


def _days(step: PaperStep) -> str:
    if step.left_on:
        end = f"\nTerminée : {_ENDS[step.end]}" if step.end else "\nTerminée"
        return f"du {said_date(step.entered_on)} au {said_date(step.left_on)}{end}"
    planned = f", prévue jusqu’au {said_date(step.planned_end_on)}" if step.planned_end_on else ""
    stage = f"\nPhase : {step.stage}" if step.stage else ""
    return f"depuis le {said_date(step.entered_on)}\nEn cours{planned}{stage}"


def _document(kind: str, title: str, on: date) -> str:
    added = f"ajouté le {said_date(on)}"
    return f"{kind}, {added}" if title else added
