using System.Globalization;

namespace OrleansTokens.Histories.Running;

/// <summary>Finds whose a connection is: a silo sees only the port it comes from.</summary>
internal static class SocketOwners
{
    private const int LocalAddress = 1;
    private const int Inode = 9;

    private static readonly string[] Tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <summary>Whether a process has a socket on a port.</summary>
    public static bool Owns(int process, int port)
    {
        var inodes = InodesOf(port);
        try
        {
            return Directory.EnumerateFiles($"/proc/{process}/fd")
                .Any(fd => new FileInfo(fd).LinkTarget is { } target && inodes.Contains(target));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static HashSet<string> InodesOf(int port)
    {
        var suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        return [.. Tables
            .SelectMany(static table => File.ReadLines(table).Skip(1))
            .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields[LocalAddress].EndsWith(suffix, StringComparison.Ordinal))
            .Select(static fields => $"socket:[{fields[Inode]}]")];
    }
}
