"""Print the processor time, in seconds, of fixed work on all cores at once.

The work is of the kind that takes most of the tests' time, tracing: small
objects, dictionaries, strings, branches.
"""

import json
import multiprocessing
import os
import random
import time

_ROUNDS = 40


def seconds(seed: int) -> float:
    """Processor time of building and reading graphs of 3,000 nodes."""
    start = time.process_time()
    chance = random.Random(seed)
    for _ in range(_ROUNDS):
        nodes = {
            f"node_{i}": [chance.randrange(3000) for _ in range(4)]
            for i in range(3000)
        }
        users: dict[int, list[str]] = {}
        for name, inputs in json.loads(json.dumps(nodes)).items():
            for index in inputs:
                users.setdefault(index, []).append(name)
        sorted(users.items(), key=lambda item: (len(item[1]), item[1]))
    return time.process_time() - start


if __name__ == "__main__":
    cores = os.cpu_count() or 1
    with multiprocessing.Pool(cores) as pool:
        print(sum(pool.map(seconds, range(cores), chunksize=1)) / cores)
