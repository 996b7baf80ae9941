"""Django settings of a house. Everything that differs between houses comes from the environment:

``DATABASE_URL``      where PostgreSQL is; set by the command line when it starts the embedded one
``POTLUCK_DATA``      the data folder: files, secret key, mail that has no server to go to
``POTLUCK_MAIL_URL``  ``smtp://user:password@host:port`` (``smtps://`` for TLS, ``?starttls=1``)
``POTLUCK_ADDRESS``   where people find the house if a proxy serves it: ``https://potluck.example.org``
``POTLUCK_PEOPLE_FOLDER``  a folder whose newest ``*.csv`` says who works here; looked at every night. Unset: nobody looks
``POTLUCK_HOSTS``     further host names this house answers to, separated by commas
``POTLUCK_HOUSE``     the house's short id, part of its cookies' names; ``potluck run`` reads it from the house
``POTLUCK_DEMO``      ``1`` in a process that serves a house marked as demo; ``potluck run`` reads that from the house
``POTLUCK_LOG``       ``json``: every line of the log is a JSON object, and every request is one
``POTLUCK_DEBUG``     ``1`` on loopback only: /parts/, /mail/ and pages that explain themselves
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from potluck.core.secret import secret_key

HOME = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("POTLUCK_DATA", HOME / "data")).resolve()
DEBUG = os.environ.get("POTLUCK_DEBUG") == "1"
SECRET_KEY = secret_key(DATA)
ALLOWED_HOSTS = [
    "localhost",
    ".localhost",
    "127.0.0.1",
    "[::1]",
    *filter(None, [urlsplit(os.environ.get("POTLUCK_ADDRESS", "")).hostname]),
    *filter(None, os.environ.get("POTLUCK_HOSTS", "").split(",")),
]
# Set by the process that serves a house marked as demo, before the URLs are read.
DEMO = os.environ.get("POTLUCK_DEMO") == "1"
# A short id of the house in every cookie's name: two houses on two ports of one machine do not sign each other out.
COOKIE_SUFFIX = os.environ.get("POTLUCK_HOUSE", "house")

ROOMS = [
    "people",
    "groups",
    "acts",
    "notices",
    "talk",
    "posts",
    "thanks",
    "welcome",
    "desk",
    "exchange",
    "pages",
]
# A room is a package with tables or templates; one that is not built yet is not here.
ROOMS = [room for room in ROOMS if find_spec(f"potluck.{room}")]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "procrastinate.contrib.django",
    "csp",
    "potluck.core",
    *[f"potluck.{room}" for room in ROOMS],
    *(["potluck.demo"] if DEMO and find_spec("potluck.demo") else []),
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "potluck.core.middleware.Answers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "potluck.people.middleware.Person",
    "potluck.people.middleware.House",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "potluck.core.middleware.ContentSecurityPolicy",
]

ROOT_URLCONF = "potluck.urls"
ASGI_APPLICATION = "potluck.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [
            HOME / "potluck" / room / "templates" for room in ["core", *ROOMS, *(["demo"] if DEMO else [])]
        ],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "potluck.core.jinja.environment",
            "context_processors": ["potluck.pages.frame.context"],
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]


def database(url: str) -> dict:
    """``postgresql://user:password@host:port/name`` (host may be a socket folder, percent-encoded) as Django wants it."""
    parts = urlsplit(url)
    options = {key: values[0] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "potluck.core.engine",
        "NAME": unquote(parts.path.lstrip("/")) or "potluck",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", unquote(parts.hostname or "")),
        "PORT": str(parts.port or options.pop("port", "")),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {
            "options": "-c plan_cache_mode=force_generic_plan",
            **options,
            "server_side_binding": True,
            "prepare_threshold": 5,
            "pool": {"min_size": 1, "max_size": int(os.environ.get("POTLUCK_POOL", "6")), "timeout": 5},
        },
    }


DATABASES = {"default": database(os.environ.get("DATABASE_URL", "postgresql:///potluck"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["potluck.people.adapter.Password"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "demo:chairs" if DEMO else "account_login"
LOGIN_REDIRECT_URL = "/"
SESSION_ENGINE = "potluck.people.sessions"
SESSION_COOKIE_NAME = f"potluck_session_{COOKIE_SUFFIX}"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 60
SESSION_COOKIE_SAMESITE = "Lax"
# Secure is what a cookie becomes whenever its request came by HTTPS (core/armour.py): a house on loopback has none.
CSRF_COOKIE_NAME = f"potluck_csrf_{COOKIE_SUFFIX}"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True  # every page holds its token; no script reads the cookie
CSRF_FAILURE_VIEW = "potluck.core.answers.expired_form"
MESSAGE_STORAGE = "potluck.core.said.Said"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Who has no address comes in by their name in addresses: mira-sand.
ACCOUNT_USER_MODEL_USERNAME_FIELD = "handle"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
# Of every code that goes out by mail (people/codes.py); seconds.
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
# Nobody is mailed because somebody else typed their address: not a stranger, not a place that is not claimed yet. The mail is
# made all the same, and goes to nobody (people/adapter.py): an answer takes as long.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
# Counted by the house itself: allauth's limits lock out whoever somebody else types (core/often.py).
ACCOUNT_RATE_LIMITS = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_ADAPTER = "potluck.people.adapter.Door"
ACCOUNT_FORMS = {
    "login": "potluck.people.adapter.ByPassword",
    "request_login_code": "potluck.people.adapter.AskForCode",
    "confirm_login_code": "potluck.people.adapter.TypeCode",
    "reset_password": "potluck.people.adapter.Forgotten",
    "reset_password_from_key": "potluck.people.adapter.NewPassword",
    "change_password": "potluck.people.adapter.OtherPassword",
    "set_password": "potluck.people.adapter.FirstPassword",
}
ACCOUNT_USER_DISPLAY = "potluck.people.adapter.display"

# Nothing of ours is kept in a cache; the table of that name counts tries (core/often.py).
CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}

LANGUAGE_CODE = "en"
LANGUAGES = [("de", "Deutsch"), ("de-sie", "Deutsch"), ("en", "English")]
LOCALE_PATHS = [HOME / "locale"]
LANGUAGE_COOKIE_NAME = f"potluck_language_{COOKIE_SUFFIX}"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Berlin"

STATIC_URL = "/static/"
STATICFILES_DIRS = [HOME / "static"]
SERVESTATIC_MAX_AGE = 3600

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "manifest-src": ["'self'"],
    },
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# No address takes files, but the one that lets an administrator bring history (exchange/views.py).
FILE_UPLOAD_HANDLERS = ["potluck.core.uploads.NoFiles"]

PEOPLE_FOLDER = os.environ.get("POTLUCK_PEOPLE_FOLDER", "")

MAIL_URL = os.environ.get("POTLUCK_MAIL_URL", "")
EMAIL_BACKEND = "potluck.core.mail.Backend"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("POTLUCK_MAIL_FROM", "potluck@localhost")

PROCRASTINATE_ON_APP_READY = "potluck.core.jobs.on_app_ready"
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

# DEBUG off must still leave a trace of every 5xx, and nothing that a person wrote (core/logs.py).
LOG = "json" if os.environ.get("POTLUCK_LOG") == "json" else "line"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "potluck.core.logs.Line"}, "json": {"()": "potluck.core.logs.Json"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": LOG}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        # A 4xx is no trouble of ours.
        "django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        "django.security.DisallowedHost": {"handlers": [], "propagate": False},
        "potluck": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        "potluck.requests": {"level": "DEBUG" if LOG == "json" else "INFO"},
    },
}
