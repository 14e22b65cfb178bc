"""A figure's file: what was drawn, at its resolution, and nothing else."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from vises_methods.plots import picture


def some_pixels(height, width, colours=4):
    return np.random.default_rng(5).integers(0, 256, (height, width, colours), dtype=np.uint8)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (3, 5), (40, 7)])
def test_another_reader_finds_the_pixels_and_the_resolution(height, width):
    pixels = some_pixels(height, width)
    read = Image.open(BytesIO(picture.png(pixels, 160)))
    read.load()
    assert read.mode == "RGB"
    assert (np.asarray(read) == pixels[:, :, :3]).all()
    assert read.info["dpi"] == pytest.approx((160, 160), abs=0.01)
    assert set(read.info) == {"dpi"}


def test_flat_colours_take_little_room():
    page = np.full((400, 700, 4), 255, dtype=np.uint8)
    page[100:300, 50:600] = (0, 114, 178, 255)
    assert len(picture.png(page, 160)) < 10_000
