"""Authlib over mutual TLS (RFC 8705): a token by a certificate, which is good over that certificate alone."""

import os
import sys

import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.auth import encode_none

from surroundings import CLIENT_ID, PDP, metadata

METHOD = sys.argv[1]
OWN = (os.environ["CLIENT_CERTIFICATE"], os.environ["CLIENT_KEY"])
OTHER = (os.environ["OTHER_CERTIFICATE"], os.environ["OTHER_KEY"])

known = metadata()
assert METHOD in known["token_endpoint_auth_methods_supported"], known
assert known["tls_client_certificate_bound_access_tokens"] is True


def session(certificate):
    """What a client sends is its id: who it is, its certificate proves."""
    made = OAuth2Session(CLIENT_ID, token_endpoint_auth_method=METHOD, revocation_endpoint_auth_method=METHOD)
    made.register_client_auth_method((METHOD, encode_none))
    made.cert = certificate
    return made


def status(token, certificate):
    """What the decision point answers to the token of an enforcement point, and how it challenges it."""
    body = {"credential": os.environ["READER_KEY"], "action": "read", "resource": "acme/atlas/evidence/42"}
    headers = {"Authorization": "Bearer " + token}
    answer = requests.post(PDP + "/v1/verify", json=body, headers=headers, cert=certificate, timeout=60)
    return answer.status_code, 'error="invalid_token"' in answer.headers.get("WWW-Authenticate", "")


token = session(OWN).fetch_token(known["token_endpoint"], grant_type="client_credentials")["access_token"]
assert status(token, OWN) == (200, False)
assert status(token, OTHER) == (401, True)
assert status(token, None) == (401, True)
told = session(OWN).introspect_token(known["introspection_endpoint"], token=token).json()
assert told["active"] and told["cnf"] == {"x5t#S256": os.environ["THUMBPRINT"]}, told
for certificate in (OTHER, None):
    try:
        session(certificate).fetch_token(known["token_endpoint"], grant_type="client_credentials")
        raise AssertionError("another certificate, or none")
    except Exception as refused:
        assert getattr(refused, "error", None) == "invalid_client", refused
assert session(OWN).revoke_token(known["revocation_endpoint"], token=token).status_code == 200
assert session(OWN).introspect_token(known["introspection_endpoint"], token=token).json() == {"active": False}
print("authlib:", METHOD)
