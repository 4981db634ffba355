namespace OrleansTokens.Silo.Http.ForwardAuth;

/// <summary>One kind of addresses that proxies ask about. What is common to all of them is the handler's.</summary>
internal interface IForwardedSurface
{
    /// <summary>
    /// Whether an address is of this kind, right or wrong: no other surface is asked about it then, so that nothing has two meanings.
    /// </summary>
    bool Owns(OriginalUri uri);

    /// <summary>
    /// Whether a segment may hold an escaped slash: only where clients escape a name that has one. Everywhere else it is refused, since
    /// some backends take it for a slash that ends the segment.
    /// </summary>
    /// <param name="uri">An address of this kind.</param>
    /// <param name="segment">The index of the segment.</param>
    bool MayHoldSlash(OriginalUri uri, int segment) => false;

    /// <summary>Decides. Whatever it throws is answered as unavailable, and allows nothing.</summary>
    /// <param name="context">The request to the endpoint, for its credential. Its method and address are the proxy's own.</param>
    /// <param name="original">What the client asked the proxy for.</param>
    ValueTask<ForwardAuthAnswer> AnswerAsync(HttpContext context, OriginalRequest original);
}
