namespace OrleansTokens.EndToEnd.Tests.Programs;

/// <summary>One authority that the tests of a collection share; each makes its own groups in it.</summary>
public sealed class AuthorityFixture : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();

    internal Silo Silo { get; private set; } = null!;

    internal AdminApi Admin { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Silo = await Silo.StartReadyAsync(_directory.Path);
        Admin = new AdminApi(Silo.Address);
    }

    public async ValueTask DisposeAsync()
    {
        Admin?.Dispose();
        if (Silo is not null)
        {
            await Silo.DisposeAsync();
        }

        _directory.Dispose();
    }
}

[CollectionDefinition(Name)]
public sealed class AuthorityCollection : ICollectionFixture<AuthorityFixture>
{
    public const string Name = "One authority";
}
