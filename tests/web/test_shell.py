"""`wenze try`, `check` and `decide` with their JSON, statuses and `--batch`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.builders import Builder, event, many
from tests.unit.decisions.build import decision, document, input_data, table
from web.cli import main


def run(*arguments: str, **options: Any) -> Result:
    return CliRunner().invoke(main, arguments, **options)


def saved(folder: Path, *builders: Builder) -> list[str]:
    files = [folder / f"{one.key}.bpmn" for one in builders]
    for file, one in zip(files, builders, strict=True):
        file.write_bytes(one.xml())
    return [str(file) for file in files]


def tried(folder: Path, builder: Builder, *options: str) -> tuple[int, dict[str, Any]]:
    told = run("try", *saved(folder, builder), *options, "--json")
    assert told.exit_code in (0, 1, 2), told.output
    return told.exit_code, json.loads(told.stdout)


def tried_all(folder: Path, builders: list[Builder], *options: str) -> tuple[int, dict[str, Any]]:
    told = run("try", *saved(folder, *builders), *options, "--json")
    return told.exit_code, json.loads(told.stdout)


def elements(told: dict[str, Any]) -> list[str]:
    return [one["element"] for one in told["history"]]


def test_answers_complete_a_process_and_every_field_is_told(tmp_path: Path) -> None:
    process = Builder("p").start().user("a").script("s", "n * 2", "m").end()
    status, told = tried(tmp_path, process, "--with", "{k: 1}", "--answer", "a={n: k + 1}")
    assert status == 0
    assert told["refused"] == [] and told["open"] == [] and told["incident"] is None
    assert told["state"] == "completed"
    assert told["variables"] == {"k": 1, "n": 2, "m": 4}
    assert elements(told) == ["start", "a", "s", "end"]
    assert [one["type"] for one in told["history"]] == ["startEvent", "userTask", "scriptTask", "endEvent"]
    assert {one["state"] for one in told["history"]} == {"completed"}
    assert all(one["at"][10] == "T" for one in told["history"])


def test_what_has_no_answer_stays_open(tmp_path: Path) -> None:
    process = Builder("p").start().user("a").service("b", "nobody.does.this").end()
    status, told = tried(tmp_path, process)
    assert (status, told["state"], told["open"]) == (0, "waiting", [{"element": "a", "type": "userTask"}])
    status, told = tried(tmp_path, process, "--answer", "a={}")
    assert told["open"] == [{"element": "b", "type": "serviceTask"}]
    status, told = tried(tmp_path, process, "--answer", "a={}", "--answer", "b={done: true}")
    assert (told["state"], told["variables"]) == ("completed", {"done": True})


def test_repeated_answers_are_rounds_and_an_endless_loop_comes_to_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = Builder("p").start().exclusive("j").user("a").exclusive("g").when("ok").end().at("g")
    process.default().to("j")
    status, told = tried(tmp_path, process, "--answer", "a={ok: false}", "--answer", "a={ok: true}")
    assert (status, elements(told).count("a"), told["state"]) == (0, 2, "completed")
    monkeypatch.setattr("engine.commands.trying.MOST_ANSWERS", 5)
    status, told = tried(tmp_path, process, "--answer", "a={ok: false}")
    assert (status, elements(told).count("a"), told["state"]) == (0, 5, "waiting")


def test_a_bad_answer_names_its_element(tmp_path: Path) -> None:
    status, told = tried(tmp_path, Builder("p").start().user("a").end(), "--answer", "a=1 +")
    assert (status, told["state"], told["incident"]["element"]) == (1, "failed", "a")


def test_a_process_that_a_message_starts_says_so(tmp_path: Path) -> None:
    process = Builder("p").start(event=event("message", "m")).end()
    status, told = tried(tmp_path, process)
    assert (status, "没有普通开始事件" in told["incident"]["message"]) == (1, True)
    _, told = tried(tmp_path, process, "--message", "m={q: 1}")
    assert (told["state"], told["variables"]) == ("completed", {"q": 1})


LEVELS = document(
    input_data("m", "金额", "number"),
    decision(
        table([("金额", "number")], [("档次", "string")], [("< 100", '"小"'), (">= 100", '"大"')]),
        id="level",
        name="分档",
        reads=["m"],
    ),
)


def test_a_decision_is_told_in_feel_or_json(tmp_path: Path) -> None:
    good, bad = tmp_path / "d.dmn", tmp_path / "bad.dmn"
    good.write_bytes(LEVELS)
    bad.write_bytes(b"")
    told = run("decide", str(good), "--decision", "分档", "--with", "{金额: 150}", "--json")
    answer = {"result": "大", "feel": '"大"', "rules": ["r2"], "error": None}
    assert (told.exit_code, json.loads(told.stdout)) == (0, answer)
    assert run("decide", str(good), "--decision", "level", "--with", "{金额: 1}").stdout == '"小"\n'
    wrong = run("decide", str(good), "--decision", "level", "--with", '{金额: "多"}')
    assert wrong.exit_code == 1 and "应为数字" in wrong.stderr
    assert run("decide", str(bad), "--decision", "d").exit_code == 2
    assert run("decide", str(good)).exit_code == 2
    request = json.dumps({"files": [str(good)], "decision": "level", "with": {"金额": 7}})
    assert json.loads(run("decide", "--batch", input=request).stdout)["result"] == "小"


def test_instances_of_a_multi_instance_activity_are_told_once_each(tmp_path: Path) -> None:
    process = Builder("p").start().user("a", loop=many("[1, 2]", element="x")).end()
    _, told = tried(tmp_path, process, "--answer", "a={}")
    assert elements(told) == ["start", "a", "a", "end"]
    _, told = tried(tmp_path, process)
    assert told["open"] == [{"element": "a", "type": "userTask"}] * 2


def test_called_processes_come_along_and_the_caller_is_started(tmp_path: Path) -> None:
    inner = Builder("inner").start().script("s", "1", "x").end()
    outer = Builder("outer").start("begin").call("c", "inner", all_out=True).end("done")
    files = saved(tmp_path, inner, outer)
    told = json.loads(run("try", *files, "--json").stdout)
    assert (told["state"], told["history"][0]["element"], told["variables"]) == (
        "completed",
        "begin",
        {"x": 1},
    )
    chosen = json.loads(run("try", *files, "--process", "inner", "--json").stdout)
    assert elements(chosen) == ["start", "s", "end"]


def test_timers_wait_or_are_leapt_over(tmp_path: Path) -> None:
    process = Builder("p").start().catch("t", timer="duration P30D").end()
    _, told = tried(tmp_path, process)
    assert (told["state"], told["open"]) == (
        "waiting",
        [{"element": "t", "type": "intermediateCatchEvent"}],
    )
    _, told = tried(tmp_path, process, "--fast-forward")
    assert told["state"] == "completed"
    assert told["history"][-1]["at"] > told["history"][0]["at"]
    soon = Builder("p").start().catch("t", timer="duration PT0.1S").end()
    assert tried(tmp_path, soon, "--wait", "60")[1]["state"] == "completed"


def test_a_timer_starts_a_process(tmp_path: Path) -> None:
    process = Builder("p").start("s", event=event("timer", timer="cycle R/P30D")).task("t").end()
    status, told = tried(tmp_path, process)
    assert (status, "--fast-forward" in told["incident"]["message"]) == (1, True)
    status, told = tried(tmp_path, process, "--fast-forward")
    assert (status, elements(told)) == (0, ["s", "t", "end"])
    soon = Builder("p").start("s", event=event("timer", timer="duration PT0.1S")).end()
    assert elements(tried(tmp_path, soon, "--wait", "60")[1]) == ["s", "end"]


def test_a_message_is_delivered_when_awaited(tmp_path: Path) -> None:
    process = Builder("p").start().receive("r", "reply").end()
    _, told = tried(tmp_path, process, "--message", "reply={x: 7}")
    assert (told["state"], told["variables"]) == ("completed", {"x": 7})


def test_event_subprocesses_and_conditions_are_told(tmp_path: Path) -> None:
    model = Builder("p", starter_groups=("甲",)).start().parallel("s").user("a").end("e1")
    model.at("s").catch("c", condition="n > 5").throw("t", escalation="E").end("e2")
    model.on("e", Builder().user("h").end("o"), escalation="E", interrupting=False)
    model.on("f", Builder().task("k").end("q"), timer="duration P1D")
    code, told = tried(tmp_path, model, "--answer", "a={n: 6}")
    done = [(one["element"], one["type"]) for one in told["history"] if one["element"] in ("c", "on-e")]
    assert (code, told["state"]) == (0, "waiting")
    assert done == [("c", "intermediateCatchEvent"), ("on-e", "startEvent")]
    assert [one["element"] for one in told["open"]] == ["h"]
    code, told = tried(tmp_path, model, "--fast-forward")
    assert (code, told["state"], told["history"][-1]["element"]) == (0, "completed", "f")


def test_an_ad_hoc_subprocess_is_gone_through_in_the_diagrams_order(tmp_path: Path) -> None:
    inner = Builder().user("a").loose().script("n", "1", "n").loose().user("b").loose()
    builder = Builder("p").start().ad_hoc("h", inner).end()
    code, told = tried(tmp_path, builder, "--answer", "a={}", "--answer", "a={}", "--answer", "b={}")
    assert (code, told["state"]) == (0, "completed")
    assert elements(told) == ["start", "a", "a", "n", "b", "h", "end"]
    code, told = tried(tmp_path, builder, "--answer", "a={}")
    assert told["state"] == "waiting" and [each["element"] for each in told["open"]] == ["b"]


def test_a_failing_expression_is_an_incident(tmp_path: Path) -> None:
    gateway = Builder("p").start().exclusive("g").when("x = 1").end("e1").at("g").when("x = 2").end("e2")
    status, told = tried(tmp_path, gateway)
    assert (status, told["state"], told["incident"]["code"]) == (1, "failed", None)
    assert told["incident"]["element"] == "g"
    assert told["incident"]["message"]


def test_an_uncaught_error_fails_with_its_code(tmp_path: Path) -> None:
    process = Builder("p").start().end("bad", "error", "E1")
    status, told = tried(tmp_path, process)
    assert (status, told["state"]) == (1, "failed")
    assert (told["incident"]["element"], told["incident"]["code"]) == ("bad", "E1")


def test_a_refused_file_is_told_with_place_and_hint(tmp_path: Path) -> None:
    file = tmp_path / "p.bpmn"
    file.write_bytes(Builder("p").start().script("s", "1 +", "x").end().xml())
    told = run("try", str(file), "--json")
    assert told.exit_code == 2
    answer = json.loads(told.stdout)
    assert set(answer["refused"][0]) == {"file", "element", "line", "message", "hint"}
    assert (answer["refused"][0]["file"], answer["refused"][0]["element"]) == (str(file), "s")
    assert (answer["state"], answer["history"], answer["open"], answer["variables"]) == ("failed", [], [], {})
    assert "没有部署" in run("try", str(file)).output
    checked = run("check", str(file), "--json")
    assert (checked.exit_code, json.loads(checked.stdout)[0]["severity"]) == (2, "error")
    assert "错误" in run("check", str(file)).output


def test_a_good_file_passes_and_people_read_chinese(tmp_path: Path) -> None:
    files = saved(tmp_path, Builder("p").start().user("a").end())
    passed = run("check", *files)
    assert (passed.exit_code, "检查通过" in passed.output) == (0, True)
    told = run("try", *files)
    assert (told.exit_code, "结果  在等待" in told.output) == (0, True)
    assert run("try").exit_code == 2
    assert run("try", *files, "--answer", "a").exit_code == 2


def test_a_batch_goes_on_after_bad_lines_in_a_real_process(tmp_path: Path) -> None:
    files = saved(tmp_path, Builder("p").start().user("a").end())
    good = {"files": files, "answers": {"a": {"x": 1}}, "with": "{y: 2}", "fast_forward": True, "wait": 0}
    requests = [json.dumps(good), "{nonsense", "[]", '{"files": ["/nowhere.bpmn"]}', "", json.dumps(good)]
    code = "from web.cli import main; main()"
    ended = subprocess.run(
        [sys.executable, "-c", code, "try", "--batch"],
        input="\n".join(requests),
        capture_output=True,
        text=True,
        check=True,
    )
    answers = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [("error" in one) for one in answers] == [False, True, True, True, False]
    assert answers[0]["variables"] == answers[4]["variables"] == {"x": 1, "y": 2}
    assert ended.stderr == ""


def test_messages_and_signals_go_between_the_processes_of_several_files(tmp_path: Path) -> None:
    """One process calls out by a signal that starts the second, whose message comes back to the first."""
    one = Builder("one").start().throw("t", signal="s", inputs={"n": "=n"}).receive("r", "m").end()
    two = (
        Builder("two").start("s", event=event("signal", "s")).send("back", "m", inputs={"q": "=n + 1"}).end()
    )
    status, told = tried_all(tmp_path, [two, one], "--with", "{n: 1}")
    assert (status, told["state"], told["variables"]) == (0, "completed", {"n": 1, "q": 2})
    assert {each["element"] for each in told["history"]} >= {"t", "r", "s", "back"}


def test_signals_from_outside_and_several_processes_to_start(tmp_path: Path) -> None:
    one = Builder("one").start().catch("c", signal="s").end()
    two = Builder("two").start().catch("d", signal="s").end()
    _, told = tried_all(tmp_path, [one, two], "--process", "one", "--process", "two", "--signal", "s={q: 1}")
    assert (told["state"], told["variables"]) == ("completed", {"q": 1})
    status, told = tried(
        tmp_path, Builder("p").start(event=event("signal", "s")).end(), "--signal", "s={q: 1}"
    )
    assert (status, told["state"], told["variables"]) == (0, "completed", {"q": 1})
    status, told = tried(tmp_path, Builder("p").start(event=event("signal", "s")).end())
    assert status == 1
    assert "--signal" in told["incident"]["message"]


def test_a_batch_takes_signals_and_several_processes(tmp_path: Path) -> None:
    file = tmp_path / "p.bpmn"
    file.write_bytes(Builder("p").start().catch("c", signal="s").end().xml())
    request = json.dumps({"files": [str(file)], "process": ["p", "p"], "signals": {"s": {"q": 1}}})
    told = json.loads(run("try", "--batch", input=request + "\n").stdout)
    assert told["state"] == "completed"
    assert [each["element"] for each in told["history"]].count("c") == 2
