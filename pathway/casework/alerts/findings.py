"""What a rule that fires leaves: what is kept of an alert, from which its sentences are rendered."""

from dataclasses import dataclass
from datetime import date

from pathway.casework.alerts.vocabulary import Level, RuleId


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One rule that fires.

    `version`: of the rule, new when its meaning changes. `parameters`: the thresholds used. `facts`: ids and ISO dates
    only. `due_from`: the first day on which it could fire. `own_to`: the structure that alone may know it, empty when
    all who follow her may.
    """

    rule: RuleId
    version: str
    policy_version: str
    level: Level
    structure_id: str
    parameters: dict[str, int]
    facts: dict[str, str]
    due_from: date
    own_to: str = ""
