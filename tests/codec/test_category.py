"""Categories as corners of a simplex: weights, width, and the three laws."""

import numpy as np
import pytest

from skexpand.codec.category import MAX_CORNERS, CategoryCodec, simplex_contrasts


def codes_of(rng, shares, n=400):
    """Return codes in these shares, each at least twice."""
    counts = np.maximum(2, np.rint(n * np.array(shares)).astype(int))
    return rng.permutation(np.repeat(np.arange(len(shares)), counts)).astype(float)


@pytest.mark.parametrize("shares", [[0.5, 0.5], [0.9, 0.1], [0.2] * 5, [0.7, 0.1, 0.1, 0.1]], ids=str)
def test_a_column_weighs_like_a_number_whatever_its_categories(rng, shares):
    codes = codes_of(rng, shares)
    codec = CategoryCodec.fit(codes, len(shares))
    block = codec.encode(codes)
    assert block.shape[1] == codec.width == len(shares) - 1
    np.testing.assert_allclose(block.mean(axis=0), 0, atol=1e-12)
    assert block.var(axis=0).sum() == pytest.approx(1)
    apart = [np.linalg.norm(codec.points[i] - codec.points[j]) for i in range(len(shares)) for j in range(i)]
    np.testing.assert_allclose(apart, apart[0])


def test_two_categories_are_a_standardized_boolean(rng):
    codes = codes_of(rng, [0.8, 0.2])
    block = CategoryCodec.fit(codes, 2).encode(codes)[:, 0]
    np.testing.assert_allclose(np.abs(block), np.abs((codes - codes.mean()) / codes.std()))


@pytest.mark.parametrize("n_corners", [1, 2, 3, 8])
def test_contrasts_are_orthonormal_and_sum_to_nothing(n_corners):
    contrasts = simplex_contrasts(n_corners)
    np.testing.assert_allclose(contrasts.T @ contrasts, np.eye(contrasts.shape[1]), atol=1e-12)
    if n_corners > 1:
        np.testing.assert_allclose(contrasts.sum(axis=0), 0, atol=1e-12)


@pytest.mark.parametrize("n_categories", [2, 5, MAX_CORNERS + 1, 40, 300])
@pytest.mark.parametrize("unique", [False, True])
def test_every_category_comes_back_and_many_take_few_directions(rng, n_categories, unique):
    codes = rng.permutation(n_categories if unique else np.repeat(np.arange(n_categories), 3)).astype(float)
    codec = CategoryCodec.fit(codes, n_categories)
    assert codec.width <= MAX_CORNERS
    np.testing.assert_array_equal(codec.likeliest(codec.encode(codes)), codes)
    single = codec.encode(codes).astype(np.float32)
    np.testing.assert_array_equal(codec.likeliest(single), codes)


def test_a_column_of_names_has_next_to_no_weight():
    codes = np.arange(100.0)
    assert np.abs(CategoryCodec.fit(codes, 100).encode(codes)).max() < 0.1


def test_missing_cells_are_the_mean(rng):
    codes = codes_of(rng, [0.5, 0.3, 0.2])
    codes[:50] = np.nan
    codec = CategoryCodec.fit(codes, 3)
    assert (codec.encode(codes)[:50] == 0).all()
    np.testing.assert_allclose(codec.scores(np.zeros((1, codec.width)))[0], codec.mean)


def test_scores_are_shares(rng):
    codec = CategoryCodec.fit(codes_of(rng, [0.6, 0.3, 0.1]), 3)
    wanted = np.array([0.2, 0.5, 0.3])
    np.testing.assert_allclose(codec.scores((wanted @ codec.points)[None]), wanted[None])


def test_new_rows_have_the_shares_of_their_anchors(rng):
    codes = codes_of(rng, [0.6, 0.3, 0.1])
    codec = CategoryCodec.fit(codes, 3)
    anchors = codes[:100]
    block = codec.encode(anchors) + rng.standard_normal((len(anchors), codec.width))
    decided = codec.decided(block, anchors, rng)
    found, wanted = (np.bincount(c.astype(int), minlength=3) for c in (decided, anchors))
    assert np.abs(found - wanted).max() <= 2
    assert (decided != anchors).any()  # the noise moves some
    # a row that keeps the share's place has the higher score: no two rows gain by trading categories
    scores = codec.scores(block)[:, np.argsort(codec.frequent)]
    own = scores[np.arange(len(decided)), decided]
    traded = scores[:, decided]  # what row i scores in row j's category
    assert (own[:, None] + own[None] >= traded + traded.T - 1e-9).all()


def test_scores_alone_decide_where_shares_agree(rng):
    codes = np.tile([0.0, 1.0, 2.0], 20)
    codec = CategoryCodec.fit(codes, 3)
    turned = (codes + 1) % 3
    np.testing.assert_array_equal(codec.decided(codec.encode(turned), codes, rng), turned)


def test_a_row_keeps_its_own_rare_category_and_others_are_drawn_all_alike(rng):
    codes = np.concatenate([np.zeros(50), np.arange(1, 51)])
    codec = CategoryCodec.fit(codes, 51)
    block = np.repeat(codec.points[[7]], 5000, axis=0)
    assert (codec.decided(block, np.full(5000, 9.0), rng) == 9).all()
    anywhere = block + rng.standard_normal(block.shape)
    counts = np.bincount(codec.decided(anywhere, np.full(5000, np.nan), rng), minlength=51)
    assert abs(counts[0] - 2500) <= 5
    assert counts[1:].min() > 20
