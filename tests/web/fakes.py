"""A hand-written engine for page tests: it keeps tasks in memory and records what was asked of it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from engine import (
    Ahead,
    Box,
    Caller,
    CaseRow,
    CaseView,
    Conflict,
    Copy,
    CopyRow,
    Criteria,
    DocumentInfo,
    Engine,
    FormDefinition,
    InvalidInput,
    JsonObject,
    LedgerRow,
    Live,
    Narrowings,
    NextStep,
    NotAllowed,
    NotFound,
    Notice,
    Office,
    Opinion,
    Page,
    Problem,
    ProcessDefinition,
    ProcessInstance,
    RegisterView,
    SavedFilter,
    SearchField,
    Session,
    TaskForm,
    TaskRow,
    TaskView,
    User,
    UserTask,
)
from engine.model.access import CasePeople
from tests.web.samples import (
    CASE,
    DECISIONS,
    DEFINITION,
    DIAGRAM,
    DOCUMENT,
    FORM,
    FORMS,
    HISTORY,
    NOW,
    PASSWORD,
    PEOPLE,
    STAGE_TWO,
    STAGES,
    TABLES,
    USERS,
    XML,
    row,
    task,
)

FIELDS = (
    SearchField("来源", "来源", "choice", ("来信", "来访")),
    SearchField("事由", "事由", "text"),
    SearchField("金额", "金额", "number"),
    SearchField("发生日", "发生日", "date"),
)


class FakeEngine(Engine):
    """One case, a few tasks; `asked` holds the calls that change something."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.criteria = Criteria()
        self.noted: list[tuple[Any, ...]] = []
        self.languages: dict[str, str] = {}
        self.tasks: dict[str, UserTask] = {"task-1": task()}
        self.offered: dict[str, UserTask] = {}
        self.rows: list[TaskRow] = []
        self.values: JsonObject = {"事实": "围墙全长1700余米，仅500米达到标准。"}
        self.form: FormDefinition | None = FORM
        self.refusal: Exception | None = None
        self.following: tuple[UserTask, ...] = ()
        self.kept: dict[str, tuple[DocumentInfo, bytes]] = {"doc-1": (DOCUMENT, b"PK text")}
        self.case_status = CASE
        self.can_cancel = False
        self.awaited: dict[str, str] = {}
        self.editor = False
        self.tokens: dict[str, str] = {}

    def together(self) -> AbstractContextManager[None]:
        return nullcontext()

    def now(self) -> datetime:
        return datetime.now(UTC)

    def _maybe_refuse(self) -> None:
        if self.refusal:
            raise self.refusal

    # the record
    def note_look(self, thing: str, thing_id: str, **told: Any) -> None:
        self.noted.append(("look", thing, thing_id))

    def note_refusal(self, verb: str, thing_id: str, **told: Any) -> None:
        self.noted.append(("refused", verb, thing_id))

    # identity and office
    def sign_in(self, login: str, password: str) -> User:
        if login in USERS and password == PASSWORD:
            return USERS[login]
        raise NotAllowed("账号或密码不对。再错3次，账号锁定30分钟。")

    def begin_session(self, user_id: str, caller: Caller, *, method: str = "password") -> str:
        self.tokens[f"token of {user_id}"] = user_id
        return f"token of {user_id}"

    def session(self, token: str, *, quiet: bool = False) -> Session | None:
        user = USERS.get(self.tokens.get(token, ""))
        now = datetime.now(UTC)
        return user and Session(token, user, now, now, now + timedelta(hours=1), 60, "", "", "password")

    def sign_out(self, token: str) -> None:
        self.tokens.pop(token, None)

    def user(self, user_id: str) -> User | None:
        return USERS.get(user_id)

    def language(self, user_id: str) -> str:
        return self.languages.get(user_id, "")

    def choose_language(self, user_id: str, language: str) -> None:
        self.languages[user_id] = language

    def words(self, language: str) -> Mapping[str, str]:
        return {"案件": "Case"}

    def registers(self, by: str) -> tuple[RegisterView, ...]:
        return ()

    def office(self) -> Office:
        return Office(
            "办案",
            "办",
            "某市某局",
            "某局",
            "案件",
            ("本系统存储工作秘密，不得处理国家秘密", "查看、办理、下载均留痕", "演示数据"),
        )

    def sees(self, thing: str, thing_id: str, *, by: str) -> bool:
        return True  # each read asks by itself

    def may_maintain_organisation(self, user: str) -> bool:
        return False

    def leads(self, by: str) -> bool:
        return False

    def may_edit_processes(self, by: str) -> bool:
        return self.editor

    # definitions
    def definitions(self, *, all_versions: bool = False) -> tuple[ProcessDefinition, ...]:
        return (DEFINITION, STAGE_TWO)

    def definition_xml(self, definition_id: str) -> bytes:
        return XML.encode()

    def startable(self, by: str) -> tuple[ProcessDefinition, ...]:
        return (DEFINITION,) if by == "cb1" else ()

    def start_form(self, key: str, *, by: str) -> FormDefinition | None:
        if key != "review":
            raise NotFound
        if by != "cb1":
            raise NotAllowed
        return self.form

    def start(self, key: str, variables: JsonObject, *, by: str, once: str = "") -> ProcessInstance:
        self._maybe_refuse()
        self.asked.append(("start", key, variables, by))
        return CASE

    def cancel(self, instance_id: str, reason: str, *, by: str) -> None:
        self._maybe_refuse()
        self.asked.append(("cancel", instance_id, reason, by))

    # tasks
    def claim(self, task_id: str, *, by: str) -> None:
        self._maybe_refuse()
        self.asked.append(("claim", task_id, by))

    def release(self, task_id: str, *, by: str) -> None:
        self._maybe_refuse()
        self.asked.append(("release", task_id, by))

    def save_draft(self, task_id: str, values: JsonObject, *, by: str, revision: int | None = None) -> int:
        self._maybe_refuse()
        if revision != self._task(task_id, by).revision:
            raise Conflict
        self.asked.append(("draft", task_id, values, by))
        return 5

    def complete(
        self, task_id: str, values: JsonObject, *, by: str, revision: int | None = None, once: str = ""
    ) -> tuple[UserTask, ...]:
        self._maybe_refuse()
        if revision != self._task(task_id, by).revision:
            raise Conflict
        missing = [name for name in ("意见", "对象", "结论") if not values.get(name)]
        if self.form and missing:
            raise InvalidInput(problems=[Problem("请填写。", element=name) for name in missing])
        self.asked.append(("complete", task_id, values, by))
        return self.following

    def attach(
        self,
        name: str,
        content: bytes,
        media_type: str,
        *,
        by: str,
        task_id: str | None = None,
        instance_id: str | None = None,
        once: str = "",
    ) -> DocumentInfo:
        self._maybe_refuse()
        self.asked.append(("attach", name, media_type, by, task_id or instance_id))
        info = replace(
            DOCUMENT, id=f"new-{len(self.asked)}", name=name, media_type=media_type, size=len(content)
        )
        self.kept[info.id] = (info, content)
        return info

    # reads
    def inbox(
        self,
        by: str,
        box: Box,
        *,
        search: str = "",
        process: str = "",
        due: str = "",
        after: str = "",
        size: int = 50,
        criteria: Criteria | None = None,
        sort: str = "",
        descending: bool | None = None,
    ) -> Page[TaskRow]:
        asked = criteria or Criteria(search, process, due=due)
        search = asked.search
        self.criteria = asked
        self.asked.append(("inbox", by, box, search, asked.process, asked.due, after))
        mine = self.rows or [row(one) for one in self.tasks.values()]
        rows = [row(one) for one in self.offered.values()] if box == "claimable" else mine
        found = tuple(one for one in rows if search in one.title)
        return Page(found[:size], len(found[:size]), size=size, next="n" if len(found) > size else "")

    def filters(self, by: str, place: Any = None, *, manage: bool = False) -> tuple[SavedFilter, ...]:
        return ()

    def choices(self, process: str = "", *, by: str) -> Narrowings:
        return Narrowings(("决定",), (("u1", "审查室"),), FIELDS if process else ())

    def started(self, by: str, **_asked: object) -> Page[CaseRow]:
        return Page((), 0)

    def received(self, by: str, **_asked: object) -> Page[CopyRow]:
        return Page((), 0)

    def preference(self, user: str, key: str) -> object:
        return None

    def counts(self, by: str) -> Mapping[str, int]:
        todo, offered = len(self.rows or self.tasks), len(self.offered)
        return {"todo": todo, "claimable": offered, "done": 0, "started": 0, "copies": 0}

    def live(self, by: str, since: datetime) -> Live:
        return Live(todo=len(self.rows or self.tasks), claimable=len(self.offered))

    def urgency(self, by: str) -> Mapping[str, int]:
        return {"over": 2, "today": 1, "soon": 4}

    def _task(self, task_id: str, by: str) -> UserTask:
        found = self.tasks.get(task_id) or self.offered.get(task_id)
        if found is None or (found.assignee not in (None, by)):
            raise NotFound
        return found

    def task_form(self, task_id: str, *, by: str) -> TaskForm:
        view = self.task(task_id, by=by)
        return TaskForm(view.row.task, view.form, view.values, view.variables, view.documents)

    def task(self, task_id: str, *, by: str) -> TaskView:
        of = self._task(task_id, by)
        mine = of.assignee == by and of.status == "open"
        return TaskView(
            row=row(of),
            instance=CASE,
            form=self.form,
            values=self.values,
            variables=dict(self.values),
            summary=(
                ("情形", "第九项　安全事故事件"),
                ("对象", "2人，1个组织"),
                ("启动", "2026-10-19　主要负责人批准"),
            ),
            opinions=(
                Opinion(
                    "调查组意见",
                    "事实清楚。制度长期不落实，班子未研究过整改。建议一并认定集体责任。",
                    "调查组组长",
                    NOW - timedelta(days=8),
                ),
                Opinion(
                    "承办部门意见",
                    "同意调查组意见。请区分二人责任，分别提出处理建议。",
                    "第三室主任",
                    NOW - timedelta(days=6),
                ),
            ),
            documents=tuple(info for info, _content in self.kept.values()),
            decisions=DECISIONS[:1],
            diagram=DIAGRAM,
            can_claim=of.assignee is None,
            can_release=mine,
            can_complete=mine,
            reason="" if mine else "先认领才能办理。",
            next_steps="审理建议（审理室）",
            ahead=Ahead((NextStep("审理建议", "审理室"),), certain=True),
            people=PEOPLE,
        )

    def case_people(self, instance_id: str, *, by: str) -> CasePeople:
        return CasePeople((), (), None, (), {}, frozenset())

    def common_opinions(self, user: str) -> tuple[str, ...]:
        return ()

    def case_clocks(self, instance_id: str, by: str) -> tuple[LedgerRow, ...]:
        return ()

    def case(self, instance_id: str, *, by: str) -> CaseView:
        if instance_id != "case-1" or by not in ("cb1", "sl1"):
            raise NotFound
        return CaseView(
            instance=self.case_status,
            process_name="审查",
            variables={},
            summary=(("情形", "第九项　安全事故事件"), ("对象", "2人，1个组织")),
            tables=TABLES,
            stages=STAGES,
            diagrams=(
                DIAGRAM,
                replace(DIAGRAM, definition=STAGE_TWO, active=False, activities=(), flows_taken=()),
            ),
            open_tasks=tuple(self.tasks.values()),
            history=HISTORY,
            forms=FORMS,
            documents=tuple(info for info, _content in self.kept.values()),
            decisions=DECISIONS,
            people=PEOPLE,
            can_cancel=self.can_cancel,
            can_retry=self.can_cancel,
            awaited=self.awaited,
        )

    def cases(
        self,
        by: str,
        *,
        search: str = "",
        status: str = "",
        process: str = "",
        page: int = 1,
        size: int = 50,
        criteria: Criteria | None = None,
    ) -> Page[CaseRow]:
        asked = criteria or Criteria(search, process, state=status)
        search, process, status = asked.search, asked.process, asked.state
        self.criteria = asked
        self.asked.append(("cases", by, search, status, process, page))
        first = task()
        rows = (
            CaseRow(CASE, "审查", "决定", ("提出建议",), first.due_at, "工作秘密", first.left),
            CaseRow(
                replace(
                    CASE,
                    id="case-2",
                    business_key="审〔2026〕9号",
                    title="擅自公开内部材料",
                    status="completed",
                    ended_at=NOW,
                ),
                "审查",
                "",
                (),
                None,
                "内部",
            ),
        )
        found = tuple(
            one for one in rows if search in one.instance.title and status in ("", one.instance.status)
        )
        return Page(found, len(found), page, size)

    def document(self, document_id: str, *, by: str) -> tuple[DocumentInfo, bytes]:
        if document_id not in self.kept or by != "cb1":
            raise NotFound
        return self.kept[document_id]

    def copies(self, by: str, *, unread: bool = False) -> tuple[Copy, ...]:
        return ()

    def notifications(self, by: str) -> tuple[Notice, ...]:
        return (Notice("n1", "case-1", "承办部门", "已批准启动，请组织调查。", NOW),)
