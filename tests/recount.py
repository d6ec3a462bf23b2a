#!/usr/bin/env python3
"""Counts a run again, from the departments' own books alone.

    recount.py DIR [--json FILE]

DIR/told.csv   case_no,matter,round     every obligation that the accepted cases must open
DIR/books/     case_no,matter,round,op,digest     one file per department, one line per booking

Shares no code with the product. An obligation is booked if a book has an opening hand-over for it: `submit` in round 1,
`supplement` from round 2 on. It is doubled for each opening more than one, and for each further row that equals an
earlier one in case, matter, round, op and digest. With --json (a file, or - for standard input) the figures of
`tanghulu demo --once --json` or of `torture` are held against these. Exit code: 0 they agree and nothing is doubled or
unexplained, 1 they do not, 2 the call is wrong.
"""

import argparse
import collections
import csv
import json
import pathlib
import sys

LISTED = 20


def rows(path, columns):
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        header = next(reader, None)
        if header != columns:
            raise SystemExit(f"{path}: header {header}, expected {columns}")
        for number, row in enumerate(reader, start=2):
            if len(row) != len(columns):
                raise SystemExit(f"{path}:{number}: {len(row)} cells, expected {len(columns)}")
            yield tuple(row)


def is_opening(round_, op):
    return op == ("submit" if round_ == "1" else "supplement")


def read_books(directory):
    """Openings per obligation, and how often every other row stands there."""
    openings, others = collections.Counter(), collections.Counter()
    for path in sorted(directory.glob("*.csv")):
        for case_no, matter, round_, op, digest in rows(path, ["case_no", "matter", "round", "op", "digest"]):
            if is_opening(round_, op):
                openings[case_no, matter, round_] += 1
            else:
                others[case_no, matter, round_, op, digest] += 1
    return openings, others


def main():
    parser = argparse.ArgumentParser(description="Counts a run again, from the departments' own books alone.")
    parser.add_argument("dir", type=pathlib.Path)
    parser.add_argument("--json", metavar="FILE", help="what the run printed; - for standard input")
    args = parser.parse_args()

    told = list(rows(args.dir / "told.csv", ["case_no", "matter", "round"]))
    owed = set(told)
    openings, others = read_books(args.dir / "books")

    doubled_rows = {key: times - 1 for key, times in (openings | others).items() if times > 1}
    found = {
        "accepted": len(told),
        "booked": len(openings),
        "doubled": sum(doubled_rows.values()),
        "not_booked": len(owed - openings.keys()),
        "not_owed": len(openings.keys() - owed),
    }
    wrong = []
    if len(owed) != len(told):
        wrong.append("told.csv names an obligation twice")
    if found["doubled"]:
        wrong.append(f"doubled: {found['doubled']}")
        wrong.extend(f"  {','.join(key)}: {more} more" for key, more in sorted(doubled_rows.items())[:LISTED])
    if found["not_owed"]:
        wrong.append(f"booked and not owed: {found['not_owed']}")
        wrong.extend(f"  {','.join(key)}" for key in sorted(openings.keys() - owed)[:LISTED])

    if args.json:
        text = sys.stdin.read() if args.json == "-" else pathlib.Path(args.json).read_text(encoding="utf-8")
        said = json.loads(text)
        for name in ("accepted", "booked", "doubled"):
            if said.get(name) != found[name]:
                wrong.append(f"{name}: the run says {said.get(name)}, the books say {found[name]}")
        explained = said.get("refused", 0) + said.get("waiting", 0)
        lost = found["accepted"] - found["booked"] - explained
        if said.get("lost") != lost:
            wrong.append(f"lost: the run says {said.get('lost')}, the books say {lost}")
        if lost:
            wrong.append(f"lost: {lost} of these {found['not_booked']} are neither refused nor waiting")
            wrong.extend(f"  {','.join(key)}" for key in sorted(owed - openings.keys())[:LISTED])
        found["lost"] = lost
    else:
        for key in sorted(owed - openings.keys()):
            print("not booked:", ",".join(key))

    print(json.dumps(found))
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
