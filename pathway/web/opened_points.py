"""What each exit opens under follow-up rules, in words: for a responsable, and for the operator."""

from itertools import groupby

from pathway.casework.policies.rules import Case, ExitKind, Policy, Steps
from pathway.kernel.wording import counted, listed
from pathway.web.jinja import typeset

_NOTHING = "Aucun point : après un décès, ou si la personne refuse d’être suivie"


def rows_of(policy: Policy) -> list[tuple[str, str]]:
    """(kind of exit, what is done and when) of every kind, in words; then what holds for all."""
    lines = [(case.label, _case(policy, case)) for case in Case]
    pause = f"Un point à la date choisie avec la personne, {policy.review_within_days} jours après au plus tard"
    return [*lines, (ExitKind.PAUSED.label, pause), (ExitKind.CLOSED.label, _NOTHING)]


def _case(policy: Policy, case: Case) -> str:
    said = [_steps(steps) for steps in _runs(policy.steps_of(case))]
    before = policy.before_end_of(case)
    if before is not None:
        said.append(f"Un point {counted(before, 'jour')} avant la fin prévue")
    return typeset(" ; ".join([said[0], *(one[0].lower() + one[1:] for one in said[1:])]))


def _runs(steps: Steps) -> list[Steps]:
    return [tuple(run) for _kind, run in groupby(steps, key=lambda step: step[0])]


def _steps(steps: Steps) -> str:
    return f"{steps[0][0].label} : {listed([delay.said for _kind, delay in steps])} après"
