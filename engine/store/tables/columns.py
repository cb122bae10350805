"""What the tables are made of: instants are aware UTC; JSON keeps its key order."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Text,
    TypeDecorator,
)
from sqlalchemy.types import TypeEngine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

NEVER = "9999-12-31T00:00:00.000000+00:00"  #: stands for "no due date" where tasks are ordered


class Instant(TypeDecorator[datetime]):
    """An aware instant; on SQLite as sortable text."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text on SQLite, which has no instants."""
        return dialect.type_descriptor(String(32) if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """To UTC, in one fixed width."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        utc = value.astimezone(UTC)
        return utc.isoformat(timespec="microseconds") if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """To aware UTC."""
        if value is None:
            return None
        return (datetime.fromisoformat(value) if isinstance(value, str) else value).astimezone(UTC)


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def compact(value: Any) -> str:
    """JSON text without blanks, keys in their order."""
    return _encode(value)


class Json(TypeDecorator[Any]):
    """A JSON value as text: key order survives, on both databases alike."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """To compact JSON."""
        return None if value is None else compact(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """From JSON."""
        return None if value is None else json.loads(value)


def id_(name: str = "id", **kwargs: Any) -> Column[str]:
    return Column(name, String(200), primary_key=True, **kwargs)


def of_instance(**kwargs: Any) -> Column[str]:
    return Column("instance_id", ForeignKey("process_instance.id"), nullable=False, **kwargs)


def text_(name: str, *, null: bool = False, **kwargs: Any) -> Column[str]:
    return Column(name, Text, nullable=null, **kwargs)


def at_(name: str, *, null: bool = False) -> Column[datetime]:
    return Column(name, Instant, nullable=null)


def json_(name: str, *, null: bool = False) -> Column[Any]:
    return Column(name, Json, nullable=null)


def number_(name: str, *, null: bool = False) -> Column[int]:
    return Column(name, Integer, nullable=null)
