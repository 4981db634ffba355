namespace OrleansTokens.Benchmarks;

/// <summary>Validations by the client library in another process, none of them kept, against a bare grain call of the same size.</summary>
internal static class GrainCase
{
    private const int Callers = 64;
    private const string Bare = "bare grain call";
    private const string Validation = "validation, no lease";

    public static async Task RunAsync(Report report, Scale scale)
    {
        using var folder = new TemporaryFolder();
        var tokens = await Seed.WriteAsync(folder.Path, scale.Credentials);
        tokens.Save(folder.At("credentials")); // What is mistyped would not reach a grain: all that is bad is revoked.
        await using var silo = await Server.SiloAsync(folder.Path);
        await using var bare = await Server.BareSiloAsync();
        await using var library = AskerProcess.Start(new AskerSetUp(silo.GatewayPort, folder.At("credentials")) { Kept = 0 });
        await using var echo = AskerProcess.Start(new AskerSetUp(bare.GatewayPort, folder.At("credentials")) { Bare = true });
        var rounds = await Rounds.RunAsync(scale, [echo.Contender(Bare, Callers), library.Contender(Validation, Callers)]);
        rounds.Table(
            report, $"Client library in another process, {Callers} callers, {scale.Credentials:N0} credentials, 5 % of them revoked, medians of "
            + $"{scale.Rounds} rounds of {scale.RoundSeconds} s, in turn", "of the bare call", [Bare, Validation]);
    }
}
