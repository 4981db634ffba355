using System.Text.Json.Nodes;
using CsCheck;
using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.Namespaces;
using OrleansTokens.Grains.Tests.Fixture;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Grains.Tests.DeployTokens;

/// <summary>A holder counts the tokens that there are, and not those that there were.</summary>
public sealed class HeldTokensTests(Grid shared) : GridTest(shared)
{
    [Fact]
    public async Task Issue_WhenTheHolderIsFull_IsPossibleAgainWhenOneWasDestroyed()
    {
        var group = (await Grid.GroupAsync()).AsNamespace;
        var issued = await Grid.TokenAsync(group);
        var kept = await Grid.TokenAsync(group);
        await Grid.DeactivateAllAsync();
        var state = JsonNode.Parse(Grid.Storage.Payload(Making.NodeGrain(group))!)!;
        state["tokens"]!["count"] = Limits.MaxTokensPerHolder;
        Grid.Storage.Overwrite(Making.NodeGrain(group), state.ToJsonString());
        await Making.RefusedAsync(ErrorCode.LimitExceeded, () => Grid.TokenAsync(group));
        await Grid.RevokeAsync(issued.Token.Id);
        await Making.RefusedAsync(ErrorCode.LimitExceeded, () => Grid.TokenAsync(group));
        await Grid.DestroyAsync(issued.Token.Id);
        var next = await Grid.TokenAsync(group);
        Assert.Equal([kept.Token.Id, next.Token.Id], Held(group));
    }

    [Fact]
    public async Task Destroy_WhenTheHolderCouldNotBeTold_TellsItWhenRepeated()
    {
        var group = (await Grid.GroupAsync()).AsNamespace;
        var (one, two) = (await Grid.TokenAsync(group), await Grid.TokenAsync(group));
        foreach (var (token, again) in new (TokenId, Func<TokenId, Task>)[]
        {
            (one.Token.Id, id => Grid.DestroyAsync(id)),
            (two.Token.Id, id => Grid.Grains.GetGrain<IDeployTokenAdministrationGrain>(id.Value).ReindexAsync()),
        })
        {
            Grid.Faults.FailOnce(new GridStep(StepKind.WriteState, "group", 1), FaultMode.NotApplied);
            await Making.RefusedAsync(ErrorCode.Unavailable, () => Grid.DestroyAsync(token));
            Assert.Contains(token, Held(group));
            await Grid.DeactivateAllAsync();
            await again(token);
            Assert.DoesNotContain(token, Held(group));
        }
    }

    [Fact]
    public async Task Destroy_OfManyAtOnce_LeavesTheOthersHeldAndPutAwayWithTheHolder()
    {
        var group = (await Grid.GroupAsync()).AsNamespace;
        var tokens = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Grid.TokenAsync(group)));
        await Task.WhenAll(tokens.Take(10).Select(t => Grid.DestroyAsync(t.Token.Id)));
        Assert.Equal(tokens.Skip(10).Select(static t => t.Token.Id).Order(TokenIds), Held(group).Order(TokenIds));
        await Task.WhenAll(Grid.DeleteAsync(group), Grid.DestroyAsync(tokens[^1].Token.Id));
        await Grid.PutAwayAsync(group);
        Assert.All(tokens, token => Assert.True(Grid.Index.Row(token.Token.Id)!.Deleted));
        Assert.All(tokens, token => Assert.Contains("\"status\":2", Grid.Storage.Payload(Making.TokenGrain(token.Token.Id))!, StringComparison.Ordinal));
    }

    [Fact]
    public void Remove_FromAnyList_LeavesTheOthersInTheirOrder() =>
        Gen.Select(Gen.Long[1, long.MaxValue].Array[0, 12], Gen.Int[0, 12]).Sample((ids, at) =>
        {
            var distinct = ids.Distinct().Select(static id => new TokenId(id)).ToList();
            var list = distinct.Aggregate(new TokenIdList(), static (all, id) => all.Add(id));
            var gone = at < distinct.Count ? distinct[at] : new TokenId(long.MaxValue - 1);
            var left = distinct.Where(id => id != gone).ToList();
            var next = new TokenId(long.MaxValue - 2);
            var removed = list.Remove(gone);
            Assert.Equal(left, removed.Ids());
            Assert.Equal(left.Count, removed.Count);
            Assert.Equal([.. left, next], removed.Add(next).Ids());
        });

    private static readonly Comparer<TokenId> TokenIds = Comparer<TokenId>.Create(static (a, b) => a.Value.CompareTo(b.Value));

    private List<TokenId> Held(NamespaceId holder) =>
        [.. GrainStateOf(Grid.Storage.Payload(Making.NodeGrain(holder))!).Tokens.Ids()];

    private static NamespaceState GrainStateOf(string payload) =>
        System.Text.Json.JsonSerializer.Deserialize<NamespaceState>(payload, OrleansTokens.Grains.Storage.GrainStates.CreateJsonOptions())!;
}
