using System.Runtime.InteropServices;

namespace OrleansTokens.Leases;

/// <summary>
/// The clock by which ages are counted: it never goes back, and goes on while the machine is suspended, which
/// <see cref="System.Diagnostics.Stopwatch"/> does not on Linux. Its readings mean nothing to another process; only durations travel.
/// </summary>
internal sealed class LeaseClock
{
    private const int MacOsMonotonic = 6;
    private const int LinuxBoottime = 7;

    private static readonly int Clock = OperatingSystem.IsMacOS() ? MacOsMonotonic : LinuxBoottime;

    private readonly TimeProvider? _time;

    private LeaseClock(TimeProvider? time) => _time = time;

    /// <summary>The machine's clock.</summary>
    public static LeaseClock System { get; } = new(null);

    /// <summary>Now, in units of 100 ns since a moment of no meaning; see <see cref="TimeSpan.FromTicks"/>.</summary>
    public long Now => _time is not null
        ? (long)((Int128)_time.GetTimestamp() * TimeSpan.TicksPerSecond / _time.TimestampFrequency)
        : OperatingSystem.IsWindows() ? Environment.TickCount64 * TimeSpan.TicksPerMillisecond : ReadUnix();

    /// <summary>The clock that goes with a time provider: the machine's for the system's own.</summary>
    public static LeaseClock Of(TimeProvider time) => time == TimeProvider.System ? System : new LeaseClock(time);

    private static long ReadUnix() => ClockGetTime(Clock, out var time) == 0
        ? (time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / TimeSpan.NanosecondsPerTick)
        : throw new PlatformNotSupportedException("There is no clock that counts suspension.");

    // It returns within nanoseconds and calls nothing back.
    [DllImport("libc", EntryPoint = "clock_gettime"), SuppressGCTransition, DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int ClockGetTime(int clock, out Timespec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Timespec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
