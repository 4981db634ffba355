using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.Client.Tests;

public sealed class DeployTokenValidatorTests
{
    private static readonly TimeSpan KeysAreOldAfter = TimeSpan.FromMinutes(1);

    private readonly CountingGrid _grid = new();
    private readonly FakeTimeProvider _time = new();
    private readonly DeployTokenValidator _validator;

    public DeployTokenValidatorTests()
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_time);
        services.AddSingleton(_grid.Factory);
        _validator = services.AddDeployTokens().BuildServiceProvider().GetRequiredService<DeployTokenValidator>();
    }

    [Fact]
    public async Task Validate_WhenTheTagIsRight_AsksTheTokensGrainOnce()
    {
        Assert.True((await ValidateAsync(_grid.Issue())).Allowed);
        Assert.Equal((1, 1), (_grid.KeyCalls, _grid.TokenCalls));
    }

    [Fact]
    public async Task Validate_WhenSecretsAreForgedOrForeign_CallsNoGrain()
    {
        await ValidateAsync(_grid.Issue());
        for (var i = 0; i < 1000; i++)
        {
            Assert.Equal(DenyReason.CredentialForged, (await ValidateAsync(CountingGrid.Issue(RandomNumberGenerator.GetBytes(32), i + 1))).Reason);
            Assert.Equal(DenyReason.TokenUnknown, (await ValidateAsync(Parse("glpat-" + Convert.ToHexString(RandomNumberGenerator.GetBytes(10))))).Reason);
        }

        Assert.Equal((1, 1, 0), (_grid.KeyCalls, _grid.TokenCalls, _grid.OtherCalls));
    }

    [Fact]
    public async Task Validate_WhenAKeyWasAddedLately_IsFoundOnceTheKeysAreOld()
    {
        await ValidateAsync(_grid.Issue());
        _grid.AddKey();
        var secret = _grid.Issue();
        Assert.Equal(DenyReason.CredentialForged, (await ValidateAsync(secret)).Reason);
        _time.Advance(KeysAreOldAfter);
        Assert.True((await ValidateAsync(secret)).Allowed);
        Assert.Equal(2, _grid.KeyCalls);
    }

    [Fact]
    public async Task Validate_WhenManySecretsAreForged_FetchesKeysAtMostOnceAWhile()
    {
        for (var i = 0; i < 100; i++)
        {
            await ValidateAsync(CountingGrid.Issue(RandomNumberGenerator.GetBytes(32)));
        }

        Assert.Equal(1, _grid.KeyCalls);
    }

    [Theory]
    [InlineData(typeof(TimeoutException))]
    [InlineData(typeof(OrleansException))]
    [InlineData(typeof(SiloUnavailableException))]
    public async Task Validate_WhenTheGridFails_IsUnavailable(Type fault)
    {
        await ValidateAsync(_grid.Issue());
        _grid.Fault = (Exception)Activator.CreateInstance(fault)!;
        await UnavailableAsync(() => ValidateAsync(_grid.Issue()));
        await UnavailableAsync(() => _validator.ValidateAnonymousAsync(RegistryAction.PullImage, Resource.At(ParsePath("acme/api"))).AsTask());
    }

    [Fact]
    public async Task Validate_WhenTheKeysCannotBeFetched_IsUnavailableAndRecovers()
    {
        _grid.Fault = new TimeoutException();
        await UnavailableAsync(() => ValidateAsync(_grid.Issue()));
        _grid.Fault = null;
        Assert.True((await ValidateAsync(_grid.Issue())).Allowed);
    }

    [Fact]
    public async Task Validate_WhenItsCallerGivesUp_IsCancelledAndAllowsNothing()
    {
        await ValidateAsync(_grid.Issue());
        _grid.Silent = true;
        using var cancellation = new CancellationTokenSource();
        var waiting = _validator.ValidateAsync(
            Credential.SecretOnly(_grid.Issue()), RegistryAction.Authenticate, cancellation: cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Limits.MaxQuestions + 1)]
    public async Task ValidateAll_WhenTheNumberOfQuestionsIsOutOfRange_NamesTheField(int count)
    {
        var question = new Question(RegistryAction.Authenticate, default);
        var fault = await Assert.ThrowsAsync<TokenAuthorityException>(() =>
            _validator.ValidateAllAsync(Credential.SecretOnly(_grid.Issue()), [.. Enumerable.Repeat(question, count)]));
        Assert.Equal((ErrorCode.InvalidArgument, "questions"), (fault.Code, fault.Field));
    }

    [Fact]
    public async Task ValidateAnonymous_OfAProject_IsDecidedByTheAuthority()
    {
        _grid.Decide = static question => question.Resource.Path == ParsePath("acme/none")
            ? Decision.Deny(DenyReason.CredentialRequired) : new Decision(true, DenyReason.None, null, null);
        Assert.True((await _validator.ValidateAnonymousAsync(RegistryAction.DownloadCode, Resource.At(ParsePath("acme/api")))).Allowed);
        Assert.Equal(
            DenyReason.CredentialRequired,
            (await _validator.ValidateAnonymousAsync(RegistryAction.DownloadCode, Resource.At(ParsePath("acme/none")))).Reason);
    }

    [Fact]
    public async Task ValidateAnonymous_OfAGroup_RequiresACredentialWithoutAskingAnybody()
    {
        _grid.Fault = new OrleansException("Nobody is to be asked.");
        foreach (var group in new[] { Resource.Of(new GroupId(1)), Resource.GroupAt(ParsePath("acme")) })
        {
            var decision = await _validator.ValidateAnonymousAsync(RegistryAction.ReadGroupPackages, group);
            Assert.Equal((false, DenyReason.CredentialRequired), (decision.Allowed, decision.Reason));
        }
    }

    private static async Task UnavailableAsync(Func<Task> call) =>
        Assert.Equal(ErrorCode.Unavailable, (await Assert.ThrowsAsync<TokenAuthorityException>(call)).Code);

    private static Secret Parse(string text) => Secret.TryCreate(text, out var secret) ? secret : throw new ArgumentException(text);

    private static NamespacePath ParsePath(string text) => NamespacePath.TryParse(text, out var path) ? path : throw new ArgumentException(text);

    private Task<Decision> ValidateAsync(Secret secret) =>
        _validator.ValidateAsync(Credential.SecretOnly(secret), RegistryAction.Authenticate).AsTask();
}
