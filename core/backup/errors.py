"""What can go wrong with a backup."""


class BackupError(Exception):
    """A backup could not be made, read or restored; the text says why, and nothing that existed before has changed."""
