using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace OrleansTokens.LookupServer;

/// <summary>Fills an empty database with the tokens of a file: a line each, with id, username, secret, path of its project, and 1 if it is
/// revoked, between tabs.</summary>
internal static class Seed
{
    private static readonly DateTime Never = new(3000, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public static async Task RunAsync(NpgsqlDataSource database, string file)
    {
        var tokens = (await File.ReadAllLinesAsync(file)).Select(static line => line.Split('\t')).ToList();
        var (groups, projects) = (new Dictionary<string, long>(), new Dictionary<string, long>());
        await using var connection = await database.OpenConnectionAsync();
        await RunAsync(connection, Program.Resource("schema.sql"));
        foreach (var path in tokens.Select(static token => token[3]).Distinct())
        {
            var parent = await AddGroupsAsync(connection, groups, path.Split('/')[..^1]);
            projects[path] = projects.Count + 1;
            await RunAsync(connection, "INSERT INTO projects (id, namespace_id) VALUES ($1, $2)", projects[path], parent);
            await RunAsync(connection, "INSERT INTO routes (path, project_id) VALUES ($1, $2)", path, projects[path]);
        }

        await using (var copy = await connection.BeginBinaryImportAsync(
            "COPY deploy_tokens (id, username, token_digest, read_repository, revoked, expires_at, project_id) FROM STDIN (FORMAT BINARY)"))
        {
            foreach (var token in tokens)
            {
                await copy.StartRowAsync();
                await copy.WriteAsync(long.Parse(token[0], CultureInfo.InvariantCulture), NpgsqlDbType.Bigint);
                await copy.WriteAsync(token[1], NpgsqlDbType.Text);
                await copy.WriteAsync(SHA256.HashData(Encoding.UTF8.GetBytes(token[2])), NpgsqlDbType.Bytea);
                await copy.WriteAsync(true, NpgsqlDbType.Boolean);
                await copy.WriteAsync(token[4] == "1", NpgsqlDbType.Boolean);
                await copy.WriteAsync(Never, NpgsqlDbType.TimestampTz);
                await copy.WriteAsync(projects[token[3]], NpgsqlDbType.Bigint);
            }

            await copy.CompleteAsync();
        }

        await RunAsync(connection, "VACUUM ANALYZE");
    }

    /// <summary>Adds the groups of a path that are not there yet; says the id of the last one.</summary>
    private static async Task<long> AddGroupsAsync(NpgsqlConnection connection, Dictionary<string, long> groups, string[] slugs)
    {
        object parent = DBNull.Value;
        for (var depth = 1; depth <= slugs.Length; depth++)
        {
            var path = string.Join('/', slugs[..depth]);
            if (!groups.TryGetValue(path, out var id))
            {
                groups[path] = id = groups.Count + 1;
                await RunAsync(connection, "INSERT INTO namespaces (id, parent_id) VALUES ($1, $2)", id, parent);
            }

            parent = id;
        }

        return (long)parent;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, params object[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        await command.ExecuteNonQueryAsync();
    }
}
