namespace OrleansTokens;

/// <summary>Every maximum of the system, each with its reason.</summary>
public static class Limits
{
    /// <summary>
    /// The longest secret, in UTF-16 code units: 1024. Our own are under 80; imported ones (JWT-like or from other vendors)
    /// stay well below. It bounds the work an anonymous caller can cause with one credential.
    /// </summary>
    public const int MaxSecretLength = 1024;

    /// <summary>
    /// The longest token prefix, in characters: 32. A prefix is for secret scanners and for people to recognise;
    /// what is longer only makes tokens hard to paste.
    /// </summary>
    public const int MaxTokenPrefixLength = 32;

    /// <summary>
    /// The most token prefixes accepted at once, the issuing one included: 8. Each is compared with every presented secret;
    /// an installation changes its prefix a few times in its life.
    /// </summary>
    public const int MaxTokenPrefixes = 8;

    /// <summary>The longest path segment, in characters: 255, as at GitLab.</summary>
    public const int MaxSlugLength = 255;

    /// <summary>How deep groups nest: 20 levels, as at GitLab. It bounds every walk up the tree.</summary>
    public const int MaxGroupDepth = 20;

    /// <summary>The most segments of a path: the groups and a project.</summary>
    public const int MaxPathSegments = MaxGroupDepth + 1;

    /// <summary>The longest path, in characters: every segment at its longest, with the slashes between them.</summary>
    public const int MaxPathLength = (MaxPathSegments * (MaxSlugLength + 1)) - 1;

    /// <summary>The longest name or username, in characters (Unicode code points): 255 (reference §1.1).</summary>
    public const int MaxNameLength = 255;

    /// <summary>The longest description, in characters (Unicode code points): 2000, as for projects at GitLab. It bounds the state of a grain.</summary>
    public const int MaxDescriptionLength = 2000;

    /// <summary>The longest reason given for a revocation, in characters (Unicode code points): 500. It is kept with the token for good.</summary>
    public const int MaxReasonLength = 500;

    /// <summary>
    /// The most tokens that one project or group holds, revoked and expired ones included, destroyed ones not: 100,000. Their ids are
    /// kept in its state, about two bytes each.
    /// </summary>
    public const int MaxTokensPerHolder = 100_000;

    /// <summary>
    /// The most members that one project or group has itself: 1,000. They are kept in its state; whoever needs more makes them members
    /// of groups above.
    /// </summary>
    public const int MaxMembers = 1_000;

    /// <summary>
    /// The most tokens of one operator that are kept: 500, living and dead. They are in the state of its grain; where there is no more
    /// room, the ones that died first are forgotten.
    /// </summary>
    public const int MaxTokensPerOperator = 500;

    /// <summary>The largest page of a list: 100, as at GitLab.</summary>
    public const int MaxPageSize = 100;

    /// <summary>
    /// The most revocations of all tokens at or below a group or project that it remembers: 50, its own and one for each group that it has
    /// left. They are in the lineage of everything below it. Revoking its own tokens makes room: that kills all that the others do.
    /// </summary>
    public const int MaxTokenRevocations = 50;

    /// <summary>
    /// The longest lease that an installation or a group can be given: 60 seconds. It bounds for how long a revoked token can be let in,
    /// in any fault.
    /// </summary>
    public static readonly TimeSpan MaxLeaseLength = TimeSpan.FromSeconds(60);

    /// <summary>The most questions in one validation: 200. One request of a registry asks a few; it bounds the work of a grain's turn.</summary>
    public const int MaxQuestions = 200;

    /// <summary>
    /// The most decisions that one client keeps: 10,000,000. They take 1 to 3 GB; a process that needs more is better split.
    /// </summary>
    public const int MaxCachedDecisions = 10_000_000;

    /// <summary>The most scopes in one request of a registry: 50. Clients ask for one or two; a JWT with more outgrows headers.</summary>
    public const int MaxRegistryScopes = 50;

    /// <summary>The longest name of a repository, in characters: 255, as registries limit it.</summary>
    public const int MaxRepositoryNameLength = 255;

    /// <summary>The longest JWT that is read, in characters: 16 KiB. What is longer passes no proxy in a header.</summary>
    public const int MaxJwtLength = 16 * 1024;

    /// <summary>The most signing keys published at once: 5. Registries read all of them at start.</summary>
    public const int MaxPublishedKeys = 5;

    /// <summary>The longest time a new signing key is only published: 30 days.</summary>
    public static readonly TimeSpan MaxKeyActivationDelay = TimeSpan.FromDays(30);

    /// <summary>The most failures that can be allowed before a source is banned: 1000. More would be no protection.</summary>
    public const int MaxFailuresBeforeBan = 1000;

    /// <summary>The longest time within which failures are counted together, in seconds: a day. Counters are kept in memory only.</summary>
    public const int MaxFailureWindowSeconds = 24 * 60 * 60;

    /// <summary>The longest ban, in seconds: 30 days. Bans are kept in memory only; what must last longer belongs into a firewall.</summary>
    public const int MaxBanSeconds = 30 * 24 * 60 * 60;

    /// <summary>The most address ranges that are never banned: 100. Each is compared at every failure.</summary>
    public const int MaxAllowedSources = 100;

    /// <summary>The longest life of a registry token that can be set, in minutes: 60. A registry accepts it until then, whatever is revoked.</summary>
    public const int MaxRegistryTokenMinutes = 60;

    /// <summary>How many ids a silo takes at once: 100. What is left of a block when a silo stops is never used.</summary>
    public const int IdBlockSize = 100;

    /// <summary>
    /// The most master keys configured at once: 8. A forged token and an imported secret cost one HMAC for each; a rotation needs two.
    /// </summary>
    public const int MaxMasterKeys = 8;

    /// <summary>
    /// The most tag keys kept, those of former master keys included: 32. A forged token costs one HMAC for each; tokens issued 32
    /// rotations ago are refused.
    /// </summary>
    public const int MaxTagKeys = 32;

    /// <summary>
    /// The longest content of a sealed box, in bytes: 16 KiB. A secret has at most 3 KiB, a private RSA key of 4096 bits less than 4.
    /// </summary>
    public const int MaxSealedContentLength = 16 * 1024;
}
