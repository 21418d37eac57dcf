"""One thread for TensorFlow in each process of the tests.

Tests keep all cores busy by running side by side. And TensorFlow does not
promise that several threads add up in the same order each time: a run that was
cut could end a rounding away from one that was not, as it has once.
"""

import os

for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
    os.environ.setdefault(name, "1")
