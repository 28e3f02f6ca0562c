"""PyJWT: a token is verified by the set of keys that the server publishes, and another one isn't."""

import jwt
import requests

from surroundings import CLIENT_ID, CLIENT_SECRET, ISSUER, SCOPE, metadata

known = metadata()
body = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "scope": SCOPE}
token = requests.post(known["token_endpoint"], data=body, timeout=60).json()["access_token"]

keys = jwt.PyJWKClient(known["jwks_uri"])
key = keys.get_signing_key_from_jwt(token)
required = ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"]
claims = jwt.decode(token, key, algorithms=["RS256"], audience=ISSUER, issuer=ISSUER, options={"require": required})
assert claims["sub"] == claims["client_id"] == CLIENT_ID and claims["scope"] == SCOPE, claims
assert 0 < claims["exp"] - claims["iat"] <= 900
assert jwt.get_unverified_header(token) == {"typ": "at+jwt", "alg": "RS256", "kid": key.key_id}

signed, signature = token.rsplit(".", 1)
forged = signed + "." + ("B" if signature[0] == "A" else "A") + signature[1:]
try:
    jwt.decode(forged, key, algorithms=["RS256"], audience=ISSUER, issuer=ISSUER)
    raise AssertionError("a forged token")
except jwt.InvalidSignatureError:
    pass
print("pyjwt: verified by the published keys")
