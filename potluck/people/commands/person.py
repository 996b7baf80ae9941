"""``potluck person add EMAIL --name NAME [--role ROLE]``: somebody comes in by the shell."""

from __future__ import annotations

import argparse
import sys

from potluck.core.trouble import Trouble

HELP = "person add EMAIL --name NAME [--role ROLE]: somebody new, who may come in by `login-link`."

ROLES = ("guest", "member", "leader", "community-manager", "works-council", "administrator")


def arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_subparsers(dest="what", required=True, metavar="add")
    add = what.add_parser("add", help="add a person")
    add.add_argument("email", metavar="EMAIL")
    add.add_argument("--name", required=True, help="what others call them")
    add.add_argument("--role", choices=ROLES, default="member", help="default member")


def run(options: argparse.Namespace) -> None:
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email

    from potluck.core.text import typed
    from potluck.people.verbs import Taken, add_person

    name = typed(options.name)
    try:
        validate_email(options.email)
    except ValidationError as error:
        raise Trouble(f"{options.email!r} is no e-mail address: one looks like mira@example.org.") from error
    if not 0 < len(name) <= 80:
        raise Trouble("--name has 1 to 80 characters.")
    try:
        person = add_person(options.email, name, roles=[options.role])
    except Taken as error:
        raise Trouble(f"Somebody has the address {options.email} already: `potluck login-link {options.email}` lets "
                      "them in.") from error
    print(f"{person.name} is in ({options.role}). `potluck login-link {person.email}` makes their way in.", file=sys.stderr)
