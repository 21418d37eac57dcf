"""Run all parts, or some: `python -m benchmarks.robustness [PART ...]`.

Results are kept, a line a case, in `build/robustness/PART.jsonl`; a run that
was interrupted goes on where it stood. `--sample` runs the few cases of the
sample, keeps nothing, and ends with an error if one has a fault.
"""

import argparse
import json
import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

_HERE = Path(__file__).parent
_RESULTS = Path("build/robustness")
PARTS = sorted(
    path.stem
    for path in _HERE.glob("[a-z]*.py")
    if path.stem not in ("worker",)
)
# A child with more memory is replaced: compiled functions are never freed.
_MOST_MEGABYTES = 3000
# Time limit of the imports of a part, in seconds.
_START = 180


class _Worker:
    """A child that runs cases, each within a time limit.

    Args:
        name: Name of the part.
        folder: Folder of temporary files, which a killed child leaves behind.
    """

    def __init__(self, name: str, folder: str) -> None:
        reading, writing = os.pipe()
        self._reports = os.fdopen(reading)
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "benchmarks.robustness.worker"),
                *(name, str(writing)),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            pass_fds=[writing],
            env={**os.environ, "TMPDIR": folder},
        )
        os.close(writing)
        settings = self._answer(_START)
        if settings is None:
            self.kill()
            raise RuntimeError(f"{name}: cannot be imported")
        self.settings = settings

    def run(self, seed: int) -> dict | None:
        """The report of a case, or None if the child died or hangs."""
        self._process.stdin.write(f"{seed}\n")
        self._process.stdin.flush()
        return self._answer(self.settings["seconds"])

    def fault(self) -> str:
        """Why there is no report."""
        try:
            # A dying child closes the pipe before it can be waited for.
            return f"crash: exit status {self._process.wait(5)}"
        except subprocess.TimeoutExpired:
            return f"hang: no answer within {self.settings['seconds']} s"

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        self._reports.close()
        self._process.stdin.close()

    def _answer(self, seconds: float) -> dict | None:
        ready, _, _ = select.select([self._reports], [], [], seconds)
        line = self._reports.readline() if ready else ""
        return json.loads(line) if line else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART")
    parser.add_argument("--sample", action="store_true")
    parser.add_argument("--cases", type=int, help="of each part, at most")
    arguments = parser.parse_args()
    if unknown := set(arguments.parts) - set(PARTS):
        parser.error(f"parts are {', '.join(PARTS)}, not {unknown}")
    found = [
        _run(name, arguments.sample, arguments.cases)
        for name in arguments.parts or PARTS
    ]
    sys.exit(any(found))


def _run(name: str, sample: bool, cases: int | None) -> int:
    """Run a part, print its result, and return its number of faulty cases."""
    path = _RESULTS / f"{name}.jsonl"
    done = [] if sample else _kept(path)
    with (
        tempfile.TemporaryDirectory() as folder,
        open(os.devnull if sample else path, "a", buffering=1) as kept,
    ):
        for report in _reports(name, folder, sample, cases, done):
            print(json.dumps(report), file=kept)
            done.append(report)
    faulty = [report for report in done if report["faults"]]
    peak = max((report["megabytes"] for report in done), default=0)
    print(
        f"{name}: {len(done)} cases, {len(faulty)} with faults, "
        f"at most {peak} MB",
        flush=True,
    )
    for report in faulty[:20]:
        for fault in report["faults"]:
            print(f"  {report['seed']}: {fault}", flush=True)
    return len(faulty)


def _reports(
    name: str,
    folder: str,
    sample: bool,
    cases: int | None,
    done: Sequence[dict],
) -> Iterator[dict]:
    """Run the cases that are not done, and yield a report of each."""
    worker = _Worker(name, folder)
    count = worker.settings["sample" if sample else "cases"]
    known = {report["seed"] for report in done}
    for seed in range(count if cases is None else min(count, cases)):
        if seed in known:
            continue
        report = worker.run(seed)
        if report is None:
            fault = worker.fault()
            report = {"seed": seed, "faults": [fault], "megabytes": 0}
        if not report["megabytes"] or report["megabytes"] > _MOST_MEGABYTES:
            worker.kill()
            worker = _Worker(name, folder)
        yield report
    worker.kill()


def _kept(path: Path) -> list[dict]:
    """The results of an interrupted run.

    Its last line is incomplete if it was killed while writing it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    text = path.read_text() if path.exists() else ""
    whole = [line for line in text.splitlines(True) if line.endswith("\n")]
    path.write_text("".join(whole))
    return [json.loads(line) for line in whole]


if __name__ == "__main__":
    main()
