"""A fact that does not tell what was asked for is no answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import facets


@pytest.mark.parametrize(
    ("question", "answer", "lacks"),
    [
        ("一学期学费多少", "辅导站暑期办班", "费用"),
        ("要交会务费吗", "召开研讨会", "费用"),
        ("讲一次课补贴几百块", "讲师团宣讲25场", "金额"),
        ("捐款打到哪个账户", "加强基金会建设", "账号"),
        ("座机打多少", "加强办公室建设", "电话"),
        ("在哪条路上", "打造少年法学苑", "地址"),
        ("早上几点开门", "办好四点钟课堂", "钟点"),
        ("一个星期几次课", "办好心理讲座", "多久一次"),
        ("一场讲几分钟", "组织演讲比赛", "时长"),
        ("竞赛是哪天", "举办知识竞赛", "具体日期"),
        ("什么时候开始报", "举办知识竞赛", "具体时间"),
        ("站长姓什么", "选好常务副站长", "姓名"),
        ("有没有意外险", "搞好义务监督", "保险"),
        ("几岁可以进", "组织青少年参加活动", "年龄"),
        ("还有多少名额", "组织培训班", "人数"),
        ("要写几百字", "组织征文活动", "字数"),
        ("要带什么东西", "召开研讨会", "要带的东西"),
        ("要带墨吗", "学习贯穿其中的立场观点方法", "要带的东西"),
        ("活动是哪天", "抓好活动的每个环节", "具体日期"),
        ("讲几场", "请两名老师宣讲", "数目"),
        ("管不管饭，包吃吗", "举办培训班", "吃住"),
        ("网址发我", "推进网上关工委", "网址"),
        ("能得几等奖", "组织征文评选", "奖项"),
        ("第二十次会在哪", "第十九次研讨会", "这一次（期、届）"),
        ("18期培训班", "办好第16期培训班", "这一次（期、届）"),
        ("宣讲多少场", "做好宣讲", "数目"),
        ("办了几个站", "办好辅导站", "数目"),
        ("课酬好多", "组织讲师团宣讲", "金额"),
        ("聊天室在哪栋", "用好聊天室", "地址"),
        ("是八点半开始吗", "召开研讨会", "钟点"),
        ("教不教游泳", "办好辅导站", "教什么"),
        ("有没有编程班", "办好辅导站", "教什么"),
        ("位子还有没有", "办好辅导站", "人数"),
        ("基金会的理事长是谁", "加强基金会建设", "姓名"),
        ("试点单位是哪些学校", "选择并确定试点单位", "名单"),
        ("明天下不下雨", "组织夏令营", "天气"),
        ("感冒了吃什么", "关心身心健康", "看病吃药"),
        ("高铁几个小时", "组织参观", "时长"),
        ("你是机器人吗", "关心下一代", "我自己"),
        ("礼拜天有人值班吗", "办好心语小屋", "哪几天有人"),
        ("发不发结业证", "开办短训班", "发不发证书"),
        ("这本书主编是谁", "编印读本", "姓名"),
        ("我今年四十二了还收吗", "开办短训班", "年龄"),
        ("能帮多少钱", "开展助学行动", "金额"),
        ("汽油多少钱一升", "短训班费用全免", "理财和价钱"),
    ],
)
def test_what_a_fact_does_not_tell_is_named(question: str, answer: str, lacks: str) -> None:
    missing = facets.missing(question, answer)
    assert missing is not None
    assert missing.says == lacks


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("收费吗", "全部免费"),
        ("第19次会在哪", "第十九次研讨会（地点：人民小学）"),
        ("第十六期办了没", "办好第16期培训班"),
        ("宣讲多少场", "全年宣讲不少于25场"),
        ("什么时候报", "在九月底前上报"),
        ("表彰会什么时候开", "年终召开总结表彰会"),
        ("协作组什么时候活动", "活动时间另行通知"),
        ("亲情电话怎么用", "发挥亲情电话的作用"),
        ("第一次来，辅导站做什么", "辅导站办公益活动"),
        ("四点钟课堂是什么", "办好四点钟课堂"),
        ("电话多少", "电话 0519-80000002"),
        ("打算办几个班", "全年办班12个"),
        ("教不教书法", "开设书法、围棋课"),
        ("是哪些单位联合的", "与教育局、团市委联合"),
        ("几时出书", "争取年内出书"),
        ("渝教工委几号文", "渝教工委〔2013〕7号"),
        ("家里吃低保，能帮多少钱啊", "低保家庭子女每人资助3000元"),
        ("收费吗", "费用由街道承担"),
        ("礼拜天有人值班吗", "周一至周五由老教师轮值"),
        ("一天守几个钟头，从几点到几点", "每天下午一点到六点轮流值守"),
        ("结对要带满几年", "与青年教师结对，期限两年"),
        ("一个师傅最多带几个徒弟", "一师最多带三徒"),
        ("全年要听多少节课", "全年听课不少于900节次"),
        ("要办几天", "7月5日至8月4日分两期开班"),
        ("成立多少个年头了", "组建35周年"),
        ("顺便补补数学不", "不讲新课，不搞补习"),
        ("几号开班", "7月上旬开班"),
        ("孩子七岁了能来吗", "招收一至四年级学生"),
    ],
)
def test_what_a_fact_tells_is_not_missing(question: str, answer: str) -> None:
    assert facets.missing(question, answer) is None


@given(st.text(), st.text())
def test_any_text_may_be_asked_and_told(question: str, answer: str) -> None:
    facets.missing(question, answer)


@given(st.integers(1, 999))
def test_an_ordinal_is_the_same_in_digits_and_characters(number: int) -> None:
    digits = "零一二三四五六七八九"
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    written = f"{digits[hundreds]}百" if hundreds else ""
    written += f"{digits[tens]}十" if tens else ""
    written += digits[ones] if ones else ""
    assert facets.comparable(f"第{written}次") == f"第{number}次"


@pytest.mark.parametrize(
    ("question", "keys"),
    [
        ("我跟他爸都要上班，暑假有没有班好上", set()),
        ("他爸七点就上班，你们几点开门", {"clock"}),
        ("几点开门，我要上班的", {"clock"}),
        ("平时接送都是奶奶，你们管不管网吧", set()),
        ("抖音每个月扣我十五块，怎么关掉", {"gadgets"}),
    ],
)
def test_what_is_only_told_is_no_question(question: str, keys: set[str]) -> None:
    asked = {wish.facet.key for wish in facets.wishes(question) if wish.facet.required}
    assert asked == keys
