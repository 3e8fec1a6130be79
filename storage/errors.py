"""What storage may raise.

GuanxinError
├── Busy            the database cannot be written now; nothing was recorded; try again
├── WrongKey        the key does not fit what is stored
└── NotMigrated     the tables are missing or older than this code
"""

from __future__ import annotations


class GuanxinError(Exception):
    """Anything of ours that a person is told in one sentence."""


class Busy(GuanxinError):
    """The database is locked, full or out of reach. Nothing of the work was recorded."""


class WrongKey(GuanxinError):
    """GUANXIN_KEY is not the key with which this database was encrypted."""


class NotMigrated(GuanxinError):
    """The database does not have the tables of this version."""
