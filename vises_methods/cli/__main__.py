"""``python -m vises_methods.cli``: the command ``vises``, where it is not on the path."""

from vises_methods.cli.command_line import main

if __name__ == "__main__":
    main()
