using System.Runtime.Versioning;
using OrleansTokens.Grains.Keys;
using static OrleansTokens.Grains.Tests.Keys.KeySamples;

namespace OrleansTokens.Grains.Tests.Keys;

public sealed class MasterKeyFileTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("master-key-tests-").FullName;

    private string KeyPath => Path.Combine(directory, MasterKeyFile.FileName);

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void ReadOrCreate_AtFirstStart_MakesOneKeyThatLaterStartsRead()
    {
        var first = MasterKeyFile.ReadOrCreate(directory);
        var content = File.ReadAllText(KeyPath);
        var second = MasterKeyFile.ReadOrCreate(directory);

        Assert.Single(first.Keys);
        Assert.Equal(first.Newest.Id, second.Newest.Id);
        Assert.Equal(content, File.ReadAllText(KeyPath));
        Assert.Equal([KeyPath], Directory.GetFiles(directory));
    }

    [Fact]
    public void ReadOrCreate_InTwoDirectories_MakesTwoKeys() =>
        Assert.NotEqual(
            MasterKeyFile.ReadOrCreate(Path.Combine(directory, "a")).Newest.Id,
            MasterKeyFile.ReadOrCreate(Path.Combine(directory, "b")).Newest.Id);

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void ReadOrCreate_AtFirstStart_IsForTheOwnerOnly()
    {
        var dataDirectory = Path.Combine(directory, "data");

        MasterKeyFile.ReadOrCreate(dataDirectory);

        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(dataDirectory));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(dataDirectory, MasterKeyFile.FileName)));
    }

    /// <summary>
    /// Many rounds, because the window is narrow: with a rename that only looks first whether the name is free, this test fails.
    /// </summary>
    [Fact]
    public async Task ReadOrCreate_WhenManyStartAtOnce_AllGetTheOneKey()
    {
        const int Starts = 8;
        for (var round = 0; round < 100; round++)
        {
            var dataDirectory = Path.Combine(directory, $"{round}");
            using var barrier = new Barrier(Starts);
            var starts = Enumerable.Range(0, Starts).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    barrier.SignalAndWait();
                    return MasterKeyFile.ReadOrCreate(dataDirectory).Newest.Id;
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default));

            var ids = await Task.WhenAll(starts);

            Assert.Single(ids.Distinct());
            Assert.Equal(ids[0], MasterKeyFile.ReadOrCreate(dataDirectory).Newest.Id);
            Assert.Single(Directory.GetFiles(dataDirectory));
        }
    }

    [Fact]
    public void ReadOrCreate_BesideTheLeftoverOfACrash_Succeeds()
    {
        File.WriteAllText(KeyPath + ".0123456789abcdef.tmp", "# half a fi");

        Assert.Single(MasterKeyFile.ReadOrCreate(directory).Keys);
    }

    [Fact]
    public void ReadOrCreate_WithABrokenFile_NamesItAndLeavesItAlone()
    {
        WriteKeyFile("# empty since the disk was full\n");

        var refusal = Assert.Throws<MasterKeyFileException>(() => MasterKeyFile.ReadOrCreate(directory));

        Assert.Contains($"'{KeyPath}' is not usable. There is no master key.", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("# empty since the disk was full\n", File.ReadAllText(KeyPath));
    }

    [Fact]
    public void ReadOrCreate_WhereNoDirectoryCanBe_SaysThatNoFileCanBeMade()
    {
        var occupied = Path.Combine(directory, "file");
        File.WriteAllText(occupied, "");

        var refusal = Assert.Throws<MasterKeyFileException>(() => MasterKeyFile.ReadOrCreate(Path.Combine(occupied, "data")));

        Assert.Contains("cannot be made", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    [UnsupportedOSPlatform("windows")]
    public void ReadOrCreate_WhenOthersHaveAccess_RefusesAndSaysWhatToDo(UnixFileMode extra)
    {
        MasterKeyFile.ReadOrCreate(directory);
        File.SetUnixFileMode(KeyPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | extra);

        var refusal = Assert.Throws<MasterKeyFileException>(() => MasterKeyFile.ReadOrCreate(directory));

        Assert.Contains(KeyPath, refusal.Message, StringComparison.Ordinal);
        Assert.Contains($"({extra})", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("chmod 600", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UnixFileMode.None, true)]
    [InlineData(UnixFileMode.GroupRead, true)]
    [InlineData(UnixFileMode.GroupWrite, false)]
    [InlineData(UnixFileMode.OtherRead, false)]
    [UnsupportedOSPlatform("windows")]
    public void Read_OfAProvidedFile_AllowsItsGroupToReadAndNobodyElse(UnixFileMode extra, bool accepted)
    {
        WriteKeyFile(OneBase64);
        File.SetUnixFileMode(KeyPath, UnixFileMode.UserRead | extra);

        var refusal = Record.Exception(() => MasterKeyFile.Read(KeyPath));

        Assert.Equal(accepted, refusal is null);
        Assert.True(refusal is null or MasterKeyFileException);
    }

    [Fact]
    public void Read_OfSeveralLines_GivesThemNewestFirst()
    {
        WriteKeyFile($"# rotated in spring\r\n{TwoBase64}\r\n\r\n  # the first one\n {OneHex}");

        Assert.Equal([TwoId, OneId], MasterKeyFile.Read(KeyPath).Keys.Select(key => key.Id.ToString()));
    }

    [Fact]
    public void Read_WithBrokenLines_NamesEachLineAndShowsNone()
    {
        WriteKeyFile($"# keys\n{OneBase64}\nnot-a-key\n{OneHex}\n");

        var refusal = Assert.Throws<MasterKeyFileException>(() => MasterKeyFile.Read(KeyPath));

        Assert.Contains($"Line 3 of '{KeyPath}' is not 32 bytes", refusal.Message, StringComparison.Ordinal);
        Assert.Contains($"Line 4 of '{KeyPath}' is the same key as Line 2 of '{KeyPath}'", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("not-a-key", refusal.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(OneHex, refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OfAMissingFile_NamesIt()
    {
        var refusal = Assert.Throws<MasterKeyFileException>(() => MasterKeyFile.Read(KeyPath));

        Assert.Contains(KeyPath, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OfAHugeFile_IsRefusedByItsLength()
    {
        WriteKeyFile(new string('#', 20_000));

        var refusal = Assert.Throws<MasterKeyFileException>(() => MasterKeyFile.Read(KeyPath));

        Assert.Contains("20000 bytes", refusal.Message, StringComparison.Ordinal);
    }

    private void WriteKeyFile(string content)
    {
        File.WriteAllText(KeyPath, content);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(KeyPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }
}
