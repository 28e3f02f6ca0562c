"""requests-oauthlib: a token with the secret in the header, and in the body."""

import os

os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # this server is on loopback

from oauthlib.oauth2 import BackendApplicationClient, InvalidClientError, InvalidScopeError
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

from surroundings import CLIENT_ID, CLIENT_SECRET, SCOPE, decision, metadata

TOKEN = metadata()["token_endpoint"]


def session(scope=SCOPE):
    return OAuth2Session(client=BackendApplicationClient(client_id=CLIENT_ID, scope=[scope]))


in_header = session().fetch_token(TOKEN, auth=HTTPBasicAuth(CLIENT_ID, CLIENT_SECRET))
in_body = session().fetch_token(TOKEN, client_secret=CLIENT_SECRET, include_client_id=True)
for token in (in_header, in_body):
    assert token["token_type"] == "Bearer" and token["scope"] == [SCOPE], token
    assert decision(token["access_token"]) == "Permit"
for expected, ask in (
    (InvalidClientError, lambda: session().fetch_token(TOKEN, auth=HTTPBasicAuth(CLIENT_ID, CLIENT_SECRET + "x"))),
    (InvalidScopeError, lambda: session("acme/billing:read").fetch_token(TOKEN, auth=HTTPBasicAuth(CLIENT_ID, CLIENT_SECRET))),
):
    try:
        ask()
        raise AssertionError(expected)
    except expected:
        pass
print("requests-oauthlib: client_secret_basic, client_secret_post, errors")
