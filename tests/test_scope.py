"""Which facts speak to a question."""

import numpy as np

from knowledge.plan import Fact, Plan
from knowledge.scope import Shelf


def plan(key: str, place: str, year: int) -> Plan:
    return Plan(key, f"{place}{year}年工作要点", f"{place}关工委", place, year, None, None)


CITY, TOWN, OTHER = (
    plan("a", "常州市", 2022),
    plan("b", "郑陆镇", 2023),
    plan("c", "南通市", 2023),
)
FACTS = (
    Fact(CITY, 0, "落款", ("落款和印发日期",), "2022年3月印发。"),
    Fact(CITY, 1, "一", ("一、工作",), "到2023年底建成。"),
    Fact(TOWN, 0, "一", ("一、工作",), "镇里办班。"),
    Fact(OTHER, 0, "一", ("一、工作",), "市里办班。"),
)
SHELF = Shelf((CITY, TOWN, OTHER), FACTS)
NEVER: frozenset[int] = frozenset()


def chosen(allowed: np.ndarray) -> list[int]:
    return np.flatnonzero(allowed).tolist()


def test_without_a_place_every_fact_speaks() -> None:
    scope = SHELF.scope(None, NEVER, paper=False)
    assert chosen(scope.near) == [0, 1, 2, 3]
    assert chosen(scope.abroad) == []


def test_a_town_is_spoken_to_by_its_own_plan_and_its_citys() -> None:
    scope = SHELF.scope("郑陆镇", NEVER, paper=False)
    assert scope.steps == {"a": 2, "b": 0}
    assert chosen(scope.near) == [0, 1, 2]
    assert chosen(scope.abroad) == [3]


def test_a_unit_speaks_to_those_of_each_place_that_its_plan_often_names() -> None:
    field = plan("d", "白石油田", 2026)
    told = ("江北区的孩子多。江北区办班。江北区。", "与荆门市联办。荆门市出书。", "孝感市来信。")
    facts = [
        Fact(field, at, "一", ("一、工作",), one)
        for at, text in enumerate(told)
        for one in text.split("。")
    ]
    shelf = Shelf((field,), facts)
    assert shelf.scope("江北区", NEVER, paper=False).steps == {"d": 0}
    assert shelf.scope("湖北省荆门市", NEVER, paper=False).steps == {"d": 0}
    assert not shelf.scope("孝感市", NEVER, paper=False).steps


def test_a_university_of_a_province_is_where_its_plan_says() -> None:
    college = plan("e", "陕西石湖大学", 2026)
    facts = [Fact(college, 0, "一", ("一、工作",), "与汉中市联办。")]
    shelf = Shelf((college,), facts)
    assert shelf.scope("汉中市", NEVER, paper=False).steps == {"e": 0}
    assert not shelf.scope("安康市", NEVER, paper=False).steps


def test_an_unknown_place_is_spoken_to_by_none() -> None:
    assert not SHELF.scope("苏州市", NEVER, paper=False).steps


def test_a_year_chooses_its_plans_and_the_facts_that_name_it() -> None:
    scope = SHELF.scope("常州市", frozenset({2023}), paper=False)
    assert chosen(scope.near) == [1]
    assert not scope.has_year
    assert SHELF.scope("常州市", frozenset({2022}), paper=False).has_year


def test_the_paper_is_its_number_date_and_sender() -> None:
    assert chosen(SHELF.scope("常州市", NEVER, paper=True).near) == [0]
