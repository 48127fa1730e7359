"""Standings in the database, by the content that they were made of."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from superb_lite.errors import SuperbLiteError
from superb_lite_leaderboard.store.database import Database
from superb_lite_leaderboard.store.models import KeptRow

MOST = 8
"""Rows that are kept; of a board that grows, only the last one is ever asked for again."""

PATIENCE = 0.5
"""Seconds that a reader waits to keep something while another process writes."""


@dataclass(frozen=True)
class KeptStandings:
    """Texts by key (`superb_lite_leaderboard.ranking.kept.Kept`). A reader never fails because of them."""

    database: Database

    def get(self, key: str) -> str | None:
        """The text; None where there is none, or another one than was put there."""

        def read(session: Session) -> str | None:
            row = session.get(KeptRow, key)
            return row.values if row is not None and row.checksum == _checksum(row.key, row.values) else None

        try:
            return self.database.read(read) if self.database.exists() else None
        except (SuperbLiteError, LookupError, TypeError, ValueError):
            return None

    def put(self, key: str, text: str) -> None:
        """Keep a text, unless the database cannot be written, or not soon."""

        def write(session: Session) -> None:
            if (session.scalar(select(func.count()).select_from(KeptRow)) or 0) >= MOST:
                session.execute(delete(KeptRow))
            session.merge(KeptRow(key=key, values=text, checksum=_checksum(key, text)))

        try:
            if self.database.exists():
                self.database.write(write, patience=PATIENCE)
        except (SuperbLiteError, LookupError, TypeError, ValueError):
            return


def _checksum(key: str, text: str) -> str:
    return hashlib.sha256(f"{key}\n{text}".encode("utf-8", "backslashreplace")).hexdigest()
