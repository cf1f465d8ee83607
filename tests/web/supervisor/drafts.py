"""The rules of follow-up as a responsable sends them: the form as the page shows it, then changed."""

from typing import Any

from flask.testing import FlaskClient
from justhtml import JustHTML

from pathway.casework.policies.actions import write_draft
from pathway.casework.policies.rules import Policy
from pathway.demo.town import Town
from tests.casework.policies.policies import CUSTOM

HERE = "/regles-de-suivi/structure"


def shown(client: FlaskClient, path: str = HERE) -> dict[str, str]:
    """What the form of that page would send, untouched."""
    return sent_by(client.get(path).get_data(as_text=True))


def sent_by(html: str) -> dict[str, str]:
    """What the form of the rules would send as it stands, without any button."""
    form: Any = JustHTML(html, sanitize=False).query("form#policy")[0]
    fields = {one.attrs["name"]: one.attrs.get("value") or "" for one in form.query("input") if _counts(one)}
    for select in form.query("select"):
        options = select.query("option")
        chosen = [one for one in options if "selected" in one.attrs] or options
        fields[select.attrs["name"]] = chosen[0].attrs["value"]
    return fields


def _counts(element: Any) -> bool:
    return element.attrs.get("type") != "radio" or "checked" in element.attrs


def drafted(town: Town, policy: Policy = CUSTOM, scheme: str | None = None) -> str:
    """A draft of Denis; gives its id."""
    with town.acting("denis") as tx:
        return write_draft(tx, policy=policy, scheme_id=town.schemes[scheme] if scheme else None)
