"""One state of one component, as the catalogue shows it."""

from dataclasses import dataclass

from pathway.kernel.languages import FRENCH

_ARABIC = "ar"
LONG = "Accompagnement renforcé vers l’emploi durable des personnes sans solution de garde ni moyen de transport"


@dataclass(frozen=True, kw_only=True)
class Example:
    """`component`: a file of `templates/components`; `macro`: the one it shows; `source`: what a template writes."""

    component: str
    macro: str
    state: str
    source: str
    language: str = FRENCH


def of(component: str, *states: tuple[str, str], macro: str = "", arabic: str = "") -> list[Example]:
    """The examples of that file: (state, source) each; `arabic`: the source of the one read from right to left."""
    told = [(state, source, FRENCH) for state, source in states]
    told += [("En arabe, de droite à gauche", arabic, _ARABIC)] if arabic else []
    return [
        Example(component=component, macro=macro or component, state=state, source=source, language=language)
        for state, source, language in told
    ]
