"""Authlib: the metadata, a token by each client authentication that it has, introspection, revocation."""

import time

from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from surroundings import ALL_SCOPES, CLIENT_ID, CLIENT_SECRET, ISSUER, SCOPE, decision, metadata, register

known = AuthorizationServerMetadata(metadata())
# All but what asks for https: this server is on loopback.
for check in ("response_types_supported", "grant_types_supported", "token_endpoint_auth_methods_supported",
              "token_endpoint_auth_signing_alg_values_supported", "introspection_endpoint_auth_methods_supported",
              "revocation_endpoint_auth_methods_supported"):
    getattr(known, "validate_" + check)()
assert known["issuer"] == ISSUER and known["response_types_supported"] == ["none"]

TOKEN = known["token_endpoint"]


def use(session):
    """A token: had, used, introspected, given back, refused; each time by a session of its own."""
    token = session().fetch_token(TOKEN, grant_type="client_credentials", scope=SCOPE)
    assert token["token_type"] == "Bearer" and token["scope"] == SCOPE and "refresh_token" not in token, token
    assert decision(token["access_token"]) == "Permit"
    assert decision(token["access_token"], "write") == "Deny", "the token is narrower than its key"
    told = session().introspect_token(known["introspection_endpoint"], token=token["access_token"]).json()
    assert told["active"] and told["client_id"] == CLIENT_ID and told["scope"] == SCOPE, told
    gone = session().revoke_token(known["revocation_endpoint"], token=token["access_token"])
    assert gone.status_code == 200, gone.text
    told = session().introspect_token(known["introspection_endpoint"], token=token["access_token"]).json()
    assert told == {"active": False}, told
    assert decision(token["access_token"]) == "Deny"


for method in ("client_secret_basic", "client_secret_post"):
    use(lambda: OAuth2Session(CLIENT_ID, CLIENT_SECRET, token_endpoint_auth_method=method))
    print("authlib:", method)

key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
register(key.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode())


def signing():
    # An assertion is good for five minutes at most; this client's own default is an hour.
    assertion = PrivateKeyJWT(TOKEN, claims={"exp": int(time.time()) + 120})
    return OAuth2Session(CLIENT_ID, private, token_endpoint_auth_method=assertion,
                         revocation_endpoint_auth_method=assertion)


use(signing)
print("authlib: private_key_jwt")

session = OAuth2Session(CLIENT_ID, CLIENT_SECRET, token_endpoint_auth_method="client_secret_basic")
token = session.fetch_token(TOKEN, grant_type="client_credentials")
assert set(token["scope"].split(" ")) == ALL_SCOPES, "without a scope, all that the key may"
try:
    session.fetch_token(TOKEN, grant_type="client_credentials", scope="acme/billing:read")
    raise AssertionError("a scope that the key doesn't have")
except Exception as refused:
    assert getattr(refused, "error", None) == "invalid_scope", refused
try:
    OAuth2Session(CLIENT_ID, CLIENT_SECRET + "x").fetch_token(TOKEN, grant_type="client_credentials")
    raise AssertionError("a wrong secret")
except Exception as refused:
    assert getattr(refused, "error", None) == "invalid_client", refused
print("authlib: errors")
