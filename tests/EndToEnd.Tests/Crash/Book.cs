using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Crash;

/// <summary>What was asked of the authority, what it acknowledged, and so what must be true of it after any crash.</summary>
internal sealed class Book(long group, IReadOnlyList<long> projects)
{
    private enum Fate
    {
        /// <summary>Issued, and acknowledged.</summary>
        Alive,

        /// <summary>Revoking or deleting it was asked, and not answered: either may be.</summary>
        Unknown,

        /// <summary>Revoked or deleted, and acknowledged.</summary>
        Dead,
    }

    private readonly ConcurrentDictionary<long, (IssuedToken Token, Fate Fate)> _tokens = new();
    private readonly ConcurrentDictionary<string, bool> _projects = new();
    private readonly ConcurrentQueue<long> _victims = new();
    private int _created;
    private int _ended;
    private int _unanswered;
    private int _named;

    public int AcknowledgedCreations => _created;

    public int AcknowledgedEnds => _ended;

    public int UnansweredRequests => _unanswered;

    public string Summary => $"{_created} tokens and {_projects.Count} projects acknowledged, {_ended} tokens ended, {_unanswered} requests not answered.";

    /// <summary>Issues, revokes, deletes and makes projects until there is nobody to ask.</summary>
    public async Task ChangeUntilGoneAsync(Silo silo, Chance chance)
    {
        using var admin = new AdminApi(silo.Address);
        try
        {
            for (; ; )
            {
                switch (chance.Between(0, 10))
                {
                    case < 5:
                        await IssueAsync(admin, projects[chance.Between(0, projects.Count)]);
                        break;
                    case < 8:
                        await EndAsync(admin, delete: false);
                        break;
                    case 8:
                        await EndAsync(admin, delete: true);
                        break;
                    default:
                        await CreateProjectAsync(admin);
                        break;
                }
            }
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException)
        {
            Interlocked.Increment(ref _unanswered);
        }
    }

    /// <summary>Everything acknowledged is so, nothing half-made works, and what was not answered can be asked again.</summary>
    public async Task VerifyAsync(Silo silo, int round)
    {
        using var admin = new AdminApi(silo.Address);
        using var client = new HttpClient { BaseAddress = silo.Address };
        await Parallel.ForEachAsync(_tokens.Values, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (entry, _) =>
        {
            var status = await AskAsync(client, entry.Token);
            Assert.True(status is HttpStatusCode.OK or HttpStatusCode.Unauthorized, $"Round {round}: token {entry.Token.Id} is answered {status}.");
            Assert.False(entry.Fate == Fate.Alive && status != HttpStatusCode.OK, $"Round {round}: token {entry.Token.Id} is lost.");
            Assert.False(entry.Fate == Fate.Dead && status == HttpStatusCode.OK, $"Round {round}: token {entry.Token.Id} is alive again.");
        });
        foreach (var (token, fate) in _tokens.Values.Where(static t => t.Fate == Fate.Unknown).ToList())
        {
            using var again = await admin.Http.DeleteAsync(token.Path);
            Assert.True(again.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.NotFound, $"Round {round}: deleting again is {again.StatusCode}.");
            Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(client, token));
            _tokens[token.Id] = (token, Fate.Dead);
        }

        await VerifyListsAsync(admin, round);
        await VerifyProjectsAsync(admin, round);
    }

    /// <summary>Whatever is listed is there, one by one, whether its issuing was acknowledged or not.</summary>
    private async Task VerifyListsAsync(AdminApi admin, int round)
    {
        var listed = new HashSet<long>();
        for (var page = 1; ; page++)
        {
            var tokens = await admin.Http.GetFromJsonAsync<JsonElement>($"/api/v4/deploy_tokens?per_page=100&page={page}");
            if (tokens.GetArrayLength() == 0)
            {
                break;
            }

            foreach (var token in tokens.EnumerateArray())
            {
                listed.Add(token.GetProperty("id").GetInt64());
            }
        }

        var missing = _tokens.Values.Where(static t => t.Fate == Fate.Alive).Select(static t => t.Token.Id).Where(id => !listed.Contains(id)).ToList();
        Assert.True(missing.Count == 0, $"Round {round}: tokens {string.Join(", ", missing)} are not listed.");
        foreach (var id in listed.Where(id => !_tokens.ContainsKey(id)))
        {
            using var answer = await admin.Http.GetAsync($"/api/v4/deploy_tokens/{id}");
            Assert.True(answer.IsSuccessStatusCode, $"Round {round}: token {id} is listed, and answered {answer.StatusCode}.");
        }
    }

    /// <summary>Projects that were acknowledged are there; a name whose project was not can be had, or is had by a project that is there.</summary>
    private async Task VerifyProjectsAsync(AdminApi admin, int round)
    {
        foreach (var (name, acknowledged) in _projects.ToList())
        {
            using var found = await admin.Http.GetAsync($"/api/v4/projects/acme%2Fplatform%2F{name}");
            if (acknowledged)
            {
                Assert.True(found.StatusCode == HttpStatusCode.OK, $"Round {round}: project {name} is lost.");
            }
            else if (found.StatusCode != HttpStatusCode.OK)
            {
                Assert.Equal(HttpStatusCode.NotFound, found.StatusCode);
                _ = await admin.CreateProjectAsync(name, group);
            }

            _projects[name] = true;
        }
    }

    private async Task IssueAsync(AdminApi admin, long project)
    {
        var token = await admin.IssueForProjectAsync(project, "read_repository");
        _tokens[token.Id] = (token, Fate.Alive);
        _victims.Enqueue(token.Id);
        Interlocked.Increment(ref _created);
    }

    private async Task EndAsync(AdminApi admin, bool delete)
    {
        if (!_victims.TryDequeue(out var id))
        {
            return;
        }

        var token = _tokens[id].Token;
        _tokens[id] = (token, Fate.Unknown);
        await (delete ? admin.DeleteAsync(token) : admin.RevokeAsync(token));
        _tokens[id] = (token, Fate.Dead);
        Interlocked.Increment(ref _ended);
    }

    private async Task CreateProjectAsync(AdminApi admin)
    {
        var name = $"p{Interlocked.Increment(ref _named)}";
        _projects[name] = false;
        _ = await admin.CreateProjectAsync(name, group);
        _projects[name] = true;
    }

    private static async Task<HttpStatusCode> AskAsync(HttpClient client, IssuedToken token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/forward-auth");
        request.Headers.Authorization =
            new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(token.Credentials)));
        request.Headers.Add("X-Original-Method", "GET");
        var path = Names[(int)(long.Parse(token.Holder[(token.Holder.IndexOf('/', StringComparison.Ordinal) + 1)..], null) - 1)];
        request.Headers.Add("X-Original-URI", $"/acme/platform/{path}.git/info/refs?service=git-upload-pack");
        using var answer = await client.SendAsync(request);
        return answer.StatusCode;
    }

    /// <summary>The names of the first projects, in the order of their ids.</summary>
    private static readonly string[] Names = ["api", "web", "ops"];
}
