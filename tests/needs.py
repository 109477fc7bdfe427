"""What a test needs from the machine."""

import os
from typing import NoReturn

import pytest


def missing(sentence: str) -> NoReturn:
    """Skip with a sentence that says what to install; where CI=true everything must be there, so fail."""
    if os.environ.get("CI") == "true":
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)
