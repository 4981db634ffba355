using OrleansTokens.Histories.Checking;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.Cluster.Tests;

public sealed class HistoryCheckerTests
{
    private static readonly Operation Revoke = new(OperationKind.Revoke, "token");
    private static readonly Operation Away = new(OperationKind.Transfer, "project", "elsewhere");
    private static readonly Operation Archive = new(OperationKind.Archive, "group");
    private static readonly Operation Unarchive = new(OperationKind.Unarchive, "group");

    [Fact]
    public void Check_WhenAllIsAsPromised_FindsNothing() => Assert.Empty(new WrittenHistory()
        .Allowed(0)
        .Done(Revoke, begin: 10, durable: 15, returned: 20)
        .Allowed(12).Allowed(19, end: 40).Refused(14).Refused(21).Refused(500, final: true)
        .Found);

    [Fact]
    public void Check_WhenAllowedAfterRevokeReturned_FindsIt() => Assert.Equal(
        [ViolationKind.UsedAfterReturn],
        new WrittenHistory().Done(Revoke, begin: 10, durable: 15, returned: 20).Allowed(20).Allowed(21).Found);

    [Fact]
    public void Check_WhenTheFirstOfTwoCallsReturned_CountsFromIt() => Assert.Equal(
        [ViolationKind.UsedAfterReturn],
        new WrittenHistory()
            .Called(Revoke, 15, (10, 90, CallOutcome.Acknowledged), (12, 20, CallOutcome.Acknowledged))
            .Allowed(30)
            .Found);

    [Fact]
    public void Check_WhenACallFailed_CountsFromTheOneThatDidNot() => Assert.Empty(new WrittenHistory()
        .Called(Revoke, 15, (10, 20, CallOutcome.Unknown), (30, 60, CallOutcome.Acknowledged))
        .Allowed(50).Refused(50).Refused(61)
        .Found);

    [Fact]
    public void Check_WhenAllowedLongerThanALeaseAfterTheWrite_FindsIt() => Assert.Equal(
        [ViolationKind.UsedAfterLease],
        new WrittenHistory()
            .Called(Revoke, 15, (10, 2000, CallOutcome.Unknown), (2010, 2020, CallOutcome.Acknowledged))
            .Allowed(115).Allowed(116)
            .Found);

    [Fact]
    public void Check_WhenTheWriteIsNotKnown_CountsFromTheReturnOnly() => Assert.Empty(new WrittenHistory()
        .Called(Revoke, null, (10, 2000, CallOutcome.Unknown))
        .Allowed(1000).Refused(1000).Allowed(3000, final: true)
        .Found);

    [Fact]
    public void Check_WhenATransferReturned_TokensOfTheFormerGroupAreOut() => Assert.Equal(
        [ViolationKind.UsedAfterReturn],
        new WrittenHistory().Done(Away, begin: 10, durable: 15, returned: 115).Allowed(114).Allowed(120).Refused(121).Found);

    [Fact]
    public void Check_WhenAskedByAPathThatMoved_ImagesAreOut() => Assert.Equal(
        [ViolationKind.UsedAfterReturn],
        new WrittenHistory
        {
            Start = new WrittenHistory().Start.With(new Token("token", "project", DeployTokens.DeployTokenScopes.ReadRegistry)),
            Subject = new Subject("token", RegistryAction.PullImage, "project", ByPath: true),
        }.Done(Away, begin: 10, durable: 15, returned: 20).Allowed(30).Found);

    [Fact]
    public void Check_WhenItsPathIsLookedUpBeforeAMove_TheProjectMayBeFoundAfterIt()
    {
        var history = new WrittenHistory
        {
            Start = new WrittenHistory().Start.With(new Token("token", "elsewhere", DeployTokens.DeployTokenScopes.ReadRegistry)),
            Subject = new Subject("token", RegistryAction.PullImage, "project", ByPath: true),
        };
        Assert.Empty(history.Done(Away, begin: 10, durable: 15, returned: 20).Allowed(5, end: 16).Refused(30).Found);
        Assert.Equal([ViolationKind.UsedAfterReturn], history.Allowed(30).Found);
    }

    [Fact]
    public void Check_WhenArchived_OnlyWritesEnd()
    {
        Assert.Empty(new WrittenHistory().Done(Archive, begin: 10, durable: 15, returned: 20).Allowed(30).Found);
        Assert.Equal(
            [ViolationKind.UsedAfterReturn],
            Pushes().Done(Archive, begin: 10, durable: 15, returned: 20).Allowed(30).Found);
    }

    [Fact]
    public void Check_WhenARightIsGivenBack_NoRefusalMayComeAfterIt() => Assert.Equal(
        [ViolationKind.RefusedThoughValid],
        Pushes()
            .Done(Archive, begin: 10, durable: 15, returned: 20)
            .Done(Unarchive, begin: 200, durable: 205, returned: 210)
            .Allowed(205).Refused(209).Refused(211)
            .Found);

    [Fact]
    public void Check_WhenAllowedBeforeTheRightIsGivenBack_FindsIt() => Assert.Equal(
        [ViolationKind.UsedAfterReturn],
        Pushes()
            .Done(Archive, begin: 10, durable: 15, returned: 20)
            .Done(Unarchive, begin: 200, durable: 205, returned: 210)
            .Allowed(150, end: 199)
            .Found);

    [Fact]
    public void Check_WhenAValidTokenIsRefused_FindsIt() => Assert.Equal(
        [ViolationKind.RefusedThoughValid], new WrittenHistory().Refused(0).Unavailable(1).Found);

    [Fact]
    public void Check_WhenANewTokenIsRefused_GrantsItNoDelay() => Assert.Equal(
        [ViolationKind.RefusedThoughValid],
        new WrittenHistory { Subject = new Subject("later", RegistryAction.PullImage, "project", ByPath: false) }
            .Done(new Operation(OperationKind.Issue, "later"), begin: 10, durable: null, returned: 20)
            .Refused(21)
            .Found);

    [Fact]
    public void Check_WhenAllowedWhatNeverWas_FindsIt() => Assert.Equal(
        [ViolationKind.NeverAllowed],
        new WrittenHistory { Subject = new Subject("token", RegistryAction.WritePackage, "project", ByPath: false) }.Allowed(0).Found);

    [Fact]
    public void Check_WhenARevocationIsGoneAtTheEnd_FindsIt() => Assert.Equal(
        [ViolationKind.Lost],
        new WrittenHistory().Done(Revoke, begin: 10, durable: 15, returned: 20).Refused(30).Allowed(500, final: true).Found);

    [Fact]
    public void Check_WhenATokenIsGoneAtTheEnd_FindsIt() => Assert.Equal(
        [ViolationKind.Lost], new WrittenHistory().Allowed(0).Refused(500, final: true).Found);

    [Fact]
    public void Check_WhenTheHolderIsDeleted_TheTokenIsDead() => Assert.Equal(
        [ViolationKind.UsedAfterReturn],
        new WrittenHistory { Subject = new Subject("token", RegistryAction.Authenticate, null, ByPath: false) }
            .Done(new Operation(OperationKind.Delete, "group"), begin: 10, durable: 15, returned: 20)
            .Allowed(30).Refused(31)
            .Found);

    [Theory]
    [InlineData(nameof(OperationKind.Destroy), "token")]
    [InlineData(nameof(OperationKind.Expire), "token")]
    [InlineData(nameof(OperationKind.RevokeAll), "group")]
    public void Check_WhenTheTokenEndsInAnotherWay_FindsItsUse(string kind, string target) => Assert.Equal(
        [ViolationKind.UsedAfterReturn],
        new WrittenHistory()
            .Done(new Operation(Enum.Parse<OperationKind>(kind), target), begin: 10, durable: null, returned: 20)
            .Allowed(15).Allowed(21).Refused(22)
            .Found);

    [Fact]
    public void Check_WhenAllTokensOfANodeAreRevoked_ThoseHeldAboveItOrIssuedLaterAreNot()
    {
        Assert.Equal(
            [ViolationKind.RefusedThoughValid],
            new WrittenHistory().Done(new Operation(OperationKind.RevokeAll, "project"), begin: 10, durable: 15, returned: 20).Refused(30).Found);
        Assert.Equal(
            [ViolationKind.RefusedThoughValid],
            new WrittenHistory { Subject = new Subject("later", RegistryAction.PullImage, "project", ByPath: false) }
                .Done(new Operation(OperationKind.RevokeAll, "group"), begin: 10, durable: 15, returned: 20)
                .Done(new Operation(OperationKind.Issue, "later"), begin: 30, durable: null, returned: 40)
                .Refused(35).Allowed(41).Refused(42)
                .Found);
    }

    [Fact]
    public void Check_WhenTwoPromisesAreBroken_FindsBothInOrderOfTime() => Assert.Equal(
        [ViolationKind.RefusedThoughValid, ViolationKind.UsedAfterReturn, ViolationKind.Lost],
        new WrittenHistory()
            .Done(Revoke, begin: 10, durable: 15, returned: 20)
            .Allowed(500, final: true).Allowed(30).Refused(5, end: 9)
            .Found);

    [Fact]
    public void Check_WhenWhatWasPublicIsHidden_OnlyItsOwnTokensGetIn()
    {
        var start = new WrittenHistory().Start;
        var publicly = start.Nodes.Values.Aggregate(start, static (world, node) => world.With(node with { Visibility = Visibility.Public }));
        var hides = new Operation(OperationKind.ChangeVisibility, "project");
        var foreign = publicly.With(publicly.Tokens["token"] with { Holder = "elsewhere" });
        Assert.Empty(new WrittenHistory { Start = publicly }.Done(hides, begin: 10, durable: 15, returned: 20).Allowed(30).Found);
        Assert.Equal(
            [ViolationKind.UsedAfterReturn],
            new WrittenHistory { Start = foreign }.Allowed(0).Done(hides, begin: 10, durable: 15, returned: 20).Allowed(30).Found);
    }

    [Fact]
    public void Counts_WhenNobodyAskedAfterTheEnd_IsFalse()
    {
        var history = new WrittenHistory().Allowed(0).Done(Revoke, begin: 10, durable: 15, returned: 20).Unavailable(30);
        Assert.False(HistoryChecker.Counts(history.Log));
        Assert.True(HistoryChecker.Counts(history.Refused(31).Log));
    }

    [Fact]
    public void Excerpt_OfAViolation_ShowsWhatHappenedInOrder()
    {
        var history = new WrittenHistory().Allowed(5).Done(Revoke, begin: 10, durable: 15, returned: 20).Allowed(30);
        var fault = new FaultLog("kill silo 1", 12 * TimeSpan.TicksPerMillisecond, 900 * TimeSpan.TicksPerMillisecond);
        var text = Excerpt.Of(history.Log, HistoryChecker.Check(history.Log).Single(), [fault]);
        string[] expected =
        [
            "UsedAfterReturn in written: token token: pull_image of project",
            "-5.00 ms  client asks: Allowed", "Revoke token: called", "fault begins: kill silo 1", "Revoke token: durable", "Revoke token: Acknowledged",
            "20.00 ms  client asks: Allowed", "must not be",
        ];
        Assert.Equal(expected.Order(Comparer<string>.Create((a, b) => At(a).CompareTo(At(b)))), expected);

        int At(string part)
        {
            Assert.Contains(part, text, StringComparison.Ordinal);
            return text.LastIndexOf(part, StringComparison.Ordinal);
        }
    }

    private static WrittenHistory Pushes() => new() { Subject = new Subject("token", RegistryAction.PushImage, "project", ByPath: false) };
}
