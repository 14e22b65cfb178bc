"""The command ``vises``, in French, Dutch and English: it reads what is asked; the rooms below carry it out."""

from vises_methods.cli.command_line import build, interface_language, main, run_command

__all__ = ["build", "interface_language", "main", "run_command"]
