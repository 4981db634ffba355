"""One conversation of python-gitlab with the authority: `deploy_tokens.py CASE URL OPERATOR_TOKEN NAME`.

NAME is free for the case to make groups under. Ends with exit code 0 when everything was as at GitLab.
"""

import sys

import gitlab


def expect(actual, expected):
    if actual != expected:
        raise SystemExit(f"expected {expected!r}, got {actual!r}")


def expect_error(status, call, *arguments, **keywords):
    try:
        call(*arguments, **keywords)
    except gitlab.exceptions.GitlabError as error:
        expect(error.response_code, status)
        return error
    raise SystemExit(f"expected an error with status {status}")


def make_project(gl, name, project="app"):
    group = gl.groups.create({"name": name, "path": name})
    return group, gl.projects.create({"name": project, "path": project, "namespace_id": group.id})


def project_tokens(gl, name):
    _, project = make_project(gl, name)
    made = project.deploytokens.create(
        {"name": "ci", "scopes": ["read_registry", "read_repository"], "username": "ci-user", "expires_at": "2999-12-31"}
    )
    expect(made.username, "ci-user")
    expect(made.scopes, ["read_repository", "read_registry"])
    expect(made.expires_at, "2999-12-31T00:00:00.000Z")
    expect(made.token.startswith("gldt-"), True)
    got = project.deploytokens.get(made.id)
    expect((got.name, got.revoked, got.expired), ("ci", False, False))
    expect(hasattr(got, "token"), False)
    default = project.deploytokens.create({"name": "default", "scopes": ["read_repository"]})
    expect(default.username, f"gitlab+deploy-token-{default.id}")
    expect(default.expires_at, None)
    expect([token.id for token in project.deploytokens.list()], [made.id, default.id])
    project.deploytokens.delete(made.id)
    expect_error(404, project.deploytokens.get, made.id)
    default.delete()
    expect(project.deploytokens.list(), [])


def group_tokens(gl, name):
    group, _ = make_project(gl, name)
    made = group.deploytokens.create({"name": "fleet", "scopes": ["read_registry", "write_registry"]})
    expect(group.deploytokens.get(made.id).scopes, ["read_registry", "write_registry"])
    expect([token.id for token in group.deploytokens.list()], [made.id])
    group.deploytokens.delete(made.id)
    expect_error(404, group.deploytokens.get, made.id)


def instance_tokens(gl, name):
    group, project = make_project(gl, name)
    made = {
        group.deploytokens.create({"name": "a", "scopes": ["read_registry"]}).id,
        project.deploytokens.create({"name": "b", "scopes": ["read_registry"]}).id,
    }
    expect(made <= {token.id for token in gl.deploytokens.list(iterator=True)}, True)


def pages(gl, name):
    _, project = make_project(gl, name)
    made = [project.deploytokens.create({"name": f"t{i}", "scopes": ["read_repository"]}).id for i in range(25)]
    tokens = project.deploytokens.list(iterator=True, per_page=10)
    expect((tokens.total, tokens.total_pages, tokens.current_page, tokens.per_page), (25, 3, 1, 10))
    expect((tokens.next_page, tokens.prev_page), (2, None))
    expect([token.id for token in tokens], made)
    expect([token.id for token in project.deploytokens.list(page=3, per_page=10)], made[20:])
    expect(len(project.deploytokens.list()), 20)
    expect([token.id for token in project.deploytokens.list(get_all=True)], made)
    expect(project.deploytokens.list(page=9, per_page=10), [])


def active(gl, name):
    _, project = make_project(gl, name)
    alive = project.deploytokens.create({"name": "alive", "scopes": ["read_repository"]})
    expired = project.deploytokens.create({"name": "old", "scopes": ["read_repository"], "expires_at": "2020-01-01"})
    revoked = project.deploytokens.create({"name": "gone", "scopes": ["read_repository"]})
    gl.http_post(f"/projects/{project.id}/deploy_tokens/{revoked.id}/revoke")
    expect([token.id for token in project.deploytokens.list(active=True)], [alive.id])
    expect([token.id for token in project.deploytokens.list(active=False)], [alive.id, expired.id, revoked.id])
    expect(project.deploytokens.get(expired.id).expired, True)
    expect(project.deploytokens.get(revoked.id).revoked, True)


def full_paths(gl, name):
    group, project = make_project(gl, name)
    nested = gl.groups.create({"name": "nested", "path": "nested", "parent_id": group.id})
    deep = gl.projects.create({"name": "deep", "path": "deep", "namespace_id": nested.id})
    expect(gl.projects.get(f"{name}/app").id, project.id)
    expect(gl.projects.get(f"{name}/nested/deep").id, deep.id)
    expect(gl.http_get(f"/projects/{name}%2Fnested%2Fdeep")["id"], deep.id)
    expect_error(404, gl.projects.get, f"{name}%2Fnested%2Fdeep")  # The library encodes by itself: this is encoded twice.
    expect(gl.groups.get(f"{name}/nested").id, nested.id)
    lazy = gl.projects.get(f"{name}/nested/deep", lazy=True)
    made = lazy.deploytokens.create({"name": "lazy", "scopes": ["read_repository"]})
    expect(deep.deploytokens.get(made.id).name, "lazy")
    expect_error(404, gl.projects.get, f"{name}/nothing")


def mistakes(gl, name):
    _, project = make_project(gl, name)
    error = expect_error(400, project.deploytokens.create, {"name": "x", "scopes": ["write_repository"]})
    expect("scopes" in str(error), True)
    error = expect_error(400, project.deploytokens.create, {"name": "x", "scopes": ["read_registry"], "expires_at": "soon"})
    expect("expires_at" in str(error), True)
    error = expect_error(400, project.deploytokens.create, {"name": "x", "scopes": ["read_registry"], "username": "a b"})
    expect("Username" in str(error), True)
    expect_error(404, project.deploytokens.get, 999999999)
    expect_error(404, project.deploytokens.delete, 999999999)
    stranger = gitlab.Gitlab(gl.url, private_token="not-a-token-of-anyone")
    expect_error(401, stranger.projects.get, project.id)
    bearer = gitlab.Gitlab(gl.url, oauth_token=gl.private_token)
    expect(bearer.projects.get(project.id).id, project.id)


CASES = {case.__name__: case for case in (project_tokens, group_tokens, instance_tokens, pages, active, full_paths, mistakes)}

if __name__ == "__main__":
    case_name, url, operator_token, free_name = sys.argv[1:]
    CASES[case_name](gitlab.Gitlab(url, private_token=operator_token), free_name)
