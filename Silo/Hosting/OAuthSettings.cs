using System.Collections.Immutable;
using OrleansTokens.DeployTokens;
using OrleansTokens.Silo.Http.OAuth;

namespace OrleansTokens.Silo.Hosting;

/// <summary>Reads who may ask the OAuth endpoints.</summary>
internal static class OAuthSettings
{
    private const string ClientsKey = "OAuth:Clients";

    /// <summary>The clients; a fault for each setting that cannot be.</summary>
    public static OAuthOptions Read(SettingsReader reader)
    {
        var clients = ImmutableArray.CreateBuilder<OAuthClient>();
        foreach (var entry in reader.Entries(ClientsKey))
        {
            if (ReadClient(reader, entry) is { } client)
            {
                clients.Add(client);
            }
        }

        if (clients.Count > OAuthOptions.MaxClients)
        {
            reader.Fault(ClientsKey, $"must have at most {OAuthOptions.MaxClients} clients");
        }

        foreach (var repeated in clients.GroupBy(static c => c.Id, StringComparer.Ordinal).Where(static g => g.Count() > 1))
        {
            reader.Fault(ClientsKey, $"has more than one client with the id {repeated.Key}");
        }

        return new OAuthOptions { Clients = clients.ToImmutable() };
    }

    private static OAuthClient? ReadClient(SettingsReader reader, string entry)
    {
        var id = reader.Text(entry + ":Id");
        if (id is null || id.Length > OAuthClient.MaxIdLength || !IsVisible(id) || id.Contains(':', StringComparison.Ordinal))
        {
            reader.Fault(entry + ":Id", $"must have 1 to {OAuthClient.MaxIdLength} visible ASCII characters, and no colon");
        }

        var text = reader.Text(entry + ":Secret");
        if (text is not { Length: >= OAuthClient.MinSecretLength and <= OAuthClient.MaxSecretLength }
            || !IsVisible(text) || !Secret.TryCreate(text, out var secret))
        {
            secret = null;
            reader.Fault(
                entry + ":Secret",
                $"must have {OAuthClient.MinSecretLength} to {OAuthClient.MaxSecretLength} visible ASCII characters");
        }

        var rights = ReadRights(reader, entry + ":May");
        return id is null || secret is null ? null : new OAuthClient(id, secret, rights);
    }

    private static ImmutableArray<OAuthRight> ReadRights(SettingsReader reader, string key)
    {
        var names = Enum.GetNames<OAuthRight>();
        var rights = ImmutableArray.CreateBuilder<OAuthRight>();
        foreach (var (_, text) in reader.List(key))
        {
            if (names.FirstOrDefault(name => name.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } known)
            {
                rights.Add(Enum.Parse<OAuthRight>(known));
            }
            else
            {
                reader.Fault(key, "may list introspect and revoke only");
            }
        }

        return rights.Count == 0 ? [.. Enum.GetValues<OAuthRight>()] : rights.ToImmutable();
    }

    private static bool IsVisible(string text) => !text.AsSpan().ContainsAnyExceptInRange('!', '~');
}
