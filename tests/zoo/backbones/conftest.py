import gc

import keras
import pytest


@pytest.fixture(autouse=True)
def memory():
    """Free the networks of a test before the next, which may be large."""
    yield
    keras.backend.clear_session()
    gc.collect()
