namespace OrleansTokens.Silo.Http.Parameters;

/// <summary>What must hold among several parameters; a complaint, in Grape's words, when it does not.</summary>
internal abstract record ParameterRule
{
    private ParameterRule(IReadOnlyList<Parameter> parameters) => Parameters = parameters;

    protected IReadOnlyList<Parameter> Parameters { get; }

    public abstract string? Complaint(RequestParameters sent);

    private string Names(Func<Parameter, bool> which) => string.Join(", ", Parameters.Where(which).Select(parameter => parameter.Name));

    /// <summary>At least one of them is sent.</summary>
    public sealed record AtLeastOne(params IReadOnlyList<Parameter> OneOf) : ParameterRule(OneOf)
    {
        public override string? Complaint(RequestParameters sent) => Parameters.Any(parameter => sent[parameter.Name] is not null)
            ? null
            : $"{Names(_ => true)} are missing, at least one parameter must be provided";
    }

    /// <summary>None of these narrows a list here, so none may ask for it. <c>false</c> asks for nothing.</summary>
    public sealed record NotNarrowedBy(params IReadOnlyList<string> Refused) : ParameterRule([])
    {
        public override string? Complaint(RequestParameters sent)
        {
            var asked = Refused.Where(name => sent[name] is not (null or ParameterValue.Text { Value: "" or "false" or "0" })).ToList();
            return asked.Count == 0 ? null : string.Join(", ", asked.Select(static name => $"{name} is not supported here"));
        }
    }

    /// <summary>Not more than one of them is sent.</summary>
    public sealed record AtMostOne(params IReadOnlyList<Parameter> OneOf) : ParameterRule(OneOf)
    {
        public override string? Complaint(RequestParameters sent) => Parameters.Count(parameter => sent[parameter.Name] is not null) > 1
            ? $"{Names(parameter => sent[parameter.Name] is not null)} are mutually exclusive"
            : null;
    }

    /// <summary>Exactly one of them is sent.</summary>
    public sealed record ExactlyOne(params IReadOnlyList<Parameter> OneOf) : ParameterRule(OneOf)
    {
        public override string? Complaint(RequestParameters sent) =>
            Parameters.Count(parameter => sent[parameter.Name] is not null) switch
            {
                0 => $"{Names(_ => true)} are missing, exactly one parameter must be provided",
                1 => null,
                _ => $"{Names(parameter => sent[parameter.Name] is not null)} are mutually exclusive",
            };
    }
}
