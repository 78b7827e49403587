"""What can go wrong with the servers from the wheels."""


class EmbeddedServersError(Exception):
    """The servers could not be started; the text says why and, where there is one, ends with the server's own log."""
