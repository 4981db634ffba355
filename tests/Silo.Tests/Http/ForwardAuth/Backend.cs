using System.Text;

namespace OrleansTokens.Silo.Tests.Http.ForwardAuth;

/// <summary>What proxies and servers make of a request target, written as loosely as they are.</summary>
internal static class Backend
{
    /// <summary>
    /// The path that nginx matches locations with and serves: escapes decoded once, dot segments resolved, slashes merged. Wrong
    /// escapes stay as they are.
    /// </summary>
    public static string Normalise(string target)
    {
        var segments = new List<string>();
        var path = Decode(target.Split('?')[0]);
        foreach (var segment in path.Split('/'))
        {
            if (segment == ".." && segments.Count > 0)
            {
                segments.RemoveAt(segments.Count - 1);
            }
            else if (segment is not ("" or "." or ".."))
            {
                segments.Add(segment);
            }
        }

        var isDirectory = segments.Count > 0 && path.Split('/')[^1] is "" or "." or "..";
        return "/" + string.Join('/', segments) + (isDirectory ? "/" : "");
    }

    /// <summary>
    /// Whether any server could take a query to ask for a push: whichever of several parameters it takes, however it spells their
    /// names, at whatever it splits, and however often it decodes.
    /// </summary>
    public static bool MayReadAsPush(string query)
    {
        for (var text = query; ; text = Decode(text))
        {
            if (text.Replace('+', ' ').Contains("receive-pack", StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }

            if (text == Decode(text))
            {
                return false;
            }
        }
    }

    private static string Decode(string text)
    {
        var bytes = new List<byte>();
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '%' && at + 2 < text.Length && char.IsAsciiHexDigit(text[at + 1]) && char.IsAsciiHexDigit(text[at + 2]))
            {
                bytes.Add(Convert.ToByte(text.Substring(at + 1, 2), 16));
                at += 2;
            }
            else
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(text, at, 1));
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}
