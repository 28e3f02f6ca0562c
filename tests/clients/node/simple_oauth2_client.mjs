// simple-oauth2: a token with the secret in the header, and in the body.

import assert from "node:assert/strict";

import { ClientCredentials } from "simple-oauth2";

import { CLIENT_ID, CLIENT_SECRET, ISSUER, SCOPE, decision } from "./surroundings.mjs";

for (const authorizationMethod of ["header", "body"]) {
  const client = new ClientCredentials({
    client: { id: CLIENT_ID, secret: CLIENT_SECRET },
    auth: { tokenHost: ISSUER, tokenPath: "/oauth/token" },
    options: { authorizationMethod },
  });
  const { token } = await client.getToken({ scope: SCOPE });
  assert.equal(token.scope, SCOPE);
  assert.equal(await decision(token.access_token), "Permit");
  console.log("simple-oauth2:", authorizationMethod);
}
