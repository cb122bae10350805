"""The library of processes: who may, drafts and their revision, checks, import, putting into force."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine import Engine
from tests.builders import Builder, event
from tests.integration.helpers import deploy
from tests.web.office import PASSWORD, SAMPLE, open_office
from web import create_app

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
EDITOR_TOKEN = re.compile(r'data-token="([^"]+)"')
DIAGRAM = (SAMPLE / "review.bpmn").read_bytes()
NAMESPACE = b'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
BOMB = (
    b'<?xml version="1.0"?>\n<!DOCTYPE bomb [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>\n'
    b"<definitions " + NAMESPACE + b'><process id="review" name="&c;"/></definitions>'
)
EXTERNAL = (
    b'<?xml version="1.0"?>\n<!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/hostname">]>\n'
    b"<definitions " + NAMESPACE + b'><process id="review" name="&file;"/></definitions>'
)
OTHER_KEY = DIAGRAM.replace(b'id="review"', b'id="other"').replace(b'Ref="review"', b'Ref="other"')
NONSENSE = [None, [], {"xml": 3, "revision": 0}, {"xml": "<a/>"}, {"xml": "<a/>", "revision": "0"}]


class Visitor:
    """Somebody at a browser: signs in, keeps the token of the last page."""

    def __init__(self, client: FlaskClient, login: str) -> None:
        self.client, self.token = client, ""
        self.get("/sign-in")
        assert self.post("/sign-in", {"login": login, "password": PASSWORD}).status_code == 302

    def get(self, path: str) -> TestResponse:
        answer = self.client.get(path)
        if answer.mimetype == "text/html":
            found = EDITOR_TOKEN.search(answer.text) or TOKEN.search(answer.text)
            self.token = found.group(1) if found else self.token
        return answer

    def post(self, path: str, data: dict | None = None) -> TestResponse:
        return self.client.post(path, data={"csrf_token": self.token, **(data or {})})

    def save(self, xml: bytes, revision: object, token: str | None = None) -> TestResponse:
        headers = {"X-CSRFToken": self.token if token is None else token}
        body = {"xml": xml.decode(), "revision": revision}
        return self.client.post("/processes/review/draft.json", json=body, headers=headers)

    def upload(
        self, content: bytes, path: str = "/processes/review/import", name: str = "x.bpmn"
    ) -> TestResponse:
        return self.post(path, {"file": (io.BytesIO(content), name)})


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path) -> Iterator[Engine]:
    engine = open_office(sqlite_url, tmp_path)
    yield engine
    engine.close()


@pytest.fixture
def client(office: Engine) -> FlaskClient:
    return create_app(office, {"SECRET_KEY": "for tests only", "TESTING": True}).test_client()


@pytest.fixture
def admin(client: FlaskClient) -> Visitor:
    visitor = Visitor(client, "admin")
    visitor.get("/processes/review/edit")
    return visitor


def renamed(name: str) -> bytes:
    return DIAGRAM.replace('name="登记"'.encode(), f'name="{name}"'.encode())


PAGES = [
    "/processes",
    "/processes/review",
    "/processes/review/1",
    "/processes/review/1/diagram.json",
    "/processes/review/1/download",
    "/processes/review/edit",
    "/processes/review/draft.json",
    "/processes/review/check.json",
    "/processes/review/force",
]


@pytest.mark.parametrize("path", PAGES)
def test_only_the_group_that_keeps_processes_gets_in(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 302  # to the sign-in page
    assert Visitor(client, "desk").get(path).status_code == 403


@pytest.mark.parametrize("path", ["draft.json", "discard", "force", "import"])
def test_nobody_else_changes_a_process(client: FlaskClient, office: Engine, path: str) -> None:
    desk = Visitor(client, "desk")
    desk.get("/inbox")
    assert desk.post(f"/processes/review/{path}").status_code == 403
    assert office.diagram_draft("review") is None


def test_a_save_without_the_token_is_refused(admin: Visitor, office: Engine) -> None:
    assert admin.save(renamed("改"), 0, token="").status_code == 400
    assert admin.save(renamed("改"), 0, token="forged").status_code == 400
    assert office.diagram_draft("review") is None


def test_the_library_lists_processes_and_drafts(admin: Visitor) -> None:
    page = admin.get("/processes").text
    assert "审查" in page and "第1版" in page and "草稿" not in page.partition("<table")[2]
    admin.save(renamed("改"), 0)
    page = admin.get("/processes").text
    assert "审查第2版草稿" in page and "没有错误，可以施行" in page


def test_a_process_that_a_timer_starts_says_when(admin: Visitor, office: Engine) -> None:
    assert "下次自动发起" not in admin.get("/processes/review").text
    daily = event("timer", timer="date 2099-03-02T10:00:00+08:00")
    deploy(office, Builder("q", "巡检").start("s", event=daily).end())
    assert "下次自动发起：2099-03-02 10:00" in admin.get("/processes/q").text


def test_an_empty_library_says_how_to_begin(admin: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Engine, "definitions", lambda _self, **_choice: ())
    text = admin.get("/processes").text
    assert "还没有流程" in text and "导入新流程" in text


def test_a_draft_is_kept_and_told_with_its_revision(admin: Visitor, office: Engine) -> None:
    first = admin.get("/processes/review/draft.json").json
    assert first["revision"] == 0 and first["version"] == 2 and first["xml"].encode() == DIAGRAM
    assert first["catalogue"]["groups"] == ["受理岗", "审查岗", "流程管理"]
    assert {"id": "opinion", "title": "审查表"} in first["catalogue"]["forms"]
    assert admin.get("/processes/review/check.json").json == {"revision": 0, "problems": []}
    saved = admin.save(renamed("登记在册"), 0).json
    assert saved["revision"] == 1 and re.fullmatch(r"\d\d:\d\d", saved["savedAt"])
    assert admin.save(renamed("登记并编号"), 1).json["revision"] == 2
    again = admin.get("/processes/review/draft.json").json
    assert again["revision"] == 2 and "登记并编号" in again["xml"]
    assert office.definition_xml("review:1") == DIAGRAM


def test_a_stale_revision_is_a_conflict_and_changes_nothing(admin: Visitor, office: Engine) -> None:
    admin.save(renamed("甲"), 0)
    answer = admin.save(renamed("乙"), 0)
    assert answer.status_code == 409 and "他人" in answer.json["message"]
    draft = office.diagram_draft("review")
    assert draft is not None and draft.content == renamed("甲")


@pytest.mark.parametrize("body", NONSENSE)
def test_a_save_that_makes_no_sense_is_refused(admin: Visitor, body: object) -> None:
    headers = {"X-CSRFToken": admin.token}
    answer = admin.client.post("/processes/review/draft.json", json=body, headers=headers)
    assert answer.status_code == 422 and answer.json["message"]


def test_a_draft_with_errors_is_kept_but_not_put_into_force(admin: Visitor, office: Engine) -> None:
    broken = DIAGRAM.replace('结论 = "同意"'.encode(), "结论 = ".encode())
    admin.save(broken, 0)
    checked = admin.get("/processes/review/check.json").json
    assert checked["revision"] == 1
    problems = checked["problems"]
    assert [(one["severity"], one["element"]) for one in problems] == [("error", "f4")]
    page = admin.get("/processes/review/force")
    assert "不能施行：有1处错误" in page.text
    answer = admin.post("/processes/review/force", {"revision": "1"})
    assert answer.status_code == 422 and "不能施行" in answer.text
    assert len(office.versions("review")) == 1 and office.diagram_draft("review") is not None


def test_the_draft_in_force_is_the_one_that_was_shown(admin: Visitor, office: Engine) -> None:
    admin.save(renamed("甲"), 0)
    admin.get("/processes/review/force")
    office.save_diagram_draft("review", renamed("乙"), by="admin", revision=1)
    answer = admin.post("/processes/review/force", {"revision": "1"})
    assert answer.status_code == 409 and "又有改动" in answer.text
    assert len(office.versions("review")) == 1
    answer = admin.post("/processes/review/force", {"revision": "2"})
    assert answer.status_code == 302
    newest = office.versions("review")[0]
    assert (newest.version, newest.deployed_by) == (2, "admin")
    assert office.definition_xml(newest.id) == renamed("乙")
    assert office.diagram_draft("review") is None
    assert "第2版，现行" in admin.get("/processes/review").text
    assert "第1版，已替换" in admin.get("/processes/review/1").text


def test_a_draft_is_thrown_away(admin: Visitor, office: Engine) -> None:
    admin.save(renamed("甲"), 0)
    assert admin.post("/processes/review/discard").status_code == 302
    assert office.diagram_draft("review") is None
    assert admin.get("/processes/review/force").status_code == 404


def test_a_file_is_imported_as_the_draft(admin: Visitor, office: Engine) -> None:
    assert admin.upload(renamed("导入的")).status_code == 302
    draft = office.diagram_draft("review")
    assert draft is not None and draft.content == renamed("导入的")
    assert admin.upload(renamed("再导入")).status_code == 302
    again = office.diagram_draft("review")
    assert again is not None and again.revision == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<definitions>", "XML"),
        (BOMB, "DTD"),
        (EXTERNAL, "DTD"),
        (b"", "请选择"),
        (OTHER_KEY, "review"),
        (DIAGRAM.replace(b"bpmn:userTask", b"bpmn:choreographyTask"), "编排"),
    ],
    ids=["malformed", "entity bomb", "external entity", "nothing", "another process", "unsupported"],
)
def test_a_file_that_cannot_be_taken_is_refused_with_what_is_wrong(
    admin: Visitor, office: Engine, content: bytes, said: str
) -> None:
    answer = admin.upload(content)
    assert answer.status_code == 422
    assert "没有导入" in answer.text and said in answer.text
    assert "root:" not in answer.text
    assert office.diagram_draft("review") is None


def test_a_new_process_comes_from_a_file(admin: Visitor, office: Engine) -> None:
    other = (
        DIAGRAM.replace(b'id="review"', b'id="inquiry"')
        .replace(b'processRef="review"', b'processRef="inquiry"')
        .replace(b' camunda:formRef="request"', b"")
        .replace(b' camunda:formRef="opinion"', b"")
    )
    assert admin.upload(other, "/processes/import", "inquiry.bpmn").status_code == 302
    assert [one.version for one in office.versions("inquiry")] == [1]
    assert admin.upload(other, "/processes/import", "../../review.bpmn").status_code == 409
    assert admin.upload(BOMB, "/processes/import", "bomb.bpmn").status_code == 422


def test_a_version_is_downloaded_as_it_was_deployed(admin: Visitor) -> None:
    answer = admin.get("/processes/review/1/download")
    assert answer.data == DIAGRAM
    assert answer.headers["Content-Disposition"] == "attachment; filename=review-1.bpmn"
    assert admin.get("/processes/review/9/download").status_code == 404
    assert admin.get("/processes/nothing").status_code == 404


def test_the_diagram_for_the_viewer_has_the_file_and_a_name(admin: Visitor) -> None:
    found = admin.get("/processes/review/1/diagram.json").json
    assert found["xml"].encode() == DIAGRAM and found["label"] == "审查流程图"


def test_the_editor_needs_no_inline_styles_or_scripts(admin: Visitor) -> None:
    answer = admin.get("/processes/review/edit")
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=", answer.text)
