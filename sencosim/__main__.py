"""``python -m sencosim`` is the command ``sencosim``."""

from sencosim.cli import main

if __name__ == "__main__":
    main(prog_name="sencosim")
