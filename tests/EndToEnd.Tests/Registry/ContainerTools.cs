using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Registry;

/// <summary>skopeo, buildah and podman, with everything they keep below one directory, and one small image built from nothing.</summary>
internal sealed class ContainerTools
{
    public const string Image = "localhost/hello:1";

    private readonly TemporaryDirectory directory;
    private readonly string[] storage;
    private int logins;

    private ContainerTools(TemporaryDirectory directory)
    {
        this.directory = directory;
        storage = ["--root", directory.Create("root"), "--runroot", directory.Create("run"), "--storage-driver", "vfs"];
    }

    /// <summary>The image as skopeo copies it from.</summary>
    public string Layout => $"oci:{directory["layout"]}:hello";

    public static async Task<ContainerTools> CreateAsync(TemporaryDirectory directory)
    {
        var tools = new ContainerTools(directory);
        var context = directory.Create("context");
        await File.WriteAllTextAsync(Path.Combine(context, "hello"), "hello\n");
        await File.WriteAllTextAsync(Path.Combine(context, "Containerfile"), "FROM scratch\nCOPY hello /hello\n");
        _ = (await tools.BuildahAsync("build", "--isolation", "chroot", "--tag", Image, context)).Succeeded();
        _ = (await tools.BuildahAsync("push", Image, tools.Layout)).Succeeded();
        return tools;
    }

    public static Task<ProgramResult> SkopeoAsync(params string[] arguments) => Shell.RunAsync("skopeo", ["--insecure-policy", .. arguments]);

    public Task<ProgramResult> BuildahAsync(params string[] arguments) => Shell.RunAsync("buildah", [.. storage, .. arguments]);

    public Task<ProgramResult> PodmanAsync(params string[] arguments) =>
        Shell.RunAsync("podman", [.. storage, "--tmpdir", directory["podman"], "--events-backend", "file", .. arguments]);

    public Task<ProgramResult> PushAsync(IssuedToken token, string image) =>
        SkopeoAsync("copy", "--dest-tls-verify=false", "--dest-creds", token.Credentials, Layout, $"docker://{image}");

    public Task<ProgramResult> PullAsync(IssuedToken token, string image) =>
        SkopeoAsync("copy", "--src-tls-verify=false", "--src-creds", token.Credentials, $"docker://{image}", $"dir:{directory.Create("pulled")}");

    /// <summary>A file for the credentials of one login.</summary>
    public string CredentialsFile() => directory[$"credentials-{Interlocked.Increment(ref logins)}.json"];
}
