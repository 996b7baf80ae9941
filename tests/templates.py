"""``python -m tests.templates``: every Jinja2 template compiles (syntax, filters and tests that exist). No database."""
from __future__ import annotations

import os
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent


def main() -> int:
    """Print each template that does not compile; exit status 1 if there is one."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "potluck.settings")
    import django
    from django.template import engines
    from jinja2 import TemplateSyntaxError

    django.setup()
    environment = engines["jinja2"].env
    wrong = 0
    paths = [path for path in sorted(HOME.glob("potluck/*/templates/**/*")) if path.suffix in (".html", ".txt")]
    for path in paths:
        try:
            environment.compile(path.read_text(), filename=str(path))
        except TemplateSyntaxError as error:
            wrong += 1
            print(f"{path.relative_to(HOME)}:{error.lineno}: {error.message}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
