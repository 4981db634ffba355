"""python-gitlab, as its users use it. Arguments: address, operator token. Ends with OK, or fails."""

import sys

import gitlab

url, token = sys.argv[1:]
gl = gitlab.Gitlab(url, private_token=token)
gl.auth()
assert gl.user.username == "root", gl.user

group = gl.groups.create({"name": "G", "path": "G"})
sub = gl.groups.create({"name": "Sub", "path": "sub", "parent_id": group.id})
project = gl.projects.create({"name": "app", "path": "app", "namespace_id": sub.id})
assert gl.projects.get("G/sub/app").id == project.id
assert gl.http_get("/projects/G%2Fsub%2Fapp")["id"] == project.id
assert gitlab.Gitlab(url, oauth_token=token).projects.get(project.id).id == project.id
assert gl.groups.get("G/sub").id == sub.id
assert [p.id for p in gl.projects.list(search="app", get_all=True)] == [project.id]
assert [g.id for g in group.subgroups.list(get_all=True)] == [sub.id]

made = project.deploytokens.create(
    {
        "name": "ci",
        "scopes": ["write_registry", "read_registry"],
        "username": "builder",
        "expires_at": "2100-01-01",
    }
)
assert made.token.startswith("gldt-"), made
assert made.username == "builder" and made.scopes == ["read_registry", "write_registry"], made
assert made.expires_at == "2100-01-01T00:00:00.000Z", made
default = project.deploytokens.create({"name": "", "scopes": ["read_repository"]})
assert default.username == f"gitlab+deploy-token-{default.id}" and default.expires_at is None
assert not hasattr(project.deploytokens.get(made.id), "token")

expired = project.deploytokens.create({"name": "old", "scopes": ["read_registry"], "expires_at": "2000-01-01T00:00:00Z"})
active = project.deploytokens.list(active=True, get_all=True)
assert {t.id for t in active} == {made.id, default.id}, active
assert project.deploytokens.get(expired.id).expired

of_group = group.deploytokens.create({"name": "deep", "scopes": ["read_repository"]})
assert group.deploytokens.get(of_group.id).name == "deep"
assert [t.id for t in sub.deploytokens.list(get_all=True)] == []

many = gl.projects.create({"name": "many", "path": "many", "namespace_id": sub.id})
ids = [many.deploytokens.create({"name": f"t{n}", "scopes": ["read_registry"]}).id for n in range(105)]
assert [t.id for t in many.deploytokens.list(iterator=True, per_page=20)] == ids
page = many.deploytokens.list(iterator=True, page=2, per_page=50)
assert page.total == 105 and page.total_pages == 3 and page.current_page == 2 and page.per_page == 50, page
assert many.deploytokens.list(page=9, per_page=20) == []
everything = {t.id for t in gl.deploytokens.list(iterator=True, per_page=100)}
assert set(ids) | {made.id, default.id, expired.id, of_group.id} == everything

project.deploytokens.delete(made.id)
of_group.delete()
for gone in (lambda: project.deploytokens.get(made.id), lambda: group.deploytokens.get(of_group.id)):
    try:
        gone()
        raise AssertionError("a deleted token is still there")
    except gitlab.exceptions.GitlabGetError as error:
        assert error.response_code == 404, error

for wrong, text in (
    ({"name": "x", "scopes": []}, "Scopes can't be blank"),
    ({"name": "x", "scopes": ["everything"]}, "scopes does not have a valid value"),
    ({"name": "x", "scopes": ["read_registry"], "username": "a b"}, "Username can contain only"),
    ({"name": "x", "scopes": ["read_registry"], "expires_at": "someday"}, "expires_at is invalid"),
):
    try:
        project.deploytokens.create(wrong)
        raise AssertionError(f"accepted: {wrong}")
    except gitlab.exceptions.GitlabCreateError as error:
        assert error.response_code == 400 and text in str(error), (wrong, error)

try:
    gitlab.Gitlab(url, private_token="not-an-operator-token").projects.list()
    raise AssertionError("anybody may list projects")
except gitlab.exceptions.GitlabAuthenticationError as error:
    assert error.response_code == 401, error

project.name = "Application"
project.save()
assert gl.projects.get(project.id).name == "Application"
project.archive()
assert gl.projects.get(project.id).archived
project.unarchive()
project.transfer(group.id)
assert gl.projects.get("G/app").id == project.id

ann = gl.users.create({"username": "ann", "name": "Ann", "email": "ann@example.org", "force_random_password": True})
assert gl.users.list(username="ann")[0].id == ann.id
token = ann.personal_access_tokens.create({"name": "ci", "scopes": ["api"], "expires_at": "2100-01-01"})
as_ann = gitlab.Gitlab(url, private_token=token.token)
as_ann.auth()
assert as_ann.user.id == ann.id and not as_ann.user.is_admin
assert as_ann.projects.list(get_all=True) == []
member = group.members.create({"user_id": ann.id, "access_level": gitlab.const.AccessLevel.MAINTAINER})
assert [p.id for p in as_ann.projects.list(membership=True, get_all=True)] != []
assert as_ann.projects.get(project.id).deploytokens.create({"name": "x", "scopes": ["read_registry"]}).token
try:
    as_ann.groups.get(group.id).deploytokens.create({"name": "x", "scopes": ["read_registry"]})
    raise AssertionError("a maintainer may not issue tokens of a group")
except gitlab.exceptions.GitlabCreateError as error:
    assert error.response_code == 403, error
member.access_level = gitlab.const.AccessLevel.OWNER
member.save()
assert as_ann.groups.get(group.id).deploytokens.create({"name": "x", "scopes": ["read_registry"]}).token
assert ann.id in [m.id for m in project.members_all.list(get_all=True)]
own = as_ann.projects.create({"name": "own"})
assert own.path_with_namespace == "ann/own" and own.namespace["kind"] == "user", own
assert as_ann.namespaces.get("ann").kind == "user"
member.delete()
try:
    as_ann.projects.get(project.id)
    raise AssertionError("somebody who was removed still sees the project")
except gitlab.exceptions.GitlabGetError as error:
    assert error.response_code == 404, error
ann.block()
assert gl.users.get(ann.id).state == "blocked"
ann.unblock()
gl.personal_access_tokens.delete(token.id)
try:
    as_ann.auth()
    raise AssertionError("a revoked operator token lets somebody in")
except gitlab.exceptions.GitlabAuthenticationError as error:
    assert error.response_code == 401, error

project.delete()
group.delete()
print("OK")
