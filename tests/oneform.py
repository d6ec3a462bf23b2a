#!/usr/bin/env python3
"""Counts forms again: oneform.py FORMS... [--json FILE]

FORMS are form files or directories of them, as for `tanghulu oneform`. Shares no code with the product. With --json (a
file, or - for standard input) every figure and every list of `tanghulu oneform --json FORMS...` is held against ours.
Exit code: 0 they agree, 1 they do not, 2 the call is wrong.
"""

import argparse
import itertools
import json
import pathlib
import sys
import tomllib
from decimal import ROUND_HALF_UP, Decimal


def read(names):
    """(form, item) for every item of every form, and the forms."""
    paths = []
    for name in names:
        path = pathlib.Path(name)
        paths += sorted(path.glob("*.toml")) if path.is_dir() else [path]
    forms = []
    for path in paths:
        with path.open("rb") as file:
            forms += tomllib.load(file)["form"]
    return forms, [(form, item) for form in forms for item in form["item"]]


def plain(label):
    table = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
    return "".join(label.translate(table).split())


def pct(before, after):
    if before == 0:
        return "0.0"
    exact = Decimal(before - after) * 100 / Decimal(before)
    shown = exact.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return "0.0" if shown == 0 else str(shown)


def shape(item):
    return tuple(None if item.get(key) is None else str(item[key]) for key in ("type", "len", "unit", "code"))


def ids(pairs):
    return list(dict.fromkeys(form["id"] for form, _ in pairs))


def occasion(form):
    return form["dept"], form["group"]


def count(names):
    forms, asked = read(names)
    shared = [(form, item) for form, item in asked if "canonical" in item]
    by_item = {}
    for form, item in shared:
        by_item.setdefault(item["canonical"], []).append((form, item))
    own = len(asked) - len(shared)
    core = {name for name, pairs in by_item.items() if len({occasion(form) for form, _ in pairs}) > 1}
    # An item that stays behind keeps its occasion's form alive.
    left = {occasion(form) for form, item in asked if item.get("canonical") not in core}
    after = len(left) + (1 if core else 0)
    kept = len(by_item) + own

    by_label = {}
    for form, item in asked:
        by_label.setdefault(plain(item["label"]), []).append((form, item))
    alike = {}
    for label, pairs in by_label.items():
        kinds = {item.get("canonical") or (form["id"], str(item["no"])) for form, item in pairs}
        if len(kinds) > 1:
            alike[label] = [[form["id"], str(item["no"]), item.get("canonical")] for form, item in pairs]

    merged = {}
    for form, item in asked:
        name = item.get("canonical")
        where = (None, None) if name in core else occasion(form)
        key = name or f"{form['id']}/{item['no']}"
        wanted = merged.setdefault(where, {})
        wanted[key] = wanted.get(key, False) or item.get("required", False)

    return {
        "forms": len(forms),
        "forms_after": after,
        "forms_saved_pct": pct(len(forms), after),
        "items": len(asked),
        "shared_occurrences": len(shared),
        "shared_items": len(by_item),
        "own_items": own,
        "items_after": kept,
        "repeated": len(asked) - kept,
        "repeated_pct": pct(len(asked), kept),
        "departments": [
            [
                dept,
                sum(1 for form in forms if form["dept"] == dept),
                sum(1 for form, _ in shared if form["dept"] == dept),
                sum(1 for form, item in asked if form["dept"] == dept and "canonical" not in item),
                sum(1 for where in left if where[0] == dept),
            ]
            for dept in sorted({form["dept"] for form in forms})
        ],
        "duplicates": sorted([name, len(pairs), ids(pairs)] for name, pairs in by_item.items() if len(pairs) > 1),
        "conflicts": sorted(
            [name, sorted([list(map(str, s)), ids(p for p in pairs if shape(p[1]) == s)] for s in {shape(i) for _, i in pairs})]
            for name, pairs in by_item.items()
            if len({shape(item) for _, item in pairs}) > 1
        ),
        "suggestions": sorted(map(list, alike.items())),
        "merged": sorted([list(map(str, where)), sorted(map(list, wanted.items()))] for where, wanted in merged.items()),
    }


def told(answer):
    """The program's answer in the form of ours."""
    merged = []
    for form in answer["merged"]:
        items = [[i["item"] or f"{i['form']}/{i['no']}", i["required"]] for i in form["items"]]
        merged.append([[str(form["dept"]), str(form["group"])], sorted(items)])
    same = {key: value for key, value in answer.items() if not isinstance(value, (list, dict))}
    return same | {
        "departments": [
            [d["dept"], d["forms"], d["shared_occurrences"], d["own_items"], d["forms_after"]] for d in answer["departments"]
        ],
        "duplicates": sorted([d["item"], d["times"], d["forms"]] for d in answer["duplicates"]),
        "conflicts": sorted(
            [c["item"], sorted([[str(s[k]) for k in ("type", "len", "unit", "code")], s["forms"]] for s in c["shapes"])]
            for c in answer["conflicts"]
        ),
        "suggestions": sorted(
            [s["label"], [[p["form"], p["no"], p["item"]] for p in s["places"]]] for s in answer["suggestions"]
        ),
        "merged": sorted(merged),
    }


def main():
    parser = argparse.ArgumentParser(description="Counts forms again.")
    parser.add_argument("forms", nargs="+")
    parser.add_argument("--json", metavar="FILE", help="what the program printed; - for standard input")
    args = parser.parse_args()
    ours = count(args.forms)
    if args.json is None:
        for key, value in itertools.islice(ours.items(), 10):
            print(f"{key}: {value}")
        return 0
    text = sys.stdin.read() if args.json == "-" else pathlib.Path(args.json).read_text(encoding="utf-8")
    theirs = told(json.loads(text))
    differing = [key for key in ours.keys() | theirs.keys() if ours.get(key) != theirs.get(key)]
    for key in sorted(differing):
        print(f"{key}: ours {ours.get(key)}, theirs {theirs.get(key)}")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
