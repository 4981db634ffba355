namespace OrleansTokens.Silo.Http.Parameters;

/// <summary>One text of a closed list, compared exactly.</summary>
internal sealed class ChoiceParameter(string name, string description, params IReadOnlyList<string> choices)
    : Parameter<string>(name, description)
{
    public override ParameterShape Shape => new("string", Choices: choices);

    protected override object? Convert(ParameterValue sent, out string? complaint)
    {
        complaint = null;
        if (TextParameter.TextOf(sent) is not { } text)
        {
            return Refuse(Invalid, out complaint);
        }

        return choices.Contains(text, StringComparer.Ordinal) ? text : Refuse(NotAllowed, out complaint);
    }
}

/// <summary>Texts of a closed list: a JSON array, <c>name[]=a&amp;name[]=b</c>, or one text with commas. As in GitLab, spaces around
/// an item and empty items at the end do not count, and an empty list is passed on.</summary>
internal sealed class ChoiceListParameter(string name, string description, params IReadOnlyList<string> choices)
    : Parameter<IReadOnlyList<string>>(name, description)
{
    public override ParameterShape Shape => new("array", Choices: choices);

    protected override object? Convert(ParameterValue sent, out string? complaint)
    {
        complaint = null;
        var items = new List<string>();
        foreach (var part in sent is ParameterValue.List list ? list.Items : [sent])
        {
            switch (part)
            {
                case ParameterValue.Text text:
                    items.AddRange(Split(text.Value));
                    break;
                case ParameterValue.Malformed malformed:
                    return Refuse(malformed.Complaint, out complaint);
                default:
                    return Refuse(Invalid, out complaint);
            }
        }

        return items.TrueForAll(item => choices.Contains(item, StringComparer.Ordinal)) ? items : Refuse(NotAllowed, out complaint);
    }

    private static string[] Split(string text)
    {
        var trimmed = text.TrimEnd(',');
        return trimmed.Length == 0 ? [] : trimmed.Split(',', StringSplitOptions.TrimEntries);
    }
}
