"""The operator's door: every command of `carte`, one module each."""

import importlib

import click

from pathway.cli.french import FrenchGroup

# In the order of the help; a command lives in the module of its name, but for « test », which pytest would collect.
COMMANDS = (
    "demo",
    "serve",
    "test",
    "intake",
    "partners",
    "accounts",
    "schemes",
    "nightly",
    "alerts",
    "retention",
    "worker",
    "doctor",
    "journal",
    "keys",
    "backup",
    "database",
    "routes",
    "bench",
    "shots",
    "version",
)
_ELSEWHERE = {"test": "testing"}


class _Commands(FrenchGroup):
    """Loads a command when it is asked for: starting one does not cost the imports of all."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, the most used first."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, if there is one."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"{__name__}.{_ELSEWHERE.get(cmd_name, cmd_name)}")
        command: click.Command = module.command
        return command


@click.group("carte", cls=_Commands)
def group() -> None:
    """Carte vitale de l’emploi : un dossier scellé par personne, qui la suit d’une structure à l’autre.

    Codes de retour : 0 fait, 1 refusé en tout ou en partie, 2 commande mal employée.

    \b
    Pour essayer :
      ./carte demo
    """
