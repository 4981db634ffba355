namespace OrleansTokens.Silo.Storage.Sqlite;

/// <summary>
/// The directory that holds the database, for as long as this process holds it: a lock on a file inside keeps every other process
/// out. The operating system drops the lock with the process, however it ends, so nothing has to be cleaned up after a crash.
/// </summary>
internal sealed class DataDirectory : IDisposable
{
    /// <summary>The name of the database's file.</summary>
    public const string DatabaseFileName = "grid.db";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream heldLock)
    {
        Path = path;
        _lock = heldLock;
    }

    public string Path { get; }

    public string DatabaseFile => System.IO.Path.Combine(Path, DatabaseFileName);

    public string LogFile => DatabaseFile + "-wal";

    private string SharedMemoryFile => DatabaseFile + "-shm";

    /// <exception cref="SqliteOpenException">Another process holds the directory, or it cannot be created or written.</exception>
    public static DataDirectory Acquire(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            CreateOwnerOnly(full);
            var directory = new DataDirectory(full, Lock(full));
            try
            {
                directory.KeepFilesPrivate();
                return directory;
            }
            catch
            {
                directory.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SqliteOpenException($"The data directory '{full}' cannot be used: {e.Message}", e);
        }
    }

    public void Dispose() => _lock.Dispose();

    private static void CreateOwnerOnly(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
        }
    }

    private static FileStream Lock(string directory)
    {
        var file = System.IO.Path.Combine(directory, "grid.lock");
        try
        {
            return Open(file, FileMode.OpenOrCreate, FileShare.None);
        }
        catch (IOException e) when (File.Exists(file))
        {
            throw new SqliteOpenException(
                $"The data directory '{directory}' is in use by another process (it holds '{file}'). An embedded database serves one "
                + "process: stop the other one, or give this one a directory of its own.",
                e);
        }
    }

    /// <summary>
    /// SQLite gives the files beside a database the mode of the database itself, so that is created here, before SQLite would do it
    /// with whatever the process mask allows. Files from elsewhere, a restored backup for instance, are narrowed.
    /// </summary>
    private void KeepFilesPrivate()
    {
        Open(DatabaseFile, FileMode.OpenOrCreate, FileShare.ReadWrite).Dispose();
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        foreach (var file in new[] { DatabaseFile, LogFile, SharedMemoryFile }.Where(File.Exists))
        {
            if (File.GetUnixFileMode(file) != OwnerOnly)
            {
                File.SetUnixFileMode(file, OwnerOnly);
            }
        }
    }

    private static FileStream Open(string file, FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return new FileStream(file, options);
    }
}
