"""Where Back leads once a page that answered a form has been left: never to an address that only takes forms."""

import re

from pathway.demo.town import Town
from pathway.web.jinja import levels_left
from tests.town import signed_in, web, welcome

LEFT = re.compile(r'data-left="([^"]*)"')


def test_a_page_that_answers_a_form_says_where_back_leads_and_no_other_page_does(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    here = f"/dossiers/{ref}/contact"
    assert LEFT.findall(client.get(here).get_data(as_text=True)) == []
    refused = client.post(here, data={})
    assert (refused.status_code, LEFT.findall(refused.get_data(as_text=True))) == (422, ["0"])
    assert LEFT.findall(client.post("/nowhere/at/all").get_data(as_text=True)) == ["3"]


def test_a_form_that_stands_on_another_page_leads_back_there(sqlite_town: Town) -> None:
    refused = signed_in(sqlite_town, "denis").post("/alertes/ensemble?regle=R02&qui=nobody", data={})
    assert refused.status_code == 422
    assert LEFT.findall(refused.get_data(as_text=True)) == ["1"]


def test_back_leads_from_every_form_to_an_address_that_can_be_opened(sqlite_town: Town) -> None:
    app = web(sqlite_town).application
    posted = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    astray = []
    for rule in posted:
        path = re.sub(r"<[^>]+>", "7", rule.rule)
        with app.test_request_context(path, method="POST"):
            levels = levels_left()
            assert levels is not None
            steps = path.split("/")
            there = "/".join(steps[: len(steps) - levels]) or "/"
            met, _ = app.url_map.bind("localhost").match(there, method="GET", return_rule=True)
            if not rule.rule.startswith(met.rule):
                astray.append((rule.rule, met.rule))
    assert len(posted) > 100 and astray == []
