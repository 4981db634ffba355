namespace OrleansTokens.Silo.Http;

/// <summary>Every maximum of the HTTP surfaces, with its reason. Maximums of the domain are in <c>Limits</c>.</summary>
internal static class HttpLimits
{
    /// <summary>Bytes of a request body. The largest honest request is a few kilobytes; this bounds memory per request.</summary>
    public const int MaxBodyBytes = 1024 * 1024;

    /// <summary>The same for whoever presents no right credential: enough to be told what is wrong with an honest request.</summary>
    public const int MaxStrangerBodyBytes = 64 * 1024;

    /// <summary>Bytes of all bodies of operators that are held at once.</summary>
    public const long MaxOperatorBodiesBytes = 48 * 1024 * 1024;

    /// <summary>Bytes of all other bodies that are held at once.</summary>
    public const long MaxStrangerBodiesBytes = 16 * 1024 * 1024;

    /// <summary>Bytes of all reports of leaks that are held at once before it is known who sent them.</summary>
    public const long MaxReportBodiesBytes = 8 * 1024 * 1024;

    /// <summary>Parameters of one request, list items and nested JSON values included. Bounds work per byte sent.</summary>
    public const int MaxParameters = 1000;

    /// <summary>Levels of nested JSON. No parameter needs more than two; deeper input only costs time.</summary>
    public const int MaxJsonDepth = 16;

    /// <summary>Secrets in one report of leaks. About as many as fit into the largest body; each may cost a write.</summary>
    public const int MaxLeakReports = 5000;

    /// <summary>UTF-16 units of one text, but for those whose length the authority judges: these are bounded by the body.</summary>
    public const int MaxTextLength = 64 * 1024;
}
