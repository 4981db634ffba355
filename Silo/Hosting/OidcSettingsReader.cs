using OrleansTokens.Silo.Http.Oidc;

namespace OrleansTokens.Silo.Hosting;

/// <summary>Reads <c>Grid:Oidc</c>.</summary>
internal static class OidcSettingsReader
{
    private const string Issuer = "Oidc:Issuer";
    private const string Audience = "Oidc:Audience";
    private const string UsernameClaim = "Oidc:UsernameClaim";
    private const string AdministratorClaim = "Oidc:AdministratorClaim";
    private const string AdministratorValue = "Oidc:AdministratorValue";
    private const string CreateOperators = "Oidc:CreateOperators";

    /// <summary>The identity provider, or null where none is set.</summary>
    public static OidcSettings? Read(SettingsReader reader)
    {
        var read = new OidcSettings
        {
            Issuer = reader.Text(Issuer) ?? "",
            Audience = reader.Text(Audience) ?? "",
            UsernameClaim = reader.Text(UsernameClaim) ?? OidcSettings.DefaultUsernameClaim,
            AdministratorClaim = reader.Text(AdministratorClaim),
            AdministratorValue = reader.Text(AdministratorValue),
            CreateOperators = reader.Flag(CreateOperators),
        };
        if (read.Issuer.Length == 0)
        {
            if (read != new OidcSettings { Issuer = "", Audience = "" })
            {
                reader.Fault(Issuer, "is missing, and other settings of Grid:Oidc are there");
            }

            return null;
        }

        if (!Uri.TryCreate(read.Issuer, UriKind.Absolute, out var address) || !OidcSettings.IsSafe(address)
            || address.Query.Length > 0 || address.Fragment.Length > 0)
        {
            reader.Fault(Issuer, "must be an https address (http on this machine) without query or fragment");
        }

        if (read.Audience.Length == 0)
        {
            reader.Fault(Audience, "is missing: without it, JWTs made for others would let their holders in here");
        }

        if (read.AdministratorClaim is null != read.AdministratorValue is null)
        {
            reader.Fault(AdministratorClaim, "and Grid:Oidc:AdministratorValue go together");
        }

        return read;
    }
}
