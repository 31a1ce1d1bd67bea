"""Every error a user can meet, and the exit code each one ends the command with.

SpymasterError            1  a model, a test or the data is wrong
├── ModelError            1  a model cannot be read, bound or built
├── DataError             1  a file or a record is not what it claims to be
├── VendorError           1  the vendor does not answer, or not as it should
├── MovedError            1  a catalog was written for another folder
├── UsageError            2  a setting, an option or an argument is wrong
├── LockedError           3  another process holds the warehouse
└── RefusedError          4  doing it would destroy something, or cost more than allowed

The message is one line: the thing, what was found, what is allowed.
"""

INTERRUPTED = 130
"""Exit code after Ctrl-C."""


class SpymasterError(Exception):
    """Something a user can act on; printed as one line, never as a traceback."""

    exit_code = 1


class ModelError(SpymasterError):
    """A model cannot be read, bound or built."""


class DataError(SpymasterError):
    """A file or a record is not what it claims to be."""


class VendorError(SpymasterError):
    """The vendor does not answer, or not as it should."""


class MovedError(SpymasterError):
    """A catalog was written for another folder: publish anew, since it lists absolute paths."""


class UsageError(SpymasterError):
    """A setting, an option or an argument is wrong."""

    exit_code = 2


class LockedError(SpymasterError):
    """Another process holds the warehouse."""

    exit_code = 3


class RefusedError(SpymasterError):
    """Doing it would destroy something, or cost more than allowed."""

    exit_code = 4
