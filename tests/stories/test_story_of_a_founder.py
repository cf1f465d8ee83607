"""From an idea to three years after: the scheme, its stages and its follow-up are built by screens, without code."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask.testing import FlaskClient

from pathway.casework.followup.rules import PointKind
from pathway.demo.town import Town
from tests.casework.enrolments.steps import points, rows
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import move, said
from tests.web.operator.test_scheme_draft import NEW, pressed, typed_in
from tests.web.supervisor.drafts import shown

STAGES = ("Idée", "Projet", "Financement", "Création")
MONTHS = (3, 6, 12, 24, 36)


@dataclass(kw_only=True)
class Founding:
    """What the steps of the story share."""

    town: Town
    scheme: str = ""
    amina: str = ""
    step: str = ""

    def at(self, who: str) -> FlaskClient:
        """That one's browser, signed in now."""
        return signed_in(self.town, who)

    def told(self, who: str, path: str) -> str:
        """What that one reads there."""
        return said(self.at(who).get(path))


def sent(client: FlaskClient, path: str, form: dict[str, Any]) -> str:
    """Send that form, which must be taken; gives where it leads."""
    answer = client.post(path, data=form)
    assert answer.status_code == 303, said(answer)
    return str(answer.location)


def the_operator_builds_the_scheme(story: Founding) -> None:
    client = story.at("root")
    form = typed_in(client.get(f"{NEW}?genre=business").get_data(as_text=True))
    form |= {"name": "Créer son entreprise", "code": "fonder", "structure_id": story.town.structures["pae-centre"]}
    for number, name in enumerate(STAGES):
        form = typed_in(pressed(client, NEW, form, add="stage")) | {f"stages-{number}-name": name}
    pressed(client, NEW, form, preview="yes")
    story.scheme = sent(client, NEW, {**form, "publish": "yes"}).rpartition("/")[2]


def the_responsable_writes_its_follow_up(story: Founding) -> None:
    client, path = story.at("denis"), f"/regles-de-suivi/dispositifs/{story.scheme}"
    form = {name: value for name, value in shown(client, path).items() if not name.startswith("durable_job-")}
    for number, count in enumerate(MONTHS):
        line = {"count": str(count), "unit": "months", "do": PointKind.CONTACT.value}
        form |= {f"durable_job-{number}-{name}": value for name, value in line.items()}
    form["durable_job_before_end"] = ""
    sent(client, path, form)
    draft = rows(story.town.store, "policy_version", "WHERE state = 'draft'")[0]["id"]
    publish = f"/regles-de-suivi/publication/{draft}"
    today = story.town.clock.now().strftime("%d/%m/%Y")
    sent(client, publish, {"seq": "1", "from_on": today})
    assert shown(client, path)["durable_job-4-count"] == "36"


def the_counsellor_enters_her(story: Founding) -> None:
    story.amina = welcome(story.town)
    client, path = story.at("bruno"), f"/dossiers/{story.amina}/entree/{story.scheme}"
    sent(client, path, {"entered_on": "20/11/2026"})
    story.step = rows(story.town.store, "enrolment")[0]["id"]
    assert "Phase : Idée" in story.told("bruno", f"/dossiers/{story.amina}")


def she_passes_through_the_four_stages(story: Founding) -> None:
    for name in STAGES[1:]:
        move(story.town, 30)
        client = story.at("bruno")
        record = said(client.get(f"/dossiers/{story.amina}"))
        assert f"Passe en phase : {name}" in record
        page = client.get(f"/etapes/{story.step}/phase").get_data(as_text=True)
        proposed = {
            "stage": re.findall(r'name="stage" type="radio" value="([^"]+)" checked', page)[0],
            "on": re.findall(r'name="on"[^>]* value="([^"]+)"', page)[0],
            "seq": re.findall(r'name="seq" value="([^"]+)"', page)[0],
        }
        sent(client, f"/etapes/{story.step}/phase", proposed)
    told = story.told("bruno", f"/dossiers/{story.amina}")
    assert "Phase : Création" in told and "Changer de phase" in told


def she_founds_her_business(story: Founding) -> None:
    on = story.town.clock.now().strftime("%d/%m/%Y")
    sent(story.at("bruno"), f"/etapes/{story.step}/sortie", {"reason": "business_created", "event_on": on})


def test_the_pathway_of_a_founder_is_built_by_screens_and_followed_for_three_years(town: Town) -> None:
    story = Founding(town=town)
    the_operator_builds_the_scheme(story)
    the_responsable_writes_its_follow_up(story)
    the_counsellor_enters_her(story)
    she_passes_through_the_four_stages(story)
    she_founds_her_business(story)
    assert [(one.kind, one.due_on) for one in points(town, story.amina)] == [
        (PointKind.CONTACT, day)
        for day in (
            date(2027, 5, 18),
            date(2027, 8, 18),
            date(2028, 2, 18),
            date(2029, 2, 19),
            date(2030, 2, 18),
        )
    ]
