using System.Text.Json;

using OrleansTokens.Silo.Http.ForwardAuth;

namespace OrleansTokens.Silo.Tests.Http.ForwardAuth;

public sealed class ForwardAuthAnswerTests
{
    private const string Denied = "HTTP Basic: Access denied.";
    private const string NotFound = "The project you were looking for could not be found or you don't have permission to view it.";

    [Theory]
    [InlineData(nameof(GitOutcome.Allowed), nameof(GitAccess.Download), 200, null, "")]
    [InlineData(nameof(GitOutcome.Allowed), nameof(GitAccess.Upload), 200, null, "")]
    [InlineData(nameof(GitOutcome.CredentialsNeeded), nameof(GitAccess.Download), 401, null, Denied)]
    [InlineData(nameof(GitOutcome.CredentialsNeeded), nameof(GitAccess.Upload), 401, null, Denied)]
    [InlineData(nameof(GitOutcome.BadCredential), nameof(GitAccess.Download), 401, null, Denied)]
    [InlineData(nameof(GitOutcome.BadCredential), nameof(GitAccess.Upload), 401, null, Denied)]
    [InlineData(nameof(GitOutcome.OutsideHolder), nameof(GitAccess.Download), 401, null, Denied)]
    [InlineData(nameof(GitOutcome.OutsideHolder), nameof(GitAccess.Upload), 401, null, Denied)]
    [InlineData(nameof(GitOutcome.ScopeMissing), nameof(GitAccess.Download), 403, null, "You are not allowed to download code.")]
    [InlineData(nameof(GitOutcome.ScopeMissing), nameof(GitAccess.Upload), 403, null, "You are not allowed to upload code.")]
    [InlineData(nameof(GitOutcome.NeverGranted), nameof(GitAccess.Download), 403, null, "You are not allowed to download code.")]
    [InlineData(nameof(GitOutcome.NeverGranted), nameof(GitAccess.Upload), 403, null, "You are not allowed to upload code.")]
    [InlineData(nameof(GitOutcome.ResourceNotFound), nameof(GitAccess.Download), 403, "not_found", NotFound)]
    [InlineData(nameof(GitOutcome.ResourceNotFound), nameof(GitAccess.Upload), 403, "not_found", NotFound)]
    [InlineData(nameof(GitOutcome.SourceBanned), nameof(GitAccess.Download), 403, null, "Too many failed")]
    [InlineData(nameof(GitOutcome.Unavailable), nameof(GitAccess.Download), 503, "unavailable", "The answer is not known")]
    [InlineData(nameof(GitOutcome.Unavailable), nameof(GitAccess.Upload), 503, "unavailable", "The answer is not known")]
    public void Answer_ToGit_IsGitLabs(string outcome, string access, int status, string? reason, string body)
    {
        var answer = To(isLfs: false, access, outcome);

        Assert.Equal((status, reason), (answer.Status, answer.Reason));
        Assert.StartsWith(body, answer.Body, StringComparison.Ordinal);
        Assert.Equal("text/plain; charset=utf-8", answer.ContentType);
        Assert.Equal(status == 200, answer.Body.Length == 0);
    }

    [Theory]
    [InlineData(nameof(GitOutcome.Allowed), nameof(GitAccess.Download), 200, null, null)]
    [InlineData(nameof(GitOutcome.ScopeMissing), nameof(GitAccess.Download), 403, "not_found", "Not found.")]
    [InlineData(nameof(GitOutcome.ScopeMissing), nameof(GitAccess.Upload), 403, "not_found", "Not found.")]
    [InlineData(nameof(GitOutcome.NeverGranted), nameof(GitAccess.Upload), 403, null, "Access forbidden. Check your access level.")]
    [InlineData(nameof(GitOutcome.ResourceNotFound), nameof(GitAccess.Download), 403, "not_found", "Not found.")]
    [InlineData(nameof(GitOutcome.ResourceNotFound), nameof(GitAccess.Upload), 403, "not_found", "Not found.")]
    public void Answer_ToGitLfs_IsItsJson(string outcome, string access, int status, string? reason, string? message)
    {
        var answer = To(isLfs: true, access, outcome);

        Assert.Equal((status, reason), (answer.Status, answer.Reason));
        if (message is not null)
        {
            Assert.Equal("application/vnd.git-lfs+json", answer.ContentType);
            Assert.Equal(message, JsonDocument.Parse(answer.Body).RootElement.GetProperty("message").GetString());
        }
    }

    [Fact]
    public void Answer_ToEveryOutcome_AllowsOnlyWhatWasAllowed()
    {
        foreach (var outcome in Enum.GetValues<GitOutcome>().Append((GitOutcome)999))
        {
            foreach (var access in Enum.GetValues<GitAccess>())
            {
                var status = ForwardAuthAnswer.To(new GitRequest("a/b", IsWiki: false, IsLfs: false, access), outcome).Status;

                Assert.Equal(outcome == GitOutcome.Allowed, status == 200);
                Assert.True(status is 200 or 401 or 403 or 503);
                Assert.Equal(status, ForwardAuthAnswer.To(new GitRequest("a/b", IsWiki: true, IsLfs: true, access), outcome).Status);
            }
        }
    }

    [Fact]
    public void Answer_WhenTheOutcomeWasNeverSet_IsUnavailable() =>
        Assert.Equal(503, ForwardAuthAnswer.To(new GitRequest("a/b", false, false, GitAccess.Download), default(GitOutcome)).Status);

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

    private static ForwardAuthAnswer To(bool isLfs, string access, string outcome) => ForwardAuthAnswer.To(
        new GitRequest("acme/api", IsWiki: false, isLfs, Enum.Parse<GitAccess>(access)), Enum.Parse<GitOutcome>(outcome));
}
