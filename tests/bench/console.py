import sys


def report(line: str = "") -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
