using static OrleansTokens.Benchmarks.Report;

namespace OrleansTokens.Benchmarks;

/// <summary>
/// What people use otherwise, doing the same work: a look-up in PostgreSQL for each request, as GitLab does it, and introspection by two
/// authorization servers. Everybody has as many credentials, of which as many are bad.
/// </summary>
internal static class CompareCase
{
    private const string Lookup = "look-up in PostgreSQL";
    private const string Multiplexed = "look-up in PostgreSQL, connections shared";
    private const string ForwardAuth = "/forward-auth";
    private const string NoLease = "/forward-auth, no lease";
    private const string ReadAnew = "/forward-auth, storage read for each";
    private const string OidcProvider = "introspection, oidc-provider, in memory";
    private const string OpenIddict = "introspection, OpenIddict, PostgreSQL";
    private const string OpenIddictFast = "introspection, OpenIddict, PostgreSQL, client's secret by SHA-256";
    private const string Introspection = "/oauth/introspect";

    public static async Task RunAsync(Report report, Scale scale)
    {
        using var folder = new TemporaryFolder();
        await using var postgres = await PostgreSqlServer.StartAsync();
        var data = Directory.CreateDirectory(folder.At("data")).FullName;
        var tokens = await Seed.WriteAsync(data, scale.Credentials);
        tokens.Save(folder.At("tokens"));
        var (second, third) = (folder.Copy("data", "second"), folder.Copy("data", "third"));
        await using var silo = await Server.SiloAsync(data);
        await using var noLease = await Server.SiloAsync(second, Server.KeepsNothing);
        await using var readAnew = await Server.SiloAsync(third, Server.ReadsEachTime);
        var database = await postgres.CreateDatabaseAsync("lookup");
        await using var lookup = await ComparedServers.LookupAsync(database, folder.At("tokens"), multiplexed: false);
        await using var multiplexed = await ComparedServers.LookupAsync(database, seed: null, multiplexed: true);
        await using var oidc = await ComparedServers.OidcProviderAsync(tokens.All.Count, Population.RevokedEvery, folder.At("oidc"));
        await using var openIddict = await ComparedServers.OpenIddictAsync(
            await postgres.CreateDatabaseAsync("openiddict"), tokens.All.Count, Population.RevokedEvery, folder.At("openiddict"));

        var git = folder.Write("git", tokens.Mixed.Select(Requests.ForwardAuth));
        var ours = tokens.Mixed.Select(static token => token.Secret);
        Contender[] contenders =
        [
            Contender.Http(Lookup, lookup.Port, git),
            Contender.Http(Multiplexed, multiplexed.Port, git),
            Contender.Http(ForwardAuth, silo.Port, git),
            Contender.Http(NoLease, noLease.Port, git),
            Contender.Http(ReadAnew, readAnew.Port, git),
            Contender.Http(OidcProvider, oidc.Port, Ask("oidc", "/token/introspection", Server.ClientId)),
            Contender.Http(OpenIddict, openIddict.Port, Ask("openiddict", "/introspect", Server.ClientId)),
            Contender.Http(OpenIddictFast, openIddict.Port, Ask("openiddict", "/introspect", Server.ClientId + "-fast")),
            Contender.Http(
                Introspection, silo.Port, folder.Write("ours", ours.Select(static t => Requests.Introspection("/oauth/introspect", Server.ClientId, t)))),
        ];
        var rounds = await Rounds.RunAsync(scale, contenders);
        Check(rounds, contenders);
        Write(report, scale, rounds, contenders);

        string Ask(string name, string path, string client) => folder.Write(
            $"{name}-{client}", Mixed(File.ReadAllLines(folder.At(name))).Select(token => Requests.Introspection(path, client, token)));
    }

    /// <summary>What is shown of a server's own tokens: the same ones are bad as of ours.</summary>
    private static IEnumerable<string> Mixed(string[] tokens) =>
        new Population([.. tokens.Select(static (token, i) => new SeededToken(i + 1, "", token, ""))]).Mixed.Select(static token => token.Secret);

    /// <summary>Who refuses less or more does other work.</summary>
    private static void Check(Rounds rounds, Contender[] contenders)
    {
        if (Array.Find(contenders, contender => rounds.Refused(contender.Name) is < 0.03 or > 0.07) is { } wrong)
        {
            throw new InvalidOperationException($"{wrong.Name}: {Percent(rounds.Refused(wrong.Name), 1)} were refused.");
        }
    }

    private static void Write(Report report, Scale scale, Rounds rounds, Contender[] contenders)
    {
        rounds.Table(
            report, $"The same work elsewhere: 64 connections, {scale.Credentials:N0} credentials, 5 % of them bad, medians of {scale.Rounds} rounds of "
            + $"{scale.RoundSeconds} s, in turn", "of the look-up", [.. contenders.Select(static c => c.Name)]);
        (string Ours, string Than)[] pairs =
        [
            (ForwardAuth, Lookup), (ForwardAuth, Multiplexed), (NoLease, Lookup), (NoLease, Multiplexed), (ReadAnew, Lookup), (ReadAnew, Multiplexed),
            (Introspection, OidcProvider), (Introspection, OpenIddict),
            (Introspection, OpenIddictFast),
        ];
        rounds.Ratios(report, pairs);
    }
}
