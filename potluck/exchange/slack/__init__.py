"""A Slack export, read as it is: no database, no network, one conversation at a time."""
