"""`carte retention`: how long records are kept, what the nights to come will do, holds for a litigation, audits."""

from dataclasses import asdict
from datetime import date

import click

from pathway.casework.lifecycle.forgetting import tombstones
from pathway.casework.retention.actions import hold_record, lift_hold
from pathway.casework.retention.queries import delays, due, retention_state, standing_holds
from pathway.casework.retention.rules import Step
from pathway.casework.schemes.actions import keep_evidence_until
from pathway.cli.french import FrenchCommand, FrenchGroup
from pathway.cli.nightly import Day
from pathway.cli.opening import opened, operating
from pathway.cli.output import emit, facts, say, table
from pathway.kernel.wording import counted, said_date


@click.group("retention", cls=FrenchGroup, short_help="Montre les durées de conservation, et ce que la nuit fera.")
def command() -> None:
    """Montre les durées de conservation et ce que les nuits feront ; garde un dossier pour un litige.

    \b
    Exemples :
      ./carte retention status
      ./carte retention preview --on 2027-06-01
    """


@command.command("status", cls=FrenchCommand, short_help="Combien de dossiers actifs, archivés, prévenus, gardés.")
@click.option("--json", "as_json", is_flag=True, help="Écrit une valeur JSON.")
def status(as_json: bool) -> None:
    """Montre les délais du territoire, et combien de personnes en sont à chaque étape.

    \b
    Exemple :
      ./carte retention status --json
    """
    with opened() as store, operating(store) as tx:
        found, state = delays(tx), retention_state(tx, forgotten=len(tombstones(tx)))
    if as_json:
        emit({"delays": asdict(found), **asdict(state)})
        return
    facts(
        [
            ("Dossier actif", f"{found.active_months} mois après le dernier contact"),
            ("Archive", f"{found.archive_months} mois, puis effacement"),
            ("Préavis", counted(found.notice_days, "jour")),
            ("Dossiers actifs", str(state.active)),
            ("Dossiers archivés", str(state.archived)),
            ("Personnes prévenues de l’effacement", str(state.told)),
            ("Dossiers gardés pour un litige", str(state.held)),
            ("Cartes effacées", str(state.forgotten)),
        ]
    )


@command.command("preview", cls=FrenchCommand, short_help="Ce que ferait une nuit, sans rien écrire.")
@click.option("--on", "on", type=Day(), default=None, help="Nuit à essayer ; aujourd’hui sans cette option.")
@click.option("--json", "as_json", is_flag=True, help="Écrit une valeur JSON.")
def preview(on: date | None, as_json: bool) -> None:
    """Montre qui serait archivé, prévenu, rouvert ou effacé cette nuit-là, par référence. N’écrit rien.

    L’essai part de ce qui est connu aujourd’hui : une personne revenue d’ici là ne sera ni prévenue ni effacée, et
    une personne à archiver demain n’est pas comptée comme prévenue après-demain.

    \b
    Exemples :
      ./carte retention preview
      ./carte retention preview --on 2027-06-01 --json
    """
    with opened() as store, operating(store) as tx:
        day = on or tx.today
        found = due(tx, on=day)
    if as_json:
        people = [{"record": one.record_id, "step": one.step.value, "due_on": one.on.isoformat()} for one in found]
        emit({"on": day.isoformat(), "people": people})
        return
    say(f"Nuit du {said_date(day)} : rien n’est écrit.")
    for step in Step:
        number = sum(one.step is step for one in found)
        if number:
            say(f"{step.label} : {counted(number, 'personne')}.")
    if found:
        lines = [[one.record_id, one.step.label, said_date(one.on)] for one in found]
        table(["Référence", "Étape", "Depuis le"], lines)
    else:
        say("Personne n’est concerné.")


@command.command("hold", cls=FrenchCommand, short_help="Garde un dossier pour un litige.")
@click.argument("record", metavar="RÉFÉRENCE")
@click.option("--until", "until_on", type=Day(), required=True, help="Dernier jour de la conservation.")
@click.option("--reason", default="", help="Pourquoi ; demandé sans cette option.")
def hold(record: str, until_on: date, reason: str) -> None:
    """Garde un dossier pour un litige jusqu’à une date : rien ne l’efface avant. N’ouvre le dossier à personne.

    La raison est demandée, puis scellée avec le dossier. Donnée par --reason, elle se lirait dans la liste des
    programmes en cours et dans l’historique du terminal.

    \b
    Exemple :
      ./carte retention hold 2lahflis5kcqc7oteohsqh2zvu --until 2028-01-31
    """
    reason = reason or str(click.prompt("Pourquoi", err=True))
    with opened() as store, operating(store, write=True) as tx:
        hold_id = hold_record(tx, record_id=record, until_on=until_on, reason=reason)
    say(f"Dossier gardé jusqu’au {said_date(until_on)}. Pour y mettre fin avant : ./carte retention lift {hold_id}")


@command.command("holds", cls=FrenchCommand, short_help="Les conservations pour litige en cours.")
@click.option("--json", "as_json", is_flag=True, help="Écrit une valeur JSON.")
def holds(as_json: bool) -> None:
    """Montre les conservations pour litige en cours, par référence, sans leur raison.

    Celles d’une structure fermée sont à celle qui l’a reprise ; sans reprise, elles sont au territoire : c’est à vous
    d’y mettre fin.

    \b
    Exemple :
      ./carte retention holds
    """
    with opened() as store, operating(store) as tx:
        found = standing_holds(tx)
    if as_json:
        emit([{**asdict(one), "until_on": one.until_on.isoformat()} for one in found])
        return
    if not found:
        say("Aucun dossier n’est gardé pour un litige.")
        return
    rows = [(one.id, one.record_id, one.structure_id or "territoire", said_date(one.until_on)) for one in found]
    table(("Conservation", "Référence", "Structure", "Jusqu’au"), rows)


@command.command("lift", cls=FrenchCommand, short_help="Met fin à une conservation pour litige.")
@click.argument("hold_id", metavar="CONSERVATION")
def lift(hold_id: str) -> None:
    """Met fin à une conservation pour litige : les délais reprennent leur cours.

    \b
    Exemple :
      ./carte retention lift 2lahflis5kcqc7oteohsqh2zvu
    """
    with opened() as store, operating(store, write=True) as tx:
        lift_hold(tx, hold_id)
    say("C’est fait. La nuit prochaine compte ce dossier comme les autres.")


@command.command("evidence", cls=FrenchCommand, short_help="Jusqu’à quand un dispositif cofinancé garde ses preuves.")
@click.argument("code", metavar="DISPOSITIF")
@click.option("--until", "until_on", type=Day(), default=None, help="Dernier jour ; sans cette option, plus rien.")
def evidence(code: str, until_on: date | None) -> None:
    """Dit jusqu’à quand les preuves d’un dispositif cofinancé (FSE+, PLIE) sont gardées après l’effacement.

    Seuls restent le dispositif, les dates et le résultat de chaque étape, scellés à part, sans la personne.

    \b
    Exemple :
      ./carte retention evidence plie-2026 --until 2032-12-31
    """
    with opened() as store, operating(store, write=True) as tx:
        keep_evidence_until(tx, code=code, until_on=until_on)
    say(f"Preuves gardées jusqu’au {said_date(until_on)}." if until_on else "Plus aucune preuve ne sera gardée.")
