using System.Collections.Immutable;
using OrleansTokens.Validation;

namespace OrleansTokens.Silo.Http.ForwardAuth.Packages;

/// <summary>A request of a package manager to one registry.</summary>
/// <param name="Address">Where.</param>
/// <param name="Writes">Whether it may change anything there.</param>
internal sealed record PackageRequest(PackageAddress Address, bool Writes)
{
    /// <summary>Headers by which some backends take another method than the request's.</summary>
    private static readonly string[] MethodOverrides = ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"];

    /// <summary>
    /// What must be decided. The first decision is about what is wanted; the last about reading, on which it depends how a client is told
    /// that it may not write.
    /// </summary>
    public ImmutableArray<Question> Questions
    {
        get
        {
            var isGroup = Address.Resource.IsGroup;
            var read = new Question(isGroup ? RegistryAction.ReadGroupPackages : RegistryAction.ReadPackage, Address.Resource);
            var write = read with { Action = isGroup ? RegistryAction.WriteGroupPackages : RegistryAction.WritePackage };
            return Writes ? [write, read] : [read];
        }
    }

    /// <summary>Says what a request does at an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="method">Its method; what is not known writes.</param>
    /// <param name="headers">Its headers.</param>
    public static PackageRequest Of(PackageAddress address, string method, IHeaderDictionary headers)
    {
        var reads = method is "GET" or "HEAD" || (method == "POST" && OnlyAsks(address));
        return new PackageRequest(address, !reads || headers.Keys.Any(IsMethodOverride));
    }

    /// <summary>Servers that hand headers on as variables (CGI, WSGI, Rack) do not tell an underscore from a dash.</summary>
    private static bool IsMethodOverride(string header) =>
        MethodOverrides.Contains(header.Replace('_', '-'), StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// What asks with a body. All other formats use POST to publish or delete only: Conan's <c>upload_urls</c> and <c>packages/delete</c>,
    /// PyPI's and Composer's upload, Helm's <c>charts</c>, RubyGems' <c>gems</c>.
    /// </summary>
    private static bool OnlyAsks(PackageAddress address) =>
        address.Format == PackageFormat.Npm
        && address.Rest is ["-", "npm", "v1", "security", "audits" or "advisories", ..]
        && address.Rest[5..] is [] or ["quick"] or ["bulk"];
}
