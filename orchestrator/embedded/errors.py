"""The one exception of this package that a person is meant to read."""


class EmbeddedError(Exception):
    """An expected failure. Its text is the whole message: one line, no traceback, exit status 1."""


class StopRequested(Exception):
    """Raised out of a wait during start-up when the supervisor was asked to stop."""
