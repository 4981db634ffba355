namespace OrleansTokens.Client.AspNetCore;

/// <summary>What an Authorization header holds.</summary>
public enum BasicCredentialForm
{
    /// <summary>There is none.</summary>
    Absent,

    /// <summary>One of another scheme than Basic.</summary>
    OtherScheme,

    /// <summary>Basic, but not in the form of RFC 7617; to be answered like a wrong credential.</summary>
    Malformed,

    /// <summary>Username and secret.</summary>
    Present,
}
