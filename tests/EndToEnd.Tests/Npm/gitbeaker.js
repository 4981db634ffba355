// @gitbeaker/rest, as its users use it. Arguments: address, operator token. Ends with OK, or fails.
import assert from "node:assert/strict";
import { Gitlab } from "@gitbeaker/rest";

const [host, token] = process.argv.slice(2);
const api = new Gitlab({ host, token });

const group = await api.Groups.create("Beaker", "beaker");
const sub = await api.Groups.create("Sub", "sub", { parentId: group.id });
const project = await api.Projects.create({ name: "app", path: "app", namespaceId: sub.id });
assert.equal((await api.Projects.show("beaker/sub/app")).id, project.id);
assert.equal((await api.Groups.show("beaker/sub")).id, sub.id);
assert.equal((await new Gitlab({ host, oauthToken: token }).Projects.show(project.id)).id, project.id);
assert.equal((await api.Users.showCurrentUser()).username, "root");

const made = await api.DeployTokens.create("ci", ["write_package_registry", "read_repository"], {
  projectId: "beaker/sub/app",
  username: "builder",
  expiresAt: "2100-01-01",
});
assert.match(made.token, /^gldt-/);
assert.equal(made.username, "builder");
assert.deepEqual(made.scopes, ["read_repository", "write_package_registry"]);
assert.equal(made.expires_at, "2100-01-01T00:00:00.000Z");
const shown = await api.DeployTokens.show(made.id, { projectId: project.id });
assert.equal(shown.name, "ci");
assert.equal("token" in shown, false);

const ofGroup = await api.DeployTokens.create("deep", ["read_registry"], { groupId: group.id });
assert.deepEqual((await api.DeployTokens.all({ groupId: "beaker" })).map((t) => t.id), [ofGroup.id]);
assert.deepEqual(await api.DeployTokens.all({ groupId: sub.id }), []);

const ids = [made.id];
for (let n = 0; n < 24; n += 1) {
  ids.push((await api.DeployTokens.create(`t${n}`, ["read_registry"], { projectId: project.id })).id);
}
const pages = await api.DeployTokens.all({ projectId: project.id, perPage: 10, pagination: "offset" });
assert.deepEqual(pages.map((t) => t.id), ids);
const page = await api.DeployTokens.all({ projectId: project.id, perPage: 10, page: 2, maxPages: 1, showExpanded: true });
assert.deepEqual(page.data.map((t) => t.id), ids.slice(10, 20));
assert.equal(page.paginationInfo.total, 25);
assert.equal(page.paginationInfo.next, 3);
const all = new Set((await api.DeployTokens.all({ perPage: 100 })).map((t) => t.id));
assert.ok([...ids, ofGroup.id].every((id) => all.has(id)));

await api.DeployTokens.remove(made.id, { projectId: project.id });
await api.DeployTokens.remove(ofGroup.id, { groupId: group.id });

async function refused(call, status, text) {
  await assert.rejects(call, (error) => {
    assert.equal(error.cause.response.status, status);
    assert.match(String(error.cause.description), text);
    return true;
  });
}

await refused(() => api.DeployTokens.show(made.id, { projectId: project.id }), 404, /Not found/);
await refused(() => api.DeployTokens.create("x", ["everything"], { projectId: project.id }), 400, /scopes does not have a valid value/);
await refused(() => api.DeployTokens.create("x", [], { projectId: project.id }), 400, /Scopes can't be blank|scopes is missing/);
await refused(() => api.Projects.show("beaker/none"), 404, /Project Not Found/);
await refused(() => new Gitlab({ host, token: "not-an-operator-token" }).DeployTokens.all(), 401, /Unauthorized/);

await api.Projects.edit(project.id, { name: "Application" });
assert.equal((await api.Projects.show(project.id)).name, "Application");
await api.Projects.archive(project.id);
await api.Projects.unarchive(project.id);
await api.Projects.transfer(project.id, group.id);
assert.equal((await api.Projects.show("beaker/app")).id, project.id);
await api.Projects.remove(project.id);
await api.Groups.remove(group.id);
console.log("OK");
