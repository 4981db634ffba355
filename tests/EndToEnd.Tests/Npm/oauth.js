// oauth4webapi and openid-client, as a resource server uses them. Arguments: address, client id, client secret, and a deploy token's id,
// secret and scopes. Ends with OK, or fails.
import assert from "node:assert/strict";
import * as oauth from "oauth4webapi";
import * as openid from "openid-client";

const [address, id, secret, tokenId, token, scope] = process.argv.slice(2);
const issuer = new URL(address);
const http = { [oauth.allowInsecureRequests]: true };
const unknown = [`${token}x`, "gldt-nothing", "tökén", "with space", "\u0000"];

function assertAlive(answer) {
  assert.equal(answer.active, true);
  assert.equal(answer.scope, scope);
  assert.equal(answer.sub, `deploy-token-${tokenId}`);
  assert.equal(answer.username, `gitlab+deploy-token-${tokenId}`);
  assert.equal(answer.iss, issuer.origin);
  assert.equal(answer.exp, Date.UTC(2100, 0, 1) / 1000);
}

// oauth4webapi.
const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...http }));
const client = { client_id: id };

async function introspect(authentication, what) {
  const response = await oauth.introspectionRequest(server, client, authentication, what, http);
  assert.equal(response.headers.get("cache-control"), "no-store");
  return oauth.processIntrospectionResponse(server, client, response);
}

for (const authentication of [oauth.ClientSecretBasic(secret), oauth.ClientSecretPost(secret)]) {
  assertAlive(await introspect(authentication, token));
  for (const what of unknown) {
    assert.deepEqual(await introspect(authentication, what), { active: false });
  }
}

const wrong = await oauth.introspectionRequest(server, client, oauth.ClientSecretBasic(`${secret}x`), token, http);
assert.equal(wrong.status, 401);
assert.match(wrong.headers.get("www-authenticate"), /^Basic /);
await assert.rejects(oauth.processIntrospectionResponse(server, client, wrong));
for (const what of unknown) {
  await oauth.processRevocationResponse(await oauth.revocationRequest(server, client, oauth.ClientSecretBasic(secret), what, http));
}

// openid-client.
for (const authentication of [openid.ClientSecretBasic(secret), openid.ClientSecretPost(secret)]) {
  const options = { algorithm: "oauth2", execute: [openid.allowInsecureRequests] };
  const configuration = await openid.discovery(issuer, id, undefined, authentication, options);
  assertAlive(await openid.tokenIntrospection(configuration, token, { token_type_hint: "access_token" }));
  assert.deepEqual(await openid.tokenIntrospection(configuration, `${token}x`), { active: false });
}

const configuration = await openid.discovery(issuer, id, undefined, openid.ClientSecretBasic(secret), {
  algorithm: "oauth2",
  execute: [openid.allowInsecureRequests],
});
await openid.tokenRevocation(configuration, token);
assert.deepEqual(await openid.tokenIntrospection(configuration, token), { active: false });
await openid.tokenRevocation(configuration, token);
console.log("OK");
