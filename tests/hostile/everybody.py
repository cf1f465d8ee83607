"""One town in which everyone stands in another relation to Amina, and something of hers lies behind every address."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import time, timedelta
from pathlib import Path

from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from pathway.casework.agreements.actions import draft_agreement
from pathway.casework.documents.actions import add_document
from pathway.casework.documents.rules import DocumentKind, MediaType, Upload
from pathway.casework.followup.rules import ExitKind
from pathway.casework.intake.receiving import read_file, receive_file
from pathway.casework.oversight.queries import own_log
from pathway.casework.policies.actions import write_draft
from pathway.casework.policies.rules import DEFAULT_POLICY
from pathway.casework.records.rules import Identity
from pathway.casework.resets.actions import ask_factor_reset
from pathway.casework.resets.rules import FactorReason
from pathway.casework.retention.actions import hold_ours
from pathway.casework.rights.actions import ask_rectification
from pathway.casework.rights.rules import RequestWay
from pathway.casework.schemes.actions import add_exit_reason
from pathway.casework.schemes.exit_reasons import ReasonDraft
from pathway.casework.sharing.actions import open_grants
from pathway.casework.sharing.rules import PARTS, Cause
from pathway.casework.usage.actions import charge
from pathway.casework.usage.rules import Budgets
from pathway.demo.town import Town
from tests.casework.action_plan.scenes import action, engagement, obstacle
from tests.casework.agreements.deciding import agree, stop
from tests.casework.encounters.scenes import plan
from tests.casework.enrolments.steps import rows, system
from tests.casework.links.pairs import TWIN, compare_all
from tests.casework.oversight.scenes import ask, herself
from tests.casework.relays.scenes import send
from tests.casework.team.scenes import invited, member_of
from tests.casework.walk_ins.scenes import met
from tests.casework.workshops.scenes import workshop
from tests.town import AMINA, signed_in, web, welcome
from tests.web.counsellor.scenes import ZOE, left
from tests.web.jobseeker.lives import at_home, evaluate

# Who knocks, and what she is to Amina.
RELATIONS = {
    "nobody": "signed in nowhere",
    "amina": "the person herself",
    "zoe": "another person followed by the same structure",
    "bruno": "her référent de parcours",
    "fatou": "a colleague of his",
    "denis": "their responsable",
    "elise": "an agreement for two sections",
    "hugo": "a card presented today",
    "nadia": "a support that ended yesterday",
    "lucie": "an agreement she withdrew",
    "chloe": "no relation",
    "yvan": "responsable of another structure, without relation",
    "ines": "reviewer of duplicate cards",
    "theo": "coordinator of the territory",
    "root": "operator",
}
STRANGERS = ("nadia", "lucie", "chloe", "yvan", "ines", "theo", "root", "zoe", "nobody")


@dataclass(kw_only=True)
class Knocking:
    """The town, everyone's browser, and what stands behind each address."""

    town: Town
    amina: str
    targets: dict[str, str]
    browsers: dict[str, FlaskClient] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)

    def address(self, rule: Rule, section: str = "contact") -> str:
        """The address of Amina's own thing behind that route."""
        path = rule.rule
        for argument in rule.arguments:
            value = section if argument == "section" else self._target(rule.endpoint, argument)
            path = path.replace(f"<{argument}>", value).replace(f"<int:{argument}>", value)
        return path

    def knock(self, who: str, path: str, method: str) -> TestResponse:
        """What that one gets there; a form is sent empty."""
        browser = self.browsers[who]
        if who in self.cookies:  # signing out, or losing one's session, takes it away
            browser.set_cookie("carte", self.cookies[who])
        return browser.open(path, method=method, data={} if method == "POST" else None)

    def _target(self, endpoint: str, argument: str) -> str:
        return self.targets.get(f"{endpoint}:{argument}") or self.targets.get(endpoint) or self.targets[argument]


def everybody(town: Town) -> Knocking:
    """Amina's life with all of them, and a browser for each."""
    amina, step = left(town, days_ago=20)
    evaluate(town, amina)
    her_browser = at_home(town, amina)
    _relate(town, amina)
    known = _things(town, amina, step)
    here = Knocking(town=town, amina=amina, targets=known)
    zoe = welcome(town, identity=ZOE)
    for who in RELATIONS:
        here.browsers[who] = signed_in(town, who) if who in town.cast else web(town)
    here.browsers["amina"] = her_browser
    here.browsers["zoe"] = at_home(town, zoe, born="02/03/1985")
    kept = {who: browser.get_cookie("carte") for who, browser in here.browsers.items()}
    here.cookies = {who: cookie.value for who, cookie in kept.items() if cookie}
    return here


def _relate(town: Town, amina: str) -> None:
    agree(town, amina, "mission-locale", "education", "situation")
    agree(town, amina, "plie", "contact")
    stop(town, amina, "plie")
    _grant(town, amina, "horizon", Cause.PRESENTED_CARD, ends_in=timedelta(hours=8))
    _grant(town, amina, "ccas", Cause.SUPPORT, ends_in=timedelta(hours=-1))


def _grant(town: Town, amina: str, structure: str, cause: Cause, *, ends_in: timedelta) -> None:
    with system(town.store, town.clock) as tx:
        open_grants(
            tx,
            record_ids=[amina],
            structure_id=town.structures[structure],
            cause=cause,
            cause_id="",
            sections=frozenset({"identity", "contact", "situation"}) | PARTS,
            until_at=tx.now + ends_in,
        )
        tx.journal("share", records=[amina])


def _things(town: Town, amina: str, step: str) -> dict[str, str]:
    with town.acting("bruno") as tx:
        paper = draft_agreement(
            tx, record_id=amina, structure_id=town.structures["ccas"], sections=["contact"], months=3
        )
        upload = Upload(media_type=MediaType.PDF, content=b"%PDF-1.7 a signed paper")
        document = add_document(tx, record_id=amina, kind=DocumentKind.SIGNED_AGREEMENT, upload=upload)
    with town.acting("fatou") as tx:
        for _ in range(9):
            tx.journal("search", records=[amina])
        charge(tx, budgets=Budgets(searches_hour=10))
    relay = send(town, amina, "")
    meeting = plan(town, amina).ids[0]
    root = obstacle(town, amina)
    contest = ask(town, amina, action="search")
    welcome(town, "chloe", TWIN)
    compare_all(town)
    return {
        **_tasks(town),
        **_log_line(town, amina),
        "ref": amina,
        "scheme_ref": town.schemes["plie"],
        "structure_ref": town.structures["mission-locale"],
        "secret": "a" * 43,
        "document_ref": document,
        "paper_ref": paper,
        "counsellor.exit": step,
        "counsellor.exit_cancelled": step,
        **dict.fromkeys(("counsellor.stage", "counsellor.stage_undone"), step),
        "counsellor.not_done": rows(town.store, "point", "ORDER BY due_on DESC, id")[0]["id"],
        "counsellor.replan": rows(town.store, "point", "ORDER BY due_on DESC, id")[0]["id"],
        **dict.fromkeys(
            ("counsellor.relay", "counsellor.relay_paper", "counsellor.relay_link", "jobseeker.relay_no"), relay
        ),
        **dict.fromkeys(("counsellor.appointment", "jobseeker.excuse", "jobseeker.appointment_file"), meeting),
        **dict.fromkeys(_WORKSHOP_ROUTES, workshop(town, [amina], hour=time(17))),
        "counsellor.walk_in": met(town, amina),
        **dict.fromkeys(("counsellor.plan_action", "counsellor.plan_line", "counsellor.plan_state"), root),
        **dict.fromkeys(("counsellor.plan_undo", "jobseeker.plan_done"), action(town, root, is_hers=True)),
        **dict.fromkeys(("counsellor.contract_print", "counsellor.contract_state"), engagement(town, amina)),
        "jobseeker.not_enough": contest,
        "jobseeker.document": document,
        **_requests(town, amina),
        **_rules(town),
        **_network(town),
        "supervisor.answer": contest,
        "supervisor.lift": _hold(town, amina),
    }


_WORKSHOP_ROUTES = (
    "counsellor.workshop",
    "counsellor.workshop_people",
    "counsellor.workshop_cancelled",
    "counsellor.workshop_sheet",
)
_ALERT_ROUTES = (
    "supervisor.alert",
    "supervisor.give",
    "supervisor.dismiss",
    "supervisor.snooze",
    "counsellor.answer_read",
    "jobseeker.answer_alert",
)


def _tasks(town: Town) -> dict[str, str]:
    """What waits for a responsable, a reviewer or an operator."""
    other = welcome(town, "nadia", Identity(first_name="Lina", last_name="Sall", birth_date=AMINA.birth_date))
    _grant(town, other, "pae-centre", Cause.SUPPORT, ends_in=timedelta(hours=-1))
    fatou = member_of(town, "fatou").membership_id
    invited(town)
    with town.acting("denis") as tx:
        ask_factor_reset(tx, fatou, reason=FactorReason.LOST)
    tables = {"volume_notice": "volume", "possible_match": "match", "invitation": "invitation"}
    newest = {
        name: rows(town.store, table)[-1]["id"] if rows(town.store, table) else "a" * 26
        for table, name in tables.items()
    }
    return {
        **dict.fromkeys(_ALERT_ROUTES, alert_of(town, "pae-centre")),
        **dict.fromkeys(("supervisor.member", "supervisor.end", "supervisor.prolong", "supervisor.factor"), fatou),
        **dict.fromkeys(("supervisor.invitation", "supervisor.resend", "supervisor.revoke"), newest["invitation"]),
        **dict.fromkeys(
            ("operator.confirm_request", "operator.refuse_request"), rows(town.store, "factor_reset")[0]["id"]
        ),
        "supervisor.check_volume": newest["volume"],
        "reviewer.duplicate": newest["match"],
        "jobseeker.same_answer": newest["match"],
    }


def alert_of(town: Town, structure: str) -> str:
    """The first open alert of that structure."""
    here = (row for row in rows(town.store, "alert") if row["structure_id"] == town.structures[structure])
    return str(next(row["id"] for row in here if row["state"] == "open"))


def _requests(town: Town, amina: str) -> dict[str, str]:
    """A correction she asked for, and the answer she corrects or limits herself."""
    with herself(town, amina) as tx:
        asked = ask_rectification(tx, record_id=amina, text="Ma sortie est fausse.", way=RequestWay.ACCOUNT)
    routes = ("supervisor.rights_request", "supervisor.rights_later", "jobseeker.withdraw_request")
    return {**dict.fromkeys(routes, asked), "item": "city"}


def _hold(town: Town, amina: str) -> str:
    """Her record, kept for a litigation by Denis's structure."""
    with town.acting("denis") as tx:
        return hold_ours(tx, record_id=amina, until_on=tx.today + timedelta(days=30), reason="Recours")


def _rules(town: Town) -> dict[str, str]:
    """A draft of the follow-up rules of Denis's structure, and a scheme he may write some for."""
    with town.acting("denis") as tx:
        draft = write_draft(tx, policy=DEFAULT_POLICY, scheme_id=None)
    routes = ("supervisor.policy_trial", "supervisor.policy_publish", "supervisor.policy_withdraw")
    return {**dict.fromkeys(routes, draft), "supervisor.policy_scheme": town.schemes["pae"]}


def _network(town: Town) -> dict[str, str]:
    """What the operator keeps: a structure, a scheme, an account, its post, an invitation that waits."""
    keeps = ("structure", "structure_change", "structure_close", "structure_invite")
    waits = ("invitation", "invitation_again", "invitation_revoked")
    here = town.structures["pae-centre"]
    return {
        **{f"operator.{name}": here for name in (*keeps, *(f"{one}:ref" for one in waits))},
        **{f"operator.{name}:invitation_ref": rows(town.store, "invitation")[0]["id"] for name in waits},
        **{f"operator.{name}": town.accounts["fatou"] for name in ("account", "account_shut", "account_reopen")},
        **dict.fromkeys((f"operator.import_{name}" for name in _IMPORT_PAGES), _import(town)),
        **dict.fromkeys(("operator.post_end", "operator.post_prolong"), member_of(town, "fatou").membership_id),
        **{
            f"operator.{name}": town.schemes["pae"]
            for name in (
                "scheme",
                "scheme_change",
                "scheme_close",
                "scheme_reopen",
                "scheme_reasons",
                "scheme_evidence",
            )
        },
        **dict.fromkeys(("operator.setting:name", "operator.setting_back:name"), "name"),
        **dict.fromkeys(("operator.exit_reason_close:code", "operator.exit_reason_reopen:code"), _own_reason(town)),
    }


_IMPORT_PAGES = ("one", "sheet", "columns", "started", "resumed", "dropped", "refused_rows", "undo")


def _import(town: Town) -> str:
    """A file that waits for its columns to be chosen."""
    read = read_file("Prénom;Nom;Date de naissance\nAna;Sow;01/01/1990\n".encode(), name="personnes.csv")
    with town.acting("root") as tx:
        return receive_file(tx, structure_id=town.structures["pae-centre"], read=read)


def _own_reason(town: Town) -> str:
    """A reason the operator has just added."""
    with town.acting("root") as tx:
        return add_exit_reason(tx, ReasonDraft(label="Emploi dans une collectivité", kind=ExitKind.DURABLE_JOB))


def _log_line(town: Town, amina: str) -> dict[str, str]:
    with herself(town, amina, write=False) as tx:
        line = next(one for one in own_log(tx) if not one.is_own)
    return {"jobseeker.contest:seq": str(line.seq), "jobseeker.contest:deed": line.action}


class Rewound:
    """A base on SQLite that goes back to one instant: what one request wrote is not there for the next."""

    def __init__(self, town: Town) -> None:
        """Remember the base as it stands."""
        self._engine = town.store.engine
        self._path = Path(str(self._engine.url.database))
        self._kept = self._path.with_suffix(".kept")
        self._engine.dispose()
        with closing(sqlite3.connect(self._path)) as base, closing(sqlite3.connect(self._kept)) as kept:
            base.backup(kept)

    def back(self) -> None:
        """Put it back."""
        self._engine.dispose()
        for beside in ("-wal", "-shm"):
            Path(f"{self._path}{beside}").unlink(missing_ok=True)
        shutil.copyfile(self._kept, self._path)
