using System.Globalization;
using OrleansTokens.Histories.Wire;

namespace OrleansTokens.Histories.Store;

/// <summary>The membership table.</summary>
internal sealed class MemberStore
{
    private readonly Dictionary<string, SiloRow> _rows = [];
    private int _version;
    private int _etag = 1;

    public MemberTable Read() => new([.. _rows.Values], _version, Text(_etag));

    public bool Write(MemberWrite write)
    {
        var stored = _rows.GetValueOrDefault(write.Row.Silo)?.ETag ?? "";
        if (write.TableETag != Text(_etag) || write.Row.ETag != stored)
        {
            return false;
        }

        _etag++;
        _version = write.Version;
        _rows[write.Row.Silo] = write.Row with { ETag = Text(_etag) };
        return true;
    }

    public void DeclareDead(string name)
    {
        foreach (var row in _rows.Values.Where(row => row.Name == name && row.Status != (int)SiloStatus.Dead).ToList())
        {
            Write(new MemberWrite(row with { Status = (int)SiloStatus.Dead }, _version + 1, Text(_etag)));
        }
    }

    /// <summary>Says that a silo is alive; neither its version nor that of the table changes.</summary>
    public bool IAmAlive(SiloRow row)
    {
        if (_rows.TryGetValue(row.Silo, out var stored))
        {
            _rows[row.Silo] = stored with { IAmAliveTime = row.IAmAliveTime };
        }

        return true;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
