from django.apps import AppConfig


class Core(AppConfig):
    name = "potluck.core"

    def ready(self) -> None:
        from potluck.core.rules import discover

        discover("rules")
        discover("kinds")
