using System.Security.Cryptography;
using System.Text;

namespace OrleansTokens.Grains.Keys;

/// <summary>A master key file is missing, open to others, or not a key file. The message says what to do.</summary>
public sealed class MasterKeyFileException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// Master keys in a file: one a line, newest first; empty lines and lines that begin with <c>#</c> are skipped.
/// </summary>
public static class MasterKeyFile
{
    /// <summary>The name of the file that is made in the data directory.</summary>
    public const string FileName = "master.key";

    private const int MaxFileLength = 16 * 1024;
    private const UnixFileMode OwnerOnlyFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerOnlyDirectory = OwnerOnlyFile | UnixFileMode.UserExecute;
    private const UnixFileMode Group = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute;
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>
    /// Reads <see cref="FileName"/> in the data directory; where there is none, first makes one with a new key, readable by its owner only.
    /// </summary>
    /// <param name="dataDirectory">Made, for its owner only, when it is missing.</param>
    /// <returns>The keys. However many processes start at once, all get the same.</returns>
    /// <exception cref="MasterKeyFileException">
    /// The file is open to its group or to others, holds no usable keys, or could not be made. An existing file is never replaced.
    /// </exception>
    public static MasterKeyRing ReadOrCreate(string dataDirectory)
    {
        ArgumentException.ThrowIfNullOrEmpty(dataDirectory);
        var path = Path.Combine(dataDirectory, FileName);
        if (!File.Exists(path))
        {
            Create(dataDirectory, path);
        }

        return Read(path, forbidden: Group | Others);
    }

    /// <summary>Reads a key file that the operator provides.</summary>
    /// <param name="path">
    /// The file. Its group may read it, because orchestrators mount secrets for a process that way; nobody else may.
    /// </param>
    /// <returns>The keys.</returns>
    /// <exception cref="MasterKeyFileException">The file is missing, open to others, or holds no usable keys.</exception>
    public static MasterKeyRing Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Read(path, forbidden: UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | Others);
    }

    private static MasterKeyRing Read(string path, UnixFileMode forbidden)
    {
        string[] lines;
        try
        {
            lines = ReadLines(path, forbidden);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MasterKeyFileException($"The master key file '{path}' cannot be read: {e.Message}", e);
        }

        var entries = lines
            .Select((line, at) => (Name: $"Line {at + 1} of '{path}'", Text: (string?)line.Trim()))
            .Where(entry => entry.Text is not ("" or ['#', ..]));
        return MasterKeyRing.TryParse(entries, out var ring, out var errors)
            ? ring
            : throw new MasterKeyFileException($"The master key file '{path}' is not usable. {string.Join(' ', errors)}");
    }

    private static string[] ReadLines(string path, UnixFileMode forbidden)
    {
        using var handle = File.OpenHandle(path);

        // The mode of what was opened, not of what the name points at a moment later.
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(handle) & forbidden) is var open and not UnixFileMode.None)
        {
            throw new MasterKeyFileException(
                $"The master key file '{path}' is open to more than its owner ({open}). Whoever read it can make tokens: "
                + "if that may have happened, replace the key. Then run 'chmod 600' on the file and start again, or give the key in the configuration.");
        }

        var length = RandomAccess.GetLength(handle);
        if (length > MaxFileLength)
        {
            throw new MasterKeyFileException($"The master key file '{path}' has {length} bytes; a key file has at most {MaxFileLength}.");
        }

        Span<byte> content = stackalloc byte[(int)length];
        var read = RandomAccess.Read(handle, content, 0);
        var lines = Encoding.UTF8.GetString(content[..read]).Split('\n');
        CryptographicOperations.ZeroMemory(content);
        return lines;
    }

    private static void Create(string dataDirectory, string path)
    {
        var temporary = $"{path}.{RandomNumberGenerator.GetHexString(16, lowercase: true)}.tmp";
        try
        {
            CreateDirectory(dataDirectory);
            try
            {
                WriteNewKey(temporary);
                DurableFile.PublishNew(temporary, path);
            }
            finally
            {
                File.Delete(temporary);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MasterKeyFileException(
                $"The master key file '{path}' cannot be made: {e.Message} Give the key in the configuration, or make the directory writable.", e);
        }
    }

    private static void CreateDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnlyDirectory);
        }
    }

    private static void WriteNewKey(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnlyFile;
        }

        Span<byte> key = stackalloc byte[MasterKey.Length];
        RandomNumberGenerator.Fill(key);
        using var file = new FileStream(path, options);
        file.Write(Encoding.UTF8.GetBytes(
            $"""
            # Master key of this OrleansTokens installation. Keep a copy in a safe place: without it no deploy token is valid
            # any more. Whoever has it and the storage can read what is sealed there. A newer key goes on a line above.
            {Convert.ToBase64String(key)}

            """));
        file.Flush(flushToDisk: true);
        CryptographicOperations.ZeroMemory(key);
    }
}
