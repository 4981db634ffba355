using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace OrleansTokens.LookupServer;

/// <summary>Answers a proxy that asks whether a git request may be served.</summary>
internal sealed class Lookup(NpgsqlDataSource database)
{
    private static readonly string Statement = Program.Resource("lookup.sql");

    public async Task AnswerAsync(HttpContext http)
    {
        http.Response.StatusCode = await DecideAsync(http);
        http.Response.Headers.CacheControl = "no-store";
        if (http.Response.StatusCode == StatusCodes.Status401Unauthorized)
        {
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"GitLab\"";
        }
    }

    private async Task<int> DecideAsync(HttpContext http)
    {
        if (!TryReadCredential(http.Request.Headers.Authorization, out var username, out var secret)
            || Project(http.Request.Headers["X-Original-URI"]) is not { } project)
        {
            return StatusCodes.Status401Unauthorized;
        }

        await using var command = database.CreateCommand(Statement);
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = SHA256.HashData(Encoding.UTF8.GetBytes(secret)) });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = project });
        await using var row = await command.ExecuteReaderAsync(http.RequestAborted);
        if (!await row.ReadAsync(http.RequestAborted) || row.GetString(1) != username)
        {
            return StatusCodes.Status401Unauthorized;
        }

        http.Response.Headers["X-Auth-User"] = username;
        http.Response.Headers["X-Auth-Token-Id"] = row.GetInt64(0).ToString(CultureInfo.InvariantCulture);
        http.Response.Headers["X-Auth-Project"] = project;
        return !row.IsDBNull(2) && row.GetBoolean(2) ? StatusCodes.Status200OK : StatusCodes.Status403Forbidden;
    }

    private static bool TryReadCredential(string? authorization, out string username, out string secret)
    {
        const string Scheme = "Basic ";
        (username, secret) = ("", "");
        if (authorization?.StartsWith(Scheme, StringComparison.Ordinal) != true)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[authorization.Length];
        if (!Convert.TryFromBase64Chars(authorization.AsSpan(Scheme.Length), bytes, out var length))
        {
            return false;
        }

        var pair = Encoding.UTF8.GetString(bytes[..length]);
        var colon = pair.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            return false;
        }

        (username, secret) = (pair[..colon], pair[(colon + 1)..]);
        return true;
    }

    private static string? Project(string? uri)
    {
        var end = uri?.IndexOf(".git/", StringComparison.Ordinal) ?? -1;
        return end > 1 ? uri![1..end] : null;
    }
}
