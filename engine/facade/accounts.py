"""Who may sign in, and the office that they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from engine.commands import (
    identity,
    languages,
    office,
)
from engine.errors import Problem
from engine.facade.part import Part
from engine.model.records import (
    Office,
    User,
)
from engine.queries import definitions, staffing


class Accounts(Part):
    """Who may sign in, and the office that they belong to."""

    def sign_in(self, login: str, password: str) -> User:
        """The user with this login and password; else NotAllowed, saying how many tries are left."""
        return identity.sign_in(self._context, login, password)

    def user(self, user_id: str) -> User | None:
        """The user, or None when there is none or the account is closed."""
        return definitions.user(self._reader, user_id)

    def users(self) -> tuple[User, ...]:
        """All users, by id."""
        return definitions.users(self._reader)

    def groups(self) -> tuple[str, ...]:
        """Names of all groups, in the order in which they were added."""
        return definitions.groups(self._reader)

    def add_user(self, user: User, password: str, *, temporary: bool = False) -> User:
        """Add a user to groups that exist; InvalidInput for a weak password, Conflict for a taken id.

        A `temporary` password must be changed at the first sign-in.
        """
        return identity.add_user(self._context, user, password, temporary=temporary)

    def change_user(self, user: User) -> User:
        """Replace display, unit, groups and state; a closed account can't go on from its next request."""
        return identity.change_user(self._context, user)

    def add_group(self, name: str) -> None:
        """Add a group; nothing happens when it is there."""
        identity.add_group(self._context, name)

    def set_password(self, user_id: str, password: str, *, temporary: bool = False) -> None:
        """Replace a password, lift a lock-out, end the person's sessions; InvalidInput for a weak one."""
        identity.set_password(self._context, user_id, password, temporary=temporary)

    def office(self) -> Office:
        """Names and labels of the office that this database belongs to."""
        return office.get(self._context)

    def load_office(self, path: Path, *, password: str, temporary: bool = False) -> Office:
        """Bring in groups, users (new ones get `password`), bundles and first cases; repeatable.

        A `temporary` password must be changed at the first sign-in.
        """
        return office.load(self._context, path, password=password, temporary=temporary)

    def language(self, user_id: str) -> str:
        """The language that the person has chosen to read in; "" for none."""
        return languages.language(self._context, user_id)

    def choose_language(self, user_id: str, language: str) -> None:
        """Remember the person's language, such as en or zh_CN."""
        languages.choose(self._context, user_id, language)

    def words(self, language: str) -> Mapping[str, str]:
        """Words of the domain in this language, for reading: text -> text."""
        return languages.words(self._context, language)

    def gaps(self) -> tuple[Problem, ...]:
        """What is missing before the deployed processes can run: groups without people, nobody to edit."""
        return staffing.gaps(self._reader)
