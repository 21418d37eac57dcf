"""How tests compute: on one thread a process, compiled in haste.

Tests keep all cores busy by running side by side. And TensorFlow does not
promise that several threads add up in the same order each time: a run that was
cut could end a rounding away from one that was not, as it has once.

XLA compiles much here that computes little, and is asked to optimise less. Not
to optimise at all (level 0) would be faster still, but makes NaN of some losses
on JAX.

And TensorFlow logs what `convzoo` lets it log: its warnings are no lines of the
command line, whose tests run in the process that has imported it already.
"""

import os

for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
    os.environ.setdefault(name, "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault(
    "XLA_FLAGS",
    "--xla_backend_optimization_level=1"
    " --xla_llvm_disable_expensive_passes=true",
)
