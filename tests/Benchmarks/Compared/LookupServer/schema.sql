-- What GitLab keeps of deploy tokens, as far as a decision reads it.
CREATE TABLE namespaces (
  id bigint PRIMARY KEY,
  parent_id bigint REFERENCES namespaces,
  archived boolean NOT NULL DEFAULT false
);

CREATE TABLE projects (
  id bigint PRIMARY KEY,
  namespace_id bigint NOT NULL REFERENCES namespaces,
  archived boolean NOT NULL DEFAULT false
);

CREATE TABLE routes (
  path text PRIMARY KEY,
  project_id bigint NOT NULL REFERENCES projects
);

CREATE TABLE deploy_tokens (
  id bigint PRIMARY KEY,
  username text NOT NULL,
  token_digest bytea NOT NULL UNIQUE,
  read_repository boolean NOT NULL,
  revoked boolean NOT NULL,
  expires_at timestamptz NOT NULL,
  project_id bigint REFERENCES projects,
  group_id bigint REFERENCES namespaces
);
