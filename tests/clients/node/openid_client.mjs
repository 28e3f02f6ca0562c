// openid-client: it finds the endpoints by itself, then a token, introspection, revocation.

import assert from "node:assert/strict";

import * as client from "openid-client";

import { CLIENT_ID, CLIENT_SECRET, ISSUER, SCOPE, decision } from "./surroundings.mjs";

for (const [name, authentication] of [
  ["client_secret_basic", client.ClientSecretBasic(CLIENT_SECRET)],
  ["client_secret_post", client.ClientSecretPost(CLIENT_SECRET)],
]) {
  // This server is on loopback.
  const options = { algorithm: "oauth2", execute: [client.allowInsecureRequests] };
  const configuration = await client.discovery(new URL(ISSUER), CLIENT_ID, undefined, authentication, options);
  const token = await client.clientCredentialsGrant(configuration, { scope: SCOPE });
  assert.equal(token.scope, SCOPE);
  assert.equal(await decision(token.access_token), "Permit");
  assert.equal((await client.tokenIntrospection(configuration, token.access_token)).client_id, CLIENT_ID);
  await client.tokenRevocation(configuration, token.access_token);
  assert.equal((await client.tokenIntrospection(configuration, token.access_token)).active, false);
  await assert.rejects(client.clientCredentialsGrant(configuration, { scope: "acme/billing:read" }), (error) => {
    return error.error === "invalid_scope";
  });
  console.log("openid-client:", name);
}
