"""The names of people: plainly a full name in Chinese characters, kept as it was typed."""

from __future__ import annotations

import re
from typing import Final

from handlers import wording as say
from handlers.dialog import Unclear
from handlers.hearing.numerals import LONGEST, unwrapped
from knowledge.text import fold


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_SINGLE: Final = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎"
    "鲁韦昌马苗凤花方俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄"
    "和穆萧肖尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜"
    "郭梅盛林刁钟徐邱丘骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣贲邓郁单杭洪包诸左石崔吉"
    "钮龚程嵇邢滑裴陆荣翁荀羊惠甄曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊"
    "宫宁仇栾暴甘厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻"
    "莘党翟谭贡劳逄姬申扶堵冉宰郦雍却璩桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向"
    "古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾"
    "毋沙乜养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公岳帅缑亢况有琴归海晋楚闫法汝鄢涂钦商牟佘佴伯赏墨哈"
    "谯笪年爱阳佟言福付代覃仝尧邸候展苟植信银原战历先占粟蓋揭门冼练滿丛但遇奉税覀么桃祭鹿"
)
_DOUBLE: Final = _set(
    """
    欧阳 司马 上官 诸葛 东方 夏侯 皇甫 尉迟 公孙 慕容 令狐 宇文 长孙 司徒 司空 独孤 南宫 西门
    百里 呼延 端木 轩辕 东郭 闻人 公羊 赫连 澹台 宗政 濮阳 淳于 单于 太叔 申屠 仲孙 钟离 鲜于
    闾丘 拓跋 夹谷 谷梁 乐正 漆雕 公冶 颛孙 壤驷 南门 东门 第五 万俟 侯莫 纳兰 完颜 叶赫 耶律
    """
)
_GIVEN: Final = frozenset(
    "英兰秀芳珍玉桂凤梅华美丽红霞敏静娟萍燕玲琴云莲珠翠香月莺媛艳瑞凡佳嘉琼勤贞莉娣叶璧璐娅琦晶妍茜秋珊莎锦黛青倩婷姣"
    "婉娴瑾颖露瑶怡婵雁蓓纨仪荷丹蓉君眉薇菁蓝琳梦岚芝苑姝婧宁蕊筠柔竹霭凝晓欢霄枫芸菲寒伊亚宜可姬舒影荔枝思"
    "伟刚勇毅俊峰强军平保东文辉力明永健世广志义兴良海山仁波贵福生龙元全国胜学祥才发武新利清飞彬富顺信子杰涛昌"
    "成康星光天达安岩中茂进林有坚和彪博诚先敬震振壮会思群豪心邦承乐绍功松善厚庆磊民友裕河哲江超浩亮政谦亨奇固"
    "之轮翰朗伯宏言若鸣朋斌梁栋维启克伦翔旭鹏泽晨辰士以建家致树炎德行时泰盛雄琛钧冠策腾楠榕风航弘根宝金银福禄寿"
    "喜春夏冬淑惠慧雅洁素巧妹娥菊芬芹莹琪雪欣怀耀宗祖荣焕炳培培增锡泉水火木土洪长厚忠孝廉礼智贤来阿大正方元"
    "楚卿鑫森淼焱垚宇轩涵梓浩然睿晗熙彤雯萱桐桃果豆蕾薪辛立业华兵卫援朝跃卫东红旗爱党解放胜利和顺法余"
    "依古丽买提尔次仁扎西卓玛桑巴央多吉旺堆格达娃尼措洛增罗布普拉姆赤列晋索木汗斯米热吐逊艾合孜肉再努萨乌那苏图"
    "日勒其雅呼登克珠曲吾甫江孜塔吉别木拜山努尔热依力娜迪"
)
_PLAIN_TALK: Final = frozenset(
    "我你您他她它俺咱们的了吗呢吧啊呀么嘛哪啥怎这不没说要给就都很还谁着过把被跟或但而且因所虽"
)
_SPEECH: Final = _PLAIN_TALK | frozenset(
    "便午间点号码电话手机吃饭做事买卖菜块孩爷奶爸妈叔姨找请写打听讲跳拉退休岁取消返位忘等急累病痛怕懂错问觉帮"
    "教区县镇村街路省市站员者医男女婆嫂伴替"
)
_NO_NAMES: Final = _set(
    """
    免贵 算了 明天 后天 今天 周一 周二 周三 周四 周五 周六 周日 周末 万一 何必 何时 何人 何况 安全
    安心 成功 成都 高中 高三 报名 姓名 大名 名字 全名 志愿 微信 方法 方向 应当 应该 许多 包括
    别人 别急 时候 毛笔 白天 温暖 相信 单位 广场 关工委 人工 菜单 同意 可以 好的 知道 再见 随便
    任何 时间 高兴 谢谢 感谢 农民 工人 干部 会计 居民 公民 党支部 社区 平时 有空 能行 马虎 常来
    有事 有时 有人 全家 全部 家长 家庭 公家 国家 老人 门口 相同 有限 向前 水平 和气 和平 法治
    书法 先生 太太 女士 同志 大哥 大姐 常州 武进 金坛 溧阳 江苏 江南 江北 江阴 江津 重庆 南京
    南通 连云港 徐州 苏州 扬州 盐城 宿迁 志愿者 党员 教师 医生 好人 马上 路上 成年人 项目组 于是
    明白 乐意 安静 有用 能干 都好 还行 年纪 年轻 水电 常州人 江苏人 溧阳人 武进人 苏州人 徐州人
    重庆人 南京人
    """
)

_CJK: Final = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_DOT: Final = re.compile(r"\s*[·•‧∙・･⋅．.]\s*")
_DOTTED = re.compile(rf"[{_CJK}]{{1,10}}(?:·[{_CJK}]{{1,10}}){{1,3}}")
_CHARACTERS = re.compile(rf"[{_CJK}]{{2,4}}")
_WORD = re.compile(rf"[{_CJK}·]+")
_CLAUSE = re.compile(rf"[^{_CJK}·\w \t\u3000]+|\n")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]{2,}")

_NUMBERS = re.compile(
    r"(?:[电電][话話]|手[机機]号?|[联聯][系繫]方式|[号號][码碼]|tel)?(?:是|为|號|号)?[\s:：]*"
    r"[+＋]?(?:[0-9\uff10-\uff19〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖][\s\-\uff0d—]*){7,}",
    re.IGNORECASE,
)
_AGE = re.compile(r"[0-9\uff10-\uff19]{1,3}\s*[岁歲]|[男女](?=$|[\s,，。、)）])")
_LEAD = re.compile(
    r"(?:你们好|您好|你好|大家好|老师们?好|领导好|早上好|上午好|下午好|晚上好|嗯|哦|噢|喔|呃|啊|那个)*"
    r"(?P<who>就叫我|叫我|我|俺|本人|鄙人|在下|(?:阿拉|吾|伲|咱|偶)(?=[叫姓是]))?(?:的|[来來][报報]名的?)?"
    r"(?P<strong>(?:大|全|真|小)?名字?[叫是为為]?|姓名[叫是为為]?|(?:就)?[叫喊]做?作?)?(?:就)?是?"
)
_SURNAMED = re.compile(r"(?:免[贵貴]|我|俺|小|敝|本人)?姓")
_TITLE: Final = (
    "老[师師]|先生|女士|同志|阿姨|大姐|大哥|大[爷爺]|大[妈媽]|[师師]傅|主任|[书書][记記]"
    "|[校院站][长長]|[医醫]生"
)
_TAIL = re.compile(
    rf"(?:{_TITLE})?(?:啊|呀|哦|喔|噢|呢|哈|嘛|吧|的|啦|咯|喽|就行|就好|[谢謝]{{2}}|[报報]名|[报報]到|[参參]加|字)*+$"
)
_FROM = re.compile(
    r"^(?:[^我你您他她]{1,12}[区區縣县镇鎮村道组組站校厂廠局社院市省]的"
    r"|(?:退休|离休|老)?(?:教[师師]|老师|工人|[干幹]部|[职職]工|[医醫]生|党员|[黨]員|村民|居民|志愿者))"
    r"(?=.{2,4}$)"
)
_SPELT = re.compile(
    r"口天吴|弓长张|立早章|木子李|耳东陈|古月胡|双木林|草头黄|三横王|言午许|干勾于|人未余|.{1,4}的.{1,2}"
)
_NICKNAME = re.compile(
    r"[老小].{1,3}|[阿大].|.(?:[大二三四五六七八九小老]?[哥姐嫂叔伯姨婶舅爷奶妈婆公老工总局姥])"
)
_KIN = re.compile(
    r".*(?:奶奶|爷爷|外婆|外公|妈妈|爸爸|姥姥|姥爷|家长|小姐|大伯|大叔|大嫂|阿婆|阿公)"
)

_WHY = re.compile(
    r"不想|不愿|不方便|不告[诉訴]|保密|匿名|隐私|[为為]什么|[为為]啥|干什么|干啥|[干做]嘛|凭什么|做啥|怕.{0,4}骗|骗子"
    r"|一定要.{0,4}[吗嘛]|能不能不|可不可以不"
)
_OTHERS = re.compile(
    r"老伴|老婆|老公|[爱愛]人|儿子|女儿|孙子|孙女|介绍|推荐|我[妈爸爷奶]|朋友|邻居|同事|替.{0,6}报|代.{0,4}报"
)


def a_name(words: str) -> str:
    """Return the full name that ``words`` give, as typed."""
    text = unwrapped(words) if len(words) <= LONGEST else ""
    if _WHY.search(text):
        raise Unclear(say.NAME_WHY)
    found = [] if _OTHERS.search(text) else _names(text)
    if len(found) == 1:
        return found[0]
    raise Unclear(_hint(text, several=len(found) > 1))


def _hint(text: str, *, several: bool) -> str:
    if several or _OTHERS.search(text):
        return say.NAME_ONE
    if not _WORD.search(text):
        return say.NAME_CHARACTERS if _LATIN.search(text) else say.NAME_HINT
    said = [_TAIL.sub("", _LEAD.sub("", word, count=1)) for word in _WORD.findall(text)]
    called = any(_is_nickname(fold(word)) or _is_surname(fold(word)) for word in said)
    return say.NAME_FULL if called else say.NAME_HINT


def _names(text: str) -> list[str]:
    """Return the different names in ``text``; surer ones push out those that only may be."""
    plain = _NUMBERS.sub("，", _DOT.sub("·", text))
    clauses = _CLAUSE.split(_AGE.sub("，", plain))
    tokens = [token for clause in clauses for token in [*_joined(clause.split()), ("", False)]]
    names = list(dict.fromkeys(_with_surnames(tokens)))
    return [name for name in names if _parts(fold(name))[0]] or names


def _joined(tokens: list[str]) -> list[tuple[str, bool]]:
    """Return (word, introduced as a name); characters typed one by one become one word."""
    stripped = [_stripped(token) for token in tokens if not _SPELT.fullmatch(token)]
    words = [word for word in stripped if word[0]]
    if len(words) > 1 and all(len(word) == 1 for word, _ in words):
        return [("".join(word for word, _ in words), True)]
    return words


def _stripped(token: str) -> tuple[str, bool]:
    if surnamed := _SURNAMED.match(token):
        rest = token[surnamed.end() :]
        return re.sub(r"(?<=.)[名叫](?=.)", "", rest), True
    lead = _LEAD.match(token)
    strong = bool(lead and lead["strong"] and lead["who"] not in ("就叫我", "叫我"))
    rest = _FROM.sub("", token[lead.end() :] if lead else token)
    return _TAIL.sub("", rest), strong


def _with_surnames(tokens: list[tuple[str, bool]]) -> list[str]:
    """Return the names, a surname that stands alone put before what follows it."""
    names, surname = [], ""
    for word, introduced in tokens:
        if not word:
            continue
        whole = word if word.startswith(surname) or len(word) > 2 else surname + word
        if _is_name(whole, introduced=introduced or bool(surname)):
            names.append(whole)
        surname = word if _is_surname(fold(word)) else ""
    return names


def _is_surname(folded: str) -> bool:
    return folded in _SINGLE or folded in _DOUBLE


def _is_nickname(folded: str) -> bool:
    return bool(_NICKNAME.fullmatch(folded) or _KIN.fullmatch(folded))


def _is_name(word: str, *, introduced: bool) -> bool:
    if _DOTTED.fullmatch(word):
        return len(word) <= 15 and not _PLAIN_TALK.intersection(word)
    folded = fold(word)
    if not _CHARACTERS.fullmatch(word) or _is_nickname(folded):
        return False
    doubled = len(folded) == 4 and folded[0] == folded[1] and folded[2] == folded[3]
    return (
        folded not in _NO_NAMES
        and not doubled
        and not _is_surname(folded)
        and _plainly(folded, introduced)
    )


def _plainly(folded: str, introduced: bool) -> bool:
    surname, given = _parts(folded)
    if (_PLAIN_TALK if introduced else _SPEECH).intersection(given if surname else folded):
        return False
    if len(folded) == 2 and not surname and folded[0] in _GIVEN:
        return False
    if len(folded) == 4 and folded[:2] not in _DOUBLE:
        rest = folded if folded[1] not in _SINGLE else folded[2:]
        return introduced or _GIVEN.issuperset(rest)
    rare = any(not "\u4e00" <= character <= "\u9fff" for character in folded)
    known = bool(surname) and not (len(folded) == 2 and given == surname)
    unusual = folded[0] not in _GIVEN and _GIVEN.issuperset(folded[1:])
    return known or introduced or rare or unusual


def _parts(folded: str) -> tuple[str, str]:
    if folded[:2] in _DOUBLE:
        return folded[:2], folded[2:]
    return (folded[0], folded[1:]) if folded[0] in _SINGLE else ("", folded)
