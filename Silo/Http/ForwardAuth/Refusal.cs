namespace OrleansTokens.Silo.Http.ForwardAuth;

/// <summary>
/// Why a request is refused before anything is decided about a token. It depends on what the proxy sent and on nothing that is
/// secret, so it may be told.
/// </summary>
internal enum Refusal
{
    /// <summary>Not refused.</summary>
    None,

    /// <summary>No convention names the original URI, or one names it with nothing.</summary>
    UriMissing,

    /// <summary>The original URI came without its method.</summary>
    MethodMissing,

    /// <summary>The method is no HTTP token.</summary>
    MethodMalformed,

    /// <summary>A header that describes the original request came more than once.</summary>
    HeaderRepeated,

    /// <summary>Two conventions describe different requests: a client has added one of its own.</summary>
    HeadersConflict,

    /// <summary>Neither a path nor, where that is the convention, an absolute URL.</summary>
    UriForm,

    /// <summary>Longer than <see cref="OriginalUri.MaxLength"/>.</summary>
    UriTooLong,

    /// <summary>A character that RFC 3986 does not allow as it stands, or one that backends read differently.</summary>
    UriCharacter,

    /// <summary>A percent sign without two hexadecimal digits.</summary>
    UriEscape,

    /// <summary>A path that could mean another path: dot segments, empty segments, or escapes that hide a separator or an escape.</summary>
    UriAmbiguous,

    /// <summary>A path that this endpoint does not decide about.</summary>
    PathNotUnderstood,

    /// <summary>A git address that no git client uses in this way.</summary>
    CommandNotAllowed,

    /// <summary>The proxy says that it has a service which there is not.</summary>
    ServiceUnknown,

    /// <summary>HEAD where git only ever uses GET.</summary>
    HeadNotAllowed,
}
