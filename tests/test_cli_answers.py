"""Staff answer from the terminal, also inside ``simulate``; what they answered is asked again."""

from __future__ import annotations

from pathlib import Path

import pytest

from handlers import wording
from tests.test_cli import Terminal, rows
from tests.test_cli_changes import of_staff, play, replied

QUESTION = "老花镜可以领吗"
ANSWER = "可以，带身份证到办公室登记。"
NIGHT = "2026-11-25T21:30:00+08:00"
MORNING = "2026-11-25T09:00:00+08:00"


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path / "data")


def ask(user: str, words: str, channel: str = "web") -> dict[str, str]:
    return {"user": user, "text": words, "channel": channel}


def test_asked_kept_answered_pushed_back_and_asked_again(terminal: Terminal) -> None:
    played = play(
        terminal,
        ask("a", QUESTION),
        ask("b", "请问能不能领老花镜", "telegram"),
        ask("c", "能领老花镜吗", "wechat"),
        ask("d", "我想问一下老花镜能领吗", "terminal"),
        of_staff("staff add 王老师"),
        of_staff(f"staff answer 1 {ANSWER}"),
        ask("e", "老花镜能领不"),
        ask("f", "请问放大镜能领不"),
        now=MORNING,
    )
    assert wording.KEPT in replied(played[0])
    pushed = {row["user"]: row for row in played[5]["pushed"]}
    assert {user: row["way"] for user, row in pushed.items()} == {
        "a": "page", "b": "telegram", "c": "customer_service", "d": "telephone",
    }  # fmt: skip
    assert {row["occasion"] for row in pushed.values()} == {"answered:1"}
    source = "工作人员王老师回答，2026年11月25日"
    assert pushed["b"]["text"] == f"您问过：请问能不能领老花镜\n同事回答：{ANSWER}\n\n{source}"
    assert replied(played[6]) == f"{ANSWER}\n\n{source}"
    assert wording.KEPT in replied(played[7])


def test_nothing_comes_at_night_nor_twice_a_day_nor_to_who_wants_none(terminal: Terminal) -> None:
    played = play(
        terminal,
        ask("a", QUESTION),
        ask("a", "放大镜可以领吗"),
        ask("b", QUESTION),
        ask("b", "退订"),
        of_staff(f"staff answer 1 {ANSWER}"),
        of_staff("staff answer 2 没有放大镜。"),
        {"at": "2026-11-26T07:59:00+08:00"},
        {"at": "2026-11-26T08:00:00+08:00"},
        {"at": "2026-11-28T08:00:00+08:00"},
        now=NIGHT,
    )
    told = [[push["user"] for push in row["pushed"]] for row in played]
    assert told[:7] == [[]] * 7
    assert told[7:] == [["a"], ["a"]]
    days = [push["at"][:10] for row in played for push in row["pushed"]]
    assert days == ["2026-11-26", "2026-11-27"]


def test_a_human_replies_and_is_written_back_to(terminal: Terminal) -> None:
    played = play(
        terminal,
        ask("a", "人工", "telegram"),
        of_staff("staff answer 1 您请说。"),
        ask("a", "我孙子的事想当面说一说", "telegram"),
        of_staff("staff answer 2 明天九点请来。"),
        now=MORNING,
    )
    (first,), (second,) = played[1]["pushed"], played[3]["pushed"]
    assert (first["way"], first["occasion"]) == ("telegram", "human:1")
    assert "同事回复：您请说。" in first["text"]
    assert replied(played[2]) == wording.HUMAN_KEPT
    assert "您找过工作人员：我孙子的事想当面说一说" in second["text"]


def test_kept_questions_are_listed_answered_and_asked_with_json(terminal: Terminal) -> None:
    for words in (QUESTION, "请问能不能领老花镜"):
        terminal.printed("ask", "--keep", words)
    (row,) = rows(terminal.printed("staff", "tickets", "--json", "--wordings"))
    assert (row["asked"], row["words"]) == (2, "请问能不能领老花镜")
    assert row["wordings"] == ["请问能不能领老花镜", QUESTION]
    assert "2 人问过" in terminal.printed("staff", "tickets")
    assert ANSWER in terminal.printed("staff", "answer", "1", ANSWER, "--dry-run")
    assert rows(terminal.printed("staff", "answers", "--json")) == []
    terminal.printed("staff", "answer", "1", ANSWER, GUANXIN_NOW=MORNING)
    (told,) = rows(terminal.printed("ask", "--json", "能领老花镜吗"))
    assert (told["kind"], told["text"], told["sources"]) == (
        "answer",
        ANSWER,
        [
            {
                "plan": None, "title": "工作人员的回答", "number": None, "year": 2026,
                "section": None, "quote": None, "digest": ANSWER,
            }
        ],
    )  # fmt: skip
    assert terminal.printed("ask", "能领老花镜吗") == f"{ANSWER}\n工作人员的回答，2026年\n"
    (other,) = rows(terminal.printed("ask", "--json", "--year", "2021", QUESTION))
    assert other["kind"] != "answer"


def test_an_answer_is_corrected_and_withdrawn(terminal: Terminal) -> None:
    terminal.printed("ask", "--keep", QUESTION)
    terminal.printed("staff", "answer", "1", ANSWER, "--region", "常州", "--until", "2099-12-31")
    terminal.printed("staff", "correct", "1", "领完了。", "--question", "还能领老花镜吗")
    (row,) = rows(terminal.printed("staff", "answers", "--json"))
    assert (row["text"], row["region"], row["until"]) == ("领完了。", "常州市", "2099-12-31")
    assert row["wordings"] == ["还能领老花镜吗"]
    for region, fits in (("常州市", True), ("南通市", False)):
        (told,) = rows(terminal.printed("ask", "--json", "--region", region, QUESTION))
        assert (told["kind"] == "answer") == fits
    terminal.printed("staff", "withdraw", "1")
    assert terminal.printed("staff", "answers") == ""


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("answer", "9", "好"), "no such ticket"),
        (("answer", "1", " "), "no text"),
        (("answer", "1", "好", "--region", "亚特兰蒂斯"), "no place"),
        (("answer", "1", "好", "--until", "2001-01-01"), "day is over"),
        (("correct", "9", "好"), "no such ticket or answer"),
        (("withdraw", "9"), "no such ticket or answer"),
        (("answer", "1", "好", "--as", "谁"), "no member of staff"),
    ],
)
def test_what_cannot_be_done_says_why(terminal: Terminal, words: tuple[str, ...], why: str) -> None:
    terminal.printed("ask", "--keep", QUESTION)
    assert why in terminal.complaint("staff", *words)
    (row,) = rows(terminal.printed("staff", "tickets", "--json"))
    assert row["asked"] == 1
    assert terminal.printed("staff", "answers", "--json") == ""
