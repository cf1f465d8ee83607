"""Every table of the program in one import, for migrations and their check."""

from pathway.casework.accounts import tables as accounts
from pathway.casework.action_plan import tables as action_plan
from pathway.casework.agreements import tables as agreements
from pathway.casework.alerts import tables as alerts
from pathway.casework.cards import tables as cards
from pathway.casework.documents import tables as documents
from pathway.casework.encounters import tables as encounters
from pathway.casework.enrolments import tables as enrolments
from pathway.casework.factors import tables as factors
from pathway.casework.followup import tables as followup
from pathway.casework.intake import tables as intake
from pathway.casework.lifecycle import tables as lifecycle
from pathway.casework.links import tables as links
from pathway.casework.notes import tables as notes
from pathway.casework.oversight import tables as oversight
from pathway.casework.partners import tables as partners
from pathway.casework.policies import tables as policies
from pathway.casework.preparation import tables as preparation
from pathway.casework.records import tables as records
from pathway.casework.relays import tables as relays
from pathway.casework.resets import tables as resets
from pathway.casework.retention import tables as retention
from pathway.casework.rights import tables as rights
from pathway.casework.schemes import tables as schemes
from pathway.casework.sharing import tables as sharing
from pathway.casework.team import tables as team
from pathway.casework.territory import tables as territory
from pathway.casework.usage import tables as usage
from pathway.casework.walk_ins import tables as walk_ins
from pathway.casework.workshops import tables as workshops
from pathway.store import tables as store

__all__ = [
    "accounts",
    "action_plan",
    "agreements",
    "alerts",
    "cards",
    "documents",
    "encounters",
    "enrolments",
    "factors",
    "followup",
    "intake",
    "lifecycle",
    "links",
    "notes",
    "oversight",
    "partners",
    "policies",
    "preparation",
    "records",
    "relays",
    "resets",
    "retention",
    "rights",
    "schemes",
    "sharing",
    "store",
    "team",
    "territory",
    "usage",
    "walk_ins",
    "workshops",
]
