namespace OrleansTokens.Grains.Ids;

/// <summary>The sequences of ids there are. Tokens, groups, projects and operators are numbered apart.</summary>
internal static class IdSequence
{
    public const string Groups = "groups";
    public const string Projects = "projects";
    public const string DeployTokens = "deploy-tokens";
    public const string Operators = "operators";
    public const string OperatorTokens = "operator-tokens";
}

/// <summary>
/// Hands out ids on this silo from blocks taken of the sequence's grain. Ids grow within a block and are never used again; what is left
/// of a block when the silo stops is lost. One instance a silo.
/// </summary>
internal sealed class IdAllocator(IGrainFactory grains)
{
    private readonly Dictionary<string, Block> _blocks = new()
    {
        [IdSequence.Groups] = new Block(),
        [IdSequence.Projects] = new Block(),
        [IdSequence.DeployTokens] = new Block(),
        [IdSequence.Operators] = new Block(),
        [IdSequence.OperatorTokens] = new Block(),
    };

    public async Task<long> NextAsync(string sequence)
    {
        var block = _blocks[sequence];
        await block.Gate.WaitAsync();
        try
        {
            if (block.Next == block.End)
            {
                var first = await grains.GetGrain<IIdBlockGrain>(sequence).TakeAsync(Limits.IdBlockSize);
                (block.Next, block.End) = (first, first + Limits.IdBlockSize);
            }

            return block.Next++;
        }
        finally
        {
            block.Gate.Release();
        }
    }

    private sealed class Block
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);

        public long Next { get; set; }

        public long End { get; set; }
    }
}
