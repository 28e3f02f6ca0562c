"""PyJWT and joserfc: which of the tokens on standard input each believes, by the keys and rules beside it."""

import datetime
import json
import sys

import jwt
import jwt.api_jwt
from joserfc import jwt as joserfc_jwt
from joserfc.jwk import KeySet

asked = json.load(sys.stdin)
NOW, LEEWAY = asked["now"], asked["leeway_seconds"]


class StoppedClock(datetime.datetime):
    """PyJWT can't be told the time."""

    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(NOW, tz)


jwt.api_jwt.datetime = StoppedClock


def by_kid_or_type(token, keys):
    """The key that the header names; where it names none, the one of its algorithm."""
    header = jwt.get_unverified_header(token)
    types = {"RS256": "RSA", "ES256": "EC", "EdDSA": "OKP"}
    if "kid" in header:
        found = [key for key in keys if key["kid"] == header["kid"]]
    else:
        found = [key for key in keys if key["kty"] == types.get(header["alg"])]
    [key] = found
    return key


def pyjwt(case):
    key = jwt.PyJWK(by_kid_or_type(case["token"], case["keys"]))
    claims = {"audience": case["audiences"], "issuer": case["issuer"], "leeway": LEEWAY}
    options = {"require": case["required"]}
    jwt.decode(case["token"], key, algorithms=case["algorithms"], options=options, **claims)


def joserfc(case):
    keys = KeySet.import_key_set({"keys": [by_kid_or_type(case["token"], case["keys"])]})
    token = joserfc_jwt.decode(case["token"], keys, algorithms=case["algorithms"])
    rules = {name: {"essential": True} for name in case["required"]}
    rules["iss"] = {"essential": True, "value": case["issuer"]}
    rules["aud"] = {"essential": True, "values": case["audiences"]}
    joserfc_jwt.JWTClaimsRegistry(now=NOW, leeway=LEEWAY, **rules).validate(token.claims)


def believes(verify, case):
    try:
        verify(case)
    except Exception:  # Whatever it raises, it doesn't believe it.
        return False
    return True


verdicts = {verify.__name__: [believes(verify, case) for case in asked["cases"]] for verify in (pyjwt, joserfc)}
print(json.dumps(verdicts))
