using System.Runtime.InteropServices;

namespace OrleansTokens.Grains.Keys;

/// <summary>What the base library cannot do on Unix: give a file a name only if the name is free, and make that durable.</summary>
internal static class DurableFile
{
    private const int FileExists = 17;

    /// <summary>
    /// Gives a complete and flushed file its name, unless another process was first; then nothing changes. After a power cut the name is
    /// there with the whole file, or not at all.
    /// </summary>
    /// <remarks>
    /// Not File.Move: on Unix it looks whether the name is free and then renames, so of two processes the second silently
    /// replaces the first one's file.
    /// </remarks>
    /// <exception cref="IOException">The file system refused, for instance because it has no hard links.</exception>
    public static void PublishNew(string temporary, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            PublishNewOnWindows(temporary, path);
            return;
        }

        if (Link(temporary, path) != 0 && Marshal.GetLastPInvokeError() != FileExists)
        {
            throw new IOException($"The file system refused a hard link: {Marshal.GetLastPInvokeErrorMessage()}.");
        }

        FlushDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    private static void PublishNewOnWindows(string temporary, string path)
    {
        try
        {
            File.Move(temporary, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process was first; its file counts.
        }
    }

    private static void FlushDirectory(string path)
    {
        var descriptor = Open(path, flags: 0);
        if (descriptor < 0)
        {
            throw new IOException($"The directory '{path}' cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}.");
        }

        try
        {
            if (Fsync(descriptor) != 0)
            {
                throw new IOException($"The directory '{path}' cannot be flushed: {Marshal.GetLastPInvokeErrorMessage()}.");
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    // Four calls do not justify unsafe code, which generated marshalling needs.
    [DllImport("libc", EntryPoint = "link", SetLastError = true)]
    private static extern int Link(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string existing, [MarshalAs(UnmanagedType.LPUTF8Str)] string name);

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int Fsync(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int descriptor);
}
