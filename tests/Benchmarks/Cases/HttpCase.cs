using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using static OrleansTokens.Benchmarks.Requests;

namespace OrleansTokens.Benchmarks;

/// <summary>Requests per second of the two hot surfaces, against the same web server answering a constant, and signing a JWT.</summary>
internal static class HttpCase
{
    private const string Constant = "constant";
    private const string Signing = "constant, and signs one JWT";
    private const string Mixed = "forward-auth, 5 % bad";
    private const string Allowed = "forward-auth, allowed";
    private const string Hot = "forward-auth, allowed, one credential";
    private const string Mistyped = "forward-auth, mistyped";
    private const string Username = "forward-auth, wrong username";
    private const string Revoked = "forward-auth, revoked";
    private const string MixedAnew = "forward-auth, 5 % bad, no lease";
    private const string AllowedAnew = "forward-auth, allowed, no lease";
    private const string HotAnew = "forward-auth, allowed, one credential, no lease";
    private const string Jwt = "jwt/auth, pull and push";

    public static async Task RunAsync(Report report, Scale scale)
    {
        using var folder = new TemporaryFolder();
        var tokens = await Seed.WriteAsync(folder.At("data"), scale.Credentials);
        var anew = folder.Copy("data", "data without leases");
        await using var silo = await Server.SiloAsync(folder.At("data"));
        await using var siloAnew = await Server.SiloAsync(anew, Server.KeepsNothing);
        await using var constant = await Server.ConstantAsync();
        var mixed = folder.Write("mixed", tokens.Mixed.Select(ForwardAuth));
        var allowed = folder.Write("allowed", tokens.Alive.Select(ForwardAuth));
        var hot = folder.Write("hot", [ForwardAuth(tokens.Alive[0])]);
        Contender[] contenders =
        [
            Contender.Http(Constant, constant.Port, mixed),
            Contender.Http(Mixed, silo.Port, mixed),
            Contender.Http(MixedAnew, siloAnew.Port, mixed),
            Contender.Http(Allowed, silo.Port, allowed),
            Contender.Http(AllowedAnew, siloAnew.Port, allowed),
            Contender.Http(Hot, silo.Port, hot),
            Contender.Http(HotAnew, siloAnew.Port, hot),
            Contender.Http(Mistyped, silo.Port, folder.Write("mistyped", tokens.Alive.Select(static t => ForwardAuth(t with { Secret = t.Mistyped })))),
            Contender.Http(Username, silo.Port, folder.Write("username", tokens.Alive.Select(static t => ForwardAuth(t with { Username = "nobody" })))),
            Contender.Http(Revoked, silo.Port, folder.Write("revoked", tokens.Revoked.Select(ForwardAuth))),
            Contender.Http(Signing, constant.Port, folder.Write("sign", [Get($"/sign/{await MeasureJwtAsync(silo, tokens.Alive[0])}")])),
            Contender.Http(Jwt, silo.Port, folder.Write("jwt", tokens.Alive.Select(JwtAuth))),
        ];
        var rounds = await Rounds.RunAsync(scale, contenders);
        rounds.Table(
            report, $"HTTP, 64 connections, {scale.Credentials:N0} credentials, medians of {scale.Rounds} rounds of {scale.RoundSeconds} s, in turn",
            "of the constant", [.. contenders.Select(static c => c.Name)]);
        rounds.Ratios(
            report,
            [
                (Mixed, MixedAnew), (Hot, Allowed), (HotAnew, AllowedAnew), (Mistyped, Allowed), (Username, Allowed), (Revoked, Allowed), (Jwt, Signing),
            ]);
    }

    /// <summary>How long the JWT is that a client gets.</summary>
    private static async Task<int> MeasureJwtAsync(Server silo, SeededToken token)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(
            HttpMethod.Get, new Uri($"{silo.Address}/jwt/auth?service=container_registry&scope=repository:{token.Project}:pull,push"));
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{token.Username}:{token.Secret}")));
        using var answer = await http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return json.GetProperty("token").GetString()!.Length;
    }
}
