"""What the tests of the clients share: where the server is, who the clients are, and the administrator's own requests."""

import os

import requests

ISSUER = os.environ["ARGUS_ISSUER"]
PDP = os.environ["ARGUS_PDP_URL"]
CLIENT_ID = os.environ["CLIENT_ID"]
CLIENT_SECRET = os.environ["CLIENT_SECRET"]
SCOPE = "acme/atlas/evidence:read"
ALL_SCOPES = {"acme/atlas/evidence:read", "acme/atlas/evidence:write"}


def metadata():
    """What the server says of itself (RFC 8414)."""
    answer = requests.get(ISSUER + "/.well-known/oauth-authorization-server", timeout=60)
    answer.raise_for_status()
    return answer.json()


def register(public_key_pem):
    """Registers a public key with the client, as its administrator does."""
    path = f"{ISSUER}/v1/keys/{CLIENT_ID}/credentials"
    headers = {"Authorization": "Bearer " + os.environ["ADMINISTRATOR_KEY"]}
    answer = requests.post(path, json={"kind": "public_key", "pem": public_key_pem}, headers=headers, timeout=60)
    assert answer.status_code == 201, answer.text


def decision(token, action="read"):
    """What the decision point says of a use of a token."""
    body = {"credential": token, "action": action, "resource": "acme/atlas/evidence/42"}
    headers = {"Authorization": "Bearer " + os.environ["ENFORCEMENT_POINT_KEY"]}
    answer = requests.post(PDP + "/v1/verify", json=body, headers=headers, timeout=60)
    assert answer.status_code == 200, answer.text
    return answer.json()["decision"]
