using System.Globalization;
using Microsoft.Data.Sqlite;

namespace OrleansTokens.Silo.Storage.Sqlite;

/// <summary>
/// The tables, as a list of migrations: entry n brings a database from schema version n to n + 1. Entries are only ever appended.
/// Dates are UTC ticks of 100 ns since the year 1, exactly as the grains hold them.
/// </summary>
internal static class SqliteSchema
{
    /// <summary>Marks the file as ours ("OTK" and a format number), so that no foreign database is ever migrated.</summary>
    private const int ApplicationId = 0x4F54_4B01;

    public static readonly IReadOnlyList<string> Migrations =
    [
        """
        -- data is NULL after a clear; the row stays for its version, so that no ETag of a record ever comes again.
        CREATE TABLE grain_state (
            grain TEXT NOT NULL,
            name TEXT NOT NULL,
            version INTEGER NOT NULL,
            checksum INTEGER,
            data BLOB,
            PRIMARY KEY (grain, name)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE index_namespace (
            kind INTEGER NOT NULL,
            id INTEGER NOT NULL,
            parent_id INTEGER NOT NULL,
            slug TEXT NOT NULL,
            slug_folded TEXT NOT NULL,
            name TEXT NOT NULL,
            name_folded TEXT NOT NULL,
            visibility INTEGER NOT NULL,
            archived INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            deleted INTEGER NOT NULL,
            epoch INTEGER NOT NULL,
            PRIMARY KEY (kind, id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX index_namespace_by_id ON index_namespace (kind, id) WHERE deleted = 0;
        CREATE INDEX index_namespace_by_parent ON index_namespace (kind, parent_id, id) WHERE deleted = 0;
        CREATE INDEX index_namespace_by_created ON index_namespace (kind, created_at, id) WHERE deleted = 0;
        -- Each holds both texts, so that a search runs through the index alone.
        CREATE INDEX index_namespace_by_name ON index_namespace (kind, name_folded, id, slug_folded) WHERE deleted = 0;
        CREATE INDEX index_namespace_by_slug ON index_namespace (kind, slug_folded, id, name_folded) WHERE deleted = 0;

        -- expires_at is the greatest integer for a token without expiry.
        CREATE TABLE index_token (
            id INTEGER PRIMARY KEY,
            holder_kind INTEGER NOT NULL,
            holder_id INTEGER NOT NULL,
            name TEXT NOT NULL,
            username TEXT NOT NULL,
            scopes INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            revoked INTEGER NOT NULL,
            deleted INTEGER NOT NULL,
            epoch INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX index_token_by_id ON index_token (id, revoked, expires_at) WHERE deleted = 0;
        CREATE INDEX index_token_by_kind ON index_token (holder_kind, id, revoked, expires_at) WHERE deleted = 0;
        CREATE INDEX index_token_by_holder ON index_token (holder_kind, holder_id, id, revoked, expires_at) WHERE deleted = 0;

        -- How many tokens expire at an instant, per holder, per kind (holder_id 0) and in all (both 0). Most expire at midnight, so a
        -- count adds up a few rows per day of expiry instead of walking through every token. Revoked ones are all under instant 0.
        CREATE TABLE index_token_tally (
            holder_kind INTEGER NOT NULL,
            holder_id INTEGER NOT NULL,
            revoked INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            tokens INTEGER NOT NULL,
            PRIMARY KEY (holder_kind, holder_id, revoked, expires_at)
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER index_token_inserted AFTER INSERT ON index_token WHEN NEW.deleted = 0
        BEGIN
            INSERT INTO index_token_tally VALUES
                (0, 0, NEW.revoked, iif(NEW.revoked, 0, NEW.expires_at), 1),
                (NEW.holder_kind, 0, NEW.revoked, iif(NEW.revoked, 0, NEW.expires_at), 1),
                (NEW.holder_kind, NEW.holder_id, NEW.revoked, iif(NEW.revoked, 0, NEW.expires_at), 1)
            ON CONFLICT DO UPDATE SET tokens = tokens + 1;
        END;
        CREATE TRIGGER index_token_updated AFTER UPDATE OF holder_kind, holder_id, expires_at, revoked, deleted ON index_token
        WHEN (OLD.holder_kind, OLD.holder_id, OLD.expires_at, OLD.revoked, OLD.deleted)
            IS NOT (NEW.holder_kind, NEW.holder_id, NEW.expires_at, NEW.revoked, NEW.deleted)
        BEGIN
            UPDATE index_token_tally SET tokens = tokens - 1
                WHERE OLD.deleted = 0 AND revoked = OLD.revoked AND expires_at = iif(OLD.revoked, 0, OLD.expires_at)
                AND (holder_kind, holder_id) IN (VALUES (0, 0), (OLD.holder_kind, 0), (OLD.holder_kind, OLD.holder_id));
            DELETE FROM index_token_tally
                WHERE tokens = 0 AND revoked = OLD.revoked AND expires_at = iif(OLD.revoked, 0, OLD.expires_at)
                AND (holder_kind, holder_id) IN (VALUES (0, 0), (OLD.holder_kind, 0), (OLD.holder_kind, OLD.holder_id));
            INSERT INTO index_token_tally
                SELECT kind, holder, NEW.revoked, iif(NEW.revoked, 0, NEW.expires_at), 1
                FROM (SELECT 0 AS kind, 0 AS holder UNION ALL SELECT NEW.holder_kind, 0 UNION ALL SELECT NEW.holder_kind, NEW.holder_id)
                WHERE NEW.deleted = 0
            ON CONFLICT DO UPDATE SET tokens = tokens + 1;
        END;
        """,
        """
        -- Few tokens have the name that CI jobs look for.
        CREATE INDEX index_token_for_jobs ON index_token (holder_kind, holder_id, id, expires_at)
            WHERE deleted = 0 AND revoked = 0 AND name = 'gitlab-deploy-token';
        """,
        """
        -- Personal namespaces are in index_namespace under kind 3, so that no list of groups meets them.
        CREATE TABLE index_operator (
            id INTEGER PRIMARY KEY,
            username_folded TEXT NOT NULL,
            name_folded TEXT NOT NULL,
            email_folded TEXT NOT NULL,
            administrator INTEGER NOT NULL,
            blocked INTEGER NOT NULL,
            deleted INTEGER NOT NULL,
            epoch INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX index_operator_by_username ON index_operator (username_folded, id) WHERE deleted = 0;

        -- expires_at is the greatest integer for what has no end.
        CREATE TABLE index_operator_token (
            id INTEGER PRIMARY KEY,
            operator_id INTEGER NOT NULL,
            name_folded TEXT NOT NULL,
            expires_at INTEGER NOT NULL,
            revoked INTEGER NOT NULL,
            deleted INTEGER NOT NULL,
            epoch INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE index_member (
            operator_id INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            id INTEGER NOT NULL,
            level INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            deleted INTEGER NOT NULL,
            epoch INTEGER NOT NULL,
            PRIMARY KEY (operator_id, kind, id)
        ) STRICT, WITHOUT ROWID;
        """,
    ];

    /// <summary>Makes sure that the file is ours and not of a newer schema, before anything in it is changed.</summary>
    /// <exception cref="SqliteOpenException">It is not.</exception>
    public static int ReadVersion(SqliteSession session, string file, int newestKnown)
    {
        try
        {
            var version = Number(session, "PRAGMA user_version");
            var isEmpty = Number(session, "SELECT count(*) FROM sqlite_master") == 0;
            if (!isEmpty && Number(session, "PRAGMA application_id") != ApplicationId)
            {
                throw new SqliteOpenException(
                    $"'{file}' is a SQLite database of another application. Remove it, or name another data directory.");
            }

            if (version > newestKnown)
            {
                throw new SqliteOpenException(
                    $"'{file}' has schema version {version}, and this release knows versions up to {newestKnown}. It was opened by a "
                    + "newer release before: run that one, or restore a backup from before the upgrade.");
            }

            return version;
        }
        catch (SqliteException e) when (e.SqliteErrorCode is SQLitePCL.raw.SQLITE_NOTADB or SQLitePCL.raw.SQLITE_CORRUPT)
        {
            throw new SqliteOpenException($"'{file}' is damaged or no SQLite database: {e.Message} Restore it from a backup.", e);
        }
    }

    /// <summary>Brings the database to the newest schema, one transaction per version, and returns how many were applied.</summary>
    public static int Migrate(SqliteSession session, int version, IReadOnlyList<string> migrations)
    {
        for (var next = version; next < migrations.Count; next++)
        {
            session.ExecuteOnce("BEGIN IMMEDIATE");
            try
            {
                session.ExecuteOnce(
                    $"{migrations[next]} PRAGMA application_id={ApplicationId}; PRAGMA user_version={next + 1}; COMMIT");
            }
            catch when (session.InTransaction)
            {
                session.ExecuteOnce("ROLLBACK");
                throw;
            }
        }

        return migrations.Count - version;
    }

    /// <summary>Marks the file as ours once more: changes nothing, and still has to be written to the disk.</summary>
    public static bool Mark(SqliteSession session)
    {
        session.ExecuteOnce($"PRAGMA application_id={ApplicationId}");
        return true;
    }

    private static int Number(SqliteSession session, string sql) =>
        int.Parse(session.TextOnce(sql)!, CultureInfo.InvariantCulture);
}
