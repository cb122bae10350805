"""A meeting that decides together: what it takes to decide, and what was decided. Pure; nobody types it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from engine.model.execution import JsonObject

PRESENT, ABSENT, RECUSED = "出席", "缺席", "回避"
FOR, AGAINST, ABSTAINED = "赞成", "反对", "弃权"
PRESENCES = (PRESENT, ABSENT, RECUSED)
VOTES = (FOR, AGAINST, ABSTAINED)
Of = Literal["entitled", "present"]
_SHARE = re.compile(r"(>=|≥|>)?\s*([0-9]{1,6})\s*(?:/\s*([0-9]{1,6})|(%))?")


@dataclass(frozen=True, slots=True)
class Share:
    """How many it takes: a part of all, or a number of heads."""

    amount: Fraction
    heads: bool = False
    above: bool = False  #: more than that, not as many

    def holds(self, count: int, of: int) -> bool:
        """Whether so many out of so many are enough; of nobody nothing is."""
        least = self.amount if self.heads else self.amount * of
        return of > 0 and (count > least if self.above else count >= least)

    @property
    def text(self) -> str:
        """As people read it."""
        whole = self.heads or self.amount == 1
        size = str(self.amount) + "人" if self.heads else "全体" if whole else str(self.amount)
        return f"超过{size}" if self.above else size if size == "全体" else f"至少{size}"


def share(text: str) -> Share:
    """`2/3`, `>50%`, `3`; ValueError for anything else, and for what nobody or everybody reaches anyhow."""
    found = _SHARE.fullmatch(text.strip())
    if found is None or found[3] in ("0", "00", "000"):
        raise ValueError(text)
    above, whole = found[1] == ">", int(found[2])
    if found[3] is None and found[4] is None:
        if whole == 0 and not above:
            raise ValueError(text)
        return Share(Fraction(whole), heads=True, above=above)
    if found[3] and int(found[3]) == 0:
        raise ValueError(text)
    amount = Fraction(whole, int(found[3]) if found[3] else 100)
    if not 0 < amount <= 1 or (above and amount == 1):
        raise ValueError(text)
    return Share(amount, above=above)


@dataclass(frozen=True, slots=True)
class Rules:
    """What it takes, as the step says."""

    field: str  #: of the form: the meeting
    quorum: Share
    majority: Share
    of: Of = "entitled"
    result: str = "collective"
    reasons: bool = True  #: whether who is against or abstains must say why

    @property
    def text(self) -> str:
        """As the page says it."""
        base = "应到人数" if self.of == "entitled" else "到会人数"
        size = self.majority.text if self.majority.heads else "".join((base, "的", self.majority.text))
        return f"应到人数的{self.quorum.text}到会方可表决；{size}赞成即通过。回避的不计入应到人数。"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who is entitled to vote."""

    id: str
    name: str
    barred: bool = False  #: must keep out of this case


def aligned(value: Any, members: Sequence[Member]) -> JsonObject:
    """The meeting with exactly these members in this order, each with what was filled in for him."""
    known = value if isinstance(value, Mapping) else {}
    rows = known.get("members")
    by_id = {
        str(row.get("person")): row
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, Mapping)
    }
    return {**known, "members": [_row(by_id.get(one.id, {}), one) for one in members]}


def _row(row: Mapping[str, Any], member: Member) -> JsonObject:
    presence = row.get("presence") or (RECUSED if member.barred else None)
    kept = {name: row[name] for name in ("vote", "opinion") if row.get(name)}
    who = {"person": member.id, "name": member.name}
    return who | ({"presence": presence} if presence else {}) | kept


def decide(rules: Rules, rows: Sequence[Mapping[str, Any]]) -> JsonObject:
    """What the meeting has decided: outcome, counts, who was there, who dissents."""
    by = {one: [row for row in rows if row.get("presence") == one] for one in PRESENCES}
    present, entitled = by[PRESENT], len(rows) - len(by[RECUSED])
    votes = {one: [row for row in present if row.get("vote") == one] for one in VOTES}
    agreed = len(votes[FOR])
    enough = rules.quorum.holds(len(present), entitled)
    carried = rules.majority.holds(agreed, entitled if rules.of == "entitled" else len(present))
    outcome = "noQuorum" if not enough else "passed" if carried else "rejected"
    dissent = [*votes[AGAINST], *votes[ABSTAINED]]
    counts = {"agreed": agreed, "against": len(votes[AGAINST]), "abstained": len(votes[ABSTAINED])}
    words = {"noQuorum": "到会不足法定人数，未作决定", "passed": "通过", "rejected": "未通过"}
    votes_text = "，".join(vote + str(len(votes[vote])) + "人" for vote in VOTES)
    return {
        "outcome": outcome,
        "text": f"应到{entitled}人，到会{len(present)}人，{votes_text}：{words[outcome]}。",
        "entitled": entitled,
        "present": len(present),
        **counts,
        "dissent": [
            {"name": row["name"], "vote": row["vote"], "opinion": row.get("opinion", "")} for row in dissent
        ],
        "attended": [row["name"] for row in present],
        "absent": [row["name"] for row in by[ABSENT]],
        "recused": [row["name"] for row in by[RECUSED]],
    }


def faults(rules: Rules, value: Mapping[str, Any], members: Sequence[Member]) -> Iterator[tuple[str, str]]:
    """What is wrong with a meeting as it was filled in: path within it, and text."""
    rows = list(value.get("members") or ())
    if not rows:
        yield "members", "没有应到的成员，不能表决。请流程管理岗位核对名单。"
        return
    voting = decide(rules, rows)["outcome"] != "noQuorum"
    for at, (row, member) in enumerate(zip(rows, members, strict=True)):
        for name, text in _row_faults(rules, row, member, voting=voting):
            yield f"members.{at}.{name}", text
    there = [row["name"] for row in rows if row.get("presence") == PRESENT]
    if value.get("chair") and value["chair"] not in there:
        yield "chair", f"主持“{value['chair']}”没有出席，请选出席的成员。"
    if len(there) < 2:
        yield "members", "除主持外，至少还须有一人出席。"


def strangers(value: Any, members: Sequence[Member]) -> list[str]:
    """Whom rows name though they are not entitled, and who is named twice."""
    rows = value.get("members") if isinstance(value, Mapping) else None
    listed = rows if isinstance(rows, list) else []
    named = [str(row.get("person")) for row in listed if isinstance(row, Mapping)]
    left, found = {one.id for one in members}, []
    for one in named:
        if one in left:
            left.remove(one)
        else:
            found.append(one)
    return found


def _row_faults(
    rules: Rules, row: Mapping[str, Any], member: Member, *, voting: bool
) -> Iterator[tuple[str, str]]:
    presence, vote = row.get("presence"), row.get("vote")
    if not presence:
        yield "presence", f"请选择{member.name}的出席情况。"
    elif member.barred and presence != RECUSED:
        yield "presence", f"{member.name}须回避，不能出席，也不能表决。请选“{RECUSED}”。"
    elif presence != PRESENT and vote:
        yield "vote", f"{member.name}没有出席，不能表决。请改出席情况，或不选表决。"
    elif presence == PRESENT and not vote and voting:
        yield "vote", f"请选择{member.name}的表决。"
    elif rules.reasons and presence == PRESENT and vote in (AGAINST, ABSTAINED) and not row.get("opinion"):
        yield "opinion", f"{member.name}{vote}，请记录他的不同意见。"
