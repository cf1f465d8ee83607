"""Every macro of `templates/components` in each of its states, drawn as screens draw it."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from flask import current_app, render_template, render_template_string
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from pathway.kernel.languages import FRENCH, direction, speaking
from pathway.web.components.example import Example
from pathway.web.components.examples import EXAMPLES
from pathway.web.components.material import material
from pathway.web.gate import public


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One example, drawn. `source`: what a template writes to obtain it."""

    state: str
    source: str
    drawn: Markup
    language: str
    direction: str


@dataclass(frozen=True, kw_only=True)
class Component:
    """One file of components: its own words of use, then its examples."""

    name: str
    use: str
    examples: list[Shown]


@public
def view() -> ResponseReturnValue:
    """The page. It reads nothing of the base."""
    things = material()
    shown = [
        Component(name=name, use=_use(name), examples=[_shown(one, things) for one in those])
        for name, those in groupby(EXAMPLES, key=lambda one: one.component)
    ]
    return render_template("demo/components.html", components=shown)


def _use(name: str) -> str:
    """The comment at the head of the file: its signature and its arguments."""
    loader = current_app.jinja_env.loader
    assert loader is not None
    source, *_ = loader.get_source(current_app.jinja_env, f"components/{name}.html")
    return " ".join(source.partition("#-")[2].partition("-#")[0].split())


def _shown(one: Example, things: Mapping[str, object]) -> Shown:
    source = f'{_BESIDE}{{% from "components/{one.component}.html" import {one.macro} %}}{one.source}'
    with speaking(one.language):
        drawn = Markup(render_template_string(source, **things))
    return Shown(
        state=one.state,
        source=one.source,
        drawn=drawn,
        language="" if one.language == FRENCH else one.language,
        direction=direction(one.language),
    )


# What examples put inside a component.
_BESIDE = "".join(
    f'{{% from "components/{name}.html" import {name} %}}'
    for name in ("button", "link_button", "tag", "timeline_entry")
)
