"""``potluck login-link EMAIL``: one line on stdout, a link that signs this person in once, within 15 minutes."""

from __future__ import annotations

import argparse
import sys

HELP = "login-link EMAIL: print a link that signs this person in, once, within 15 minutes."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("email", metavar="EMAIL")


def run(options: argparse.Namespace) -> None:
    from potluck.people.queries import house
    from potluck.people.shell import somebody
    from potluck.people.verbs import make_sign_in_link

    person = somebody(options.email, who_may_come_in=True)
    print(house().address + make_sign_in_link(person))
    print(f"It signs {person.name} in, once, within 15 minutes.", file=sys.stderr)
