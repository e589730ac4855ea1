"""Coming in by an OpenID provider: authorization code with PKCE, state and nonce, all of them bound to the browser.

Authlib does the protocol and keeps its state in a signed cookie of its own that lives ten minutes and is sent to two
addresses only. It is given no cache: with one, the state of a victim's browser was not compared (CVE-2025-68158).
An identity is an issuer and a keyed hash of one claim, never an e-mail address.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request

from app.accounts.models import OidcIdentity
from app.kit import ids
from app.people.models import Person
from app.people.rules import IdentityLevel, OriginSector
from app.settings import Settings
from app.work import Work
from app.work.transaction import Subject

BEGIN, CALLBACK = "/sign-in/oidc", "/sign-in/oidc/callback"
STATE_COOKIE = "minga_oidc"
STATE_SECONDS = 600
CLAVEUNICA_OUT = "https://accounts.claveunica.gob.cl/api/v1/accounts/app/logout"
ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
LONGEST_NAME = 160


class NotProved(Exception):
    """The provider's answer does not prove who somebody is; its text is a closed word for the log."""


@dataclass(frozen=True)
class Proved:
    """What a provider has proved: an issuer, the identity there (already hashed), and what to call the person."""

    issuer: str
    claim_hash: str
    name: str


def is_on(settings: Settings) -> bool:
    """Whether a provider is configured."""
    return bool(settings.oidc_issuer and settings.oidc_client_id)


def stand(app: FastAPI, settings: Settings) -> None:
    """Put the provider's client and the cookie for its state in place, if a provider is configured."""
    if not is_on(settings):
        return
    # Eleven megabytes and a third of a second that only an installation with a provider needs.
    from authlib.integrations.starlette_client import OAuth  # noqa: PLC0415 - for that reason

    oauth = OAuth()
    oauth.register(
        "provider",
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        server_metadata_url=settings.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration",
        client_kwargs={
            "scope": settings.oidc_scopes,
            "code_challenge_method": "S256",
            "token_endpoint_auth_method": "client_secret_post",
            "follow_redirects": False,
            "timeout": 10.0,
        },
    )
    app.state.provider = oauth.create_client("provider")
    app.add_middleware(
        SessionMiddleware,
        secret_key=hmac.new(settings.secret().encode(), b"oidc state", hashlib.sha256).hexdigest(),
        session_cookie=STATE_COOKIE,
        max_age=STATE_SECONDS,
        path=BEGIN,
        same_site="lax",
        https_only=settings.is_https,
    )


async def lead_there(request: Request, settings: Settings) -> Any:
    """The redirect to the provider, with a state, a nonce and a challenge that this browser alone can answer."""
    provider = request.app.state.provider
    _require_issuer(await provider.load_server_metadata(), settings)
    return await provider.authorize_redirect(request, settings.base_url + CALLBACK, state=ids.new_token())


async def prove(request: Request, settings: Settings) -> Proved:
    """What the provider's answer proves, after its state, code, nonce, issuer, audience and signature were checked."""
    provider = request.app.state.provider
    metadata = await provider.load_server_metadata()
    _require_issuer(metadata, settings)
    metadata["id_token_signing_alg_values_supported"] = _algorithms(metadata)
    issuer, client_id = metadata["issuer"], settings.oidc_client_id
    options = {"iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": client_id}}
    token = await provider.authorize_access_token(request, claims_options=options)
    in_token = token.get("userinfo")
    if not in_token:
        raise NotProved("no_id_token")
    claims = dict(in_token) | await _asked_for(provider, token, metadata, settings)
    if claims.get("sub") != in_token["sub"]:
        raise NotProved("other_subject")
    claim = claim_of(claims, settings.oidc_identity_claim)
    return Proved(settings.oidc_issuer, claim_hash(settings.secret(), settings.oidc_issuer, claim), name_of(claims))


async def _asked_for(provider: Any, token: Any, metadata: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """The claims behind the access token; ClaveÚnica gives the RUN nowhere else, and wants to be asked by POST."""
    address = metadata.get("userinfo_endpoint")
    if not address:
        return {}
    call = provider.post if settings.oidc_preset == "claveunica" else provider.get
    response = await call(address, token=token)
    response.raise_for_status()
    return dict(response.json())


def _require_issuer(metadata: dict[str, Any], settings: Settings) -> None:
    if str(metadata.get("issuer", "")).rstrip("/") != settings.oidc_issuer.rstrip("/"):
        raise NotProved("other_issuer")


def _algorithms(metadata: dict[str, Any]) -> list[str]:
    offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    return [name for name in offered if name in ALGORITHMS] or ["RS256"]


def claim_of(claims: dict[str, Any], name: str) -> str:
    """The claim that is the identity, as one word; `RolUnico` {numero, DV} becomes the RUN, such as 44444444-4."""
    value = claims.get(name)
    if isinstance(value, dict):
        value = f"{value.get('numero', '')}-{value.get('DV', '')}".upper() if value.get("numero") else ""
    if not isinstance(value, (str, int)) or not str(value).strip():
        raise NotProved("no_claim")
    return str(value).strip()


def name_of(claims: dict[str, Any]) -> str:
    """What to call somebody; ClaveÚnica gives names and surnames as two lists."""
    name = claims.get("name") or claims.get("nickname") or ""
    if isinstance(name, dict):
        name = " ".join(str(part) for key in ("nombres", "apellidos") for part in name.get(key) or [])
    said = "".join(character for character in str(name) if character.isprintable()).strip()
    return said[:LONGEST_NAME]


def person_of(work: Work, proved: Proved, language: str) -> Person:
    """The person this identity belongs to; who comes for the first time is somebody new, without an address yet."""
    known = _known(work.session, proved.issuer, proved.claim_hash)
    if known is not None:
        return known
    name = proved.name or "—"
    person = Person(
        id=ids.new_id(),
        name=name,
        public_name=name,
        language=language,
        origin_sector=OriginSector.CITIZEN,
        identity_level=IdentityLevel.OIDC,
        created_at=work.now,
    )
    identity = OidcIdentity(issuer=proved.issuer, claim_hash=proved.claim_hash, person_id=person.id, since=work.now)
    work.session.add_all([person, identity])
    work.record("person.arrived", Subject("person", person.id, None), identity_level=IdentityLevel.OIDC.value)
    return person


def _known(session: Session, issuer: str, claim_hash: str) -> Person | None:
    wanted = (OidcIdentity.issuer == issuer, OidcIdentity.claim_hash == claim_hash)
    found = select(Person).join(OidcIdentity, OidcIdentity.person_id == Person.id).where(*wanted)
    return session.scalars(found.where(Person.erased_at.is_(None))).one_or_none()


def claim_hash(secret: str, issuer: str, claim: str) -> str:
    """What is stored of an identity: a bare hash of a RUN falls in minutes, one under this site's key does not."""
    return hmac.new(secret.encode(), f"oidc:{issuer}\n{claim}".encode(), hashlib.sha256).hexdigest()


def way_out(settings: Settings) -> str:
    """Where the provider's own session is ended; only the preset names such an address."""
    if settings.oidc_preset != "claveunica" or not is_on(settings):
        return ""
    return f"{CLAVEUNICA_OUT}?redirect={quote(settings.base_url + '/', safe='')}"
