"""`python -m pathway.cli`: what the launcher runs."""

from pathway.cli import group

if __name__ == "__main__":
    group(prog_name="carte")
