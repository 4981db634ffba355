using System.Text;
using CsCheck;
using Microsoft.AspNetCore.Http;
using OrleansTokens.Silo.Http.Parameters;

namespace OrleansTokens.Silo.Tests.Http.Parameters;

/// <summary>Whatever arrives is either read or refused with a 4xx that quotes nothing of it.</summary>
public class RequestParametersPropertyTests
{
    private const string Multipart = "multipart/form-data; boundary=b";

    private static readonly string[] Fragments =
    [
        "{", "}", "[", "]", ":", ",", "\"", "\"name\"", "\"scopes\"", "\\ud800", "\\u0000", "null", "true", "1e9", "-0", "name", "[]", "[a]",
        "=", "&", "%", "%2", "%00", "%ff", "+", "--b", "--b--", "\r\n", "\r\n\r\n", "Content-Disposition: form-data; name=", "\0", "\uFEFF", "é",
    ];

    private static readonly Gen<byte[]> Bodies = Gen.Frequency(
        (1, Gen.Byte.Array[0, 60]),
        (4, Gen.OneOf(Fragments).Array[0, 30].Select(parts => Encoding.UTF8.GetBytes(string.Concat(parts)))),
        (1, Gen.Select(Gen.OneOf(Fragments).Array[0, 10], Gen.Byte.Array[0, 5], (parts, tail) =>
            (byte[])[.. Encoding.UTF8.GetBytes(string.Concat(parts)), .. tail])));

    private static readonly Gen<string?> Types = Gen.OneOf(Requests.Json, Requests.Form, Multipart, "text/plain", ";", null);

    private static readonly IReadOnlyList<Parameter> Declared =
    [
        new TextParameter("name", "") { Required = true, NotBlank = true },
        new ChoiceListParameter("scopes", "", "a", "b") { Required = true },
        new IntegerParameter("page", "") { Minimum = 1 },
        new BooleanParameter("active", ""),
        new TimestampParameter("expires_at", ""),
        new ChoiceParameter("sort", "", "asc", "desc"),
    ];

    [Fact]
    public void ReadAndBind_WhenGivenAnything_EitherSucceedsOrNamesWhatIsWrong() =>
        Gen.Select(Gen.OneOf("GET", "POST", "PUT", "DELETE"), Types, Bodies, Bodies).SampleAsync(async (method, type, query, body) =>
        {
            var request = Requests.Make(method, "?" + Encoding.Latin1.GetString(query), type, body);
            var (parameters, fault) = await RequestParameters.ReadAsync(request, Requests.Allowance);
            if (parameters is null)
            {
                Assert.InRange(fault!.Status, StatusCodes.Status400BadRequest, StatusCodes.Status415UnsupportedMediaType);
                return;
            }

            var arguments = Arguments.Bind(Declared, [], parameters, _ => null, out var error);
            Assert.True(arguments is null != error is null);
            Assert.All(error?.Split(", ") ?? [], complaint => Assert.Contains(complaint.Split(' ')[0], Declared.Select(p => p.Name)));
        });

    [Fact]
    public void Bind_WhenAValueIsOfAnyKind_NeverThrows()
    {
        var scalars = Gen.OneOf(
            Gen.String.Select(text => (ParameterValue)new ParameterValue.Text(text)),
            Gen.Double.Select(number => (ParameterValue)new ParameterValue.Number(number.ToString("R", null))),
            Gen.Long.Select(number => (ParameterValue)new ParameterValue.Number(number.ToString("D", null))),
            Gen.Bool.Select(flag => (ParameterValue)new ParameterValue.Flag(flag)),
            Gen.Const((ParameterValue)new ParameterValue.Structure()),
            Gen.Const((ParameterValue)new ParameterValue.Malformed("is odd")));
        var values = Gen.OneOf(scalars, scalars.List[0, 4].Select(items => (ParameterValue)new ParameterValue.List(items)));

        Gen.Select(Gen.OneOf(Declared.ToArray()), values).Sample((parameter, value) =>
        {
            var read = parameter.Read(value, out var complaint);
            return read is null || complaint is null;
        });
    }
}
