// oauth4webapi and jose: the metadata, a token by each client authentication, its verification, introspection, revocation.

import assert from "node:assert/strict";

import * as jose from "jose";
import * as oauth from "oauth4webapi";

import { CLIENT_ID, CLIENT_SECRET, ISSUER, SCOPE, decision, register } from "./surroundings.mjs";

const insecure = { [oauth.allowInsecureRequests]: true }; // this server is on loopback
const issuer = new URL(ISSUER);
const discovered = await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...insecure });
const server = await oauth.processDiscoveryResponse(issuer, discovered);
const client = { client_id: CLIENT_ID };

async function use(name, authentication) {
  const parameters = new URLSearchParams({ scope: SCOPE });
  const answer = await oauth.clientCredentialsGrantRequest(server, client, authentication(), parameters, insecure);
  const token = await oauth.processClientCredentialsResponse(server, client, answer);
  assert.equal(token.token_type, "bearer");
  assert.equal(token.refresh_token, undefined);

  const keys = jose.createRemoteJWKSet(new URL(server.jwks_uri));
  const options = { issuer: ISSUER, audience: ISSUER, typ: "at+jwt", algorithms: ["RS256"] };
  const { payload } = await jose.jwtVerify(token.access_token, keys, options);
  assert.equal(payload.client_id, CLIENT_ID);
  assert.equal(payload.scope, SCOPE);
  const request = new Request("https://api.example/", { headers: { authorization: `Bearer ${token.access_token}` } });
  await oauth.validateJwtAccessToken(server, request, ISSUER, insecure);
  assert.equal(await decision(token.access_token), "Permit");

  const introspect = async () => {
    const told = await oauth.introspectionRequest(server, client, authentication(), token.access_token, insecure);
    return oauth.processIntrospectionResponse(server, client, told);
  };
  assert.equal((await introspect()).active, true);
  const gone = await oauth.revocationRequest(server, client, authentication(), token.access_token, insecure);
  await oauth.processRevocationResponse(gone);
  assert.deepEqual(await introspect(), { active: false });
  assert.equal(await decision(token.access_token), "Deny");
  console.log("oauth4webapi and jose:", name);
}

await use("client_secret_basic", () => oauth.ClientSecretBasic(CLIENT_SECRET));
await use("client_secret_post", () => oauth.ClientSecretPost(CLIENT_SECRET));
for (const algorithm of ["RS256", "ES256"]) {
  const { publicKey, privateKey } = await jose.generateKeyPair(algorithm, { extractable: true });
  const kid = `node-${algorithm}`;
  await register({ ...(await jose.exportJWK(publicKey)), kid });
  await use(`private_key_jwt, ${algorithm}`, () => oauth.PrivateKeyJwt({ key: privateKey, kid }));
}

const wrong = oauth.ClientSecretBasic(`${CLIENT_SECRET}x`);
const refused = await oauth.clientCredentialsGrantRequest(server, client, wrong, new URLSearchParams(), insecure);
await assert.rejects(oauth.processClientCredentialsResponse(server, client, refused), (error) => {
  const challenges = error.cause instanceof Array ? error.cause : [];
  return error.error === "invalid_client" || challenges.some((challenge) => challenge.scheme === "basic");
});
console.log("oauth4webapi: errors");
