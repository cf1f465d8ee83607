"""The chapters of the paper she hands over: a closed list. No health, no difficulty, no alert, no note has one."""

from pathway.kernel.choice import Choice
from pathway.kernel.languages import marked


class Chapter(Choice):
    """One part of her pathway on paper, which she chooses."""

    CONTACT = "contact", marked("Date de naissance et coordonnées")
    NEXT = "next", marked("Référent de parcours et prochains rendez-vous")
    STEPS = "steps", marked("Étapes du parcours")
    PROJECT = "project", marked("Projet professionnel")
    SKILLS = "skills", marked("Formation et langues")
    PRACTICAL = "practical", marked("Déplacements et disponibilités")
    DOCUMENTS = "documents", marked("Liste des documents")
