"""Every Chinese sentence that the assistant says, and the words that it listens for."""

from __future__ import annotations

from typing import Final

# --- answers that cannot be used: what to send instead, with an example ---

NAME_HINT: Final = "请把您的姓名打成汉字，姓和名都要，例如：我叫李桂芳"
NAME_FULL: Final = "谢谢您！登记要用全名，请把姓和名一起写上，例如：李桂芳"
NAME_CHARACTERS: Final = "请用汉字写姓名，手写输入也可以，例如：李桂芳"
NAME_ONE: Final = "这次先登记您自己一位，请只写您本人的姓名，例如：李桂芳"
NAME_WHY: Final = (
    "姓名只给关工委登记和联系用，不会公开。您放心的话请写姓名，例如：李桂芳\n"
    "不想报了，回复“取消”就行。"
)

PHONE_HINT: Final = "请发一个能找到您的电话，手机号是11位数字，例如：13900001234"
PHONE_LENGTH: Final = "这个号码是{count}位，好像多了或少了数字。请再发一遍，例如：13900001234"
PHONE_LATER: Final = "不着急，我等您。找到号码后再发给我，例如：13900001234"
PHONE_WHY: Final = (
    "电话只给关工委工作人员通知活动用，不外传，不收钱。您放心的话请发号码，例如：13900001234\n"
    "不想报了，回复“取消”就行。"
)
PHONE_WHOLE: Final = "这里看不到您以前留的号码，请把号码从头到尾发一遍，例如：13900001234"
PHONE_AREA: Final = "座机请连区号一起发，例如：0519-80000002"
PHONE_ONE: Final = "我看到不止一个号码，请只发最好找到您的那一个，例如：13900001234"
PHONE_NONE: Final = "没有手机也不要紧，可以留家里座机或者家人的电话，例如：0519-80000002"

CHOICE_HINT: Final = "请回复前面的数字，选一个就行，例如：{example}"
CHOICE_SEVERAL: Final = "请回复前面的数字，可以选几个，例如：{example}"
CHOICE_EMPTY: Final = "现在没有可以选的。回复“菜单”看看别的，例如：菜单"
CHOICE_MEANS: Final = {
    "辅导": "补课 作业 功课 辅导 教娃 教孩子读书",
    "看护": "看孩子 带娃 带孩子 作业 放学",
    "帮教": "失足 犯错 走弯路 犯过事",
    "谈心": "聊天 说说话 谈谈心 摆龙门阵",
    "结对": "一对一 一帮一 认亲",
    "宣讲": "讲故事 讲课 演讲 讲革命 讲党史 讲传统",
    "不参加": "不去 不来 先不 暂不 暂时不 再说 算了",
}
"""What an option is called by those who do not use its words."""

SUBJECT_HINT: Final = "您会什么、喜欢什么，写两三个字就行，例如：书法。会做饭、会下棋、会讲故事都算"

WEEKLY_WORKDAYS: Final = "工作日白天"
WEEKLY_AFTER_SCHOOL: Final = "放学后（16点以后）"
WEEKLY_WEEKEND: Final = "周末"
WEEKLY_ANY: Final = "都可以"
WEEKLY_HINT: Final = "请写平常每周哪几天有空，例如：每周三下午"
WEEKLY_ONCE: Final = "这里问的是平常每周哪几天有空，不是哪一天，例如：每周三下午"

CONSENT_HINT: Final = (
    "再说明一下：姓名和电话只给关工委工作人员联系您用，您随时可以撤回。同意请回复 1，不同意请回复 2"
)
CONSENT_RIGHT: Final = "请看看上面写得对不对：对就回复 1，要改回复 2，不报了回复 3"

# --- the front door ---

WELCOME: Final = (
    "您好，我是关心，关工委的小助手。\n"
    "可以问我关工委的计划里写了什么，可以报名来帮忙，也可以查自己报的名。"
)
MENU: Final = "您想做什么？回复数字，或者直接打字说。"
MENU_ASK: Final = "问一问"
MENU_SIGN_UP: Final = "报名"
MENU_MINE: Final = "我的"
MENU_RESUME: Final = "接着填没填完的表"
HELP: Final = (
    "这样用就行：\n"
    "· 想问什么，直接打字，比如“四点钟课堂是什么”\n"
    "· 想来帮忙，回复“报名”\n"
    "· 看自己报的名，回复“我的”\n"
    "· 填到一半想退出，回复“取消”；想改上一个，回复“上一步”\n"
    "· 想找人说话，回复“人工”"
)
THANKS: Final = "不客气，有事随时叫我。"
KIND_WORDS: Final = {
    "joy": "真是好消息，替您高兴！",
    "sorrow": "听您这么说，我也很挂念。您多保重，别一个人闷着；想找人说说话，回复“人工”。",
    "talk": "您说的我听到了。闲话我不太会聊，关工委的事可以问我；要办事，回复“菜单”。",
    "sign": "收到，我在呢。有事您打字说，不知道说什么就回复“菜单”。",
    "self": "我是关心，关工委的小助手，是个机器人。有事您说；想找人，回复“人工”。",
}
"""By the argument of the ability "thanks"."""
ASK_AWAY: Final = "请直接打字问我。比如下面这几个，回复数字也行："
SAMPLE_QUESTIONS: Final = ("四点钟课堂是什么", "三好标兵怎么评")
TYPED_QUESTION: Final = "si dian zhong ke tang shi shenme"
SAMPLE_SEARCH: Final = "附近有辅导站吗"
SAMPLE_STATIONS: Final = "看看有哪些辅导站"
HUMAN_ON_LIST: Final = "好的，已经替您记在等人工的名单上。"
HUMAN: Final = f"{HUMAN_ON_LIST}您想说的事，可以先打字留在这里。"
HUMAN_ON_LIST_ALREADY: Final = "您已经在等人工的名单上了，不用再排一次。"
HUMAN_AGAIN: Final = f"{HUMAN_ON_LIST_ALREADY}想补充什么，打字留在这里。"
HUMAN_LISTENS: Final = "您好。您想说的事，打字留在这里，工作人员看得到。"
HUMAN_KEPT: Final = (
    "好的，这句话已经留给工作人员了，您还在等人工的名单上。\n还想补充，再回复“人工”。"
)
HUMAN_OFFER: Final = "这件事这里没有登记，我不能乱说。要请工作人员联系您，回复“人工”。"
HUMAN_NO_WORDS: Final = "不留话"
HUMAN_NOTHING: Final = "好的，不留话也行，您还在等人工的名单上。"
FEEDBACK: Final = {
    "": "谢谢您的意见，已经记下来交给工作人员了，回执号 {number}。",
    "complaint": (
        "对不起，让您不满意了。您说的已经记下来交给工作人员了，回执号 {number}。急的话回复“人工”。"
    ),
    "praise": "谢谢您的夸奖，我转给工作人员，让他们也高兴高兴。回执号 {number}。",
}
"""By the argument of the ability "feedback"."""
NOT_YET: Final = "这个功能还没有开通。您可以先问问题、报名、查自己报的名；要找人，回复“人工”。"
VOICE: Final = "抱歉，我还听不了语音。请打字告诉我，或者回复数字。"
NOT_WORDS: Final = "收到了，不过我只看得懂文字。请打字告诉我，或者回复数字。"
STALE: Final = "这个按钮已经过期了，没有改动任何东西。"
APOLOGY: Final = (
    "对不起，刚才我这里出了点问题，这句话没有处理好。请再发一次，或者回复“人工”找工作人员。"
)
BUSY: Final = "现在有点忙，请一分钟后再发一次"
FORGOTTEN: Final = "这句话之前已经处理过了。"
NOT_UNDERSTOOD: Final = "我没有看懂这句话。您想做什么？回复数字，或者换个说法。"

# --- answers from the plans ---

ALSO: Final = "\n计划里还写到：{text}"
WROTE: Final = "{place}{year}年的计划写的是：{text}"
WROTE_IN: Final = "《{title}》（{number}）写的是：{text}"
IN_PERIOD: Final = "{when}：{text}"
CELL: Final = "{name}：{cell}"
ON_DAY: Final = "{when}，{text}"
SOURCE: Final = "出处：《{title}》（{details}）"
SOURCE_DIGEST: Final = "摘编"
SOURCE_NUMBER: Final = "文号 {number}"
SOURCE_NO_NUMBER: Final = "无文号"
SOURCE_YEAR: Final = "{year}年"
SOURCE_PART: Final = "第{part}部分"
SOURCE_ITEM: Final = "第{item}条"
MORE: Final = "更多"
TO_HUMAN: Final = "找工作人员"
NO_MORE: Final = "这一节就写了这些。"
THAT_IS_ALL: Final = "我知道的就这些了。想问别的，直接打字；要找人，回复“人工”。"
NOTHING: Final = "计划里没有写这件事，我不能乱说。"
NO_PLAN_OF_PLACE: Final = "我手上没有{place}的计划，计划里没有写的我不能乱说。"
NO_PLAN_OF_YEAR: Final = "我手上没有{year}年的计划，计划里没有写的我不能乱说。"
UNTOLD: Final = "计划里没有写{detail}。"
NO_DETAIL: Final = f"{UNTOLD}计划里相近的是：{{text}}"
ONLY_NEAR: Final = "计划里没有写得这么具体，只有相近的：{text}"
KEPT: Final = "您的问题已经记在待答的单子上，留给工作人员。要找人，回复“人工”。"
NEAR_TOPICS: Final = "这两件事计划里有，想看就回复数字："
WHICH_PLACE: Final = "好几个地方的计划都提到了：\n{lines}"
WHICH_ASK: Final = "您是哪里的？选一下，我说得更准。"
WHICH_DETAIL: Final = "您问的“{detail}”，是哪一件事、哪个地方？请把名字打给我，例如：四点钟课堂"
WHICH_PLACES: Final = "您想问{place}的哪一件事？请把名字打给我，例如：三好标兵"
GOES_ON: Final = ("那", "所以", "要是")
"""How words begin that go on with what was said before them."""
WANTED: Final = {"person": "负责人"}
"""By its name in answered.toml: what a question wants and no kind of detail is called."""
OWN_PLACE: Final = (
    "(?P<says>我们?(?:家|老家)?(?:就|也)?(?:是住在|住在|住|是|在|来自))?"
    "(?P<name>.+?)(?:的|人|这边|这里)*"
)
SMALL_PLACE: Final = "(?!.*[哪在几啥谁吗])(?!.*什么).{1,16}(?:镇|乡|村|街道|社区|村委会|居委会)"
SMALL_PLACES: Final = "[^市区县镇乡村]+?(?:镇|乡|村|街道|社区)"
SMALL_PLACE_UNKNOWN: Final = "(?![农本这那哪我你一同]|新农|城乡).{2,}"
PLACE_LINE: Final = "· {place}：{text}"
WHICH_ELSE: Final = "{place}在哪个区、哪个市我不清楚。从下面选一下，都不是就写上区和市的名字。"
REGION_KEPT: Final = "记住了，您是{place}的。"
REGION_NAMED_BY: Final = "{place}的计划里写到{name}，我先按{place}的计划答您。"
REGION_UNKNOWN: Final = (
    "我还不认识“{name}”。请说您是哪个市、哪个区或者哪个镇的，例如：我是常州天宁区的"
)

# --- stations ---

STATION_WORD: Final = "辅导站"
STATION_SAID: Final = "(?:校外教育)?辅导[站点]|站[点里]?"
STATION_COMMON: Final = "示例|·|校外教育辅导站|辅导站|社区|街道|[镇村](?=校外|辅导|$)"
STATIONS: Final = "现在登记的校外教育辅导站："
NO_STATIONS: Final = "还没有登记任何辅导站。要等工作人员登记；回复“人工”可以找人问。"
STATION: Final = (
    "{name}\n  地址：{location}\n  电话：{phone}\n  教什么：{subjects}\n  时间：{times}"
)
NOT_ENTERED: Final = "未登记"
NONE_THERE: Final = "{place}的辅导站：未登记。别处登记的有："
STATIONS_INVITE: Final = "说出地名我再找。"
STATIONS_MORE: Final = f"还有{{count}}个站，{STATIONS_INVITE}"
LOCALITY: Final = (
    "(?:我们?|俺们?|咱们?)?(?:家|人)?(?:就|是)*(?:住在?|在|属于)?"
    "(?P<place>[^哪那这什么在去找有站]{2,8}?(?:社区|街道|小区|新村|花园|家园|村|镇|乡|路|街|巷|苑|庄|桥|塘))"
    "(?:的|人|这边|这里|附近|那边|那里|这块)*(?:有吗|有没有|呢|吧|啊|呀)?"
)
"""A place and nothing else: 兰陵街道, 我住河海社区."""
STATION_LACKS: Final = "您问的{detail}：未登记，我不能乱说。"
STATION_OWN: Final = "  您报的是：{times}"
STATIONS_OTHER: Final = "看看别的站"
STATION_NEAREST: Final = "离您近的先列出来："
STATION_DISTANCE: Final = "（约{kilometres}公里）"
STATION_OFFER: Final = "报名去帮忙"
STATION_TAKEN: Final = "好的，给您报{station}。"
STATION_UNKNOWN: Final = "没有登记“{name}”这个辅导站。"
STATION_WITHOUT_TIMES: Final = "{station}眼下没有要人的时间。"
STATIONS_NAMED: Final = "叫“{name}”的站不止一个。"
STATIONS_IN: Final = "{place}的辅导站在下面。"
STATION_WHICH: Final = "现在可以报的有这些，您想去哪个？"
PAIR_OFFER: Final = "报名结对帮教"
HELP_OFFER: Final = "报名来帮忙"
REMIND_OFFER: Final = "有活动提醒我"
SEATS_FREE: Final = "还有{free}个名额"
SEATS_NONE: Final = "已满，可候补"
WEEKLY: Final = "每{day} {starts}—{ends}"
ONCE: Final = "{month}月{date}日（{day}）{starts}—{ends}"
ITEM: Final = "第{number}点："
WHICH_NUMBER: Final = "您回的数字，说的是下面哪一个？"
A_DAY: Final = "{month}月{date}日"
A_WHOLE_DAY: Final = "{year}年{month}月{date}日（{day}）"
PAUSED_DAYS: Final = "（{days}停）"
WEEKDAYS: Final = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")

# --- forms ---

TAKEN_DOWN: Final = "好的，记下了。"
PROGRAMMES: Final = "这里给志愿者报名。您想报哪一样？"
STATION_PROGRAMME: Final = "去辅导站帮忙"
MENTORING_PROGRAMME: Final = "结对帮教"
ASK_NAME: Final = "请问您怎么称呼？请写姓名，例如：李桂芳"
ASK_PHONE: Final = "请留一个电话（只用来通知您活动的时间变动）。例如：13900001234"
ASK_SUBJECTS: Final = "您能教什么、会什么？可以选几样，例如回复 1 3；也可以直接写。"
ASK_STATION: Final = "想去哪个站？"
ASK_SHIFT: Final = "{station}，什么时间方便？"
ASK_KIND: Final = "想做哪一种结对？"
ASK_WEEKLY: Final = "平常什么时候有空？选一个，或者直接写，例如：每周三下午"
ASK_CONSENT: Final = (
    "我们要保存您的姓名、电话和特长，只给关工委工作人员安排活动用，不公开、不收费，"
    "您随时可以回复“删除我的信息”。同意吗？"
)
CONSENT_VERSION: Final = "2026-11"
YES: Final = "同意"
NO: Final = "不同意"
CONFIRM: Final = "请看一看对不对：\n{summary}"
CONFIRM_STATION: Final = (
    "姓名：{name}\n电话：{phone}\n能教：{subjects}\n站点：{station}\n时间：{times}"
)
CONFIRM_MENTORING: Final = (
    "姓名：{name}\n电话：{phone}\n能教：{subjects}\n结对：{kind}\n有空：{times}"
)
RIGHT: Final = "对，提交"
CHANGE: Final = "要改"
GIVE_UP: Final = "不报了"
ASK_WHICH: Final = "要改哪一项？"
FIELD_NAME: Final = "姓名"
FIELD_PHONE: Final = "电话"
FIELD_SUBJECTS: Final = "能教什么"
FIELD_STATION: Final = "站点"
FIELD_SHIFT: Final = "时间"
FIELD_KIND: Final = "哪一种结对"
KINDS: Final = (
    ("study", "学习辅导（免费导学）"),
    ("conduct", "品行引导（结对帮教）"),
    ("company", "陪伴聊天（心理关爱）"),
    ("guide", "人生导师"),
    ("teacher", "带青年教师（青蓝工程）"),
)
STATION_GONE: Final = "您选的站点刚刚停了，其他回答都还在。请另选一个："
SHIFT_GONE: Final = "您选的时间刚刚停了，其他回答都还在。请另选一个："
NO_SHIFTS: Final = "眼下没有辅导站要人。回复“人工”，工作人员有消息会找您。"
CONFIRMED: Final = "报名成功！报名编号：{number}\n{what}{first}\n\n要看或要取消，回复“我的”。"
FIRST_TIME: Final = "\n第一次：{time}"
REGISTERED: Final = (
    "报名成功！报名编号：{number}\n{what}\n\n工作人员会为您物色合适的孩子或老师，再和您联系。"
    "要看或要取消，回复“我的”。"
)
WAITING: Final = (
    "这个时间已经满了，您是候补第 {place} 位。报名编号：{number}\n{what}\n\n"
    "有人退出会按先后顺序替补。要看或要取消，回复“我的”。"
)
WHAT_STATION: Final = "{station}\n{times}\n地址：{location}"
PROMOTED: Final = "好消息：您候补的 {number} 已经转为正式报名！\n{what}"
DECLINED: Final = "好的，没有登记，您刚才填的也不会保存。想报随时回复“报名”。"
REFUSED: Final = (
    "好的，不同意就不登记，您刚才填的已经删掉。也可以回复“人工”，让工作人员当面给您登记。"
)
CHILD: Final = (
    "给孩子报名：这里还不能报，各站收不收、还有没有位子也未登记，我不能乱说。\n"
    "回复“辅导站”看看登记了哪些站，回复“人工”让工作人员帮您问。"
)
LEFT: Final = "好的，已经退出，没有报名，刚才填的已经删掉。想再报，回复“报名”。"
PAUSED: Final = "好的，不着急，您填的都留着（7天内有效）。回来后回复“继续”就接着填。"
STEP_AGAIN: Final = "接着刚才的：\n{step}"
NOTHING_OPEN: Final = "现在没有在填的表。"
NOTHING_TO_GO_ON: Final = f"{NOTHING_OPEN}想报名，回复“报名”；想看能做什么，回复“菜单”。"
FIRST_STEP: Final = "这已经是第一步了。"
TROUBLE: Final = (
    "没关系，慢慢来。一次只答一个问题就好。\n要是不方便，回复“人工”，工作人员帮您填；"
    "回复“取消”就退出。"
)
RESUMED: Final = "您上次填到这里："
EXPIRED: Final = "没有可以接着填的表了（没填完的只留7天）。想报名，回复“报名”。"
FORM_KEPT: Final = "您没填完的表还留着，回复“继续”接着填。"

# --- my sign-ups ---

OTHER_TIME: Final = "您现在报的是：\n{held}"
OTHER_TIME_FREE: Final = "这个站还可以报：{times}。"
OTHER_TIME_NONE: Final = "这个站{day}没有登记的时间。"
OTHER_TIME_HOW: Final = (
    "要换时间，先另报一个，报好了再取消原来的；也可以请工作人员帮您换。回复数字："
)
OTHER_TIME_SIGN_UP: Final = "另报一个时间"
OTHER_TIME_HUMAN: Final = "请工作人员帮我换"

MINE: Final = "您报了这些："
MINE_NONE: Final = "您还没有报名。想来帮忙，回复“报名”。"
MINE_LINE: Final = "{number} {status}\n  {what}"
STATUS_CONFIRMED: Final = "已报上"
STATUS_WAITING: Final = "候补第 {place} 位"
CANCEL_ONE: Final = "取消 {number}"
CANCEL_SURE: Final = "确定要取消吗？\n{what}"
CANCEL_YES: Final = "确定取消"
CANCEL_NO: Final = "不取消"
CANCELLED: Final = "已经取消 {number}。\n{what}\n谢谢您告诉我们，下次再来。"
NOT_YOURS: Final = "没有找到这个报名，什么都没有改。回复“我的”看看您报了什么。"

# --- one person on two doors ---

LINK_WORD: Final = "绑定"
LINK_CODE: Final = (
    "您的绑定码是 {code}，10分钟内有效，只能用一次。\n"
    "到另一个地方（微信、Telegram 或网页）发：绑定 {code}\n"
    "别把它告诉别人，工作人员也不会问您要。"
)
LINKED: Final = "绑好了。您在两边报的名都在“我的”里。"
LINK_WRONG: Final = "这个绑定码不对，或者过了10分钟。请在另一边回复“绑定”，要一个新的。"
LINK_LOCKED: Final = "试的次数太多了，先停一停。已经告诉工作人员，他们会帮您绑定。"
LINK_SAME: Final = "这个码就是您在这里要的，请到另一边去发。"

# --- one's own data ---

ERASE_SURE: Final = "要删除您的姓名、电话、特长和全部报名吗？名额会让给候补的人，删了找不回来。"
ERASE_NO: Final = "不删"
ERASE_YES: Final = "确定删除"
ERASED: Final = "都删掉了：姓名、电话、特长、报名和消息。我们只留一条没有姓名的删除记录。"

# --- danger ---

DANGER_NOW: Final = (
    "我很担心，这件事别一个人扛着。如果有人正有危险，请马上打：\n{numbers}\n"
    "这件事已经记在工作人员名单的最前面。身边有信得过的大人，请现在就去找他。"
)
DANGER_TALK: Final = (
    "听你这么说，我很挂念。现在你身边安全吗？愿意的话，可以打电话和专业的人聊聊：\n"
    "{numbers}\n也已经记给工作人员，想找人说话，回复“人工”。"
)
NUMBER_LINE: Final = "· {number}（{name}）"
