using System.Globalization;
using OrleansTokens.Settings;

namespace OrleansTokens.Silo.Http.Parameters;

/// <summary>Ranges of addresses: a JSON array, <c>name[]=a&amp;name[]=b</c>, or one text with commas. Spaces around an item do not count, and
/// empty text is an empty list.</summary>
internal sealed class AddressRangeListParameter(string name, string description) : Parameter<IReadOnlyList<AddressRange>>(name, description)
{
    /// <summary>The most items.</summary>
    public int Maximum { get; init; } = int.MaxValue;

    public override ParameterShape Shape => new("array");

    protected override object? Convert(ParameterValue sent, out string? complaint)
    {
        var ranges = new List<AddressRange>();
        foreach (var part in sent is ParameterValue.List list ? list.Items : [sent])
        {
            if (part is not ParameterValue.Text text)
            {
                return Refuse(Invalid, out complaint);
            }

            foreach (var item in text.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                if (!AddressRange.TryParse(item, out var range))
                {
                    return Refuse(NotAllowed, out complaint);
                }

                ranges.Add(range);
            }
        }

        complaint = ranges.Count > Maximum
            ? string.Create(CultureInfo.InvariantCulture, $"has too many entries (maximum is {Maximum})")
            : null;
        return complaint is null ? ranges : null;
    }
}
