"""The house and its people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Func, Q, Value
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from potluck.core import clock
from potluck.core.declared import Readers, Retention, declared, key, random_key

#: Somebody is new for so long after they arrived.
NEW_FOR = timedelta(days=30)


class Role(models.TextChoices):
    """What somebody may do beyond giving (docs/roles.md). A person has any number of them."""

    GUEST = "guest"
    LEADER = "leader"
    COMMUNITY_MANAGER = "community-manager"
    WORKS_COUNCIL = "works-council"
    ADMINISTRATOR = "administrator"


ROLE_WORDS: dict[str, Any] = {
    Role.GUEST: _("Guest"),
    Role.LEADER: _("Leader"),
    Role.COMMUNITY_MANAGER: _("Community manager"),
    Role.WORKS_COUNCIL: _("Works council"),
    Role.ADMINISTRATOR: _("Administrator"),
}


class FeedOrder(models.TextChoices):
    OPEN_HANDED = "open-handed"
    NEWEST = "newest"


class House(models.Model):
    """The one company this installation belongs to."""

    only = declared(
        models.BooleanField(default=True, unique=True, editable=False),
        purpose="there is one house",
        readers=Readers.NOBODY,
        retention=Retention.HOUSE,
    )
    name = declared(
        models.CharField(max_length=80, blank=True),
        purpose="what the house is called",
        readers=Readers.MEMBERS,
        retention=Retention.HOUSE,
    )
    short_id = declared(
        models.CharField(max_length=16, default=random_key, editable=False),
        purpose="part of the cookies' names",
        readers=Readers.NOBODY,
        retention=Retention.HOUSE,
    )
    language = declared(
        models.CharField(max_length=8, default="de"),
        purpose="the language, and du or Sie, where a person chose none",
        readers=Readers.MEMBERS,
        retention=Retention.HOUSE,
    )
    timezone = declared(
        models.CharField(max_length=64, default="Europe/Berlin"),
        purpose="whose noon is noon",
        readers=Readers.MEMBERS,
        retention=Retention.HOUSE,
    )
    day_starts = declared(
        models.TimeField(default="08:00"),
        purpose="mail waits for working hours",
        readers=Readers.MEMBERS,
        retention=Retention.HOUSE,
    )
    day_ends = declared(
        models.TimeField(default="17:00"),
        purpose="mail waits for working hours",
        readers=Readers.MEMBERS,
        retention=Retention.HOUSE,
    )
    weekdays = declared(
        ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True),
        purpose="working days, Monday is 1; empty means Monday to Friday",
        readers=Readers.MEMBERS,
        retention=Retention.HOUSE,
    )
    turn_to = declared(
        models.ForeignKey(
            "people.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
        ),
        purpose="the person to turn to",
        readers=Readers.MEMBERS,
        retention=Retention.HOUSE,
    )
    mail_domains = declared(
        ArrayField(models.CharField(max_length=120), default=list, blank=True),
        purpose="mail domains whose owners may come in by a code",
        readers=Readers.ADMINISTRATORS,
        retention=Retention.HOUSE,
    )
    address = declared(
        models.CharField(max_length=200, default="http://localhost:8000"),
        purpose="where the house was last served, for links in mails and on the shell",
        readers=Readers.MEMBERS,
        retention=Retention.HOUSE,
    )
    is_demo = declared(
        models.BooleanField(default=False),
        purpose="chairs exist in demo houses only",
        readers=Readers.MEMBERS,
        retention=Retention.HOUSE,
    )
    opened_by = declared(
        models.ForeignKey(
            "people.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
        ),
        purpose="the first administrator; nobody needs to greet them",
        readers=Readers.MEMBERS,
        retention=Retention.HOUSE,
    )
    opened_at = declared(
        models.DateTimeField(null=True, blank=True),
        purpose="since when people live here",
        readers=Readers.MEMBERS,
        retention=Retention.HOUSE,
    )
    first_link = declared(
        models.CharField(max_length=64, blank=True),
        purpose="hash of the first administrator's link",
        readers=Readers.NOBODY,
        retention=Retention.USED,
    )


class Unit(models.Model):
    """A site, department or shift, as the house calls it."""

    name = declared(
        models.CharField(max_length=80, unique=True),
        purpose="where somebody works",
        readers=Readers.MEMBERS,
        retention=Retention.HOUSE,
    )

    def __str__(self) -> str:
        return self.name


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, viewer: Any) -> PersonQuerySet:
        """Members see everybody who is here or is awaited; a guest sees whom they share a group with, and whom to turn to."""
        if viewer is None or not viewer.is_active:
            return self.none()
        here = self.filter(is_active=True)
        if not viewer.is_guest:
            return here
        mine = Q(memberships__group__memberships__person=viewer)
        return here.filter(
            Q(pk__in=self.model._default_manager.filter(mine).values("pk"))
            | Q(pk=viewer.pk)
            | Q(roles__contains=[Role.COMMUNITY_MANAGER])
            | Q(pk__in=House.objects.exclude(turn_to=None).values("turn_to"))
        )

    def human(self) -> PersonQuerySet:
        return self.filter(is_bot=False)


class People(BaseUserManager.from_queryset(PersonQuerySet)):  # type: ignore[misc]
    """What Django's sign-in asks of a manager, and nothing else."""

    def get_by_natural_key(self, email: str) -> Person:
        return self.get(email__iexact=email)


class Person(AbstractBaseUser):
    """Somebody at the table: a member, a guest, a placeholder who has not come yet, or a bot of an imported history."""

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []  # type: ignore[misc]

    password = declared(
        models.CharField(max_length=128),
        purpose="argon2 hash of the password",
        readers=Readers.NOBODY,
        retention=Retention.PERSON,
    )
    last_login = None  # type: ignore[assignment]  # nobody needs to know when somebody came by
    handle = declared(
        models.SlugField(max_length=60, unique=True),
        purpose="the person's name in addresses",
        readers=Readers.MEMBERS,
        retention=Retention.PERSON,
    )
    email = declared(
        models.EmailField(null=True, blank=True),
        purpose="sign-in and mail",
        readers=Readers.ADMINISTRATORS,
        retention=Retention.PERSON,
    )
    name = declared(
        models.CharField(max_length=80),
        purpose="what others call them",
        readers=Readers.MEMBERS,
        retention=Retention.PERSON,
    )
    sort_key = declared(
        models.CharField(max_length=160, editable=False),
        purpose="the name in alphabetical order",
        readers=Readers.NOBODY,
        retention=Retention.PERSON,
    )
    roles = declared(
        ArrayField(models.CharField(max_length=24, choices=Role.choices), default=list, blank=True),
        purpose="what they may do beyond giving",
        readers=Readers.MEMBERS,
        retention=Retention.PERSON,
    )
    unit = declared(
        models.ForeignKey(Unit, null=True, blank=True, on_delete=models.SET_NULL, related_name="people"),
        purpose="where they work",
        readers=Readers.MEMBERS,
        retention=Retention.PERSON,
    )
    is_active = declared(
        models.BooleanField(default=True),
        purpose="may sign in",
        readers=Readers.ADMINISTRATORS,
        retention=Retention.PERSON,
    )
    is_placeholder = declared(
        models.BooleanField(default=False),
        purpose="known from history or an invitation, has not claimed their place yet",
        readers=Readers.MEMBERS,
        retention=Retention.PERSON,
    )
    is_bot = declared(
        models.BooleanField(default=False),
        purpose="not a person; out of every count of people",
        readers=Readers.MEMBERS,
        retention=Retention.PERSON,
    )
    arrived_at = declared(
        models.DateTimeField(null=True, blank=True),
        purpose="since when they are at the table",
        readers=Readers.MEMBERS,
        retention=Retention.PERSON,
    )
    introduction = declared(
        models.CharField(max_length=200, blank=True),
        purpose="one sentence about themselves",
        readers=Readers.MEMBERS,
        retention=Retention.PERSON,
    )
    helps_with = declared(
        models.CharField(max_length=200, blank=True),
        purpose="what one may ask them about",
        readers=Readers.MEMBERS,
        retention=Retention.PERSON,
    )
    phone = declared(
        models.CharField(max_length=40, blank=True),
        purpose="how to reach them",
        readers=Readers.MEMBERS,
        retention=Retention.PERSON,
    )
    hours = declared(
        models.CharField(max_length=120, blank=True),
        purpose="when to reach them",
        readers=Readers.MEMBERS,
        retention=Retention.PERSON,
    )
    place = declared(
        models.CharField(max_length=120, blank=True),
        purpose="where to find them",
        readers=Readers.MEMBERS,
        retention=Retention.PERSON,
    )
    likes_to_greet = declared(
        models.BooleanField(default=False),
        purpose="likes to say hello to newcomers",
        readers=Readers.MEMBERS,
        retention=Retention.PERSON,
    )
    language = declared(
        models.CharField(max_length=8, blank=True),
        purpose="their language; empty: the browser's",
        readers=Readers.OWNER,
        retention=Retention.PERSON,
    )
    timezone = declared(
        models.CharField(max_length=64, blank=True),
        purpose="their time zone; empty: the house's",
        readers=Readers.OWNER,
        retention=Retention.PERSON,
    )
    day_starts = declared(
        models.TimeField(null=True, blank=True),
        purpose="no mail before; empty: the house's",
        readers=Readers.OWNER,
        retention=Retention.PERSON,
    )
    day_ends = declared(
        models.TimeField(null=True, blank=True),
        purpose="no mail after; empty: the house's",
        readers=Readers.OWNER,
        retention=Retention.PERSON,
    )
    single_keys = declared(
        models.BooleanField(default=True),
        purpose="keys without a modifier work (WCAG 2.1.4)",
        readers=Readers.OWNER,
        retention=Retention.PERSON,
    )
    feed_order = declared(
        models.CharField(max_length=12, choices=FeedOrder.choices, default=FeedOrder.OPEN_HANDED),
        purpose="the order they chose for the table",
        readers=Readers.OWNER,
        retention=Retention.PERSON,
    )

    objects: Any = People()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_person_per_address"),
        ]
        indexes = [
            models.Index(fields=["sort_key", "id"], name="people_by_name"),
            GinIndex(
                fields=["sort_key"],
                opclasses=["gin_trgm_ops"],
                name="people_named_like",
                condition=Q(is_active=True) | Q(is_placeholder=True),
            ),
            GinIndex(
                Func("sort_key", Value(" "), function="string_to_array"),
                name="people_named",
                condition=Q(is_active=True) | Q(is_placeholder=True),
            ),
            models.Index(
                fields=["-arrived_at"], name="people_by_arrival", condition=Q(arrived_at__isnull=False)
            ),
        ]

    def has(self, role: str) -> bool:
        return role in self.roles

    @property
    def is_guest(self) -> bool:
        return Role.GUEST in self.roles

    @property
    def is_administrator(self) -> bool:
        return Role.ADMINISTRATOR in self.roles

    @property
    def is_community_manager(self) -> bool:
        return Role.COMMUNITY_MANAGER in self.roles

    @property
    def role_words(self) -> list[str]:
        """The roles as people say them, in the viewer's language."""
        return [str(ROLE_WORDS[role]) for role in self.roles if role in ROLE_WORDS]

    @property
    def first_name(self) -> str:
        return self.name.split(" ")[0]

    @property
    def initials(self) -> str:
        return initials(self.name)

    @property
    def tint(self) -> str:
        return tint(self.handle)


TINTS = ("bread", "carrot", "butter", "herb", "beet", "plum")


def initials(name: str) -> str:
    """``Nour Halabi-Stern`` -> ``NH``."""
    parts = [part for part in name.split() if part[:1].isalnum()] or [name or "?"]
    return (parts[0][:1] + (parts[-1][:1] if len(parts) > 1 else "")).upper()


def tint(handle: str) -> str:
    """The colour of a plate without a picture: stable, and nobody's choice."""
    return TINTS[sum(handle.encode()) % len(TINTS)]


class Invitation(models.Model):
    """A way in for one person, by a link that only its receiver holds. Claims a placeholder where there is one."""

    by = declared(
        models.ForeignKey(Person, on_delete=models.CASCADE, related_name="invitations_given"),
        purpose="who invited",
        readers=Readers.MEMBERS,
        retention=Retention.USED,
    )
    person = declared(
        models.ForeignKey(Person, on_delete=models.CASCADE, related_name="invitations"),
        purpose="whose place it is",
        readers=Readers.MEMBERS,
        retention=Retention.USED,
    )
    token = declared(
        models.CharField(max_length=64, unique=True),
        purpose="hash of the link's secret",
        readers=Readers.NOBODY,
        retention=Retention.USED,
    )
    role = declared(
        models.CharField(max_length=24, blank=True, choices=Role.choices),
        purpose="the role that comes with it",
        readers=Readers.ADMINISTRATORS,
        retention=Retention.USED,
    )
    at = declared(
        models.DateTimeField(default=clock.now),
        purpose="when it was given",
        readers=Readers.MEMBERS,
        retention=Retention.USED,
    )
    expires_at = declared(
        models.DateTimeField(),
        purpose="until when it opens",
        readers=Readers.MEMBERS,
        retention=Retention.USED,
    )
    used_at = declared(
        models.DateTimeField(null=True),
        purpose="opens once",
        readers=Readers.ADMINISTRATORS,
        retention=Retention.USED,
    )
    mailed_at = declared(
        models.DateTimeField(null=True),
        purpose="a placeholder gets one mail at most",
        readers=Readers.NOBODY,
        retention=Retention.USED,
    )
    once = declared(
        models.CharField(max_length=40, null=True),  # noqa: DJ001 - null: no key was sent
        purpose="the form's key: a form sent twice keeps one place",
        readers=Readers.NOBODY,
        retention=Retention.USED,
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["by", "once"], name="invited_once")]


class SignInLink(models.Model):
    """A link from the shell, or a chair of the demo company: single use, 15 minutes."""

    person = declared(
        models.ForeignKey(Person, on_delete=models.CASCADE, related_name="sign_in_links"),
        purpose="whom it signs in",
        readers=Readers.NOBODY,
        retention=Retention.USED,
    )
    token = declared(
        models.CharField(max_length=64, unique=True),
        purpose="hash of the link's secret",
        readers=Readers.NOBODY,
        retention=Retention.USED,
    )
    expires_at = declared(
        models.DateTimeField(),
        purpose="until when it opens",
        readers=Readers.NOBODY,
        retention=Retention.USED,
    )
    used_at = declared(
        models.DateTimeField(null=True),
        purpose="opens once",
        readers=Readers.NOBODY,
        retention=Retention.USED,
    )


class Session(AbstractBaseSession):
    """A browser that is signed in. No address, no trail: when it began, and the browser's own word for itself."""

    session_key = declared(
        models.CharField(max_length=40, primary_key=True),
        purpose="the cookie's counterpart",
        readers=Readers.NOBODY,
        retention=Retention.SESSION,
    )
    session_data = declared(
        models.TextField(), purpose="whose session it is", readers=Readers.NOBODY, retention=Retention.SESSION
    )
    expire_date = declared(
        models.DateTimeField(db_index=True),
        purpose="when it ends by itself",
        readers=Readers.OWNER,
        retention=Retention.SESSION,
    )
    person = declared(
        models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="sessions"),
        purpose="so that they can list and end it",
        readers=Readers.OWNER,
        retention=Retention.SESSION,
    )
    began_at = declared(
        models.DateTimeField(default=clock.now),
        purpose="to tell one's sessions apart",
        readers=Readers.OWNER,
        retention=Retention.SESSION,
    )
    device = declared(
        models.CharField(max_length=40, blank=True),
        purpose="to tell one's sessions apart: 'Firefox, Android'",
        readers=Readers.OWNER,
        retention=Retention.SESSION,
    )
    key = key(readers=Readers.OWNER, retention=Retention.SESSION)

    class Meta:
        db_table = "people_session"

    @classmethod
    def get_session_store_class(cls) -> type:
        from potluck.people.sessions import SessionStore

        return SessionStore


class Logged(models.Model):
    """Append-only: who used which right on what. The database refuses changes (see the migrations). A changed role is told to
    the person by notices/jobs.py, which ``told_at`` marks."""

    by = declared(
        models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+"),
        purpose="who used a right; empty: the shell",
        readers=Readers.ADMINISTRATORS,
        retention=Retention.MONTHS_12,
    )
    right = declared(
        models.CharField(max_length=40),
        purpose="which right",
        readers=Readers.ADMINISTRATORS,
        retention=Retention.MONTHS_12,
    )
    on = declared(
        models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+"),
        purpose="whom it concerned",
        readers=Readers.ADMINISTRATORS,
        retention=Retention.MONTHS_12,
    )
    what = declared(
        models.CharField(max_length=200, blank=True),
        purpose="what changed",
        readers=Readers.ADMINISTRATORS,
        retention=Retention.MONTHS_12,
    )
    at = declared(
        models.DateTimeField(default=clock.now),
        purpose="when",
        readers=Readers.ADMINISTRATORS,
        retention=Retention.MONTHS_12,
    )
    told_at = declared(
        models.DateTimeField(null=True),
        purpose="a changed role or mailbox was told to the person",
        readers=Readers.NOBODY,
        retention=Retention.MONTHS_12,
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["id"], condition=Q(told_at__isnull=True, right__in=["people.role", "people.address"]), name="log_untold"
            ),
        ]
