using static OrleansTokens.Benchmarks.Requests;

namespace OrleansTokens.Benchmarks;

/// <summary>Requests per second of the two hot surfaces, against the same web server answering a constant.</summary>
internal static class Http
{
    private const string Constant = "constant";

    public static async Task RunAsync(Report report, Scale scale)
    {
        using var folder = new TemporaryFolder();
        var tokens = await Seed.WriteAsync(folder.Path, scale.Credentials);
        await using var silo = await Server.SiloAsync(folder.Path);
        await using var constant = await Server.ConstantAsync();
        var mixed = folder.Write("mixed", tokens.Mixed.Select(ForwardAuth));
        Contender[] contenders =
        [
            Contender.Http(Constant, constant.Port, mixed),
            Contender.Http("forward-auth, 5 % bad", silo.Port, mixed),
            Contender.Http("forward-auth, allowed", silo.Port, folder.Write("allowed", tokens.Alive.Select(ForwardAuth))),
            Contender.Http("forward-auth, allowed, one credential", silo.Port, folder.Write("one", [ForwardAuth(tokens.Alive[0])])),
            Contender.Http("forward-auth, mistyped", silo.Port, folder.Write("mistyped", tokens.Alive.Select(Mistyped))),
            Contender.Http("forward-auth, wrong username", silo.Port, folder.Write("username", tokens.Alive.Select(OfNobody))),
            Contender.Http("forward-auth, revoked", silo.Port, folder.Write("revoked", tokens.Revoked.Select(ForwardAuth))),
            Contender.Http("jwt/auth, pull and push", silo.Port, folder.Write("jwt", tokens.Alive.Select(JwtAuth))),
        ];
        var rounds = await Rounds.RunAsync(scale, contenders);
        rounds.Table(
            report, $"HTTP, 64 connections, {scale.Credentials:N0} credentials, medians of {scale.Rounds} rounds of {scale.RoundSeconds} s, in turn",
            "of the constant", [.. contenders.Select(static c => c.Name)]);
    }

    private static string Mistyped(SeededToken token) => ForwardAuth(token with { Secret = token.Mistyped });

    private static string OfNobody(SeededToken token) => ForwardAuth(token with { Username = "nobody" });
}
