"""Signing in by link and code or by OIDC, sessions kept on the server, granting roles, erasing a person."""

from app.accounts import erasing, forgetting

erasing.FORGET.update(forgetting.OWN)
