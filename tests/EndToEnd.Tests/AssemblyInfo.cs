// Real programs and two cores: one test at a time keeps every wait short.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

// The programs are Debian's.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
