import math

import pytest
from enginx_reference import MATERIALS, reflections
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("CeO2", ["111", "200", "220", "311", "222", "400", "331", "420", "422", "511/333"]),
        ("Fe-bcc", ["110", "200", "211", "220", "310", "222", "321", "400", "411/330", "420"]),
        ("Si", ["111", "220", "311", "400", "331", "422", "511/333", "440", "531", "620"]),
    ],
)
def test_first_reflections_of_each_lattice(name: str, labels: list[str]) -> None:
    found = reflections(MATERIALS[name], 0.5, 10)
    assert [reflection.label for reflection in found[:10]] == labels


def test_spacing_of_ceria_220() -> None:
    (found,) = (r for r in reflections(MATERIALS["CeO2"], 0.7, 3.4) if r.label == "220")
    assert found.d_spacing == pytest.approx(5.4113 / math.sqrt(8), abs=1e-12)


@given(
    material=st.sampled_from(sorted(MATERIALS)),
    d_min=st.floats(0.4, 2.0),
    extent=st.floats(0.0, 3.0),
)
def test_reflections_lie_in_the_range_once_each_and_in_order(
    material: str, d_min: float, extent: float
) -> None:
    found = reflections(MATERIALS[material], d_min, d_min + extent)
    spacings = [reflection.d_spacing for reflection in found]
    assert spacings == sorted(set(spacings), reverse=True)
    assert all(d_min < spacing < d_min + extent for spacing in spacings)


def test_no_reflection_in_the_range_is_left_out() -> None:
    found = {reflection.order for reflection in reflections(MATERIALS["CeO2"], 0.6, 4.0)}
    limit = range(-9, 10)
    every = {
        h * h + k * k + m * m
        for h in limit
        for k in limit
        for m in limit
        if h % 2 == k % 2 == m % 2
    }
    assert found == {order for order in every if order and 0.6 < 5.4113 / math.sqrt(order) < 4.0}
