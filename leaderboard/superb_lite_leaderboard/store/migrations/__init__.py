"""Bringing a board that an older version wrote to the present schema, one revision (Alembic) after the other."""
