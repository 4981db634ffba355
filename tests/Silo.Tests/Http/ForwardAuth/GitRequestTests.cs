using CsCheck;
using OrleansTokens.Namespaces;
using OrleansTokens.Silo.Http.ForwardAuth;
using OrleansTokens.Validation;

namespace OrleansTokens.Silo.Tests.Http.ForwardAuth;

public sealed class GitRequestTests
{
    private const string Oid = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("GET", "/acme/api.git/info/refs?service=git-upload-pack", nameof(GitAccess.Download))]
    [InlineData("GET", "/acme/api.git/info/refs?service=git-receive-pack", nameof(GitAccess.Upload))]
    [InlineData("POST", "/acme/api.git/git-upload-pack", nameof(GitAccess.Download))]
    [InlineData("POST", "/acme/api.git/git-receive-pack", nameof(GitAccess.Upload))]
    public void Parse_OfWhatGitSends_GivesTheAccess(string method, string target, string access) =>
        Assert.Equal(new GitRequest(Path("acme/api"), IsWiki: false, IsLfs: false, Enum.Parse<GitAccess>(access)), Parse(method, target));

    [Theory]
    [InlineData("POST", "/acme/api.git/info/lfs/objects/batch", nameof(GitAccess.Download))]
    [InlineData("GET", "/acme/api.git/info/lfs/objects/" + Oid, nameof(GitAccess.Download))]
    [InlineData("PUT", "/acme/api.git/info/lfs/objects/" + Oid, nameof(GitAccess.Upload))]
    [InlineData("GET", "/acme/api.git/gitlab-lfs/objects/" + Oid + "/42", nameof(GitAccess.Download))]
    [InlineData("PUT", "/acme/api.git/gitlab-lfs/objects/" + Oid + "/42", nameof(GitAccess.Upload))]
    [InlineData("PUT", "/acme/api.git/gitlab-lfs/objects/" + Oid + "/42/authorize", nameof(GitAccess.Upload))]
    [InlineData("GET", "/acme/api.git/gitlab-lfs/objects/" + Oid, nameof(GitAccess.Download))]
    [InlineData("GET", "/acme/api.git/info/lfs/locks", nameof(GitAccess.Download))]
    [InlineData("GET", "/acme/api.git/info/lfs/locks?path=a%2Fb&id=1&cursor=x&limit=5&refspec=refs%2Fmain", nameof(GitAccess.Download))]
    [InlineData("POST", "/acme/api.git/info/lfs/locks", nameof(GitAccess.Upload))]
    [InlineData("POST", "/acme/api.git/info/lfs/locks/verify", nameof(GitAccess.Upload))]
    [InlineData("POST", "/acme/api.git/info/lfs/locks/17/unlock", nameof(GitAccess.Upload))]
    public void Parse_OfWhatGitLfsSends_GivesTheAccess(string method, string target, string access) =>
        Assert.Equal(new GitRequest(Path("acme/api"), IsWiki: false, IsLfs: true, Enum.Parse<GitAccess>(access)), Parse(method, target));

    [Theory]
    [InlineData("/acme/api.wiki.git/info/refs?service=git-upload-pack", "acme/api", true)]
    [InlineData("/Acme/Platform/API.git/info/refs?service=git-upload-pack", "Acme/Platform/API", false)]
    [InlineData("/acme/a_b-c.d.git/info/refs?service=git-upload-pack", "acme/a_b-c.d", false)]
    [InlineData("/acme/%61pi%2egit/info/refs?service=git-upload-pack", "acme/api", false)]
    [InlineData("/acme/git-receive-pack.git/info/refs?service=git-upload-pack", "acme/git-receive-pack", false)]
    [InlineData("/acme/info.git/info/refs?service=git-upload-pack", "acme/info", false)]
    [InlineData("/acme/.github.git/info/refs?service=git-upload-pack", "acme/.github", false)]
    public void Parse_OfAnAddress_GivesTheProject(string target, string project, bool isWiki)
    {
        var request = Parse("GET", target);

        Assert.Equal(new GitRequest(Path(project), isWiki, IsLfs: false, GitAccess.Download), request);
        Assert.Equal(project, request!.Project.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("?")]
    [InlineData("?service=")]
    [InlineData("?service")]
    [InlineData("?service=git-upload-archive")]
    [InlineData("?service=upload-pack")]
    [InlineData("?service=git-upload-pack&service=git-receive-pack")] // http-backend takes the last
    [InlineData("?service=git-receive-pack&service=git-upload-pack")]
    [InlineData("?service=git-upload-pack&service=git-upload-pack")]
    [InlineData("?service=git-upload-pack&servic%65=git-receive-pack")]
    [InlineData("?service=git-upload-pack&%73ervice=git-receive-pack")]
    [InlineData("?service=git-upload-pack&Service=git-receive-pack")]
    [InlineData("?service=git-upload-pack&service%5B%5D=git-receive-pack")]
    [InlineData("?service=git-upload-pack&service+=git-receive-pack")]
    [InlineData("?service=git-upload-pack%26service=git-receive-pack")]
    [InlineData("?service=git-upload-pack%2526service=git-receive-pack")]
    [InlineData("?servic%65=git-upload-pack")]
    [InlineData("?service=git%2dupload-pack")]
    [InlineData("?service=git%2Dreceive-pack")]
    [InlineData("?service=+git-upload-pack")]
    [InlineData("?service=git-upload-pack+")]
    [InlineData("?service=git+upload-pack")]
    [InlineData("?service=git-upload-pack%20")]
    [InlineData("?SERVICE=git-upload-pack")]
    [InlineData("?service=Git-Upload-Pack")]
    [InlineData("?service==git-upload-pack")]
    [InlineData("?service=git-upload-pack?service=git-receive-pack")]
    [InlineData("??service=git-upload-pack")]
    [InlineData("?service=git-upload-pack&")]
    [InlineData("?&service=git-upload-pack")]
    [InlineData("?x=1&service=git-upload-pack")]
    public void Parse_WhenTheServiceIsNotSpelledAsGitDoes_IsOfNoKnownAccess(string query) =>
        Assert.Equal(GitAccess.Unknown, Parse("GET", "/acme/api.git/info/refs" + query)?.Access);

    [Theory]
    [InlineData("/acme/api.git/git-upload-pack?")]
    [InlineData("/acme/api.git/git-upload-pack?service=git-receive-pack")]
    [InlineData("/acme/api.git/git-receive-pack?service=git-upload-pack")]
    public void Parse_OfACommandWithParameters_IsOfNoKnownAccess(string target) =>
        Assert.Equal(GitAccess.Unknown, Parse("POST", target)?.Access);

    [Theory]
    [InlineData("POST", "/acme/api.git/info/refs?service=git-upload-pack")]
    [InlineData("get", "/acme/api.git/info/refs?service=git-upload-pack")]
    [InlineData("OPTIONS", "/acme/api.git/info/refs?service=git-upload-pack")]
    [InlineData("GET", "/acme/api.git/git-upload-pack")]
    [InlineData("HEAD", "/acme/api.git/git-upload-pack")]
    [InlineData("PUT", "/acme/api.git/git-receive-pack")]
    [InlineData("POST", "/acme/api.git/git-upload-pack/")]
    [InlineData("POST", "/acme/api.git/Git-Upload-Pack")]
    [InlineData("POST", "/acme/api.git/git-upload-archive")]
    [InlineData("POST", "/acme/api.git/git-receive-pack/info/refs")]
    [InlineData("GET", "/acme/api.git/info/refs/?service=git-upload-pack")]
    [InlineData("GET", "/acme/api.git/info%2frefs?service=git-upload-pack")]
    [InlineData("GET", "/acme/api.git/INFO/refs?service=git-upload-pack")]
    [InlineData("GET", "/acme/api.git/x/info/refs?service=git-upload-pack")]
    [InlineData("GET", "/acme/api.git")]
    [InlineData("GET", "/acme/api.git/")]
    [InlineData("GET", "/acme/api.git/info")]
    // The protocol that reads files, which GitLab does not serve.
    [InlineData("GET", "/acme/api.git/HEAD")]
    [InlineData("GET", "/acme/api.git/objects/info/packs")]
    [InlineData("GET", "/acme/api.git/objects/info/alternates")]
    [InlineData("GET", "/acme/api.git/objects/00/11223344556677889900112233445566778899")]
    [InlineData("GET", "/acme/api.git/objects/pack/pack-x.pack")]
    [InlineData("GET", "/acme/api.git/config")]
    [InlineData("PROPFIND", "/acme/api.git/refs/heads")]
    public void Parse_WhenGitNeverAsksSo_IsRefused(string method, string target) =>
        Assert.Equal(Refusal.CommandNotAllowed, Refused(method, target));

    [Theory]
    [InlineData("HEAD", "/acme/api.git/gitlab-lfs/objects/" + Oid + "/42")]
    [InlineData("POST", "/acme/api.git/gitlab-lfs/objects/" + Oid + "/42")]
    [InlineData("DELETE", "/acme/api.git/info/lfs/objects/" + Oid)]
    [InlineData("GET", "/acme/api.git/gitlab-lfs/objects/" + Oid + "/42?x")]
    [InlineData("GET", "/acme/api.git/gitlab-lfs/objects/" + Oid + "/-1")]
    [InlineData("GET", "/acme/api.git/gitlab-lfs/objects/" + Oid + "/12345678901234567890")]
    [InlineData("GET", "/acme/api.git/gitlab-lfs/objects/" + Oid + "0/42")]
    [InlineData("GET", "/acme/api.git/gitlab-lfs/objects/ABCDEF6789abcdef0123456789abcdef0123456789abcdef0123456789abcdef/42")]
    [InlineData("GET", "/acme/api.git/info/lfs/objects/short")]
    [InlineData("GET", "/acme/api.git/info/lfs/objects/batch")]
    [InlineData("POST", "/acme/api.git/info/lfs/objects")]
    [InlineData("POST", "/acme/api.git/info/lfs/objects/batch?operation=download")]
    [InlineData("GET", "/acme/api.git/info/lfs/locks?service=git-receive-pack")]
    [InlineData("GET", "/acme/api.git/info/lfs/locks?pat%68=x")]
    [InlineData("GET", "/acme/api.git/info/lfs/locks?path=x&")]
    [InlineData("GET", "/acme/api.git/info/lfs/locks?path=x%26service=git-receive-pack")]
    [InlineData("GET", "/acme/api.git/info/lfs/locks?path=x%2526service=git-receiv%2565-pack")]
    [InlineData("GET", "/acme/api.git/info/lfs/locks/verify")]
    [InlineData("POST", "/acme/api.git/info/lfs/locks?path=x")]
    [InlineData("POST", "/acme/api.git/info/lfs/locks/a%2Fb/unlock")]
    [InlineData("DELETE", "/acme/api.git/info/lfs/locks/17")]
    [InlineData("GET", "/acme/api.git/info/lfs")]
    [InlineData("POST", "/acme/api.git/info/LFS/objects/batch")]
    public void Parse_WhenGitLfsNeverAsksSo_IsRefused(string method, string target) =>
        Assert.Equal(Refusal.CommandNotAllowed, Refused(method, target));

    [Theory]
    [InlineData("/acme/api.git/info/refs?service=git-upload-pack")]
    [InlineData("/acme/api.git/info/refs")]
    public void Parse_WhenHeadIsAskedOfInfoRefs_IsRefusedInItsOwnWay(string target) =>
        Assert.Equal(Refusal.HeadNotAllowed, Refused("HEAD", target));

    [Theory]
    [InlineData("/")]
    [InlineData("/api.git/info/refs?service=git-upload-pack")] // a project is always in a group
    [InlineData("/acme/api/info/refs?service=git-upload-pack")]
    [InlineData("/acme/api.GIT/info/refs?service=git-upload-pack")]
    [InlineData("/acme.git/api.git/info/refs?service=git-upload-pack")]
    [InlineData("/acme/.git/info/refs?service=git-upload-pack")]
    [InlineData("/acme/.wiki.git/info/refs?service=git-upload-pack")]
    [InlineData("/acme/api.wiki.wiki.git/info/refs?service=git-upload-pack")]
    [InlineData("/acme/api.git.git/info/refs?service=git-upload-pack")]
    [InlineData("/acme/api.WIKI.git/info/refs?service=git-upload-pack")]
    [InlineData("/acme.wiki/api.git/info/refs?service=git-upload-pack")]
    [InlineData("/acme%2fapi.git/info/refs?service=git-upload-pack")]
    [InlineData("/acme/sub%2Fapi.git/info/refs?service=git-upload-pack")]
    [InlineData("/-/acme/api.git/info/refs?service=git-upload-pack")]
    [InlineData("/acme/api..git/info/refs?service=git-upload-pack")]
    [InlineData("/acme/a+b.git/info/refs?service=git-upload-pack")]
    [InlineData("/acme/a:b.git/info/refs?service=git-upload-pack")]
    [InlineData("/acme/~/api.git/info/refs?service=git-upload-pack")]
    [InlineData("/git-upload-pack")]
    public void Parse_WhenThePathIsNotThatOfAProject_IsRefused(string target) =>
        Assert.Equal(Refusal.PathNotUnderstood, Refused("GET", target));

    [Fact]
    public void Parse_WhenThePathIsAsDeepAndLongAsAllowed_IsAccepted()
    {
        var groups = string.Concat(Enumerable.Repeat("/g", 20));
        var longest = new string('a', 255);

        Assert.NotNull(Parse("GET", groups + "/p.git/info/refs?service=git-upload-pack"));
        Assert.NotNull(Parse("GET", $"/g/{longest}.git/info/refs?service=git-upload-pack"));
        Assert.Equal(Refusal.PathNotUnderstood, Refused("GET", "/g" + groups + "/p.git/info/refs?service=git-upload-pack"));
        Assert.Equal(Refusal.PathNotUnderstood, Refused("GET", $"/g/{longest}a.git/info/refs?service=git-upload-pack"));
    }

    [Theory]
    [InlineData(false, nameof(GitAccess.Download), RegistryAction.DownloadCode)]
    [InlineData(false, nameof(GitAccess.Upload), RegistryAction.UploadCode)]
    [InlineData(false, nameof(GitAccess.Unknown), RegistryAction.DownloadCode)]
    [InlineData(true, nameof(GitAccess.Download), RegistryAction.DownloadCode)]
    [InlineData(true, nameof(GitAccess.Upload), RegistryAction.UploadCode, RegistryAction.DownloadCode)]
    public void Questions_OfARequest_AreAboutExactlyItsProject(bool isLfs, string access, params RegistryAction[] actions)
    {
        var request = new GitRequest(Path("acme/api"), IsWiki: true, isLfs, Enum.Parse<GitAccess>(access));

        Assert.Equal(actions.Select(a => new Question(a, Resource.At(Path("acme/api")))), request.Questions);
    }

    [Fact]
    public void Parse_OfAnything_NeverThrows() =>
        Gen.Select(Gen.String, Gen.OneOf(Gen.String.Select(s => "/" + s), UriGen.Any)).Sample((method, target) =>
            !OriginalUri.TryParse(target, out var uri, out _)
            || (GitRequest.TryParse(new OriginalRequest(method, uri), out var request, out var refusal)
                ? request is not null && refusal == Refusal.None
                : refusal != Refusal.None));

    [Fact]
    public void Parse_OfAnyAcceptedTarget_NamesTheRepositoryThatIsServed()
    {
        var accepted = 0;
        Gen.Select(UriGen.Any, Gen.OneOf("GET", "POST")).Sample(
            (target, method) =>
            {
                if (Parse(method, target) is not { } request)
                {
                    return true;
                }

                Interlocked.Increment(ref accepted);
                var served = Backend.Normalise(target);
                var repository = $"/{request.Project}{(request.IsWiki ? ".wiki" : "")}.git/";
                var query = target.Contains('?', StringComparison.Ordinal) ? target[target.IndexOf('?', StringComparison.Ordinal)..] : "";
                return served.StartsWith(repository, StringComparison.Ordinal) && Parse(method, served + query) == request;
            },
            iter: 20_000);

        Assert.True(accepted > 500, $"Only {accepted} of the generated targets were accepted.");
    }

    [Fact]
    public void Parse_OfAnyTargetThatMayBeServedAsAPush_IsNeverADownload()
    {
        var pushes = 0;
        Gen.Select(UriGen.Any, Gen.OneOf("GET", "POST", "HEAD", "get")).Sample(
            (target, method) =>
            {
                var mark = target.IndexOf('?', StringComparison.Ordinal);
                var mayPush = (mark >= 0 && Backend.MayReadAsPush(target[mark..]))
                    || Backend.Normalise(target).EndsWith("/git-receive-pack", StringComparison.OrdinalIgnoreCase);
                if (!mayPush)
                {
                    return true;
                }

                Interlocked.Increment(ref pushes);
                return Parse(method, target) is not { Access: GitAccess.Download };
            },
            iter: 20_000);

        Assert.True(pushes > 1_000, $"Only {pushes} of the generated targets may be served as a push.");
    }

    private static NamespacePath Path(string text) => NamespacePath.TryParse(text, out var path) ? path : throw new FormatException(text);

    private static GitRequest? Parse(string method, string target) =>
        OriginalUri.TryParse(target, out var uri, out _) && GitRequest.TryParse(new OriginalRequest(method, uri), out var request, out _)
            ? request
            : null;

    private static Refusal Refused(string method, string target)
    {
        Assert.True(OriginalUri.TryParse(target, out var uri, out _));
        Assert.False(GitRequest.TryParse(new OriginalRequest(method, uri), out _, out var refusal));
        return refusal;
    }
}
