using System.Diagnostics.CodeAnalysis;
using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.DeployTokens;
using OrleansTokens.Grains.Keys;
using OrleansTokens.Grains.Leases;
using OrleansTokens.Grains.RegistryTokens;
using OrleansTokens.Grains.Validation;
using OrleansTokens.Settings;
using OrleansTokens.Silo.Http.LeakReports;
using OrleansTokens.Silo.Http.OAuth;
using OrleansTokens.Silo.Http.Oidc;

namespace OrleansTokens.Silo.Hosting;

/// <summary>
/// What an operator can set, under <c>Grid</c>: by <c>appsettings.json</c>, by environment (<c>Grid__DataDirectory</c>) or on the command
/// line (<c>--Grid:DataDirectory</c>). Every setting has a default; <c>docs/operations.md</c> explains each.
/// </summary>
internal sealed record GridSettings
{
    private const int MinAdminTokenLength = 20;

    /// <summary>Where everything is kept: database, master key. Default <c>./data</c>. Must be on a local disk.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The administrator's operator token, given from outside; null: one is made at the first start.</summary>
    public required Secret? AdminToken { get; init; }

    /// <summary>The master keys, newest first; null: the one in the data directory, made at the first start.</summary>
    public required MasterKeyRing? MasterKeys { get; init; }

    /// <summary>How tokens look.</summary>
    public required DeployTokenOptions Tokens { get; init; }

    /// <summary>How registry tokens are made.</summary>
    public required RegistryTokenOptions Jwt { get; init; }

    /// <summary>What is not served: <c>Registry:Enabled</c> and <c>DependencyProxy:Enabled</c>, both true by default.</summary>
    public required ValidationOptions Validation { get; init; }

    /// <summary>For how long decisions may be used: <c>Leases:Length</c>, 5 seconds by default.</summary>
    public required LeaseOptions Leases { get; init; }

    /// <summary>How many decisions this process keeps for those who ask over HTTP: <c>Leases:MaxCachedDecisions</c>.</summary>
    public required int MaxCachedDecisions { get; init; }

    /// <summary>Who may introspect and revoke over OAuth; nobody by default.</summary>
    public required OAuthOptions OAuth { get; init; }

    /// <summary>From whom reports of leaked tokens are taken; from nobody by default.</summary>
    public required LeakReportOptions LeakReports { get; init; }

    /// <summary>Proxies that are believed when they say for whom they ask (<c>X-Forwarded-For</c>); default none.</summary>
    public required IReadOnlyList<AddressRange> TrustedProxies { get; init; }

    /// <summary>The port on which silos meet; 0, the default: any free one. Loopback only.</summary>
    public required int SiloPort { get; init; }

    /// <summary>The port on which .NET clients connect; 0, the default: none. Loopback only. Who reaches it may administer.</summary>
    public required int GatewayPort { get; init; }

    /// <summary>Where clients find this process, without a slash at the end; null: what each request says.</summary>
    public required string? ExternalUrl { get; init; }

    /// <summary>How many connections are served at once; more are closed as they come.</summary>
    public required int MaxConnections { get; init; }

    /// <summary>The identity provider whose JWTs let operators in; null: none.</summary>
    public required OidcSettings? Oidc { get; init; }

    /// <summary>Reads and checks all settings; false with every fault where one cannot be.</summary>
    public static bool TryRead(
        IConfiguration configuration, [NotNullWhen(true)] out GridSettings? settings, out IReadOnlyList<string> faults)
    {
        var reader = new SettingsReader(configuration.GetSection("Grid"), "Grid");
        var read = new GridSettings
        {
            DataDirectory = ReadDataDirectory(reader),
            AdminToken = ReadAdminToken(reader),
            MasterKeys = ReadMasterKeys(reader),
            Tokens = ReadTokens(reader),
            Jwt = ReadJwt(reader),
            Validation = ReadValidation(reader),
            Leases = new LeaseOptions
            {
                Length = reader.Duration("Leases:Length", new LeaseOptions().Length, TimeSpan.Zero, Limits.MaxLeaseLength),
            },
            MaxCachedDecisions = reader.Number("Leases:MaxCachedDecisions", fallback: 100_000, 0, 10_000_000),
            OAuth = OAuthSettings.Read(reader),
            LeakReports = LeakReportSettings.Read(reader),
            TrustedProxies = ReadTrustedProxies(reader),
            SiloPort = reader.Number("SiloPort", fallback: 0, 0, 65535),
            GatewayPort = reader.Number("GatewayPort", fallback: 0, 0, 65535),
            ExternalUrl = reader.BaseUrl("ExternalUrl"),
            MaxConnections = reader.Number("Http:MaxConnections", fallback: 10_000, 10, 1_000_000),
            Oidc = OidcSettingsReader.Read(reader),
        };
        if (read.SiloPort != 0 && read.SiloPort == read.GatewayPort)
        {
            reader.Fault("GatewayPort", "must differ from Grid:SiloPort");
        }

        reader.RefuseUnknown();
        faults = reader.Faults;
        settings = faults.Count == 0 ? read : null;
        return settings is not null;
    }

    private static string ReadDataDirectory(SettingsReader reader)
    {
        var text = reader.Text("DataDirectory") ?? "data";
        try
        {
            var path = Path.GetFullPath(text);
            if (File.Exists(path))
            {
                reader.Fault("DataDirectory", "names a file; it must be a directory");
            }

            return path;
        }
        catch (Exception fault) when (fault is ArgumentException or NotSupportedException or PathTooLongException)
        {
            reader.Fault("DataDirectory", "is not a path");
            return "";
        }
    }

    private static Secret? ReadAdminToken(SettingsReader reader)
    {
        if (reader.Text("AdminToken") is not { } text)
        {
            return null;
        }

        if (text.Length < MinAdminTokenLength || text.Any(static c => c is <= ' ' or > '~') || !Secret.TryCreate(text, out var secret))
        {
            reader.Fault("AdminToken", $"must have {MinAdminTokenLength} to {Limits.MaxSecretLength} visible ASCII characters");
            return null;
        }

        return secret;
    }

    private static MasterKeyRing? ReadMasterKeys(SettingsReader reader)
    {
        var list = reader.List("MasterKeys");
        if (list.Count == 0)
        {
            return null;
        }

        if (!MasterKeyRing.TryParse(list, out var ring, out var errors))
        {
            reader.Faults.AddRange(errors);
        }

        return ring;
    }

    private static RegistryTokenOptions ReadJwt(SettingsReader reader)
    {
        var defaults = new RegistryTokenOptions();
        var read = new RegistryTokenOptions
        {
            Issuer = reader.Text("Jwt:Issuer") ?? defaults.Issuer,
            Service = reader.Text("Jwt:Service") ?? defaults.Service,
            Algorithm = reader.Choice("Jwt:Algorithm", defaults.Algorithm),
            Lifetime = reader.Duration(
                "Jwt:Lifetime", defaults.Lifetime, RegistryTokenOptions.MinLifetime, RegistryTokenOptions.MaxLifetime),
        };
        foreach (var (setting, fault) in read.Validate())
        {
            reader.Fault("Jwt:" + setting, fault);
        }

        return read;
    }

    private static ValidationOptions ReadValidation(SettingsReader reader) => new()
    {
        SwitchedOff = (reader.Flag("Registry:Enabled", fallback: true) ? SwitchedOff.Nothing : SwitchedOff.ContainerRegistry)
            | (reader.Flag("DependencyProxy:Enabled", fallback: true) ? SwitchedOff.Nothing : SwitchedOff.DependencyProxy),
    };

    private static List<AddressRange> ReadTrustedProxies(SettingsReader reader)
    {
        var proxies = new List<AddressRange>();
        foreach (var (name, text) in reader.List("Http:TrustedProxies"))
        {
            if (AddressRange.TryParse(text, out var range))
            {
                proxies.Add(range);
            }
            else
            {
                reader.Faults.Add($"{name} must be an address or a range of addresses, such as 10.0.0.7, 10.0.0.0/8 or fd00::/8.");
            }
        }

        return proxies;
    }

    private static DeployTokenOptions ReadTokens(SettingsReader reader)
    {
        var issuing = reader.Text("Tokens:Prefix") ?? TokenPrefixes.DefaultPrefix;
        var former = reader.List("Tokens:FormerPrefixes").Select(static entry => entry.Text ?? "");
        var region = (byte)reader.Number("Tokens:Region", fallback: 0, 0, 255);
        if (TokenPrefixes.TryCreate(issuing, former, out var prefixes, out var error))
        {
            return new DeployTokenOptions { Prefixes = prefixes, Region = region };
        }

        reader.Faults.Add("Grid:Tokens:Prefix or Grid:Tokens:FormerPrefixes: " + error);
        return new DeployTokenOptions();
    }
}
