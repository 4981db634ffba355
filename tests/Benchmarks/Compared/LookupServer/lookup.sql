-- One round trip: the token by its digest, the project by its path, and every group above the project. $1 is the digest, $2 the path.
WITH RECURSIVE project AS (
  SELECT p.id, p.namespace_id, p.archived FROM routes r JOIN projects p ON p.id = r.project_id WHERE r.path = $2
), ancestors AS (
  SELECT n.id, n.parent_id, n.archived FROM namespaces n JOIN project p ON n.id = p.namespace_id
  UNION ALL
  SELECT n.id, n.parent_id, n.archived FROM namespaces n JOIN ancestors a ON n.id = a.parent_id
)
SELECT
  t.id,
  t.username,
  t.read_repository
  AND NOT p.archived
  AND NOT EXISTS (SELECT FROM ancestors a WHERE a.archived)
  AND (t.project_id = p.id OR t.group_id IN (SELECT a.id FROM ancestors a))
FROM deploy_tokens t LEFT JOIN project p ON true
WHERE t.token_digest = $1 AND NOT t.revoked AND t.expires_at >= now()
