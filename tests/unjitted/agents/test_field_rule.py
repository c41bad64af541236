"""Rules of mean-field swarms: weights, embedding, the three kinds, known answers and the bound of their slope."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from skyrally.agents.field_rule import Grid, GridSpec, Rule
from skyrally.errors import SkyrallyError
from skyrally.scenarios.scenario import Field, Layout

PLACE = Layout("plain", [Field("place", 2, "m")])
MIXED = Layout("mixed", [Field("speed", 1, "m/s"), Field("phase", 2, "-", "cos, sin to the own phase", -1.01, 1.01)])


def grid(layout=PLACE, **spec) -> Grid:
    return Grid(GridSpec(**spec), layout)


def on_circle(angle: float) -> torch.Tensor:
    return torch.tensor([[0.0, math.cos(angle), math.sin(angle)]])


def test_centres_are_the_middles_of_equal_parts():
    made = grid(bins=2)
    assert made.centres.tolist() == [[-1, -1], [-1, 1], [1, -1], [1, 1]]
    assert grid(MIXED, bins=3, sectors=4).size == 12
    assert grid(MIXED, reads=("phase",), sectors=4).centres[:, 0].tolist() == pytest.approx([k * math.pi / 4 for k in (-3, -1, 1, 3)])


@given(st.lists(st.floats(-3, 3), min_size=2, max_size=2))
def test_weights_are_the_formula(place):
    made = grid(bins=4, width=0.7)
    y = torch.tensor([place])
    inside = y.clamp(-1.5, 1.5)
    s = 0.7 * 1.0
    kernel = torch.exp(-((made.centres - inside) ** 2).sum(-1) / (2 * s * s))
    assert made.kernels(y)[0].numpy() == pytest.approx(kernel.numpy(), abs=1e-6)
    assert made.weights(y)[0].numpy() == pytest.approx((kernel / kernel.sum()).numpy(), abs=1e-5)


def test_angles_are_compared_around_the_circle():
    made = grid(MIXED, reads=("phase",), sectors=8)
    left, right = made.weights(on_circle(math.pi - 1e-4)), made.weights(on_circle(-math.pi + 1e-4))
    assert left.numpy() == pytest.approx(right.numpy(), abs=1e-3)
    assert left[0, 0] == pytest.approx(left[0, -1].item(), abs=1e-3)


def test_the_nearest_centre_takes_all_in_a_histogram():
    made = grid(bins=2)
    shares = made.embedding(torch.tensor([[[-0.1, -0.1], [0.3, 1.9], [0.2, 0.1], [9.0, 9.0]]]), torch.tensor([[True] * 3 + [False]]), True)
    assert shares[0].tolist() == pytest.approx([1 / 3, 0, 0, 2 / 3])


def test_the_embedding_is_a_mean_over_those_who_take_part():
    made, obs = grid(), torch.randn(3, 7, 2)
    present = torch.tensor([[True] * 5 + [False] * 2] * 3)
    expected = made.kernels(obs[:, :5]).mean(1)
    assert made.embedding(obs, present).numpy() == pytest.approx(expected.numpy(), abs=1e-6)
    assert not made.embedding(obs, torch.zeros(3, 7, dtype=torch.bool)).any()
    order = torch.randperm(5)
    assert made.embedding(obs[:, order], present[:, :5]).numpy() == pytest.approx(expected.numpy(), abs=1e-6)


def table(rule: Rule, mean, spread=0.0) -> torch.Tensor:
    """xi [1, P] with these means and deviations at the centres."""
    mean = torch.as_tensor(mean, dtype=torch.float32).reshape(rule.grid.size, rule.actions)
    sd = torch.full_like(mean, 4 * spread - 1.0)
    return torch.stack((mean.atanh(), sd.clamp(-0.999999, 0.999999).atanh()), 1).reshape(1, -1)


def test_each_kind_at_a_place_between_two_centres():
    """Half way between centres with means -0.4 and 0.8: blend 0.2, the others one of the two; their deviation is 0.25 there."""
    layout = Layout("line", [Field("x", 1, low=-1.0, high=1.0)])
    made = grid(layout, bins=2)
    y = torch.zeros(1, 20_000, 1)
    noise, pick = torch.randn(1, 20_000, 1), torch.rand(1, 20_000)
    blend, mixture, histogram = (Rule(made, kind, 1) for kind in ("blend", "mixture", "histogram"))
    xi = table(blend, [-0.4, 0.8], 0.25)
    assert blend.act(xi, y, None)[0, 0].item() == pytest.approx(0.2, abs=1e-5)
    assert blend.act(xi, y, noise).std().item() == pytest.approx(0.25, abs=0.01)
    drawn = mixture.act(xi, y, None, pick)
    assert drawn.unique().tolist() == pytest.approx([-0.4, 0.8])
    assert drawn.mean().item() == pytest.approx(0.2, abs=0.02)
    assert histogram.act(xi, y + 0.1, None).unique().tolist() == pytest.approx([0.8])
    assert (mixture.act(xi, y, noise, pick).abs() <= 1.0).all()


def test_a_straight_line_of_means_homes():
    """Means -0.6 c_b at the centres of two numbers: the blend is nearly u = -0.6 y within the grid."""
    rule = Rule(grid(bins=5), "blend", 2)
    xi = table(rule, -0.6 * rule.grid.centres.clamp(-1.6, 1.6))
    y = torch.rand(1, 50, 2) * 2.4 - 1.2
    assert rule.act(xi, y, None).numpy() == pytest.approx((-0.6 * y).numpy(), abs=0.08)


@given(st.floats(-2, 2), st.floats(-2, 2), st.integers(0, 99))
def test_the_blend_is_as_smooth_as_the_theory_asks(a, b, seed):
    """|w(y) - w(y')|_1 <= 2 diam(Y) / s^2 |y - y'| (reference A3), in one dimension."""
    layout = Layout("line", [Field("x", 1, low=-2.0, high=2.0)])
    made = grid(layout, bins=6)
    w = made.weights(torch.tensor([[a], [b]]))
    s = 0.5 * 4.0 / 6
    assert (w[0] - w[1]).abs().sum().item() <= 2 * 4.0 / s**2 * abs(a - b) + 1e-5


def test_bad_grids_are_refused_in_one_line():
    with pytest.raises(SkyrallyError, match="place"):
        grid(reads=("plaec",))
    with pytest.raises(SkyrallyError, match="expected 2 to 1024"):
        grid(bins=40)
    with pytest.raises(SkyrallyError, match="blend"):
        Rule(grid(), "blnd", 1)
