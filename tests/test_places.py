"""Which places a text names, and whose plans speak to whom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import places, strangers
from knowledge.plan_places import PlanPlaces


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("南通的三好标兵", "南通市"),
        ("如东县有没有", "如东县"),
        ("常州市天宁区郑陆镇", "郑陆镇"),
        ("无锡职业技术学院的要点", "无锡职业技术学院"),
        ("仙桃市的计划", "仙桃市"),
        ("琼中县有没有", "琼中黎族苗族自治县"),
        ("双河社区的大爷", None),
        ("祝您健康长寿", None),
        ("四点钟课堂", None),
    ],
)
def test_the_most_exact_place_is_named(words: str, place: str | None) -> None:
    assert places.named_in(words) == place


@pytest.mark.parametrize(
    ("plan", "region", "steps"),
    [
        ("南通市", "南通市", 0),
        ("南通市", "如东县", 1),
        ("常州市", "郑陆镇", 2),
        ("常州市天宁区郑陆镇", "常州市", 2),
        ("南通市", "常州市", None),
        ("重庆市", "江北区", 1),
        ("重庆市", "重庆市江北区", 1),
        ("常州市", "常州市教育局关工委", 0),
        ("南通市", "哈尔滨市", None),
        ("云溪集团有限责任公司", "云溪（集团）有限公司", 0),
        ("无锡职业技术学院", "无锡商业职业技术学院", None),
        ("无锡市", "无锡商业职业技术学院", 1),
        ("荆门职业学院", "湖北省荆门市荆门职业学院", 0),
        ("荆门市", "湖北省荆门市荆门职业学院", 1),
        ("云溪集团", "湖北省荆门市云溪集团", 0),
        ("荆门职业学院", "湖北省荆门市东方荆门职业学院", None),
        ("酒泉钢铁（集团）有限责任公司", "甘肃省嘉峪关市酒钢集团", 0),
        ("常州市第一中学", "第一中学", 0),
        ("常州市第一中学", "南通市第一中学", None),
        ("无锡职业技术学院", "无锡学院", None),
        ("南京师范大学", "南京大学", None),
        ("常州市第十一中学", "第一中学", None),
        ("东方希望集团", "东方集团", None),
        ("上海汽车集团", "上海集团", None),
        ("普陀区", "上海市普陀区", 0),
        ("湖北省", "仙桃市", 1),
        ("石河子市", "新疆维吾尔自治区石河子市", 0),
        ("黔东南苗族侗族自治州", "贵州省黔东南州", 0),
        ("济源市", "济源五龙口镇", 0),
        ("新疆生产建设兵团第八师石河子市", "石河子市", 0),
        ("金川集团龙首矿", "甘肃省金昌市金川集团龙首矿", 0),
        ("延边大学", "吉林省延边州延吉市延边大学", 0),
        ("北大荒集团建三江分公司七星农场", "黑龙江省富锦市七星农场", 0),
        ("皖南医学院弋矶山医院", "芜湖市弋矶山医院", 0),
        ("某某铁路局集团有限公司怀化车务段", "湖南省怀化市", 1),
        ("西咸新区沣东新城", "陕西省西咸新区沣东新城", 0),
        ("广州市天河北新城", "陕西省西咸新区沣东新城", None),
        ("北岭铁路局集团有限公司", "兰州市北岭铁路局集团有限公司", 0),
    ],
)
def test_plans_speak_to_those_who_live_in_their_place(
    plan: str, region: str, steps: int | None
) -> None:
    assert places.nearness(plan, region) == steps


@pytest.mark.parametrize(
    ("question", "region", "place"),
    [
        ("三好标兵怎么评", "南通市", "南通市"),
        ("重庆有没有三好标兵", "南通市", "重庆市"),
        ("重庆有没有书香常州", "重庆市", "重庆市"),
        ("重庆有没有书香常州", "常州市", "常州市"),
        ("三好标兵怎么评", None, None),
        ("江苏省的要求是什么", "无锡市", "无锡市"),
        ("江苏省的要求是什么", "重庆市", "江苏省"),
        ("他爸在广东打工，孩子谁管", "重庆市", "重庆市"),
        ("他爸在南通打工，孩子谁管", None, "南通市"),
    ],
)
def test_a_question_is_for_the_place_it_names_else_the_askers(
    question: str, region: str | None, place: str | None
) -> None:
    assert places.meant(question, region) == place


@given(st.text(), st.none() | st.text())
def test_any_text_may_name_a_place(text: str, region: str | None) -> None:
    places.meant(text, region)
    assert places.nearness(text, text) == 0


def test_a_chain_leads_outwards() -> None:
    assert places.chain("郑陆镇") == ("郑陆镇", "天宁区", "常州市", "江苏省")


def known(pair: str) -> bool:
    return pair in ("郑陆", "陆镇", "现场", "镇现")


def alike(pair: str) -> bool:
    return known(pair) or pair in ("正陆", "县场")


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("横山桥镇有没有辅导站", "横山桥镇"),
        ("渠县的研讨会", None),
        ("郑陆镇的辅导站", None),
        ("如东县的辅导站", None),
        ("我们镇的辅导站", None),
        ("充分发挥镇上哪几家的作用", None),
        ("各乡镇怎么办", None),
        ("正陆镇的辅导站", None),
        ("护苗县场会放在哪", None),
        ("青口镇现场会放在哪", "青口镇"),
        ("闺女是东乡族的", None),
        ("街镇关工委的主任谁当", None),
        ("那个古镇故事书要钱吗", None),
        ("好坏会跟镇上的考核挂钩吗", None),
        ("2019年镇（街道）的培训班在哪里办", None),
    ],
)
def test_a_small_place_of_which_nothing_is_known(question: str, name: str | None) -> None:
    assert strangers.strange_in(question, known, alike) == name


def test_a_place_of_a_plan_is_known_though_it_is_misspelled() -> None:
    of_plans = PlanPlaces([("郑陆镇", None), ("无锡职业技术学院", None)])
    assert of_plans.sounds_like_one("查郑路镇")
    assert of_plans.sounds_like_one("无锡之业技术学院")
    assert not of_plans.sounds_like_one("横山桥镇")


def test_a_place_of_a_plan_is_not_strange() -> None:
    question = "黔东南跟内乡的代理家长"
    assert strangers.strange_in(question, known, alike) == "南跟内乡"
    of_plans = PlanPlaces([("内乡县", None)]).names_in(question)
    assert strangers.strange_in(question, known, alike, of_plans) is None


def test_other_provinces_and_nicknames_are_places() -> None:
    assert places.named_in("温州的计划") == "温州市"
    assert places.named_in("山城的娃娃") == "重庆市"
    assert places.named_in("锡职院的要点") == "无锡职业技术学院"
    assert places.named_in("“山城手拉手”夏令营在哪里") is None
    assert places.named_in("山城有没有夏令营") == "重庆市"
    assert places.named_in("南京路上好八连、烟台山的红色步道和胶州湾的孩子") is None
    assert places.named_in("和市里合作的调查") is None
    assert places.named_in("沿苏州河边走边听") is None
    assert places.named_in("辽宁援疆的那个钱") is None
    assert places.named_in("二十五周年大庆典") is None
    assert places.named_in("三江县的计划") == "三江侗族自治县"
    assert places.named_in("黔东南的计划") == "黔东南苗族侗族自治州"
    assert places.meant("我是江西来的，小孩能上候鸟班吧", "集美区") == "集美区"
    assert places.meant("想跟着去贵州，要办啥手续", "湘潭市") == "湘潭市"
    assert places.meant("娃转去陕西念高中，这钱还给吗", "湘潭市") == "湘潭市"
    assert places.meant("在新疆项目上干活，怎么参加", "湘潭市") == "湘潭市"
    assert places.meant("孩子考上南京大学，奖学金有多少", "湘潭市") == "湘潭市"
    assert places.meant("多少孩子的爸妈跟医疗队去了湖北", "湘潭市") == "湘潭市"
    assert strangers.college_in("我是天津工大学生，能开证明吗") is None
    assert places.meant("台湾小孩来的夏令营办到第几届", "漳州市") == "漳州市"
    assert places.meant("户口不在沈阳，孩子能来吗", "铁西区") == "铁西区"
    assert places.meant("嘉兴那边学生的读书活动叫什么", "常州市") == "嘉兴市"
    assert places.named_in("张家界校区安排了几讲") is None
    assert places.named_in("爱国主义的延安精神") is None
    assert places.named_in("泉山区的计划") == "泉山区"
    assert places.chain("泉山区") == ("泉山区", "徐州市", "江苏省")


def test_of_places_called_the_same_the_one_near_the_plans_is_meant() -> None:
    assert places.chain("通州区")[1] == "南通市"
    assert places.named_exactly("鼓楼区") is None


def test_one_of_several_places_is_known_by_its_city() -> None:
    assert places.chain("沈阳市铁西区") == ("沈阳市铁西区", "沈阳市", "辽宁省")
    assert places.named_in("鞍山铁西区的计划") == "鞍山市铁西区"
    assert places.named_in("铁西区的计划") is None
    assert places.named_in("宁波市江北区的计划") == "宁波市江北区"
    assert places.named_in("校园西区的活动") is None
    assert places.nearness("沈阳市铁西区", "铁西区") == 0
    assert places.nearness("沈阳市铁西区", "沈阳市") == 1
    assert places.nearness("沈阳市铁西区", "鞍山市铁西区") is None


def test_a_committee_is_that_of_its_own_place() -> None:
    assert strangers.committee_in("遵义市关工委今年抓哪几件事") == "遵义市"
    assert strangers.committee_in("遵义的孩子能来吗") is None


def test_a_plan_gives_names_to_its_place() -> None:
    of_plans = PlanPlaces([("石湖大学", None), ("沈阳市铁西区", None), ("长汀县", None)])
    asked = "长汀和石湖大学都搞青蓝工程，沈阳铁西和铁西区呢"
    assert of_plans.named_in(asked) == ["长汀县", "石湖大学", "沈阳市铁西区", "沈阳市铁西区"]
    assert of_plans.named_in("爱国主义教育") == []
    assert of_plans.named_in("鞍山铁西区的护校队") == []
    steel = PlanPlaces(
        [
            ("酒泉钢铁集团有限责任公司", "酒钢关工委发〔2012〕4号"),
            ("石湖医科大学", "石关〔2012〕1号"),
        ]
    )
    assert PlanPlaces([("海林市", "海关工委〔2014〕3号")]).named_in("海关工作人员") == []
    words = PlanPlaces(
        [("平安县", "市委办〔2026〕41号"), ("南京大学", "学院党〔2026〕2号"), ("荆门学院", None)]
    )
    for talk in ("平安校园建设谁负责", "市委怎么支持", "南京大屠杀纪念馆祭扫", "学院里的老同志"):
        assert words.named_in(talk) == []
    assert words.named_in("平安和南京大各办几期") == ["平安县", "南京大学"]
    assert steel.named_in("酒钢和石湖医科大") == ["酒泉钢铁集团有限责任公司", "石湖医科大学"]
    inner = PlanPlaces([("武汉市青山区钢花村街道", None)])
    assert inner.named_in("武汉钢花村和钢花村街道") == ["武汉市青山区钢花村街道"] * 2
    assert PlanPlaces([("白银市", None)]).named_in("买了白银") == []
    assert PlanPlaces([("", None)]).named_in("爱国主义教育") == []


def test_the_committee_of_a_university_that_nobody_knows_is_strange() -> None:
    known = {"石湖", "湖大", "大学"}
    for question, name in (
        ("塔里木大学的关工委拨多少经费", "塔里木大学"),
        ("你们石湖大学关工委拨多少经费", None),
        ("考上大学的孩子关工委奖不奖", None),
    ):
        found = strangers.strange_college_in(
            question, lambda word: all(word[n : n + 2] in known for n in range(len(word) - 1))
        )
        assert found == name


def test_two_words_make_no_place() -> None:
    assert places.names_in("送的礼包头装的啥") == ()
    assert places.named_in("包头的计划") == "包头市"


def test_a_city_in_front_of_a_district_is_no_place_of_its_own() -> None:
    assert places.meant("荆州市沙市区有几处", "松滋市") == "沙市区"
    assert places.meant("沙市区和松滋市各有几处", "松滋市") == "松滋市"


@pytest.mark.parametrize(
    ("question", "region", "name"),
    [
        ("鼓楼区有几个点", "仓山区", "鼓楼区"),
        ("鼓楼区有几个点", "福州市鼓楼区", None),
        ("鼓楼区有几个点", None, "鼓楼区"),
        ("郊区的孩子也收吗", "仓山区", None),
        ("仓山区有几个点", None, None),
    ],
)
def test_one_of_several_places_of_a_name_is_not_taken_for_the_askers(
    question: str, region: str | None, name: str | None
) -> None:
    assert strangers.unsure_in(question, region, lambda _pair: False) == name
