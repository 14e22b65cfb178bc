"""What the pictures in notebooks and pages show, whatever compressed them: two machines may do it differently."""

from __future__ import annotations

import re
from base64 import b64decode
from hashlib import sha256
from io import BytesIO

FIGURE = "image/png"
_IN_PAGE = re.compile(f"(?<=data:{FIGURE};base64,)[A-Za-z0-9+/=\\s]+")


def picture_shown(encoded: str) -> str:
    """Return a digest of the pixels of a PNG written as base64; what is no such picture is returned as it is.

    Examples
    --------
    >>> picture_shown("no picture")
    'no picture'
    """
    from matplotlib.image import imread  # a run, which shares the commands with reproduction, starts without it

    try:
        pixels = imread(BytesIO(b64decode(encoded)), format="png")
    except (OSError, ValueError, SyntaxError):
        return encoded
    return sha256(repr(pixels.shape).encode() + pixels.tobytes()).hexdigest()


def page_shown(page: str) -> str:
    """Return a page with digests of its pictures in their place."""
    return _IN_PAGE.sub(lambda found: picture_shown(found[0]), page)
