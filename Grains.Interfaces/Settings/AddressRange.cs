using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace OrleansTokens.Settings;

/// <summary>
/// A range of network addresses: an address and how many of its leading bits all addresses of the range have. Default is no range and
/// contains nothing.
/// </summary>
/// <remarks>IPv4 in its mapped form (<c>::ffff:10.0.0.1</c>) is IPv4: a source is the same whichever socket it came through.</remarks>
[GenerateSerializer, Immutable, Alias(WireAliases.AddressRange)]
public readonly record struct AddressRange
{
    private const int MappedBits = 96;

    private AddressRange(IPAddress address, int prefixLength)
    {
        Address = address;
        PrefixLength = prefixLength;
    }

    /// <summary>The first address of the range; null for no range.</summary>
    [Id(0)]
    public IPAddress? Address { get; private init; }

    /// <summary>How many leading bits count: 0 to 32 for IPv4, 0 to 128 for IPv6.</summary>
    [Id(1)]
    public int PrefixLength { get; private init; }

    /// <summary>Reads an address (<c>10.0.0.1</c>, <c>::1</c>: that one) or CIDR notation (<c>10.0.0.0/8</c>, <c>fd00::/8</c>). Bits of the
    /// address beyond the prefix do not count. False for everything else; IPv4 must have four decimal numbers.</summary>
    public static bool TryParse(string? text, out AddressRange range)
    {
        range = default;
        var slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        var head = slash < 0 ? text : text![..slash];
        if (head is null || !IsPlain(head) || !IPAddress.TryParse(head, out var address) || !IsWhole(head, address))
        {
            return false;
        }

        var bits = address.GetAddressBytes().Length * 8;
        var length = bits;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > bits))
        {
            return false;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            if (length < MappedBits)
            {
                return false; // It would be half of all IPv4 addresses and much of IPv6, which nobody means.
            }

            (address, length) = (address.MapToIPv4(), length - MappedBits);
        }

        range = new AddressRange(Mask(address, length), length);
        return true;
    }

    /// <summary>Whether an address is in the range.</summary>
    public bool Contains(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return Address is { } first && first.AddressFamily == plain.AddressFamily && Mask(plain, PrefixLength).Equals(first);
    }

    /// <summary>CIDR notation; empty for no range.</summary>
    public override string ToString() =>
        Address is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{Address}/{PrefixLength}");

    private static bool IsPlain(string text) => text.Length > 0 && text.All(static c => char.IsAsciiHexDigit(c) || c is '.' or ':');

    /// <summary>Other programs read <c>010.1</c> and the like each in its own way.</summary>
    private static bool IsWhole(string text, IPAddress address) =>
        address.AddressFamily != AddressFamily.InterNetwork || address.ToString() == text;

    private static IPAddress Mask(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
        {
            var kept = Math.Clamp(length - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xFF << (8 - kept));
        }

        return new IPAddress(bytes);
    }
}
