using System.Diagnostics;
using System.Security.Cryptography;
using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.Keys;
using OrleansTokens.Grains.Validation;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;
using static OrleansTokens.Benchmarks.Report;

namespace OrleansTokens.Benchmarks;

/// <summary>The steps of a validation that call nobody.</summary>
internal static class MicroCase
{
    public static Task RunAsync(Report report, Scale scale)
    {
        var text = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var ring = MasterKey.TryParse(text, out var key, out var error) ? MasterKeyRing.Of(key) : throw new InvalidOperationException(error);
        var secret = TokenFormat.Issue(TokenPrefixes.Default, 0, 1234567, ring.TagKeys[0]);
        var forged = TokenFormat.Issue(TokenPrefixes.Default, 0, 1234567, new TagKey(RandomNumberGenerator.GetBytes(TagKey.Length)));
        var digest = SecretDigest.Compute(ring, DigestPurpose.DeployToken, secret);
        var bytes = RandomNumberGenerator.GetBytes(43);
        var input = Input();
        (string Name, Action Step)[] steps =
        [
            ("SHA-256 of 43 bytes, to compare with", () => SHA256.HashData(bytes, stackalloc byte[32])),
            ("read a token and verify its tag", () => TokenFormat.VerifyTag(secret, TokenPrefixes.Default, ring.TagKeys, out _)),
            ("refuse a forged token", () => TokenFormat.VerifyTag(forged, TokenPrefixes.Default, ring.TagKeys, out _)),
            ("compare the digest", () => digest.Compare(ring, DigestPurpose.DeployToken, secret)),
            ("decide", () => TokenPolicy.Decide(input)),
        ];
        report.Table(
            $"Steps of a validation, one thread, medians of {scale.Rounds}",
            ["step", "ns", "bytes allocated"],
            steps.Select(s => Measure(s.Name, s.Step, scale)));
        return Task.CompletedTask;
    }

    private static string[] Measure(string name, Action step, Scale scale)
    {
        Repeat(step, scale.MicroSteps);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        Repeat(step, scale.MicroSteps);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        var rounds = Enumerable.Range(0, scale.Rounds).Select(_ =>
        {
            var started = Stopwatch.GetTimestamp();
            Repeat(step, scale.MicroSteps);
            return Stopwatch.GetElapsedTime(started).TotalNanoseconds / scale.MicroSteps;
        });
        return [name, Number(Median(rounds)), Number((double)allocated / scale.MicroSteps)];
    }

    private static void Repeat(Action step, int times)
    {
        for (var i = 0; i < times; i++)
        {
            step();
        }
    }

    private static DecisionInput Input()
    {
        var group = new NamespaceId(NamespaceKind.Group, 1);
        var token = new DeployTokenView(
            new TokenId(1), group, "ci", "ci", DeployTokenScopes.ReadRegistry, default, default, DateTimeOffset.MaxValue, null, 1);
        Span<NamespaceId> ids = [new(NamespaceKind.Project, 1), new(NamespaceKind.Group, 2), group];
        var nodes = new List<LineageNode>();
        foreach (var id in ids)
        {
            nodes.Add(new LineageNode(id, Slug.Parse("acme"), "Acme", Visibility.Private, Archived: false, 1));
        }

        var lineage = new Lineage([.. nodes]);
        return new DecisionInput(token, CredentialMatch.Right, lineage, RegistryAction.PullImage, lineage, ViaRedirect: false, default);
    }
}
