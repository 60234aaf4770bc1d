"""What every command needs of the terminal: where words go, waiting, options and settings."""
