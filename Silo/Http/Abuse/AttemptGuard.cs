using System.Net;
using OrleansTokens.Client.AspNetCore;
using OrleansTokens.Settings;

namespace OrleansTokens.Silo.Http.Abuse;

/// <summary>
/// Turns away sources of too many failed attempts, before anything else looks at what they show (reference §3.8). For git, Git LFS and
/// <c>/jwt/auth</c> only: package addresses do not count at GitLab either.
/// </summary>
internal sealed partial class AttemptGuard(EdgeSettings settings, SourceBans bans, ILogger<AttemptGuard> logger)
{
    /// <summary>What the banned are told, in GitLab's words.</summary>
    public const string Refusal = "Too many failed authentication attempts from this IP";

    /// <summary>The login of job tokens. It neither counts nor is turned away: jobs share few sources, and their tokens cannot be guessed.</summary>
    private const string JobLogin = "gitlab-ci-token";

    /// <summary>Begins an attempt. Who shows no credential attempts nothing.</summary>
    /// <param name="context">The request. Its remote address is the source, so proxies must have been seen to.</param>
    /// <param name="form">Whether there is a credential.</param>
    /// <param name="basic">The credential, where there is one that can be read.</param>
    public async ValueTask<Attempt> BeginAsync(HttpContext context, BasicCredentialForm form, BasicCredential? basic)
    {
        var shows = form is BasicCredentialForm.Present or BasicCredentialForm.Malformed;
        if (!shows || basic?.Username == JobLogin || SourceOf(context) is not { } source)
        {
            return default;
        }

        var current = (await settings.GetAsync())?.FailureBan;
        if (current is not { Enabled: true })
        {
            if (bans.Banned > 0 || bans.Counted > 0)
            {
                bans.Clear(); // Whoever switches it off, and on again, starts anew.
            }

            return default;
        }

        var ban = bans.RemainingOf(source) is { } remaining && !IsAllowed(source, current) ? new Ban(current.Status, remaining) : (Ban?)null;
        return new Attempt(this, source, current, ban);
    }

    private void End(IPAddress source, FailureBanSettings current, int status)
    {
        switch (status)
        {
            case StatusCodes.Status401Unauthorized:
                if (!IsAllowed(source, current) && bans.Fail(source, current))
                {
                    LogBanned(source, current.MaxRetry, current.BanTimeSeconds);
                }

                break;
            case < StatusCodes.Status500InternalServerError:
                bans.Succeed(source);
                break;
        }
    }

    private static bool IsAllowed(IPAddress source, FailureBanSettings current)
    {
        foreach (var range in current.AllowedSources)
        {
            if (range.Contains(source))
            {
                return true;
            }
        }

        return false;
    }

    private static IPAddress? SourceOf(HttpContext context) => context.Connection.RemoteIpAddress switch
    {
        { IsIPv4MappedToIPv6: true } mapped => mapped.MapToIPv4(),
        var address => address,
    };

    /// <summary>One attempt. Default is one that does not count.</summary>
    /// <param name="Guard">Who counts it.</param>
    /// <param name="Source">Where it comes from.</param>
    /// <param name="Settings">What is set while it lasts.</param>
    /// <param name="Ban">The ban of the source; null where it may go on.</param>
    internal readonly record struct Attempt(AttemptGuard? Guard, IPAddress? Source, FailureBanSettings? Settings, Ban? Ban)
    {
        /// <summary>
        /// Ends it with the status of the answer: 401 is a failure, everything else that was decided a success. A fault is neither.
        /// Not to be called for what was refused, or found wrong, before the credential was looked at.
        /// </summary>
        public void End(int status) => Guard?.End(Source!, Settings!, status);
    }
}

/// <summary>That a source is banned.</summary>
/// <param name="Status">The status to answer with: 403 or 429.</param>
/// <param name="Remaining">How long it lasts yet.</param>
internal readonly record struct Ban(int Status, TimeSpan Remaining)
{
    /// <summary>Whole seconds after which to try again; at least one.</summary>
    public long RetryAfterSeconds => Math.Max(1, (long)Math.Ceiling(Remaining.TotalSeconds));
}
