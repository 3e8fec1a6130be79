"""What each format hides, and what is refused with a sentence."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from copy import deepcopy
from functools import partial

import pytest

from knowledge.documents import docx as word_files
from knowledge.documents import pdf as pdf_files
from knowledge.documents import reading
from knowledge.documents.document import LARGEST, Paragraph, UnreadableDocument, read
from tests.documents import Word, element, pdf
from tests.papers import DISTRICT, city, school

_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
FILLER = "各村每月走访一次困难家庭，把学生的需要逐户登记下来。"


def lines(name: str, data: bytes) -> list[str]:
    return [one.text for one in read(name, data).paragraphs if one.text]


# Word


def test_word_counts_its_numbers_itself() -> None:
    word = Word()
    parts = word.new_list(("chineseCounting", "%1、"), ("decimal", "（%2）"), ("decimal", "%2.%3"))
    for text, level in (("甲", 0), ("乙", 1), ("丙", 2), ("丁", 1), ("戊", 0), ("己", 1)):
        word.item(text, parts, level)
    word.item("圈", word.new_list(("decimalEnclosedCircle", "%1")))
    word.item("点", word.new_list(("bullet", "•")))
    counted = ["一、甲", "（1）乙", "1.1 丙", "（2）丁", "二、戊", "（1）己", "①圈", "点"]
    assert lines("a.docx", word.bytes()) == counted


def test_word_keeps_numbers_typed_by_hand_and_counts_past_ten() -> None:
    word = Word()
    word.line("三、手写的编号")
    many = word.new_list(("chineseCountingThousand", "第%1条"))
    for _ in range(12):
        word.item("款", many)
    assert lines("a.docx", word.bytes())[0] == "三、手写的编号"
    assert lines("a.docx", word.bytes())[-2:] == ["第十一条款", "第十二条款"]


def test_what_word_hides_is_no_text() -> None:
    word = Word()
    word.document.sections[0].header.paragraphs[0].text = "页眉"
    hidden = word.line("看得见")
    hidden.add_run("看不见").font.hidden = True
    deleted = element("w:del", {})
    run = element("w:r", {})
    gone = element("w:t", {})
    gone.text = "删掉的"
    run.append(gone)
    deleted.append(run)
    hidden._p.append(deleted)
    assert lines("a.docx", word.bytes()) == ["看得见"]


def test_a_text_box_above_all_text_is_the_letterhead_and_another_is_doubted() -> None:
    word = Word()
    word.text_box("柳湾县关心下一代工作委员会文件")
    word.text_box("柳关委〔2025〕3号")
    word.line("关于印发工作要点的通知")
    word.text_box("宣传栏：欢迎投稿")
    found = read("a.docx", word.bytes())
    assert [one.text for one in found.paragraphs if one.text] == [
        "柳湾县关心下一代工作委员会文件",
        "柳关委〔2025〕3号",
        "关于印发工作要点的通知",
    ]
    assert found.doubts == ("a text box is not read: 宣传栏：欢迎投稿",)


def test_a_text_box_drawn_in_two_ways_is_read_once() -> None:
    word = Word()
    word.text_box("柳关委〔2025〕3号")
    run = word.document.paragraphs[0]._p.r_lst[0]
    drawn = run[0]
    both = run.makeelement(_COMPATIBILITY + "AlternateContent")
    for way in ("Choice", "Fallback"):
        both.append(run.makeelement(_COMPATIBILITY + way))
        both[-1].append(deepcopy(drawn))
    run.replace(drawn, both)
    word.line("关于印发工作要点的通知")
    assert lines("a.docx", word.bytes()) == ["柳关委〔2025〕3号", "关于印发工作要点的通知"]


def test_a_row_keeps_its_cells_and_a_merged_cell_its_place() -> None:
    word = Word()
    word.table([["时间", "内容"], ["3月", "读书"], ["", "走访"]], merged=[(1, 2)])
    rows = read("a.docx", word.bytes()).paragraphs
    assert [one.cells for one in rows] == [("时间", "内容"), ("3月", "读书"), ("", "走访")]
    assert [one.is_label for one in rows] == [True, False, False]


def test_a_table_above_all_text_is_the_letterhead() -> None:
    word = Word()
    word.table([["柳湾县关心下一代工作委员会", "文件"], ["柳关委〔2025〕3号", "2025年3月6日"]])
    word.line("关于印发工作要点的通知")
    word.table([["三月", "读书"], ["四月", "祭扫"]])
    rows = read("a.docx", word.bytes()).paragraphs
    assert [one.text for one in rows[:3]] == [
        "柳湾县关心下一代工作委员会文件",
        "柳关委〔2025〕3号",
        "2025年3月6日",
    ]
    assert [one.cells for one in rows[4:]] == [("三月", "读书"), ("四月", "祭扫")]


def test_lines_with_tabs_are_a_table_in_plain_text() -> None:
    found = read("a.txt", "附件\n月份\t内容\n3月\t学雷锋宣讲\n4月\t清明祭扫\n".encode())
    assert [paragraph.cells for paragraph in found.paragraphs] == [
        (),
        ("月份", "内容"),
        ("3月", "学雷锋宣讲"),
        ("4月", "清明祭扫"),
    ]
    assert found.paragraphs[1].is_label


def test_a_heading_keeps_its_level_and_a_broken_line_does_not_join_it() -> None:
    word = Word()
    word.heading("目标", 2)
    word.line("读书\n走访")
    assert list(read("a.docx", word.bytes()).paragraphs) == [
        Paragraph("目标", level=2),
        Paragraph("读书"),
        Paragraph("走访"),
    ]


# PDF


def test_a_printed_plan_loses_its_headers_and_page_numbers() -> None:
    body = ["春天走访困难家庭", "夏天办好托管班", "秋天评选读书之星", "冬天看望老党员"]
    pages = [["内部资料", line, f"- {n} -"] for n, line in enumerate(body, 1)]
    assert lines("a.pdf", pdf(pages)) == body
    (only,) = ([*body, "第1页 共1页"],)
    assert lines("a.pdf", pdf([only])) == body


def test_lines_are_joined_at_the_margin_alone() -> None:
    long = "每个村都要走访困难家庭和留守儿童家庭并且逐户登记，月底前报到镇里，不得遗漏一户人家。"
    broken = [long[at : at + 20] for at in range(0, len(long), 20)]
    title = "柳湾镇关心下一代工作二〇二五年工作要点"
    told = lines("a.pdf", pdf([[title, *broken, "读书会", "一、走访", *broken]]))
    assert [len(line) for line in broken] == [20, 20, 2]
    assert told == [title, long, "读书会", "一、走访", long]


def test_a_line_of_many_digits_reaches_the_margin_too() -> None:
    long = "每个村都要走访困难家庭和留守儿童家庭并且逐户登记，月底前报到镇里，不得遗漏一户人家。"
    wide = [long[at : at + 20] for at in range(0, len(long), 20)]
    digits = ["4月20日至22日，4月25日至27日办培", "训班，请各村派人参加。"]
    told = lines("a.pdf", pdf([["柳湾镇关工委工作要点", *wide, "一、走访", *wide, *digits]]))
    assert told[-1] == "".join(digits)


def test_radicals_and_spaced_letters_become_words() -> None:
    assert lines("a.pdf", pdf([["⼀、⻘少年⼯作要点", FILLER, "关 于 读 书 的 通 知"]])) == [
        *("一、青少年工作要点", FILLER, "关于读书的通知"),
    ]


def test_a_name_above_on_one_page_and_below_on_another_is_no_header() -> None:
    pages = [["柳湾镇关工委", FILLER, "走访", "读书"], [FILLER, "谈心", "看望", "柳湾镇关工委"]]
    assert lines("a.pdf", pdf(pages)).count("柳湾镇关工委") == 2


def test_a_pdf_that_only_forbids_printing_is_read() -> None:
    assert lines("a.pdf", pdf([[FILLER]], password="")) == [FILLER]


# HTML


def test_what_a_page_says_of_itself_is_left_out() -> None:
    about = (
        "发布时间：2020-03-20 16:42 来源：县关工委 浏览次数：386 次 字体：【大 中 小】",
        "发布日期：2014年03月18日 信息来源：州关工委 阅读：214",
    )
    page = "".join(f"<p>{line}</p>" for line in (*about, FILLER))
    assert lines("a.html", page.encode()) == [FILLER]


def test_a_page_is_read_without_what_surrounds_it() -> None:
    page = f"""<html><body><div class="top-nav"><a>首页</a></div><div>{FILLER}</div>
    <ul><li><a>一</a></li><li><a>二</a></li><li><a>三</a></li></ul><p style="display: none">藏</p>
    <!-- 注 --><p>甲<br/>乙<b>丙</b></p>版权所有 某某</body></html>"""
    assert lines("a.html", page.encode()) == [FILLER, "甲", "乙丙"]


def test_a_table_that_only_places_things_is_a_frame() -> None:
    page = f"<table><tr><td><table><tr><td>{FILLER}</td></tr></table></td><td></td></tr></table>"
    (only,) = read("a.html", page.encode()).paragraphs
    assert (only.text, only.cells) == (FILLER, ())


# Refused


def zipped(name: str, size: int = 10, text: bytes = b"0") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text * size)
    return out.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
REFUSED = {
    "empty": ("a.docx", b"", "is empty"),
    "blank": ("a.txt", b" \n ", "is empty"),
    "large": ("a.txt", b"a" * (LARGEST + 1), "20 MB"),
    "old Word": ("a.doc", OLE, "save it as .docx"),
    "WPS": ("a.wps", OLE, "save it as .docx"),
    "old Word renamed": ("a.docx", OLE, "save it as .docx"),
    "RTF": ("a.rtf", b"{\\rtf1", "save it as .docx"),
    "locked Word": ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
    "locked PDF": ("a.pdf", pdf([[FILLER]], password="geheim"), "password"),
    "scan": ("a.pdf", pdf([[""]]), "no text"),
    "broken PDF": ("a.pdf", b"%PDF-1.7\nnothing", "damaged"),
    "PDF renamed": ("a.docx", pdf([[FILLER]]), "it is PDF and not a Word document"),
    "Word renamed": ("a.pdf", city().data, "it is a Word document"),
    "Word as text": ("a.txt", city().data, "it is a Word document"),
    "page renamed": ("a.txt", b"<!DOCTYPE html><p>x", "it is HTML and not text"),
    "text renamed": ("a.pdf", DISTRICT.encode(), "something else and not PDF"),
    "workbook": ("a.docx", zipped("xl/workbook.xml"), "an Excel workbook"),
    "zip": ("a.docx", zipped("a.txt"), "a zip file"),
    "broken Word": ("a.docx", zipped("word/document.xml"), "damaged"),
    "bomb": ("a.docx", partial(zipped, "word/document.xml", 201 << 20), "200 MB"),
    "too much text": ("a.docx", partial(zipped, "word/document.xml", 21 << 20), "more text than"),
    "many paragraphs": ("a.docx", zipped("word/document.xml", 20_001, b"<w:p/>"), "more lines"),
    "many lines": ("a.md", b"# \n" * 20_001, "more lines than any plan"),
    "unknown filter": ("a.pdf", pdf([[FILLER]]).replace(b"/FlateDecode", b"/FlateDecodX"), "PDF"),
    "odd list": ("a.html", b"<!DOCTYPE html><ol start=" + b"9" * 5000 + b"><li>x", "damaged"),
    "picture": ("a.jpg", b"\xff\xd8\xff\xe0", "only .txt"),
}


@pytest.mark.parametrize(("name", "data", "why"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_is_refused_with_a_sentence(
    name: str, data: bytes | Callable[[], bytes], why: str
) -> None:
    made = data() if callable(data) else data
    with pytest.raises(UnreadableDocument, match=why):
        read(name, made)


@pytest.mark.parametrize("paper", [city(), school()], ids=["docx", "pdf"])
def test_a_file_cut_anywhere_is_read_or_refused(paper: object) -> None:
    name, data = paper.name, paper.data  # type: ignore[attr-defined]
    for at in range(8, len(data), len(data) // 40):
        for broken in (data[:at], data[:at] + bytes(8) + data[at + 8 :]):
            try:
                assert read(name, broken).paragraphs
            except UnreadableDocument:
                continue


def test_the_libraries_are_imported_on_first_use() -> None:
    import subprocess
    import sys

    named = "{'docx', 'pypdf', 'lxml'} & set(sys.modules)"
    look = f"import sys, knowledge.documents.reading; print({named})"
    ran = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"
    assert word_files.MOST_UNPACKED > LARGEST
    assert pdf_files.MOST_PAGES > 100


def test_a_term_is_told_with_all_that_is_said_of_it() -> None:
    page = (
        "<html><h1>柳湾镇关工委2026年工作计划</h1><h2>时间节点</h2><dl>"
        "<dt>4月4日</dt><dd>清明祭扫，学校6所；各班选派代表</dd>"
        "<dt>5月26日</dt><dd>讲述赛决赛</dd><dd>镇中礼堂</dd></dl></html>"
    )
    facts = reading.read("a.html", page.encode()).facts
    assert [(fact.section, fact.text) for fact in facts] == [
        ("时间节点/4月4日", "4月4日 清明祭扫，学校6所；各班选派代表"),
        ("时间节点/5月26日", "5月26日 讲述赛决赛 镇中礼堂"),
    ]
