"""The themes of data·inclusion that a plan may name, in words: she reads them in her language."""

from collections.abc import Mapping
from functools import cache

from pathway import reference
from pathway.kernel.languages import marked

# What the published list says of a difficulty, for the catalogues to know of it; the categories are in the dictionary.
SAID = frozenset(
    {
        marked("Accompagnement aux démarches administratives"),
        marked("Accompagnement pour l’accès aux droits"),
        marked("Accompagnement pour l’accès à la citoyenneté"),
        marked("Accès aux soins"),
        marked("Accéder à des services en ligne"),
        marked("Accéder à un véhicule"),
        marked("Accéder à une connexion Internet"),
        marked("Acheter un logement"),
        marked("Acquérir un équipement"),
        marked("Acquérir une autonomie budgétaire"),
        marked("Activités sportives et culturelles"),
        marked("Addictions"),
        marked("Aide ménagère"),
        marked("Alimentation"),
        marked("Améliorer sa gestion budgétaire"),
        marked("Bien-être et confiance en soi"),
        marked("Bénéficier d’une mesure d’accompagnement adapté"),
        marked("Bénévolat et action citoyenne"),
        marked("Changer de logement"),
        marked("Connaître ses droits face à une discrimination"),
        marked("Constituer un dossier MDPH pour invalidité"),
        marked("Entretenir et réparer son véhicule"),
        marked("Financer ma mobilité"),
        marked("Garde d’enfants"),
        marked("Habillement"),
        marked("Lien social"),
        marked("Louer un logement"),
        marked("Maîtriser le calcul"),
        marked("Maîtriser le français"),
        marked("Maîtriser les fondamentaux du numérique"),
        marked("Mettre en place une mesure de protection financière"),
        marked("Prise en charge d’une personne dépendante"),
        marked("Préparer un permis"),
        marked("Prévenir une dégradation de la situation financière"),
        marked("Rechercher une solution d’hébergement temporaire"),
        marked("Réduire les impayés de loyer"),
        marked("Santé"),
        marked("Santé mentale"),
        marked("Santé sexuelle"),
        marked("Se maintenir dans le logement"),
        marked("Situation d’endettement ou de surendettement"),
        marked("Soutien aux aidants"),
        marked("Soutien à la parentalité et à l’éducation"),
        marked("Surmonter les conflits liés à la séparation ou à la violence"),
        marked("S’informer sur les démarches liées à l’accès au logement"),
        marked("Utiliser des services de mobilité douce, partagée ou collective"),
        marked("Électroménager"),
        marked("Être accompagné dans son parcours mobilité"),
    }
)


@cache
def labels() -> Mapping[str, str]:
    """Each theme and category as the list says it, in French, by code."""
    return {**reference.theme_categories(), **{one.code: one.label for one in reference.themes()}}
