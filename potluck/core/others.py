"""The tables that come with Django, allauth and procrastinate: their purpose, readers and retention, said in one place."""

from __future__ import annotations

from potluck.core.declared import Declaration, Readers, Retention

OTHERS: dict[str, Declaration] = {
    "django_content_type": Declaration("Django's list of its own tables; nothing about people", Readers.NOBODY, Retention.HOUSE),
    "auth_permission": Declaration("comes with Django; never read or filled by us", Readers.NOBODY, Retention.HOUSE),
    "auth_group": Declaration("comes with Django; always empty", Readers.NOBODY, Retention.HOUSE),
    "auth_group_permissions": Declaration("comes with Django; always empty", Readers.NOBODY, Retention.HOUSE),
    "account_emailaddress": Declaration(
        "allauth: the address somebody signs in with", Readers.ADMINISTRATORS, Retention.PERSON
    ),
    "account_emailconfirmation": Declaration(
        "allauth: keys that confirm an address; empty, addresses are confirmed by invitation", Readers.NOBODY, Retention.USED
    ),
}

#: Not Django models of ours to migrate, but rows all the same: what is to be done, removed once it is done.
UNMANAGED: dict[str, Declaration] = {
    "procrastinate_jobs": Declaration("what the worker is to do; removed once done, or a day later", Readers.NOBODY,
                                      Retention.USED),
    "procrastinate_events": Declaration("what became of a job; removed with it", Readers.NOBODY, Retention.USED),
    "procrastinate_workers": Declaration("which worker processes run", Readers.NOBODY, Retention.USED),
    "procrastinate_periodic_defers": Declaration("which periodic job was last begun when", Readers.NOBODY, Retention.USED),
}
