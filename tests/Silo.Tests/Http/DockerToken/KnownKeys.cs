using System.Collections.Immutable;
using OrleansTokens.RegistryTokens;

namespace OrleansTokens.Silo.Tests.Http.DockerToken;

/// <summary>
/// Two keys made with openssl (ecparam -name prime256v1, genrsa 2048; req -x509), with their numbers as Python's cryptography 48 reads
/// them out of the certificates.
/// </summary>
internal static class KnownKeys
{
    public const string EcId = "3SFT:FW4C:ZE4T:PHZF:X5JP:CVML:2IC3:QZRC:P3QC:IATG:WGYQ:YYJM";
    public const string EcX = "rBBXifq1y1RJCILfSsurjJTySZYJN1g3K2aTd91ekh8";
    public const string EcY = "TyGzsInsZEC2XLdoBOLLeZC8-OyeaU_7KcHPs-4yg9Y";
    public const string RsaId = "6QUX:BE3H:3B4J:2DQ4:4LQU:VG6L:L5HC:HXB4:NYNW:C5RM:P5M3:W62N";
    public const string RsaE = "AQAB";

    public const string RsaN =
        "4Ts_vZonLtSiJTburK8kDBJTafwII8cE-0nPgJ_-Y_AifKVNALAYQw3J97bdRE7k8n2j-GzvwA4NB9oOL0pbSkma3TwJZ5lK6QjRrf459Zj-"
        + "52hKpDghMdyppoqCpx6by5p7c9besApotEtVxnakiOpIar4r-"
        + "hkBapsI27M8ccZMnVhzOxyE2tPDGpKQGUcM0x2x7SET8ZZWicN3pqv3FyQKilQ2S3QA-"
        + "kUcNOPGX3vo6aHBZoqJcmeMb4QCJUnEnI2cm2a4R6omcVQP4wdE_GKE-dvh--NxBdNWikgejR-nQbNl8jj-"
        + "HMkXziNNR8IsNOj7SfIDxPGEUHp4Hu5q1w";

    public const string EcCertificate =
        "MIIBmjCCAT+gAwIBAgIUDs+xxcji6GdaXOZ+ysRh3dJvKRgwCgYIKoZIzj0EAwIwITEfMB0GA1UEAwwWUmVnaXN0cnkgdG9rZW4gc2lnbmluZz"
        + "AgFw0yNjExMjQwOTEzNTNaGA8yMTI2MTAzMTA5MTM1M1owITEfMB0GA1UEAwwWUmVnaXN0cnkgdG9rZW4gc2lnbmluZzBZMBMGByqGSM49AgEG"
        + "CCqGSM49AwEHA0IABKwQV4n6tctUSQiC30rLq4yU8kmWCTdYNytmk3fdXpIfTyGzsInsZEC2XLdoBOLLeZC8+OyeaU/7KcHPs+4yg9ajUzBRMB"
        + "0GA1UdDgQWBBQvLxMceL410aiinC5vhKHerPY5FzAfBgNVHSMEGDAWgBQvLxMceL410aiinC5vhKHerPY5FzAPBgNVHRMBAf8EBTADAQH/MAoG"
        + "CCqGSM49BAMCA0kAMEYCIQD9bbNGzEB0QpB3J67A55sQdaGecKw0/N52MH/OjKzgpQIhAMafJu96f2/09IZecLdvXH2EzsQwDCPKFFrIxQPHgX"
        + "j+";

    public const string RsaCertificate =
        "MIIDJTCCAg2gAwIBAgIUXvHWOvbjDJKGqsQy2nGx4efPziMwDQYJKoZIhvcNAQELBQAwITEfMB0GA1UEAwwWUmVnaXN0cnkgdG9rZW4gc2lnbm"
        + "luZzAgFw0yNjExMjQwOTEzNTNaGA8yMTI2MTAzMTA5MTM1M1owITEfMB0GA1UEAwwWUmVnaXN0cnkgdG9rZW4gc2lnbmluZzCCASIwDQYJKoZI"
        + "hvcNAQEBBQADggEPADCCAQoCggEBAOE7P72aJy7UoiU27qyvJAwSU2n8CCPHBPtJz4Cf/mPwInylTQCwGEMNyfe23URO5PJ9o/hs78AODQfaDi"
        + "9KW0pJmt08CWeZSukI0a3+OfWY/udoSqQ4ITHcqaaKgqcem8uae3PW3rAKaLRLVcZ2pIjqSGq+K/oZAWqbCNuzPHHGTJ1YczschNrTwxqSkBlH"
        + "DNMdse0hE/GWVonDd6ar9xckCopUNkt0APpFHDTjxl976OmhwWaKiXJnjG+EAiVJxJyNnJtmuEeqJnFUD+MHRPxihPnb4fvjcQXTVopIHo0fp0"
        + "GzZfI4/hzJF84jTUfCLDTo+0nyA8TxhFB6eB7uatcCAwEAAaNTMFEwHQYDVR0OBBYEFCqJIUZnKka1hF0bmyR8RlrtzvQhMB8GA1UdIwQYMBaA"
        + "FCqJIUZnKka1hF0bmyR8RlrtzvQhMA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQELBQADggEBAJIZ1Iid+8xQW6SfJVSWxXkXVqLDQicafg"
        + "MeAM55DxqbsGK0n+1qDFwavTjPpEU/IKAH5yVwCSFiMAl1bF5+2XLshF+pvqZPohBiAhbjUdzUiaPqio9DsgKpOdryNgdKIZVfxkvEnN9GTyBe"
        + "n4oiaWD+kAuY4UeeZE4EbX+AcNwd68QWRJ2qxtm+urP4upge8Hy6q1DQcFeVAm4+SJtB4IWXkq/ZKR5Meyl+v6m9Egu4NB3jbChAioDPYKoDEp"
        + "pL99aSbaE+J4TfDGA5RBwGTtHtwF+1oUVd/t0hxtXJiJORa93DXfn6HxV8s1vgEy7koC0qGcSD5s30iGnqdQWKpkQ=";

    private static readonly DateTimeOffset Made = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static PublishedKey Ec { get; } = Key(EcId, "ES256", EcCertificate);

    public static PublishedKey Rsa { get; } = Key(RsaId, "RS256", RsaCertificate);

    private static PublishedKey Key(string id, string algorithm, string certificate) =>
        new(id, algorithm, ImmutableArray.Create(Convert.FromBase64String(certificate)), Made, Made, null);
}
