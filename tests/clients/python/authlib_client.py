"""Authlib: the metadata, a token by each client authentication that it has, introspection, revocation."""

from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata

from surroundings import ALL_SCOPES, CLIENT_ID, CLIENT_SECRET, ISSUER, SCOPE, decision, metadata

known = AuthorizationServerMetadata(metadata())
# All but what asks for https: this server is on loopback.
for check in ("response_types_supported", "grant_types_supported", "token_endpoint_auth_methods_supported",
              "token_endpoint_auth_signing_alg_values_supported", "introspection_endpoint_auth_methods_supported",
              "revocation_endpoint_auth_methods_supported"):
    getattr(known, "validate_" + check)()
assert known["issuer"] == ISSUER and known["response_types_supported"] == ["none"]

TOKEN = known["token_endpoint"]


def use(session, **more):
    """A token: had, used, introspected, given back, refused."""
    token = session.fetch_token(TOKEN, grant_type="client_credentials", scope=SCOPE, **more)
    assert token["token_type"] == "Bearer" and token["scope"] == SCOPE and "refresh_token" not in token, token
    assert decision(token["access_token"]) == "Permit"
    assert decision(token["access_token"], "write") == "Deny", "the token is narrower than its key"
    told = session.introspect_token(known["introspection_endpoint"], token=token["access_token"]).json()
    assert told["active"] and told["client_id"] == CLIENT_ID and told["scope"] == SCOPE, told
    gone = session.revoke_token(known["revocation_endpoint"], token=token["access_token"])
    assert gone.status_code == 200, gone.text
    told = session.introspect_token(known["introspection_endpoint"], token=token["access_token"]).json()
    assert told == {"active": False}, told
    assert decision(token["access_token"]) == "Deny"


for method in ("client_secret_basic", "client_secret_post"):
    use(OAuth2Session(CLIENT_ID, CLIENT_SECRET, token_endpoint_auth_method=method))
    print("authlib:", method)

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
