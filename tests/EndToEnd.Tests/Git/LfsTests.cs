using System.Text;
using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Git;

/// <summary>The real git-lfs through each proxy, in front of a server that would accept everything.</summary>
[Collection(GitCollection.Name)]
public sealed class LfsTests(GitFixture fixture)
{
    private static readonly byte[] Content = Encoding.UTF8.GetBytes("a large file, as far as this goes");

    public static TheoryData<string> Proxies => [.. GitFixture.Proxies];

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task Pull_WhenTokenReads_DownloadsTheObject(string proxy)
    {
        var token = await fixture.Admin.IssueForProjectAsync(fixture.App, "read_repository");
        var id = fixture.Lfs.Add(Content);
        var clone = await CloneAsync(proxy, token);
        var pointer = $"version https://git-lfs.github.com/spec/v1\noid sha256:{id}\nsize {Content.Length}\n";
        await TrackAsync(clone, pointer);
        _ = (await LfsAsync(clone, "pull")).Succeeded();
        Assert.Equal(Content, await File.ReadAllBytesAsync(Path.Combine(clone, "large.bin")));
        Assert.True(fixture.Lfs.Requests.Any(request => request.EndsWith($"/{id}/{Content.Length} {token.Username}", StringComparison.Ordinal)), string.Join('\n', fixture.Lfs.Requests));
        Assert.False(fixture.Lfs.SawCredential);
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task Push_WhenTokenReads_UploadsNothing(string proxy)
    {
        var token = await fixture.Admin.IssueForProjectAsync(fixture.App, "read_repository");
        var clone = await CloneAsync(proxy, token);
        var content = $"new in a clone through {proxy}";
        await File.WriteAllTextAsync(Path.Combine(clone, ".gitattributes"), "*.bin filter=lfs diff=lfs merge=lfs -text\n");
        await File.WriteAllTextAsync(Path.Combine(clone, "large.bin"), content);
        await GitHosting.CommitAsync(clone);
        var listed = (await LfsAsync(clone, "ls-files", "--long")).Succeeded().StandardOutput;
        // git-lfs tries a refused upload again, after a pause that grows, unless it is told not to.
        _ = (await GitHosting.GitAsync(clone, "config", "lfs.transfer.maxretries", "1")).Succeeded();
        _ = (await LfsAsync(clone, "push", "--all", "origin")).Failed("check your access level");
        Assert.False(fixture.Lfs.Has(listed.Split(' ')[0]));
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task Request_WhenLfs_IsAnsweredAsGitLabDoes(string proxy)
    {
        var address = fixture.Address(proxy);
        var credential = RawHttp.Basic(await fixture.Admin.IssueForProjectAsync(fixture.App, "read_repository"));
        var id = fixture.Lfs.Add(Content);
        var path = $"/git/app.git/gitlab-lfs/objects/{id}/{Content.Length}";
        Assert.Equal(200, (await RawHttp.SendAsync(address, "GET", path, [credential])).Status);
        Assert.Equal(403, (await RawHttp.SendAsync(address, "PUT", path, [credential], "replaced")).Status);
        Assert.Equal(403, (await RawHttp.SendAsync(address, "POST", "/git/app.git/info/lfs/locks", [credential], "{}")).Status);
        Assert.Equal(401, (await RawHttp.SendAsync(address, "GET", path, [])).Status);
        var other = path.Replace("app.git", "secret.git", StringComparison.Ordinal);
        Assert.Equal(401, (await RawHttp.SendAsync(address, "GET", other, [credential])).Status);
        var nothing = path.Replace("app.git", "nothing.git", StringComparison.Ordinal);
        Assert.Equal(404, (await RawHttp.SendAsync(address, "GET", nothing, [credential])).Status);
    }

    private async Task<string> CloneAsync(string proxy, IssuedToken token)
    {
        var clone = fixture.Hosting.NewDirectory();
        _ = (await GitHosting.GitAsync(clone, "clone", fixture.Repository(proxy, "git/app", token), ".")).Succeeded();
        _ = (await LfsAsync(clone, "install", "--local")).Succeeded();
        return clone;
    }

    /// <summary>Commits a pointer, which is what git keeps of a large file.</summary>
    private static async Task TrackAsync(string clone, string pointer)
    {
        await File.WriteAllTextAsync(Path.Combine(clone, "large.bin"), pointer);
        await GitHosting.CommitAsync(clone);
        await File.WriteAllTextAsync(Path.Combine(clone, ".gitattributes"), "*.bin filter=lfs diff=lfs merge=lfs -text\n");
        await GitHosting.CommitAsync(clone);
    }

    private static Task<ProgramResult> LfsAsync(string clone, params string[] arguments) => GitHosting.GitAsync(clone, ["lfs", .. arguments]);
}
