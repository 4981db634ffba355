using System.Net;
using System.Net.Sockets;

namespace OrleansTokens.EndToEnd.Tests.Programs;

internal static class Loopback
{
    /// <summary>A port that was free a moment ago.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static Uri Address(int port) => new($"http://127.0.0.1:{port}");

    public static async Task<bool> AnswersAsync(HttpClient http, Uri uri)
    {
        try
        {
            using var response = await http.GetAsync(uri);
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
