"""Click in French: help, refusals and exit codes, said once for every command."""

import errno
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import click
from sqlalchemy.exc import DBAPIError

from pathway.cli.output import say
from pathway.kernel.errors import PathwayError
from pathway.kernel.wording import listed

DONE, REFUSED, MISUSED = 0, 1, 2

_NO_BASE = "La base ne s’ouvre pas, ou ne peut pas être écrite. Vérifiez CARTE_INSTANCE, DATABASE_URL et les droits."
_REASONS = {
    errno.EACCES: "accès refusé",
    errno.EPERM: "accès refusé",
    errno.ENOENT: "ce dossier ou ce fichier n’existe pas",
    errno.ENOTDIR: "ce chemin passe par un fichier, pas par un dossier",
    errno.EEXIST: "un fichier porte déjà ce nom",
    errno.ENOSPC: "il n’y a plus de place sur le disque",
    errno.EROFS: "ce disque est en lecture seule",
}


class FrenchCommand(click.Command):
    """A command whose help is in French."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """`--help`, explained."""
        return _in_french(super().get_help_option(ctx))

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The first line of the help."""
        _write_usage(self, ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table of options."""
        _write_options(self, ctx, formatter)


class FrenchGroup(click.Group):
    """A group of commands in French, which turns every refusal into a sentence and an exit code."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """A group says « COMMANDE » where click says « COMMAND »."""
        super().__init__(*arguments, **{"subcommand_metavar": "COMMANDE …", **options})

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """`--help`, explained."""
        return _in_french(super().get_help_option(ctx))

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The first line of the help."""
        _write_usage(self, ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table of options, then the commands."""
        _write_options(self, ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table of commands with their first sentence."""
        found = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [(name, command.get_short_help_str(90)) for name, command in found if command]
        if rows:
            with formatter.section("Commandes"):
                formatter.write_dl(rows)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command asked for, or a sentence that lists those there are."""
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            names = listed(self.list_commands(ctx))
            raise click.UsageError(f"La commande « {args[0]} » n’existe pas. Il y a : {names}.", ctx)
        return super().resolve_command(ctx, args)

    def main(self, *arguments: Any, **options: Any) -> NoReturn:
        """Run, then leave with 0 (done), 1 (refused) or 2 (misused)."""
        options["standalone_mode"] = False
        sys.exit(_code_of(lambda: super(FrenchGroup, self).main(*arguments, **options)))


class Number(click.ParamType[int]):
    """A whole number between two bounds."""

    name = "N"

    def __init__(self, low: int, high: int) -> None:
        """Both bounds are included."""
        self.low, self.high = low, high

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number, or a sentence."""
        text = str(value)
        if not (text.isascii() and text.isdigit() and self.low <= int(text) <= self.high):
            self.fail(f"il faut un nombre entier, de {self.low} à {self.high}.", param, ctx)
        return int(text)


def _code_of(run: Callable[[], Any]) -> int:
    try:
        with _explained():
            code = run()
    except _Left as left:
        return left.code
    return code if isinstance(code, int) else DONE


class _Left(Exception):
    """The sentence was said: only the exit code is left."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        raise _Left(MISUSED) from error
    except click.UsageError as error:
        _say_misuse(error)
        raise _Left(MISUSED) from error
    except PathwayError as error:
        say(error.sentence)
        raise _Left(REFUSED) from error
    except DBAPIError as error:
        say(_NO_BASE)
        raise _Left(REFUSED) from error
    except OSError as error:
        say(_said(error))
        raise _Left(REFUSED) from error
    except click.Abort as error:
        say("Interrompu.")
        raise _Left(REFUSED) from error


def _said(error: OSError) -> str:
    reason = _REASONS.get(error.errno or 0, "le système a refusé")
    return f"Impossible d’ouvrir ou d’écrire « {error.filename} » : {reason}." if error.filename else f"{reason}."


def _say_misuse(error: click.UsageError) -> None:
    say(_sentence(error))
    if error.ctx:
        click.echo(f"Voir : ./{error.ctx.command_path} --help", err=True)


def _sentence(error: click.UsageError) -> str:
    if isinstance(error, click.NoSuchOption):
        return f"L’option « {error.option_name} » n’existe pas."
    if isinstance(error, click.MissingParameter) and error.param:
        return f"Il manque {_named(error.param)}."
    if isinstance(error, click.BadParameter) and error.param:
        return f"{_named(error.param)} : {error.message}"
    if isinstance(error, click.BadOptionUsage):
        wants = "n’attend pas de" if "does not take" in error.message else "attend une"
        return f"L’option « {error.option_name} » {wants} valeur."
    return error.message if not error.message.startswith("Got unexpected") else "Il y a un mot de trop sur la ligne."


def _named(param: click.Parameter) -> str:
    return f"« {param.opts[0] if isinstance(param, click.Option) else param.human_readable_name} »"


def _in_french(option: click.Option | None) -> click.Option | None:
    if option:
        option.help = "Montre cette aide."
    return option


def _write_usage(command: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    formatter.write_usage(f"./{ctx.command_path}", " ".join(command.collect_usage_pieces(ctx)), "Utilisation : ")


def _write_options(command: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    options = [param for param in command.get_params(ctx) if isinstance(param, click.Option)]
    rows = [row for row in (option.get_help_record(ctx) for option in options) if row]
    with formatter.section("Options"):
        formatter.write_dl([(names, _translated(told)) for names, told in rows])


def _translated(told: str) -> str:
    return told.replace("[required]", "[obligatoire]").replace("[default: ", "[par défaut : ")
