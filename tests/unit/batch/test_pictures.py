"""A picture is compared by what it shows, in notebooks and in pages."""

from base64 import b64encode
from io import BytesIO

import numpy as np
from PIL import Image

from vises_methods.batch.pictures import page_shown, picture_shown


def encoded(pixels, level):
    file = BytesIO()
    Image.fromarray(pixels).save(file, "PNG", compress_level=level)
    return b64encode(file.getvalue()).decode()


PIXELS = np.random.default_rng(3).integers(0, 256, (20, 30, 3), dtype=np.uint8)
CHANGED = np.where(np.arange(PIXELS.size).reshape(PIXELS.shape) == 700, PIXELS ^ 1, PIXELS)


def test_the_same_picture_compressed_otherwise_shows_the_same():
    assert encoded(PIXELS, 1) != encoded(PIXELS, 9)
    assert picture_shown(encoded(PIXELS, 1)) == picture_shown(encoded(PIXELS, 9))
    assert picture_shown(encoded(PIXELS, 1)) != picture_shown(encoded(CHANGED, 1))


def test_a_picture_of_another_size_shows_something_else():
    assert picture_shown(encoded(PIXELS, 1)) != picture_shown(encoded(PIXELS.reshape(30, 20, 3), 1))


def test_a_page_is_compared_with_what_its_pictures_show():
    page = '<p>a</p><img src="data:image/png;base64,{}" alt="b"><p>{}</p>'.format
    assert page_shown(page(encoded(PIXELS, 1), "c")) == page_shown(page(encoded(PIXELS, 9), "c"))
    assert page_shown(page(encoded(PIXELS, 1), "c")) != page_shown(page(encoded(CHANGED, 1), "c"))
    assert page_shown(page(encoded(PIXELS, 1), "c")) != page_shown(page(encoded(PIXELS, 1), "d"))


def test_what_is_no_picture_is_compared_as_it_is():
    assert picture_shown("bm90IGEgcGljdHVyZQ==") == "bm90IGEgcGljdHVyZQ=="
    assert picture_shown("é") == "é"
