// oauth4webapi, told an issuer with a path: it finds the metadata with the path behind the well-known one
// (RFC 8414 §3.1).

import assert from "node:assert/strict";

import * as oauth from "oauth4webapi";

import { CLIENT_ID, CLIENT_SECRET } from "./surroundings.mjs";

const issuer = new URL(process.env.ISSUER_WITH_PATH);
const asked = [];

/** What the proxy of that site does: all beneath the issuer's path, and the well-known address, are this server's. */
function throughProxy(url, options) {
  const { origin, pathname } = new URL(url);
  assert.equal(origin, issuer.origin);
  asked.push(pathname);
  const beneath = pathname.startsWith(`${issuer.pathname}/`) ? pathname.slice(issuer.pathname.length) : pathname;
  return fetch(process.env.ARGUS_ISSUER + beneath, options);
}

const options = { [oauth.customFetch]: throughProxy };
const discovered = await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...options });
const server = await oauth.processDiscoveryResponse(issuer, discovered);
assert.deepEqual(asked, [`/.well-known/oauth-authorization-server${issuer.pathname}`]);

const client = { client_id: CLIENT_ID };
const authentication = oauth.ClientSecretBasic(CLIENT_SECRET);
const parameters = new URLSearchParams();
const answer = await oauth.clientCredentialsGrantRequest(server, client, authentication, parameters, options);
const { access_token } = await oauth.processClientCredentialsResponse(server, client, answer);
const request = new Request("https://api.example/", { headers: { authorization: `Bearer ${access_token}` } });
await oauth.validateJwtAccessToken(server, request, issuer.href, options);
console.log("oauth4webapi:", issuer.href);
