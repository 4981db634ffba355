using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using OrleansTokens.Silo.Http.GitLabApi;
using OrleansTokens.Silo.Http.Parameters;

namespace OrleansTokens.Silo.Tests.Http.GitLabApi;

/// <summary>Whatever is sent to whatever route, by whomever: never a fault, every refusal says why, and a refusal changes nothing.</summary>
public sealed class HostileRequestTests : IAsyncLifetime
{
    private const int Requests = 600;

    private static readonly string[] Values =
    [
        "", " ", "0", "1", "-1", "1.5", "1e9", "9223372036854775807", "9223372036854775808", "true", "null", "acme", "acme/api", "../..", "a//b",
        "%", "%2F", "%00", "%ff", "\0", "\n", "\u202e", "é", "日本", "🚀", "'\"<>&;", "{}", "[]", "read_registry", "read_registry,x", "2021-01-01",
        "0000-00-00", "9999-12-31T23:59:59-23:59", "gldt-AQABCHxU1nAwGXhp_Y8A1MkF7Ha2JN7BK5xe", "private", "desc", new('a', 300), new('9', 400),
    ];

    private static readonly Gen<string> Text = Gen.Frequency((8, Gen.OneOf(Values)), (1, Gen.String[0, 40]));

    /// <summary>Path segments that a client may send: any byte that a request line may hold, encoded or not.</summary>
    private static readonly Gen<string> Segments = Gen.Frequency(
        (3, Gen.OneOf("1", "2", "0", "-1", "999999999999999999999", "a%2Fb", "a%252Fb", "%ff", "%2e%2e", "..", ".", "a%5Cb", "+", "%F0%9F%9A%80", "a;b")),
        (1, Gen.OneOf(Values).Where(value => value.Length > 0).Select(value => Uri.EscapeDataString(value).Replace("%00", "x", StringComparison.Ordinal))));

    private static readonly Gen<string> JsonValues = Gen.Frequency(
        (6, Text.Select(text => JsonValue.Create(WellFormed(text)).ToJsonString())),
        (4, Gen.OneOf(
            "1", "-1", "1.5", "1e999", "123456789012345678901234567890", "true", "null", "{}", "[]", "[[]]", "[null]", "{\"a\":[1]}", "\"\\ud800\"",
            "\"\\u0000\"", "[\"read_registry\"]", "[\"read_registry\",{}]", "tru", "\"", "[", "")));

    private static readonly Gen<string?> Credentials = Gen.OneOf<string?>(
        [null, "", "wrong", "é", new string('x', 2000), .. Enumerable.Repeat(ApiHost.AdministratorToken, 12)]);

    private static readonly Gen<string> OddTypes = Gen.OneOf("text/plain", "application/json; charset=utf-16", "multipart/form-data", ";;", "");

    // Its own, so that nothing that is seen to change was changed by another test.
    private readonly ApiHost _host = new();
    private long _group;
    private long _project;
    private long _token;

    public async ValueTask InitializeAsync()
    {
        await _host.InitializeAsync();
        await MakeTargetsAsync();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task AnyRequest_IsAnsweredWithoutAFault_AndRefusalsChangeNothing()
    {
        var operations = Gen.OneOf(_host.Operations.ToArray());
        var before = await SnapshotAsync();

        await operations.SelectMany(Request).SampleAsync(
            async request =>
            {
                var answer = await SendAsync(request);
                Check(request, answer);
                var after = await SnapshotAsync();
                Assert.True(
                    answer.Status < 300 || after == before, $"{answer.Status} changed something: {answer.Body}\nfrom {before}\nto {after}");
                if (answer.Status == 202)
                {
                    // A group or project was deleted. Without one, all that follows would be refused for the same reason.
                    await MakeTargetsAsync();
                    after = await SnapshotAsync();
                }

                before = after;
            },
            iter: Requests,
            threads: 1);
    }

    [Fact]
    public async Task AnyRequest_WithoutARightCredential_ChangesNothing()
    {
        var operations = Gen.OneOf(_host.Operations.Where(operation => operation.Method != HttpMethod.Get).ToArray());
        var before = await SnapshotAsync();

        await operations.SelectMany(Request).SampleAsync(
            async request =>
            {
                var answer = await SendAsync(request with { Credential = request.Credential == ApiHost.AdministratorToken ? null : request.Credential });
                Assert.InRange(answer.Status, 400, 499);
            },
            iter: Requests,
            threads: 1);

        Assert.Equal(before, await SnapshotAsync());
    }

    private static Gen<Hostile> Request(Operation operation)
    {
        var names = operation.Parameters.Select(parameter => parameter.Name).Append("unknown").Append("private_token[]").ToArray();
        var fields = Gen.Select(Gen.OneOf(names), Text).List[0, 4];
        var members = Gen.Select(Gen.Bool, Gen.Select(Gen.OneOf(names), JsonValues).List[0, 4]).Select((complete, list) =>
            complete ? [.. operation.Parameters.Where(parameter => parameter.Required).Select(Usable), .. list] : list);
        return Gen.Select(
            Gen.Select(Gen.Frequency((3, Gen.Const("{known}")), (1, Segments)), Gen.Frequency((3, Gen.OneOf("1", "2", "3", "{known_token}")), (1, Segments))),
            Gen.Frequency((3, Gen.Const("")), (1, fields.Select(Form))),
            Gen.Frequency(
                (8, members.Select(list => ("application/json", Json(list)))),
                (4, fields.Select(list => ("application/x-www-form-urlencoded", Form(list)))),
                (2, fields.Select(list => ("multipart/form-data; boundary=b", Multipart(list)))),
                (1, Gen.Select(OddTypes, members, (type, list) => (type, Json(list)))),
                (1, Gen.String[0, 30].Select(text => ("application/json", text)))),
            Gen.Byte.Array[0, 3],
            Credentials,
            (ids, query, body, tail, credential) => new Hostile(
                operation,
                operation.Path.Replace("{id}", ids.Item1, StringComparison.Ordinal).Replace("{token_id}", ids.Item2, StringComparison.Ordinal)
                    .Replace("{user_id}", ids.Item2, StringComparison.Ordinal).Replace("{namespace_id}", ids.Item1, StringComparison.Ordinal)
                    + (query.Length == 0 ? "" : "?" + query),
                body.Item1,
                [.. Encoding.UTF8.GetBytes(body.Item2), .. tail is [0, ..] ? tail : []],
                credential));
    }

    /// <summary>A required parameter with a value that is taken, so that the others are reached.</summary>
    private static (string Name, string Value) Usable(Parameter parameter) => (parameter.Name, parameter switch
    {
        { Name: "namespace_id" } => "{group}",
        { Name: "namespace" } => "\"{group}\"",
        { Name: "user_id" } => "1",
        { Name: "email" } => "\"hostile@example.org\"",
        { Name: "scopes", Shape.Choices: { } choices } when choices.Contains("api") => "[\"api\"]",
        ChoiceListParameter => "[\"read_registry\"]",
        IntegerChoiceParameter => "30",
        ChoiceParameter => "\"authenticate\"",
        _ => "\"hostile\"",
    });

    private static string Form(List<(string Name, string Value)> fields) => string.Join('&', fields.Select(
        (field, index) => $"{field.Name}{(index % 3 == 2 ? "[]" : "")}={Uri.EscapeDataString(WellFormed(field.Value))}"));

    private static string Json(List<(string Name, string Value)> members) =>
        "{" + string.Join(',', members.Select(member => $"\"{member.Name}\":{member.Value}")) + "}";

    private static string Multipart(List<(string Name, string Value)> fields) =>
        string.Concat(fields.Select(field => $"--b\r\nContent-Disposition: form-data; name=\"{field.Name}\"\r\n\r\n{field.Value}\r\n")) + "--b--\r\n";

    private static string WellFormed(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private void Check(Hostile request, ApiAnswer answer)
    {
        Assert.True(answer.Status < 500, $"{answer.Status} to {request.Operation.Id}");
        if (answer.Status < 400)
        {
            return;
        }

        // The server itself refuses some request lines before the API sees them, with an empty body.
        if (answer.Body.Length == 0)
        {
            Assert.Equal(400, answer.Status);
            return;
        }

        var text = (answer.Json["error"] ?? answer.Json["message"])!.ToJsonString();
        Assert.NotEqual("\"\"", text);
        if (answer.Status == 400)
        {
            // Of any operation: dot segments lead to others.
            string[] nameable =
            [
                .. _host.Operations.SelectMany(operation => operation.Parameters).Select(parameter => parameter.Name),
                "request", "multipart", "400 Bad request",
            ];
            Assert.True(
                Array.Exists(nameable, name => text.Contains(name, StringComparison.OrdinalIgnoreCase)), $"{text} names nothing.");
        }
    }

    private async Task<ApiAnswer> SendAsync(Hostile request)
    {
        var body = request.Body.AsSpan().IndexOf("{group}"u8) < 0
            ? request.Body
            : Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(request.Body).Replace("{group}", $"{_group}", StringComparison.Ordinal));
        using var content = request.Operation.Method == HttpMethod.Get ? null : new ByteArrayContent(body);
        content?.Headers.TryAddWithoutValidation("Content-Type", request.ContentType);
        var known = request.Operation.Path.StartsWith("/groups", StringComparison.Ordinal) ? _group : _project;
        var target = request.Target.Replace("{known}", $"{known}", StringComparison.Ordinal)
            .Replace("{known_token}", $"{_token}", StringComparison.Ordinal);
        var isHeader = request.Credential?.All(c => c is > ' ' and < '\u007f') is true;
        return await _host.SendAsync(request.Operation.Method, target, content, isHeader ? request.Credential : null);
    }

    private async Task MakeTargetsAsync()
    {
        _group = await _host.NewGroupAsync(ApiHost.NewName("hostile"), "public");
        _project = await _host.NewProjectAsync(_group, ApiHost.NewName(), "public");
        await _host.NewTokenAsync($"groups/{_group}");
        _token = await _host.NewTokenAsync($"projects/{_project}");
    }

    private async Task<string> SnapshotAsync()
    {
        var snapshot = new StringBuilder();
        foreach (var list in new[] { "/groups", "/projects", "/deploy_tokens" })
        {
            snapshot.AppendLine((await _host.GetAsync($"{list}?order_by=id&sort=asc&per_page=100")).Body);
        }

        // Only which keys there are: until when one is published is first known when its successor signs, so time alone changes it.
        var keys = (await _host.GetAsync("/signing_keys")).Json.AsArray().Select(key => (string?)key!["key_id"]);
        snapshot.AppendJoin(' ', keys);
        snapshot.AppendLine().Append((await _host.GetAsync("/application/settings")).Body);
        return snapshot.ToString();
    }

    private sealed record Hostile(Operation Operation, string Target, string ContentType, byte[] Body, string? Credential)
    {
        public override string ToString() =>
            $"{Operation.Method} {Target} {ContentType} {Convert.ToBase64String(Body)} {Encoding.UTF8.GetString(Body)} {Credential}";
    }
}
