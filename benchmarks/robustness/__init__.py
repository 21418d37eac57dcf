"""Hostile and damaged input in numbers: `python -m benchmarks.robustness`.

Each other module of this folder is a part: `CASES` and `SAMPLE` are its numbers
of cases, in full and in the sample of `--sample`, `SECONDS` is the time limit
of a case, and `check(seed, folder)` runs one case in an empty folder and
returns its faults.
"""
