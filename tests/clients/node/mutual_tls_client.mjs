// oauth4webapi and openid-client over mutual TLS (RFC 8705): a token by a certificate, good over that certificate alone.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import * as oauth from "oauth4webapi";
import * as client from "openid-client";
import { Agent, fetch } from "undici";

import { CLIENT_ID, ISSUER } from "./surroundings.mjs";

const METHOD = process.argv[2];
const read = (name) => readFileSync(process.env[name]);

/** What fetches over a certificate, or over none, and believes the server's authority alone. */
function over(certificate, key) {
  const shown = certificate === undefined ? {} : { cert: read(certificate), key: read(key) };
  const dispatcher = new Agent({ connect: { ca: read("REQUESTS_CA_BUNDLE"), ...shown } });
  return (url, options) => fetch(url, { ...options, dispatcher });
}

const own = over("CLIENT_CERTIFICATE", "CLIENT_KEY");
const others = [over("OTHER_CERTIFICATE", "OTHER_KEY"), over()];

/** What the decision point answers to the token of an enforcement point. */
async function status(token, fetchOver) {
  const answer = await fetchOver(`${process.env.ARGUS_PDP_URL}/v1/verify`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ credential: process.env.READER_KEY, action: "read", resource: "acme/atlas/evidence/42" }),
  });
  await answer.text();
  return answer.status;
}

async function isBound(token) {
  assert.equal(await status(token, own), 200);
  for (const other of others) assert.equal(await status(token, other), 401);
}

const issuer = new URL(ISSUER);
const discovered = await oauth.discoveryRequest(issuer, { algorithm: "oauth2", [oauth.customFetch]: own });
const server = await oauth.processDiscoveryResponse(issuer, discovered);
assert.ok(server.token_endpoint_auth_methods_supported.includes(METHOD));
assert.equal(server.tls_client_certificate_bound_access_tokens, true);

const itself = { client_id: CLIENT_ID };
const ask = (fetchOver) => {
  const options = { [oauth.customFetch]: fetchOver };
  return oauth.clientCredentialsGrantRequest(server, itself, oauth.TlsClientAuth(), new URLSearchParams(), options);
};
const token = await oauth.processClientCredentialsResponse(server, itself, await ask(own));
await isBound(token.access_token);
const worth = async () => {
  const options = { [oauth.customFetch]: own };
  const told = await oauth.introspectionRequest(server, itself, oauth.TlsClientAuth(), token.access_token, options);
  return oauth.processIntrospectionResponse(server, itself, told);
};
assert.deepEqual((await worth()).cnf, { "x5t#S256": process.env.THUMBPRINT });
for (const other of others) {
  const refused = await ask(other);
  assert.equal(refused.status, 401);
  assert.equal((await refused.json()).error, "invalid_client");
}
const options = { [oauth.customFetch]: own };
const gone = await oauth.revocationRequest(server, itself, oauth.TlsClientAuth(), token.access_token, options);
await oauth.processRevocationResponse(gone);
assert.deepEqual(await worth(), { active: false });
assert.equal(await status(token.access_token, own), 401);
console.log("oauth4webapi:", METHOD);

const found = await client.discovery(issuer, CLIENT_ID, undefined, client.TlsClientAuth(), {
  algorithm: "oauth2",
  [client.customFetch]: own,
});
const another = await client.clientCredentialsGrant(found);
await isBound(another.access_token);
assert.equal((await client.tokenIntrospection(found, another.access_token)).client_id, CLIENT_ID);
await client.tokenRevocation(found, another.access_token);
assert.equal((await client.tokenIntrospection(found, another.access_token)).active, false);
for (const other of others) {
  found[client.customFetch] = other;
  await assert.rejects(client.clientCredentialsGrant(found), (error) => {
    return error.error === "invalid_client" || error.status === 401;
  });
}
console.log("openid-client:", METHOD);
