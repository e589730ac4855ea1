"""The pages of the doors: asking for a letter, coming in by it, coming in by an identity provider, going out."""

from app.accounts.pages import leaving, oidc, signing_in

ROUTERS = [oidc.router, leaving.router, signing_in.router]
"""In this order: the addresses with a name of their own stand before `/sign-in/{token}`."""
