"""The action plan: difficulties, goals, actions, each open or settled; the contrat d’engagement beside the steps."""
