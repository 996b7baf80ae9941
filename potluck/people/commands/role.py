"""``potluck role EMAIL ROLE``: what somebody may do beyond giving; ``member`` takes every role away."""

from __future__ import annotations

import argparse
import sys

from potluck.people.commands.person import ROLES

HELP = "role EMAIL ROLE: give a role; `member` takes all roles away."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("email", metavar="EMAIL")
    parser.add_argument("role", choices=ROLES, metavar="ROLE", help=", ".join(ROLES))


def run(options: argparse.Namespace) -> None:
    from potluck.core.rules import Refused
    from potluck.core.trouble import Trouble
    from potluck.people.shell import somebody
    from potluck.people.verbs import give_role, take_role

    person = somebody(options.email)
    try:
        if options.role == "member":
            for role in list(person.roles):
                take_role(None, person, role)
        else:
            give_role(None, person, options.role)
    except Refused as refused:
        raise Trouble(str(refused.sentence)) from refused
    print(f"{person.name}: {', '.join(person.roles) or 'member'}", file=sys.stderr)
