"""What a person chooses of notifications, and his address."""

from __future__ import annotations

from engine.commands.administering import noted
from engine.commands.context import Context, person
from engine.commands.dispatching import PREFERENCE
from engine.errors import InvalidInput, Problem
from engine.model.notifying import TOPICS, Choices, is_address
from engine.store import people, preferences


def choose(context: Context, email: str, choices: Choices, *, by: str) -> None:
    """Keep one's address ("": none) and choices; InvalidInput for an address that is none."""
    email = email.strip()
    problems = [Problem("邮箱地址有误，应像 name@example.cn。", element="email")] if email else []
    if is_address(email):
        problems = []
    if choices.topics - set(TOPICS) or any(not 0 <= one <= 23 for one in choices.digest):
        problems.append(Problem("汇总的钟点应为0至23。", element="digest"))
    if choices.quiet and choices.quiet[0] == choices.quiet[1]:
        problems.append(Problem("免打扰的起止时间不能相同。", element="quiet"))
    if problems:
        raise InvalidInput(problems=problems)
    with context.database.unit_of_work() as work:
        user = person(work, by)
        if user.email != email:
            people.set_email(work, by, email)
            noted(context, work, "account.email_changed", by, by, {"before": user.email, "after": email})
        preferences.put(work, by, PREFERENCE, choices.to_json())
