using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.Tests.Fixture;
using OrleansTokens.Grains.Tests.Keys;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Tests.Validation;

public sealed class ExplainTests(Grid grid) : GridTest(grid)
{
    [Fact]
    public async Task Explain_OfACredential_DecidesAsValidationDoesAndShowsNoPartOfIt()
    {
        var group = await Grid.GroupAsync();
        var project = await Grid.ProjectAsync(group);
        var issued = await Grid.TokenAsync(group.AsNamespace, DeployTokenScopes.ReadRegistry, "the-right-username");
        var other = TokenFormat.Issue(TokenPrefixes.Default, 0, issued.Token.Id.Value, KeySamples.One.TagKey);
        var forged = TokenFormat.Issue(TokenPrefixes.Default, 0, issued.Token.Id.Value, KeySamples.Two.TagKey);
        foreach (var secret in new[] { issued.Secret, other, forged, Making.Secret("glpat-something-pasted") })
        {
            foreach (var username in new[] { "the-right-username", "a-pasted-secret" })
            {
                foreach (var action in Enum.GetValues<RegistryAction>())
                {
                    await SameAsync(Credential.WithUsername(username, secret), new Question(action, Resource.Of(project)));
                }
            }
        }
    }

    [Fact]
    public async Task Explain_OfATokenAlone_TakesItsCredentialForRight()
    {
        var project = await Grid.ProjectAsync(await Grid.GroupAsync());
        var issued = await Grid.TokenAsync(project.AsNamespace, DeployTokenScopes.WriteRegistry);
        var push = await Grid.Administration.ExplainTokenAsync(issued.Token.Id, new Question(RegistryAction.PushImage, Resource.Of(project)));
        Assert.True(push.Decision.Allowed);
        Assert.All(push.Facts, static f => Assert.True(f.Passed));
        var pull = await Grid.Administration.ExplainTokenAsync(issued.Token.Id, new Question(RegistryAction.PullImage, Resource.Of(project)));
        Assert.Equal((DenyReason.ScopeMissing, "scope"), (pull.Decision.Reason, pull.Facts[^1].Check));
        Assert.Equal(issued.Token, pull.Token);
    }

    [Fact]
    public async Task Explain_OfNoToken_SaysSo()
    {
        var none = await Grid.Administration.ExplainTokenAsync(new TokenId(987_654), new Question(RegistryAction.Authenticate, default));
        Assert.Equal((DenyReason.TokenUnknown, null), (none.Decision.Reason, none.Token));
    }

    private async Task SameAsync(Credential credential, Question question)
    {
        var explained = await Grid.Administration.ExplainAsync(credential, question);
        var decided = await Grid.Validator.ValidateAsync(credential, question.Action, question.Resource);
        Assert.Equal(decided, decided.Principal is null ? explained.Decision with { Resource = null } : explained.Decision);
        Assert.NotEmpty(explained.Facts);
        foreach (var shown in new[] { credential.Secret.Reveal(), credential.Username!, credential.Secret.Reveal()[^12..] })
        {
            Assert.DoesNotContain(explained.Facts, f => f.Detail.Contains(shown, StringComparison.OrdinalIgnoreCase));
        }
    }
}
