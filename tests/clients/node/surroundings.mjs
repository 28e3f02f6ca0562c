// What the tests of the clients share: where the server is, who the clients are, and the administrator's own requests.

import assert from "node:assert/strict";

export const ISSUER = process.env.ARGUS_ISSUER;
export const CLIENT_ID = process.env.CLIENT_ID;
export const CLIENT_SECRET = process.env.CLIENT_SECRET;
export const SCOPE = "acme/atlas/evidence:read";

/** Registers a public key with the client, as its administrator does. */
export async function register(jwk) {
  const answer = await fetch(`${ISSUER}/v1/keys/${CLIENT_ID}/credentials`, {
    method: "POST",
    headers: { authorization: `Bearer ${process.env.ADMINISTRATOR_KEY}`, "content-type": "application/json" },
    body: JSON.stringify({ kind: "public_key", jwk }),
  });
  assert.equal(answer.status, 201, await answer.text());
}

/** What the decision point says of a use of a token. */
export async function decision(token, action = "read") {
  const answer = await fetch(`${process.env.ARGUS_PDP_URL}/v1/verify`, {
    method: "POST",
    headers: { authorization: `Bearer ${process.env.ENFORCEMENT_POINT_KEY}`, "content-type": "application/json" },
    body: JSON.stringify({ credential: token, action, resource: "acme/atlas/evidence/42" }),
  });
  assert.equal(answer.status, 200);
  return (await answer.json()).decision;
}
