"""Plans as they were published: whose they are, how they are cut, and what is refused."""

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.documents.reading import LARGEST, Reading, read_folder, read_text
from knowledge.documents.sentences import LONGEST
from knowledge.plan import Fact, UnreadablePlan

ROOT = Path(__file__).resolve().parent.parent

NOTICE = """
中共青禾市委办公室文件
青委办〔2024〕7号

关于印发《青禾市关心下一代工作委员会
2024年工作要点》的通知

各镇党委，市各有关单位：
现将要点发给你们，请照此办理。根据青委发〔2023〕55号文件，此前的要点停止执行。

青禾市关心下一代工作委员会
2024年2月9日

青禾市关心下一代工作委员会
2024年工作要点

今年的工作围绕三件事展开：读书、关爱、调研，请各镇结合自己的实际情况认真抓好。

一、办好读书活动
1. 开展读书月。四月在各镇图书室举办读书会，请老教师领读，每场不少于二十名学生参加。由镇关工委报名。
2. 评选读书之星，由各校在学期末推荐三名学生，市里统一颁发证书并在橱窗里公布名单。
二、做实关爱工作
（一）走访困难家庭
1．每季度走访一次，把学生的需要逐户登记下来，交给所在镇的关工委办公室统一办理。
（二）建好辅导站
打造周末课堂。周六上午开放，由退休教师轮流值守，课程安排提前一周贴在村口公告栏里。

青禾市关工委办公室                2024年2月10日印发
"""

APPENDIX = """柳湾镇2025年关心下一代工作计划
一、做好全年的安排
按附件所列的时间办理各项活动，有变动的提前三天告诉各村的关工小组，不得临时取消。
附件：活动安排
附件
活动安排
一季度
1.召开全镇关工小组会议
2.看望老党员
（地点：东柳村）
二季度
1.举办法治讲座
（地点：镇文化站）
2.组织清明祭扫
3.征集书画作品
注：具体时间另行通知。
"""


def write(folder: Path, text: str | bytes, name: str = "plan.txt") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], Sequence[Fact]]:
    return lambda text: read_text(write(tmp_path, text))


def squeeze(text: str) -> str:
    return re.sub(r"[\s*]|\[bookmark:[^\]]*\]", "", text)


def sections(facts: Sequence[Fact]) -> list[str]:
    return list(dict.fromkeys(fact.section for fact in facts))


def fact_with(facts: Sequence[Fact], words: str) -> Fact:
    (found,) = (fact for fact in facts if words in fact.text)
    return found


def test_the_letterhead_says_whose_plan_it_is(read: Callable[[str], Sequence[Fact]]) -> None:
    plan = read(NOTICE)[0].plan
    assert plan.title == "青禾市关心下一代工作委员会2024年工作要点"
    assert (plan.place, plan.year, plan.digest) == ("青禾市", 2024, False)
    assert (plan.number, plan.issued) == ("青委办〔2024〕7号", "2024-02-09")
    assert plan.issuer == "青禾市关心下一代工作委员会"


def test_the_letterhead_can_be_asked_for(read: Callable[[str], Sequence[Fact]]) -> None:
    first, *_, last = read(NOTICE)
    assert (first.section, first.headings) == ("文号和落款日期", ("文号和落款日期",))
    assert "青委办〔2024〕7号" in first.text
    assert "2024年2月9日" in first.text
    assert last.section == "落款"
    assert last.text == "青禾市关工委办公室 2024年2月10日印发"


def test_a_long_letterhead_is_told_in_parts(read: Callable[[str], Sequence[Fact]]) -> None:
    addressees = "、".join(f"第{n}村关工小组" for n in range(40))
    facts = read(NOTICE.replace("各镇党委，市各有关单位", addressees))
    assert sections(facts)[:2] == ["文号", "落款日期"]


def test_parts_items_and_run_in_headings_are_sections(
    read: Callable[[str], Sequence[Fact]],
) -> None:
    facts = read(NOTICE)
    middle = ["总体要求", "一/1", "一/2", "二/（一）/1", "二/（二）/打造周末课堂"]
    assert sections(facts)[1:-1] == middle
    item = fact_with(facts, "四月在各镇")
    assert item.headings == ("一、办好读书活动", "1. 开展读书月")
    assert item.text.startswith("开展读书月。四月")
    assert fact_with(facts, "周六上午").headings[-1] == "打造周末课堂"
    assert [fact.position for fact in facts] == list(range(len(facts)))


def test_a_run_in_heading_without_a_number_is_about_the_paragraphs_below_too(
    read: Callable[[str], Sequence[Fact]],
) -> None:
    text = (
        "柳湾镇2025年工作方案\n\n主要任务\n\n"
        "暖冬行动。责任单位：镇民政办、镇妇联，每户送一床棉被。\n\n"
        "对象是本镇的独居老人和孤儿，由村里报名单，腊月初送完。\n\n"
        "书屋行动。责任单位：镇文化站，全年新建三间，周末开放。\n\n"
        "工作要求\n\n各村把名单、送达时间和经手人登记清楚，年底报镇里。\n"
    )
    facts = read(text)
    assert fact_with(facts, "独居老人").headings == ("主要任务", "暖冬行动")
    assert fact_with(facts, "独居老人").section == "主要任务"
    assert fact_with(facts, "新建三间").headings == ("主要任务", "书屋行动")
    assert fact_with(facts, "经手人").headings == ("工作要求",)


def test_a_list_by_months_has_a_heading_and_ends_before_the_next(
    read: Callable[[str], Sequence[Fact]],
) -> None:
    text = (
        "柳湾镇2025年工作计划\n\n主要目标\n全镇新建书屋三间，每间有两名老教师轮流陪孩子读书。\n\n"
        "逐月安排\n\n一月\n1.走访困难家庭。\n2.开一次会，定下全年的分工。\n\n"
        "十二月\n1.总结全年工作。\n2.表扬先进。\n\n"
        "工作要求\n加强领导。各村把这项工作放在心上，有人管、有人问。\n注重安全。外出须有家长签字同意。\n"
    )
    facts = read(text)
    told = {fact.text: fact.section for fact in facts}
    assert told["走访困难家庭。"] == "逐月安排/一月/1"
    assert told["表扬先进。"] == "逐月安排/十二月/2"
    assert told["注重安全。外出须有家长签字同意。"] == "工作要求/注重安全"


def test_projects_that_are_counted_are_parts(read: Callable[[str], Sequence[Fact]]) -> None:
    text = (
        "柳湾镇2025年工作方案\n\n第一部分 重点项目\n\n"
        "项目一：田间课堂。由老农技员带学生认庄稼，每月一次。\n\n"
        "项目二：灯下书声。晚上在村图书室陪孩子读书，每周两次。\n\n"
        "第二部分 经费\n\n全年安排四万元，由镇财政列支，年底公开。\n"
    )
    facts = read(text)
    first, second = fact_with(facts, "认庄稼"), fact_with(facts, "陪孩子读书")
    assert (first.section, second.section) == ("第一部分/项目一", "第一部分/项目二")
    assert second.headings[-1] == "项目二：灯下书声"
    assert second.text.startswith("项目二：灯下书声。")
    assert fact_with(facts, "四万元").section == "第二部分"


def test_a_meeting_keeps_the_place_on_the_next_line(
    read: Callable[[str], Sequence[Fact]],
) -> None:
    facts = read(APPENDIX)
    alone = [fact for fact in facts if fact.text.startswith("举办法治讲座")]
    assert [(fact.section, fact.text) for fact in alone] == [
        ("附件/二季度/1", "举办法治讲座（地点：镇文化站）")
    ]
    assert alone[0].headings == ("附件 活动安排", "二季度")


def test_a_period_is_told_as_a_whole_too(read: Callable[[str], Sequence[Fact]]) -> None:
    (whole,) = (fact for fact in read(APPENDIX) if fact.section == "附件/二季度")
    assert whole.text == ("二季度 1.举办法治讲座（地点：镇文化站） 2.组织清明祭扫 3.征集书画作品")


def test_a_note_ends_the_last_period(read: Callable[[str], Sequence[Fact]]) -> None:
    assert fact_with(read(APPENDIX), "另行通知").section == "附件"


def test_a_part_ends_a_period(read: Callable[[str], Sequence[Fact]]) -> None:
    facts = read(
        "柳湾镇2025年工作计划\n一、安排\n上半年\n- 举办读书会\n- 看望老党员\n"
        "下半年\n- 举办书画展\n二、保障\n由镇财政所安排经费，专款专用，年底前公布账目。\n"
    )
    below = ["一/上半年", "一/上半年/1", "一/上半年/2", "一/下半年/1", "二"]
    assert sections(facts) == below


def test_in_a_bare_list_chinese_numbers_count_lines(
    read: Callable[[str], Sequence[Fact]],
) -> None:
    facts = read("柳湾镇2025年工作计划\n附件\n上半年\n一、举办读书会\n二、看望老党员\n")
    assert sections(facts) == ["附件/上半年", "附件/上半年/一", "附件/上半年/二"]


def test_lines_with_a_date_are_no_signature(read: Callable[[str], Sequence[Fact]]) -> None:
    facts = read(
        "柳湾镇2025年工作计划\n一、安排\n1.读书会 2025年3月8日\n书画展\n2025年5月4日\n"
        "2.以上活动由各村组织。\n"
    )
    assert "落款" not in sections(facts)


def test_a_long_period_is_told_in_pieces(read: Callable[[str], Sequence[Fact]]) -> None:
    lines = "\n".join(f"{n}.第{n}次走访，每次都由两名老同志同去并且做好记录" for n in range(1, 13))
    facts = read(f"柳湾镇2025年工作计划\n附件\n一季度\n{lines}\n")
    whole = [fact.text for fact in facts if fact.section == "附件/一季度"]
    assert len(whole) > 1
    assert max(map(len, whole)) <= LONGEST
    assert squeeze("".join(whole)) == squeeze(f"一季度{lines}")


def test_lines_broken_inside_a_sentence_are_joined(
    read: Callable[[str], Sequence[Fact]],
) -> None:
    facts = read(
        "柳湾镇2025年工作计划\n\n一、总的要求\n\n"
        "请老同志按照自己的身体情况参加活动，量力而行，不比次数，重在\n\n"
        "陪伴孩子，把每一次谈心都记下来。各村要落实《柳湾镇校外辅导\n\n站管理办法》，按月报送。\n"
    )
    assert [fact.text for fact in facts] == [
        "请老同志按照自己的身体情况参加活动，量力而行，不比次数，重在陪伴孩子，把每一次谈心都记下来。",
        "各村要落实《柳湾镇校外辅导站管理办法》，按月报送。",
    ]


def test_lines_broken_at_one_width_are_joined_though_they_are_short(
    read: Callable[[str], Sequence[Fact]],
) -> None:
    told = (
        "在河西桥毛线市场和老城皮草城里开设店铺里的家长课堂，利用市场收市后的时间给忙生意的家长讲半小时。",
        "请退休物理和化学老师以及工厂的退休工程师担任小发明辅导员，在五所乡镇初中成立创客小组并且每月聚一次。",
        "对登记的困难家庭和因病致困家庭的高中学生由夕阳基金每学年资助一千二百元，今年计划资助九十名学生。",
        "民办学校和民办幼儿园的关工小组六月底前全部建立起来，每所学校聘请三名以上退休教师担任成员并报备。",
    )
    broken = [line[at : at + 17] for line in told for at in range(0, len(line), 17)]
    numbered = "\n".join(f"（{n}）做好第{n}件事。" for n in range(1, 4))
    facts = read("柳湾镇2025年工作计划\n一、重点\n" + "\n".join(broken) + f"\n{numbered}\n")
    assert [fact.text for fact in facts] == [*told, *(f"做好第{n}件事。" for n in range(1, 4))]


def test_short_lines_of_any_width_stay_apart(read: Callable[[str], Sequence[Fact]]) -> None:
    lines = ["走访慰问全镇的困难老人", "书画展在文化站二楼", "组织学生参观烈士陵园和村史馆"] * 4
    facts = read("柳湾镇2025年工作计划\n一、四月\n" + "\n".join(lines) + "\n")
    assert {fact.text for fact in facts} >= set(lines)


def test_short_titles_inside_a_paragraph(read: Callable[[str], Sequence[Fact]]) -> None:
    facts = read(
        "柳湾镇2025年工作计划\n一、保障\n"
        "台账。每名老同志的活动次数记入手册。经费。按每人每年三元列支，全年约二十四万元。\n"
        "- 培训。四月在党校办班。\n"
    )
    assert sections(facts) == ["一/台账", "一/经费", "一/培训"]


def test_a_quotation_ends_a_sentence_and_a_comma_does_not(
    read: Callable[[str], Sequence[Fact]],
) -> None:
    facts = read(
        "柳湾镇2025年工作计划\n一、加强领导。\n"
        "各村要明白一句话：“孩子的事情，一件也不能拖，一天也不能等。”\n周末课堂\n"
        "老教师、老党员，\n都请来帮忙，把村里的孩子一个一个都照顾到，这是全镇的大事。\n"
    )
    assert sections(facts) == ["一", "一/周末课堂"]
    assert {fact.headings[0] for fact in facts} == {"一、加强领导"}
    assert facts[-1].text.startswith("老教师、老党员，都请来帮忙")


def test_many_broken_lines_are_joined(read: Callable[[str], Sequence[Fact]]) -> None:
    line = "把村里的孩子一个一个都照顾到，一个也不落下也不嫌弃\n"
    facts = read("柳湾镇2025年工作计划\n" + line * 19_000)
    assert len(facts) < 5_000


def test_counted_headings_inside_a_paragraph(read: Callable[[str], Sequence[Fact]]) -> None:
    facts = read(
        "柳湾镇2025年工作计划\n\n一、抓好重点工作\n今年抓两件事：**一是强“队伍”**。"
        "每个村吸收两名刚退休的教师参加，年底前报到镇里备案。**二是建“课堂”**。"
        "依托村文化室开设周末课堂，全年不少于十二次。\n"
    )
    assert sections(facts) == ["一", "一/强“队伍”", "一/建“课堂”"]
    assert fact_with(facts, "十二次").text.startswith("二是建“课堂”。依托")


def test_an_enumeration_stays_one_sentence(read: Callable[[str], Sequence[Fact]]) -> None:
    facts = read(
        "柳湾镇2025年工作计划\n一、重点\n今年要做三件事：一是办班；二是走访；三是调研报告。\n"
    )
    assert [fact.text for fact in facts] == ["今年要做三件事：一是办班；二是走访；三是调研报告。"]


def test_editors_marks_are_left_out(read: Callable[[str], Sequence[Fact]]) -> None:
    facts = read(
        "柳湾镇2025年工作计划\n一、重点\n[bookmark: _GoBack]2．办好暑期班，由各村在六月底前报名。\n"
    )
    assert [(fact.section, fact.text) for fact in facts] == [
        ("一/2", "办好暑期班，由各村在六月底前报名。")
    ]


def test_headings_without_a_number(read: Callable[[str], Sequence[Fact]]) -> None:
    body = "由镇关工委牵头，各村配合，在每个月的第一个星期六上午把活动办起来，并做好登记。"
    facts = read(f"柳湾镇2025年工作计划\n指导思想\n{body}\n主要任务\n{body}{body}\n")
    assert sections(facts) == ["指导思想", "主要任务"]
    below = read(f"柳湾镇2025年工作计划\n一、重点\n暑期课堂\n{body}\n法治宣传\n{body}\n")
    assert sections(below) == ["一/暑期课堂", "一/法治宣传"]


def test_other_ways_to_number(read: Callable[[str], Sequence[Fact]]) -> None:
    facts = read(
        "柳湾镇2025年工作计划\n一．重点\n暑期课堂\n1 、七月开班\n2、八月结业\n二 、安排\n"
        "第一季度（1—3月）工作安排\n1）举办读书会\n"
    )
    found = ["一/暑期课堂/1", "一/暑期课堂/2", "二/第一季度/1）"]
    assert sections(facts) == found
    assert [fact.text for fact in facts] == ["七月开班", "八月结业", "举办读书会"]


def test_letters_number_parts_and_white_space_ends_a_title(
    read: Callable[[str], Sequence[Fact]],
) -> None:
    club = "书画社每周六下午活动，由退休教师辅导，材料由社里统一准备，不另外收钱。"
    facts = read(
        f"柳湾镇2025年关心下一代工作计划\nA 办好书画社  {club}①招生。四月开始报名，额满为止。\n"
        f"另外还要办展览，地点在镇文化站一楼大厅。\nB、走访\n{club}"
    )
    assert {fact.headings[0] for fact in facts} == {"A 办好书画社", "B、走访"}
    assert fact_with(facts, "办展览").headings == ("A 办好书画社",)


def test_counted_paragraphs_and_titles_with_a_colon_are_parts(
    read: Callable[[str], Sequence[Fact]],
) -> None:
    club = "书画社每周六下午活动，由退休教师辅导，材料由社里统一准备，不另外收钱。"
    facts = read(f"柳湾镇2025年关心下一代工作计划\n第一，办好书画社。{club}\n第二，走访。{club}\n")
    assert sections(facts) == ["第一", "第二"]
    assert fact_with(facts, "走访").headings == ("第二，走访",)
    facts = read(
        f"柳湾镇2025年关心下一代工作计划\n1、育人\n第一，办好书画社。{club}\n第二，走访。{club}\n"
        f"2、助学\n第一，结对。{club}\n"
    )
    assert sections(facts) == ["1/第一", "1/第二", "2/第一"]
    assert fact_with(facts, "结对").headings == ("2、助学", "第一，结对")
    facts = read(
        f"柳湾镇2025年关心下一代工作计划\n一、抓主线：读书育人\n{club}\n二、抓重点：走访\n{club}"
    )
    assert {fact.headings[0] for fact in facts} == {"一、抓主线：读书育人", "二、抓重点：走访"}


def test_markdown_and_articles(read: Callable[[str], Sequence[Fact]]) -> None:
    facts = read(
        "# 柳湾镇2025年工作计划\n\n## 一、重点\n\n### 暑期课堂\n\n- 七月开班，请家长提前报名。\n\n"
        "## 第二章 保障\n\n第三条 每次活动须有两名老同志在场，并且事先告诉家长集合的地方。\n"
    )
    assert facts[0].plan.title == "柳湾镇2025年工作计划"
    assert [(fact.section, fact.text[:4]) for fact in facts] == [
        ("一/暑期课堂", "七月开班"),
        ("第二章/第三条", "每次活动"),
    ]


@pytest.mark.parametrize(
    ("top", "title", "number", "issued", "year"),
    [
        ("柳湾镇关工委工作计划（2025年）", "柳湾镇关工委工作计划（2025年）", None, None, 2025),
        (
            "柳湾镇二〇二五年关心下一代工作打算\n二〇二五年三月二十一日",
            "柳湾镇二〇二五年关心下一代工作打算",
            None,
            "2025-03-21",
            2025,
        ),
        (
            "柳湾镇2025年工作计划\n（柳关〔2025〕3号）\n（2025年2月30日）",
            "柳湾镇2025年工作计划",
            "柳关〔2025〕3号",
            None,
            2025,
        ),
        (
            "柳湾镇关工委文件\n柳关〔2025〕3号\n关于做好2025年关爱活动的通知",
            "关于做好2025年关爱活动的通知",
            "柳关〔2025〕3号",
            None,
            2025,
        ),
        (
            "柳湾镇关工委\n关于印发《柳湾镇2025年工作安排》的通知\n2025年1月6日",
            "柳湾镇2025年工作安排",
            None,
            "2025-01-06",
            2025,
        ),
        ("柳湾镇关爱行动\n2025年", "柳湾镇关爱行动", None, None, 2025),
        ("# 柳湾镇2025年关爱行动", "柳湾镇2025年关爱行动", None, None, 2025),
        ("柳湾镇2025年关心下一代\n工作计划", "柳湾镇2025年关心下一代工作计划", None, None, 2025),
        ("柳湾镇重点工作安排\n柳湾镇2025年关爱计划", "柳湾镇2025年关爱计划", None, None, 2025),
        (
            "柳湾镇关工委文件\n柳关〔2025〕3号\n柳湾镇关工委工作计划",
            "柳湾镇关工委工作计划",
            "柳关〔2025〕3号",
            None,
            2025,
        ),
    ],
)
def test_titles_numbers_and_dates(
    read: Callable[[str], Sequence[Fact]],
    top: str,
    title: str,
    number: str | None,
    issued: str | None,
    year: int,
) -> None:
    body = "一、重点\n落实柳关〔2019〕9号文件，走访全镇的困难家庭，做到一户不漏、一月一次。\n"
    plan = read(f"{top}\n{body}")[0].plan
    assert (plan.title, plan.number, plan.issued, plan.year) == (title, number, issued, year)
    assert plan.place == "柳湾镇"


@pytest.mark.parametrize(
    ("title", "place"),
    [
        ("江苏省常州市关工委2024年工作要点", "常州市"),
        ("常州市柳湾镇2024年工作要点", "常州市柳湾镇"),
        ("桐乡市关工委2024年工作要点", "桐乡市"),
        ("青禾师范学院关工委2024年工作要点", "青禾师范学院"),
        ("中共柳湾镇委2024年工作要点", "柳湾镇"),
        ("2024年常州关心下一代工作要点", "常州市"),
    ],
)
def test_places(read: Callable[[str], Sequence[Fact]], title: str, place: str) -> None:
    assert read(f"{title}\n一、重点\n走访困难家庭，一户不漏。\n")[0].plan.place == place


@pytest.mark.parametrize("count", range(11, 40, 2))
def test_a_long_sentence_is_cut_at_its_marks(
    read: Callable[[str], Sequence[Fact]], count: int
) -> None:
    clauses = "".join(f"第{n}项由镇里负责、村里配合，月底前办完；" for n in range(count))
    facts = read(f"柳湾镇2025年工作计划\n一、重点\n{clauses}\n")
    assert max(len(fact.text) for fact in facts) <= LONGEST
    assert all(fact.text.endswith("；") for fact in facts)
    assert "".join(fact.text for fact in facts) == clauses


def test_gb18030_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    write(tmp_path, APPENDIX.encode("gb18030"), "a.txt")
    write(tmp_path, APPENDIX.encode("utf-8-sig"), "b.md")
    reading = read_folder(tmp_path)
    told = {key: [f.text for f in reading.facts if f.plan.key == key] for key in ("a", "b")}
    assert reading.refused == ()
    assert told["a"] == told["b"]
    assert len(told["a"]) > 5


def test_a_digest_is_read_as_one(tmp_path: Path) -> None:
    header = 'title = "柳湾镇计划"\nissuer = "柳湾镇"\nplace = "柳湾镇"\nyear = 2025\n'
    write(tmp_path, f"+++\n{header}+++\n## 一、重点\n- 七月开班。\n", "own.md")
    reading = read_folder(tmp_path)
    assert [(fact.text, fact.plan.digest) for fact in reading.facts] == [("七月开班。", True)]


DAMAGED = "柳湾2025工作计划\n看望老人\n书法".encode()[:-2]
"""Cut inside a character; what is left is GB 18030 too, with characters that make no sense."""

REFUSED = {
    "a.docx": b"PK\x03\x04",
    "b.pdf": b"%PDF-1.7",
    "c.html": b"<p>",
    "d.txt": b"",
    "e.txt": b" \n\t\n",
    "f.txt": APPENDIX.replace("全镇", "全\0镇").encode(),
    "g.txt": APPENDIX.replace("的", "\x01\x02\x03").encode(),
    "h.txt": DAMAGED,
    "i.txt": "没有年份的计划\n一、重点\n走访困难家庭。\n".encode(),
    "j.md": b"+++\ntitle = \n+++\n",
    "k.md": b"+++\nx = " + b"[" * 100_000 + b"\n+++\n",
    "l.txt": "柳湾镇2025年工作计划\n".encode(),
}


def test_each_refused_file_is_named_and_the_others_go_on(tmp_path: Path) -> None:
    for name, data in REFUSED.items():
        write(tmp_path, data, name)
    write(tmp_path, APPENDIX, "z.txt")
    reading = read_folder(tmp_path)
    assert [sentence.split(":")[0] for sentence in reading.refused] == sorted(REFUSED)
    assert {fact.plan.key for fact in reading.facts} == {"z"}


def test_what_is_no_plan_is_ignored(tmp_path: Path) -> None:
    write(tmp_path, "a\tb", "systems.tsv")
    write(tmp_path, "{}", "list.json")
    write(tmp_path, APPENDIX, ".hidden.txt")
    (tmp_path / "old.txt").mkdir()
    assert read_folder(tmp_path) == Reading((), ())


def test_a_name_is_taken_once(tmp_path: Path) -> None:
    write(tmp_path, NOTICE, "plan.md")
    write(tmp_path, APPENDIX, "plan.txt")
    reading = read_folder(tmp_path)
    assert {fact.plan.place for fact in reading.facts} == {"青禾市"}
    assert [sentence.split(":")[0] for sentence in reading.refused] == ["plan.txt"]


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(UnreadablePlan, match=r"large\.txt: .*20 MB"):
        read_text(path)


PIECES = st.sampled_from(
    (
        *("一、", "（一）", "1. ", "第二条", "# ", "附件", "\n", "一季度", "上半年", "①", "- "),
        *(
            "一是",
            "关于",
            "的通知",
            "2025年",
            "3月1日",
            "〔2025〕3号",
            "柳湾镇",
            "工作要点",
            "印发",
        ),
        *"。，；：“”（）《》*\u3000",
        *("注：", "走访困难家庭", "把每一次活动的时间和地点都提前三天告诉各村的关工小组" * 4),
    )
)


@settings(max_examples=200)
@given(st.lists(PIECES, max_size=80).map("".join))
def test_every_fact_is_in_the_plan(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    text = "柳湾镇2025年工作计划\n" + text
    path = write(tmp_path_factory.getbasetemp(), text, "pieces.txt")
    try:
        facts = read_text(path)
    except UnreadablePlan:
        return
    for fact in facts:
        assert squeeze(fact.text) in squeeze(text)
        assert 0 < len(fact.text) <= LONGEST


@settings(max_examples=200)
@given(
    st.binary(max_size=400) | st.text(max_size=200).map(lambda text: text.encode("utf-8")),
    st.sampled_from(["txt", "md"]),
    st.sampled_from([b"", b"+++\n", "柳湾镇2025年工作计划\n".encode()]),
)
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, ending: str, start: bytes
) -> None:
    folder = tmp_path_factory.getbasetemp() / ending
    folder.mkdir(exist_ok=True)
    reading = read_folder(write(folder, start + data, f"any.{ending}").parent)
    assert len({fact.plan for fact in reading.facts}) + len(reading.refused) == 1


ORIGINALS = {
    "000": ("常州市教育局关心下一代工作2022年工作要点", "常州市", 2022, None, None),
    "001": (
        "南通市关心下一代工作委员会2023年工作要点",
        "南通市",
        2023,
        "通办〔2023〕41号",
        "2023-04-13",
    ),
    "002": (
        "无锡职业技术学院关心下一代工作委员会2022年工作要点",
        "无锡职业技术学院",
        2022,
        "锡职院委（2022）13号",
        "2022-03-28",
    ),
    "003": ("郑陆镇2023年关心下一代工作意见", "郑陆镇", 2023, None, None),
    "004": (
        "重庆市教委关心下一代工作委员会2013年工作要点",
        "重庆市",
        2013,
        "渝教工委办〔2013〕7号",
        "2013-03-01",
    ),
}
SECTIONS = {
    "000": {"一", "二/打造历史文化名片", "三", "四", "五"},
    "001": {"一/1", "二/3", "三/5", "四/10", "五/15"},
    "002": {"一", "二", "三/抓“关键指标”", "四/开展红色教育", "六/深入调研", "落款"},
    "003": {"总体要求", "一/1", "一/2", "三/2", "六/3"},
    "004": {"一/1", "二/9", "三/13", "附件", "附件/二季度", "附件/二季度/3", "落款"},
}


@pytest.fixture(params=sorted(ORIGINALS))
def original(request: pytest.FixtureRequest) -> Path:
    folder = Path(os.environ.get("GUANXIN_PLANS") or ROOT.parent / "shared" / "plans")
    found = sorted(folder.glob(f"{request.param}_*.txt"))
    if not found:
        pytest.skip(f"the original of plan {request.param} was looked for in {folder}")
    return found[0]


def test_the_header_of_an_original(original: Path) -> None:
    plan = read_text(original)[0].plan
    told = (plan.title, plan.place, plan.year, plan.number, plan.issued)
    assert told == ORIGINALS[original.name[:3]]


def test_the_sections_of_an_original(original: Path) -> None:
    found = sections(read_text(original))
    assert set(found) >= SECTIONS[original.name[:3]]
    assert len(found) < 40


def test_an_original_is_told_word_for_word(original: Path) -> None:
    source = squeeze(original.read_text("utf-8"))
    facts = read_text(original)
    assert not [fact.text for fact in facts if squeeze(fact.text) not in source]
    assert max(len(fact.text) for fact in facts) <= LONGEST
    told = sum(len(squeeze(fact.text)) for fact in facts)
    assert told > 0.85 * len(source), "much of the plan is in no fact"


WRAPPED = """云溪县委老干部局
云溪县关心下一代工作委员会
云关工联〔2023〕8号
★
关于做好二〇二三年关心下一代工作的意见

第一部分  时间安排
    一季度：小讲解员评比；巡查队上岗；给六所村小送去冬天的棉衣；走访县特殊教
育学校。
    四季度：村级换届；示范点复查；11月中旬在大坪镇召开现场会；12月20
日前各乡镇交书面总结。
第二部分  组织保障
    县关工委下设三个报告团：红色传统报告团（团长由老战士担任）、法治报告团
（团长由退休法官担任）、科普报告团。
"""


def test_broken_lines_of_a_list_go_on_and_an_ornament_is_nothing(tmp_path: Path) -> None:
    facts = read_text(write(tmp_path, WRAPPED))
    said = [fact.text for fact in facts]
    assert any(text.endswith("走访县特殊教育学校。") for text in said)
    assert any("12月20日前各乡镇交书面总结" in text for text in said)
    assert any("法治报告团（团长由退休法官担任）、科普报告团。" in text for text in said)
    assert facts[0].plan.title == "关于做好二〇二三年关心下一代工作的意见"
    assert facts[0].plan.issuer == "云溪县关心下一代工作委员会"


FRAMED = """青禾医院关工委2026年工作计划
【工作目标】 全年开展健康服务120场次以上，受益青少年不少于1万人次。
【一、校园健康行】
与六所小学签订协议，每校请一名健康副校长。
【二　关爱职工子女，解除父母后顾之忧】 开办托管班，名额60个。
"""


def test_a_heading_may_stand_in_square_brackets(read: Callable[[str], Sequence[Fact]]) -> None:
    facts = read(FRAMED)
    told = {fact.text[:4]: (fact.section, fact.headings[-1]) for fact in facts}
    assert told["与六所小"] == ("一", "一、校园健康行")
    assert told["开办托管"] == ("二", "二、关爱职工子女，解除父母后顾之忧")
    assert told["全年开展"][1] == "工作目标"


@pytest.mark.parametrize(
    ("head", "title", "issuer", "number", "issued"),
    [
        (
            "# 天河市关工委2025年度工作安排\n\n"
            "> 编号：天关委发[2025]3号　签发：某某　成文：二〇二五年二月十九日\n",
            *("天河市关工委2025年度工作安排", "天河市关工委", "天关委发[2025]3号", "2025-02-19"),
        ),
        (
            "青禾大学关心下一代工作委员会\n青大关工发〔2026〕1号\n"
            "青禾大学关工委2026年工作计划及任务分解\n"
            "（2026年1月8日全委会通过，3月2日经党委批准）\n发：各学院关工委\n",
            *(
                "青禾大学关工委2026年工作计划及任务分解",
                "青禾大学关工委",
                "青大关工发〔2026〕1号",
                None,
            ),
        ),
        (
            "柳州医院党委办公室\n柳医党办〔2025〕9号\n关于印发2025年度关心下一代工作实施计划的函\n",
            *(
                "关于印发2025年度关心下一代工作实施计划的函",
                "柳州医院党委办公室",
                "柳医党办〔2025〕9号",
                None,
            ),
        ),
        (
            "榆溪市关工委文件\n榆关工委发〔2024〕6号\n关于印发《2024年全市关心下一代工作安排》的通知\n"
            "各县关工委：\n现印发给你们。\n榆溪市关工委\n2024年3月18日\n（联系人：办公室）\n"
            "2024年全市关心下一代工作安排\n",
            *(
                "2024年全市关心下一代工作安排",
                "榆溪市关工委",
                "榆关工委发〔2024〕6号",
                "2024-03-18",
            ),
        ),
        (
            "吉溪大学关工委2023年度工作要点\n"
            "发文：校关工委　编号：吉大关工字2023年第2号　日期：2023-03-09\n",
            *(
                "吉溪大学关工委2023年度工作要点",
                "吉溪大学关工委",
                "吉大关工字2023年第2号",
                "2023-03-09",
            ),
        ),
        (
            "平溪县关工委\n平关委〔2025〕3号\n关于二〇二五年关心下一代工作计划的报告\n县委、县政府：\n"
            "第一部分 去年回顾与今年打算\n",
            *("关于二〇二五年关心下一代工作计划的报告", "平溪县关工委", "平关委〔2025〕3号", None),
        ),
        (
            "# 青禾学院关工委 2025 年度工作计划\n\n> 发文字号：青职院关〔2025〕1 号\n"
            "> 印发日期：2025-03-06\n> 发送范围：各二级学院\n",
            *(
                "青禾学院关工委2025年度工作计划",
                "青禾学院关工委",
                "青职院关〔2025〕1号",
                "2025-03-06",
            ),
        ),
        (
            "青禾区教育局关工委\n2024年工作计划\n青教关工委发【2024】9号\n签发：区教育局党组\n2024年9月2日\n",
            *(
                "青禾区教育局关工委2024年工作计划",
                "青禾区教育局关工委",
                "青教关工委发【2024】9号",
                "2024-09-02",
            ),
        ),
        (
            "郴溪市关工委2025年工作计划\n（2025年2月26日主任办公会通过，郴关工〔2025〕3号印发）\n"
            "写在前面\n过去一年，累计帮扶四万人次，成绩来之不易。\n",
            *("郴溪市关工委2025年工作计划", "郴溪市关工委", "郴关工〔2025〕3号", None),
        ),
        (
            "集美办公室\n集关委办（2023）第4号\n今年怎么干——集美区关工委2023年工作意见\n",
            *(
                "今年怎么干——集美区关工委2023年工作意见",
                "集美区关工委",
                "集关委办（2023）第4号",
                None,
            ),
        ),
        (
            "# 青禾市关心下一代工作委员会2023年工作安排\n\n"
            "> 来源：市关工委办公室　　发布日期：2023-02-21　　字号：大 中 小\n",
            *(
                "青禾市关心下一代工作委员会2023年工作安排",
                "青禾市关心下一代工作委员会",
                None,
                "2023-02-21",
            ),
        ),
        (
            "青禾区关工委\n二〇二五年度重点任务书\n\n印发日期：2025年2月18日    印数：180份\n",
            *("青禾区关工委二〇二五年度重点任务书", "青禾区关工委", None, "2025-02-18"),
        ),
        (
            "天河市关工委2025年工作计划\n天关委发〔2025〕6号（2025年2月21日主任会议审议通过）\n",
            *("天河市关工委2025年工作计划", "天河市关工委", "天关委发〔2025〕6号", None),
        ),
        (
            "# 天河市关工委2025年工作要点\n\n> 印发机关：天河市关心下一代工作委员会\n"
            "> 印发日期：2025年3月7日\n> 主送：各区关工委\n",
            *(
                "天河市关工委2025年工作要点",
                "天河市关心下一代工作委员会",
                None,
                "2025-03-07",
            ),
        ),
        (
            "天河市关工委\n天河市教育局\n共青团天河市委员会\n天关联〔2025〕6号\n\n"
            "“青禾”关爱行动2025年度实施方案\n",
            *(
                "“青禾”关爱行动2025年度实施方案",
                "天河市关工委",
                "天关联〔2025〕6号",
                None,
            ),
        ),
        (
            "天关工委〔2021〕6号\n\n天河市关心下一代工作委员会\n"
            "关于印发《天河市“银辉 青禾”三年行动2021年度实施方案》的通知\n\n"
            "各镇关工委：\n现将方案印发给你们，请照着办。\n\n"
            "天河市“银辉 青禾”三年行动2021年度实施方案\n",
            *(
                "天河市“银辉青禾”三年行动2021年度实施方案",
                "天河市关心下一代工作委员会",
                "天关工委〔2021〕6号",
                None,
            ),
        ),
        (
            "# 柳巷街道关工委2025年工作安排\n\n> 天河市青禾区柳巷街道关心下一代工作委员会\n"
            "> 发：各社区关工委、共建单位\n",
            *(
                "柳巷街道关工委2025年工作安排",
                "天河市青禾区柳巷街道关心下一代工作委员会",
                None,
                None,
            ),
        ),
    ],
)
def test_letterheads_that_offices_write(
    read: Callable[[str], Sequence[Fact]],
    head: str,
    title: str,
    issuer: str,
    number: str,
    issued: str | None,
) -> None:
    (plan,) = {
        fact.plan for fact in read(f"{head}\n一、做好读书活动\n四月在各镇图书室举办读书会。\n")
    }
    assert (plan.title, plan.issuer, plan.number, plan.issued) == (title, issuer, number, issued)


def test_a_youth_league_is_of_its_place_too(read: Callable[[str], Sequence[Fact]]) -> None:
    by = "天河市关工委\n共青团天河市委员会\n"
    text = f"{by}\n“青禾”行动2025年方案\n\n一、读书活动\n四月举办读书会。\n\n{by}2025年1月20日\n"
    (plan,) = {fact.plan for fact in read(text)}
    assert plan.place == "天河市"


def test_a_heading_of_two_months_is_no_number_before_one(
    read: Callable[[str], Sequence[Fact]],
) -> None:
    text = (
        "柳湾镇2025年工作计划\n\n六月\n1.开一次会，定下暑假的分工。\n"
        "七、八月\n1.开办假期班，每个村一个。\n九月\n1.开学第一课。\n"
        "十一、十二月\n1.总结评比。\n"
    )
    told = {fact.text: fact.section for fact in read(text)}
    assert told["开办假期班，每个村一个。"] == "七、八月/1"
    assert told["开学第一课。"] == "九月/1"
    assert told["总结评比。"] == "十一、十二月/1"


def test_an_item_may_begin_with_a_day(read: Callable[[str], Sequence[Fact]]) -> None:
    text = (
        "柳湾镇2025年工作计划\n\n一、法治\n1.选好宣讲员，每村两名。\n"
        "2.12 月 4 日举行宪法诵读，各村选送节目。\n3.9月开展普法宣传，进村入户。\n"
    )
    told = {fact.section: fact.text for fact in read(text)}
    assert told["一/2"].startswith("12 月 4 日")
    assert told["一/3"].startswith("9月")


@pytest.mark.parametrize("drawn", ["# ", "---", "***"])
def test_no_sentence_goes_on_beyond_a_line_that_only_draws(
    read: Callable[[str], Sequence[Fact]], drawn: str
) -> None:
    text = f"# 柳湾镇2025年工作计划\n\n一、走访\n走访困难家庭，\n{drawn}\n一户不漏，年底报镇里。\n"
    assert not any("走访困难家庭，一户不漏" in fact.text for fact in read(text))
