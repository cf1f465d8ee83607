"""The chapters of the paper she hands over: a closed list. No health, no difficulty, no alert, no note has one."""

from pathway.kernel.choice import Choice


class Chapter(Choice):
    """One part of her pathway on paper, which she chooses."""

    CONTACT = "contact", "Date de naissance et coordonnées"
    NEXT = "next", "Référent de parcours et prochains rendez-vous"
    STEPS = "steps", "Étapes du parcours"
    PROJECT = "project", "Projet professionnel"
    SKILLS = "skills", "Formation et langues"
    PRACTICAL = "practical", "Déplacements et disponibilités"
    DOCUMENTS = "documents", "Liste des documents"
