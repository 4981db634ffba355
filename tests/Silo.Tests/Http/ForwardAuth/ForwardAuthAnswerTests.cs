using System.Text.Json;
using OrleansTokens.Silo.Http.ForwardAuth;
using OrleansTokens.Validation;

namespace OrleansTokens.Silo.Tests.Http.ForwardAuth;

public sealed class ForwardAuthAnswerTests
{
    private const string Denied = "HTTP Basic: Access denied.";
    private const string NotFound = "The project you were looking for could not be found or you don't have permission to view it.";

    private const string NoDownload = "You are not allowed to download code.";
    private const string NoUpload = "You are not allowed to upload code.";
    private const string Unknown = "The answer is not known";

    [Theory]
    [InlineData(DenyReason.CredentialMalformed, 401, null, Denied, Denied)]
    [InlineData(DenyReason.CredentialForged, 401, null, Denied, Denied)]
    [InlineData(DenyReason.TokenUnknown, 401, null, Denied, Denied)]
    [InlineData(DenyReason.SecretMismatch, 401, null, Denied, Denied)]
    [InlineData(DenyReason.UsernameMismatch, 401, null, Denied, Denied)]
    [InlineData(DenyReason.TokenRevoked, 401, null, Denied, Denied)]
    [InlineData(DenyReason.TokenExpired, 401, null, Denied, Denied)]
    [InlineData(DenyReason.HolderGone, 401, null, Denied, Denied)]
    [InlineData(DenyReason.ScopesOfNoUseHere, 401, null, Denied, Denied)]
    [InlineData(DenyReason.ResourceOutsideHolder, 401, null, Denied, Denied)]
    [InlineData(DenyReason.FeatureDisabled, 401, null, Denied, Denied)]
    [InlineData(DenyReason.CredentialRequired, 401, null, Denied, Denied)]
    [InlineData(DenyReason.ResourceNotFound, 403, "not_found", NotFound, NotFound)]
    [InlineData(DenyReason.ScopeMissing, 403, null, NoDownload, NoUpload)]
    [InlineData(DenyReason.ActionNeverGranted, 403, null, NoDownload, NoUpload)]
    [InlineData(DenyReason.ResourceArchived, 403, null, NoDownload, NoUpload)]
    [InlineData(DenyReason.None, 503, "unavailable", Unknown, Unknown)]
    [InlineData((DenyReason)999, 503, "unavailable", Unknown, Unknown)]
    public void Answer_ToGitThatIsRefused_IsGitLabs(DenyReason deny, int status, string? reason, string toFetch, string toPush)
    {
        foreach (var (access, text) in new[] { (GitAccess.Download, toFetch), (GitAccess.Upload, toPush) })
        {
            var answer = GitAnswers.To(Request(isLfs: false, access), [Decision.Deny(deny)]);

            Assert.Equal((status, reason), (answer.Status, answer.Reason));
            Assert.StartsWith(text, answer.Body, StringComparison.Ordinal);
            Assert.Equal("text/plain; charset=utf-8", answer.ContentType);
        }
    }

    [Theory]
    [InlineData(DenyReason.ScopeMissing, false, "not_found", "Not found.")]
    [InlineData(DenyReason.ActionNeverGranted, false, "not_found", "Not found.")]
    [InlineData(DenyReason.ActionNeverGranted, true, null, "Access forbidden. Check your access level.")]
    [InlineData(DenyReason.ResourceArchived, true, null, "Access forbidden. Check your access level.")]
    [InlineData(DenyReason.ResourceNotFound, false, "not_found", "Not found.")]
    public void Answer_ToGitLfsThatIsRefused_DependsOnWhetherItMayDownload(
        DenyReason deny, bool mayDownload, string? reason, string message)
    {
        var download = new Decision(mayDownload, mayDownload ? DenyReason.None : DenyReason.ScopeMissing, null, null);
        var answer = GitAnswers.To(Request(isLfs: true, GitAccess.Upload), [Decision.Deny(deny), download]);

        Assert.Equal((403, reason), (answer.Status, answer.Reason));
        Assert.Equal("application/vnd.git-lfs+json", answer.ContentType);
        Assert.Equal(message, JsonDocument.Parse(answer.Body).RootElement.GetProperty("message").GetString());
    }

    [Fact]
    public void Answer_ToGitLfsWithoutTheScope_IsNotFound() => Assert.Equal(
        "not_found",
        GitAnswers.To(Request(isLfs: true, GitAccess.Download), [Decision.Deny(DenyReason.ScopeMissing)]).Reason);

    [Fact]
    public void Answer_ToAnyDecision_AllowsOnlyWhatWasAllowedWithoutAReason()
    {
        foreach (var deny in Enum.GetValues<DenyReason>())
        {
            foreach (var (isLfs, access, allowed) in Cases())
            {
                // The download that git-lfs may also do never makes an upload allowed.
                var answer = GitAnswers.To(
                    Request(isLfs, access), [new Decision(allowed, deny, null, null), new Decision(true, DenyReason.None, null, null)]);

                Assert.Equal(allowed && deny == DenyReason.None && access != GitAccess.Unknown, answer.Status == 200);
                Assert.True(answer.Status is 200 or 401 or 403 or 503);
                Assert.Equal(answer.Status == 200, answer.Body.Length == 0);
            }
        }
    }

    [Theory]
    [InlineData(nameof(Refusal.CommandNotAllowed), "The command you're trying to execute is not allowed.")]
    [InlineData(nameof(Refusal.HeadNotAllowed), "")]
    public void Answer_ToARefusedGitCommand_IsGitLabs(string refusal, string body) =>
        Assert.Equal(body, ForwardAuthAnswer.To(Enum.Parse<Refusal>(refusal)).Body);

    [Fact]
    public void Answer_ToEveryRefusal_IsForbiddenWithAReasonOfItsOwn()
    {
        var answers = Enum.GetValues<Refusal>().Where(r => r != Refusal.None).ToDictionary(r => r, ForwardAuthAnswer.To);

        Assert.All(answers.Values, a => Assert.Equal(403, a.Status));
        Assert.All(answers.Values, a => Assert.Matches("^[a-z_]+$", a.Reason));
        Assert.All(answers.Values, a => Assert.NotEqual("refused", a.Reason));
        Assert.All(answers.Values, a => Assert.NotEqual("not_found", a.Reason));
        Assert.All(answers, a => Assert.Equal(a.Key == Refusal.HeadNotAllowed, a.Value.Body.Length == 0));
    }

    private static GitRequest Request(bool isLfs, GitAccess access) => new(default, IsWiki: false, isLfs, access);

    private static IEnumerable<(bool IsLfs, GitAccess Access, bool Allowed)> Cases() =>
        from isLfs in Enumerable.Range(0, 2)
        from access in Enum.GetValues<GitAccess>()
        from allowed in Enumerable.Range(0, 2)
        select (isLfs == 1, access, allowed == 1);
}
