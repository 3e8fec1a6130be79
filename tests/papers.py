"""Plans of invented places (示例), as they come: in every format, tidy and ugly, and what they say.

What is expected is stated by hand: whose plan, its number and date, its parts in their order.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.documents import Word, pdf, wrapped


@dataclass(frozen=True)
class Paper:
    """A file, and what a person reads in it. ``tells``: a section and words that stand there."""

    name: str
    data: bytes
    title: str
    issuer: str
    place: str
    year: int | None
    number: str | None
    issued: str | None
    sections: tuple[str, ...]
    tells: tuple[tuple[str, str], ...]


def city() -> Paper:
    """A city in Word: headings by style, numbers made by Word, a table by months, a text box."""
    word = Word()
    word.document.sections[0].header.paragraphs[0].text = "云溪市关工委（示例）内部资料"
    word.document.sections[0].footer.paragraphs[0].text = "第 1 页"
    word.line("云关工委〔2025〕6号")
    word.line("云溪市关心下一代工作委员会2025年工作要点", "Title")
    word.text_box("宣传栏：欢迎投稿")
    word.line("2025年，全市关工委工作围绕陪伴、读书、法治三件事展开，重在实效。")
    parts = word.new_list(("chineseCountingThousand", "%1、"), ("chineseCounting", "（%2）"))
    items = word.new_list(("decimal", "%1."))
    word.item("办好读书陪伴", parts, style="Heading 1")
    word.item("建设社区书屋", parts, 1, style="Heading 2")
    word.item("年内新建十间社区书屋，每间配两名退休教师轮流陪读，周末全天开放。", items)
    word.item("九月底前完成全市书屋的图书更新，更新目录在公告栏里公布。", items)
    word.item("开展亲子共读", parts, 1, style="Heading 2")
    word.line("每月第二个周六在市图书馆举办一场亲子共读，由“五老”志愿者领读。")
    word.item("深化法治宣讲", parts, style="Heading 1")
    word.line("组建二十人的法治宣讲队，上半年走进三十所学校，讲案例、讲防护、讲求助。")
    word.line("附件：全年活动安排")
    word.table(
        [
            ["时间", "活动内容", "责任单位"],
            ["3月", "学雷锋主题宣讲", "市关工委办公室"],
            ["4月", "清明祭扫烈士墓", "市教育局关工委"],
            ["", "春季读书会", "市图书馆"],
            ["下半年", "1.暑期夏令营\n2.书画比赛", "各区关工委"],
        ],
        merged=[(2, 3)],
    )
    word.line("云溪市关心下一代工作委员会")
    word.line("2025年1月16日")
    return Paper(
        "city.docx",
        word.bytes(),
        "云溪市关心下一代工作委员会2025年工作要点",
        "云溪市关心下一代工作委员会",
        "云溪市",
        2025,
        "云关工委〔2025〕6号",
        "2025-01-16",
        (
            *("总体要求", "一", "一/（一）", "一/（一）/1", "一/（一）/2", "一/（二）", "二"),
            *("附件", "附件/3月", "附件/4月", "附件/下半年"),
        ),
        (
            ("一/（一）/2", "九月底前完成全市书屋的图书更新"),
            ("附件/4月", "春季读书会 市图书馆"),
            ("附件/3月", "3月 学雷锋主题宣讲 市关工委办公室"),
            ("附件/下半年/2", "书画比赛"),
        ),
    )


SCHOOL = """
青石中学关工委
二〇二四年工作计划

为帮助学生健康成长，发挥老教师的作用，结合学校实际，制定本计划。
一、指导思想
坚持立德树人，以服务学生为中心，让老教师的经验继续发光，让每个学生都有人关心，让每一次谈心都留下记录。
二、主要工作
1、抓好“青蓝结对”。由十二位退休教师与新教师结成对子，每学期听课不少于八节，期末写出一份指导小结，由教导处存档。
2、办好“午间谈心屋”。每周三中午开放，地点在图书馆二楼，由心理健康老师和退休教师共同值守，谈话内容注意保密。
（1）建立预约登记制度，班主任在每周一把名单报给德育处，临时需要帮助的学生可以直接前来。
（2）对单亲家庭和留守学生优先安排，做到一人一档，并且每个月同家长联系一次，把情况告诉班主任。
三、每月安排
九月：召开关工委工作会议，落实全年计划，公布谈心屋的开放时间。
十月：组织学生参观县革命纪念馆，由老党员讲解。
十二月份
1.法治讲座
2.评选“五好学生”
青石中学关工委
二〇二四年九月二日
"""


def school() -> Paper:
    """A school in PDF: lines broken at the margin, a header and a page number on every page."""
    pages = wrapped(SCHOOL, 32, 12)
    framed = [["青石中学关工委工作计划", *page, f"— {n} —"] for n, page in enumerate(pages, 1)]
    return Paper(
        "school.pdf",
        pdf(framed),
        "青石中学关工委二〇二四年工作计划",
        "青石中学关工委",
        "青石中学",
        2024,
        None,
        "2024-09-02",
        (
            *("总体要求", "一", "二", "二/1", "二/2", "二/2/（1）", "二/2/（2）"),
            *("三", "三/九月", "三/十月", "三/十二月份"),
        ),
        (
            ("二/1", "每学期听课不少于八节，期末写出一份指导小结"),
            ("二/2/（1）", "临时需要帮助的学生可以直接前来"),
            ("三/十月", "组织学生参观县革命纪念馆"),
            ("三/十二月份/2", "评选“五好学生”"),
        ),
    )


COMPANY = """<!DOCTYPE html><html><head><meta charset="gb2312"><title>通知公告 - 远帆公司</title>
<style>p{margin:0}</style></head><body>
<div class="nav"><ul><li><a href="/">首页</a></li><li><a href="/a">公司概况</a></li>
<li><a href="/b">党群工作</a></li><li><a href="/c">联系我们</a></li></ul></div>
<div class="crumbs">当前位置：<a href="/">首页</a> &gt; <a href="/b">党群工作</a></div>
<div id="content"><h1>远帆纺织有限公司关工委2026年工作安排</h1>
<p>发布时间：2026-02-10 来源：党群部 浏览次数：88</p>
<p>远纺关〔2026〕2号</p>
<h2>总体思路</h2><p>关心青年职工和职工子女，办实事，不图虚名。</p>
<h2>重点任务</h2>
<h3>暑期托管班</h3><ol><li>七月六日开班，地点在职工之家三楼。</li><li>招收三十名职工子女，六月二十日前报名。</li></ol>
<h3>师徒结对</h3><p>每位老劳模带两名青年职工，<br>年底由车间评议。</p>
<h2>季度安排</h2>
<table><tr><th>季度</th><th>工作内容</th><th>负责部门</th></tr>
<tr><td rowspan="2">一季度</td><td>走访困难职工家庭</td><td>工会</td></tr>
<tr><td>制定全年计划</td><td>关工委</td></tr>
<tr><td>二季度</td><td>劳模进课堂</td><td>党群部</td></tr></table>
<p>远帆纺织有限公司关工委</p><p>2026年2月9日</p></div>
<p>上一篇：关于放假的通知</p>
<footer>版权所有 远帆纺织有限公司</footer><script>var a = "一、脚本";</script></body></html>"""


def company() -> Paper:
    """A company's web page in GB 2312: navigation, footer, a table by quarters."""
    return Paper(
        "company.html",
        COMPANY.encode("gb18030"),
        "远帆纺织有限公司关工委2026年工作安排",
        "远帆纺织有限公司关工委",
        "远帆纺织有限公司",
        2026,
        "远纺关〔2026〕2号",
        "2026-02-09",
        (
            *("总体思路", "重点任务", "重点任务/暑期托管班", "重点任务/暑期托管班/1"),
            *("重点任务/暑期托管班/2", "重点任务/师徒结对", "季度安排"),
            *("季度安排/一季度", "季度安排/二季度"),
        ),
        (
            ("重点任务/暑期托管班/2", "招收三十名职工子女"),
            ("季度安排/一季度", "制定全年计划 关工委"),
            ("季度安排/二季度", "二季度 劳模进课堂 党群部"),
        ),
    )


VILLAGE = """---
title: 梨园村2025年关爱行动计划（示例）
issuer: 梨园村关工小组
date: 2025-03-05
---

# 梨园村2025年关爱行动计划（示例）

## 目标

让村里的**每个孩子**放学有人管、假期有去处。

## 怎么做

- 一是开放农家书屋。每天下午四点到六点，由老支书看门、退休教师辅导作业，风雨无阻，全年不停。
- 二是办好暑假班。七月和八月各办一期，每期二十人，[报名表](http://example.org/form)在村委会领取。

### 谁来做

| 小组 | 组长 | 任务 |
|------|:----:|------|
| 书屋组 | 老周 | 开门、整理图书 |
| 安全组 | 老吴 | 巡查水塘，劝阻下水 |

## 各月活动

| 月份 | 活动 |
|---|---|
| 1月 | 写春联送祝福 |
| 六月 | 防溺水宣传<br>六一联欢 |
"""


def village() -> Paper:
    """A village in Markdown: a header, headings, a list, two tables."""
    return Paper(
        "village.md",
        VILLAGE.encode(),
        "梨园村2025年关爱行动计划（示例）",
        "梨园村关工小组",
        "梨园村",
        2025,
        None,
        "2025-03-05",
        (
            *("目标", "怎么做", "怎么做/开放农家书屋", "怎么做/办好暑假班"),
            *("怎么做/谁来做", "各月活动", "各月活动/1月", "各月活动/六月"),
        ),
        (
            ("目标", "让村里的每个孩子放学有人管"),
            ("怎么做/谁来做/安全组", "巡查水塘，劝阻下水"),
            ("怎么做/办好暑假班", "报名表在村委会领取"),
            ("各月活动/六月/2", "六一联欢"),
        ),
    )


DISTRICT = """关于印发《松江浦区教育系统关心下一代工作2023年实施方案》的通知
松浦教关委〔2023〕11号        签发人：示例
各中小学、幼儿园：
现将方案印发给你们，请认真执行。
松江浦区教育局关工委
2023年3月20日
松江浦区教育系统关心下一代工作
2023年实施方案
第一章 总则
第一条 为了规范全区教育系统的关爱工作，明确各校的责任，制定本方案，自印发之日起执行。
第二条 关爱工作应当遵循下列原则：
（一）自愿量力，不给老同志加压；
（二）就近就便，不让孩子多跑路。
第二章 任务
第三条 各校应当在第二季度建立关爱台账，每季度末更新一次，并报区教育局关工委备案。
第三章 附则
第四条 本方案由区教育局关工委负责解释，各校可以结合实际制定细则并在五月底前报送。
附件1：进度表
附件1
进度表
第一季度（1—3月）
1.印发方案
2.成立专班
第二季度（4—6月）
1.建立台账
2.开展培训
（地点：区教师进修学校）
附件2：人员名单
附件2
人员名单
名单由各校上报后另行公布，共三十六人，其中退休教师二十四人。
"""


def district() -> Paper:
    """A district in plain text, GB 18030: chapters and articles, two appendices."""
    return Paper(
        "district.txt",
        DISTRICT.encode("gb18030"),
        "松江浦区教育系统关心下一代工作2023年实施方案",
        "松江浦区教育局关工委",
        "松江浦区",
        2023,
        "松浦教关委〔2023〕11号",
        "2023-03-20",
        (
            *("第一章", "第一章/第一条", "第一章/第二条"),
            *("第一章/第二条/（一）", "第一章/第二条/（二）"),
            *("第二章", "第二章/第三条", "第三章", "第三章/第四条"),
            *("附件1", "附件1/第一季度", "附件1/第二季度", "附件2"),
        ),
        (
            ("第一章/第二条/（二）", "不让孩子多跑路"),
            ("附件1/第二季度/2", "开展培训（地点：区教师进修学校）"),
            ("附件2", "共三十六人"),
        ),
    )


COUNTY = """　　　　河湾县关工委
　　2024年重点工作打算

　　新的一年，我们要做好以下工作。
　　加强班子建设
　　县关工委每季度召开一次主任办公会，研究解决基层的困难，会议纪要发到各乡镇，并且抄报县委办公室备查。
　　一是抓学习。每月组织一次集中学习，由讲师团的老同志轮流主讲，学习情况记入档案。二是抓作风。到基层去，一年走遍全县十八个乡镇。
　　1.1 建好阵地
　　在八个乡镇建设“红领巾驿站”，每个驿站补助两万元，六月底前建成并开放。
　　1.2 用好阵地
　　驿站每周开放不少于三天，由乡镇关工委排出值班表，贴在门口让家长知道。
　　★ 关爱留守儿童
　　4月-5月 开展走访，摸清底数，建立名册。
　　暑假期间：办好三期夏令营，每期五十人，县财政安排专项经费。
"""


def county() -> Paper:
    """A county in plain text without 一、: indented, headings without a number, 1.1, a star."""
    return Paper(
        "county.txt",
        COUNTY.encode("utf-8-sig"),
        "河湾县关工委2024年重点工作打算",
        "河湾县关工委",
        "河湾县",
        2024,
        None,
        None,
        (
            *("加强班子建设", "加强班子建设/抓学习", "加强班子建设/抓作风"),
            *("加强班子建设/1.1", "加强班子建设/1.2", "关爱留守儿童"),
            *("关爱留守儿童/4月-5月", "关爱留守儿童/暑假期间"),
        ),
        (
            ("加强班子建设/抓作风", "一年走遍全县十八个乡镇"),
            ("加强班子建设/1.1", "每个驿站补助两万元"),
            ("关爱留守儿童/暑假期间", "办好三期夏令营"),
        ),
    )


PAPERS = (city(), school(), company(), village(), district(), county())
