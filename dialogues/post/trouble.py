"""What can go wrong on the way: three kinds, because each is answered differently. Pure."""


class Refused(Exception):
    """The other side will never take this letter: it has failed."""


class TryLater(Exception):
    """This letter did not go now; others may."""


class Unreachable(Exception):
    """Nothing goes this way now: the server is away, or our account with it is wrong."""
