using System.Collections.Immutable;
using OrleansTokens.DeployTokens;
using OrleansTokens.Silo.Http.LeakReports;

namespace OrleansTokens.Silo.Hosting;

/// <summary>Reads from whom reports of leaked tokens are taken.</summary>
internal static class LeakReportSettings
{
    private const string KeysKey = "LeakReports:GitHub:PublicKeys";
    private const string UrlKey = "LeakReports:GitHub:KeysUrl";
    private const string TokenKey = "LeakReports:GitLab:Token";

    /// <summary>The reporters; a fault for each setting that cannot be.</summary>
    public static LeakReportOptions Read(SettingsReader reader)
    {
        var types = reader.List("LeakReports:GitLab:Types").Select(static entry => entry.Text).OfType<string>().ToImmutableArray();
        return new LeakReportOptions
        {
            GitHubKeys = ReadKeys(reader),
            GitHubKeysUrl = ReadUrl(reader),
            GitLabToken = ReadToken(reader),
            GitLabTypes = types.IsEmpty ? [LeakReportOptions.DefaultGitLabType] : types,
        };
    }

    private static ImmutableArray<GitHubKey> ReadKeys(SettingsReader reader)
    {
        var keys = ImmutableArray.CreateBuilder<GitHubKey>();
        foreach (var entry in reader.Entries(KeysKey))
        {
            var id = reader.Text(entry + ":Id");
            var pem = reader.Text(entry + ":Pem");
            if (GitHubKey.TryCreate(id, pem, out var key))
            {
                keys.Add(key);
            }
            else
            {
                reader.Fault(entry, "must have an Id, and as Pem an ECDSA public key on P-256");
            }
        }

        return keys.ToImmutable();
    }

    private static Uri? ReadUrl(SettingsReader reader)
    {
        if (reader.Text(UrlKey) is not { } text)
        {
            return null;
        }

        var isUrl = Uri.TryCreate(text, UriKind.Absolute, out var url);
        if (isUrl && (url!.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback)))
        {
            return url;
        }

        reader.Fault(UrlKey, "must be an https address, or an http one on this machine");
        return null;
    }

    private static Secret? ReadToken(SettingsReader reader)
    {
        if (reader.Text(TokenKey) is not { } text)
        {
            return null;
        }

        var isVisible = !text.AsSpan().ContainsAnyExceptInRange(' ', '~') && text.Trim() == text;
        if (isVisible && text.Length >= LeakReportOptions.MinGitLabTokenLength && Secret.TryCreate(text, out var token))
        {
            return token;
        }

        reader.Fault(
            TokenKey, $"must have {LeakReportOptions.MinGitLabTokenLength} to {Limits.MaxSecretLength} visible ASCII characters");
        return null;
    }
}
