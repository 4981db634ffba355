using OrleansTokens.Grains.RegistryTokens;

namespace OrleansTokens.Grains.Tests.RegistryTokens;

public sealed class LibtrustKeyIdTests
{
    /// <summary>
    /// Keys made with openssl (ecparam -name prime256v1 -genkey, genrsa 2048; -pubout -outform DER), ids computed with Python 3:
    /// b = base64.b32encode(hashlib.sha256(der).digest()[:30]).decode(); ':'.join(b[i:i+4] for i in range(0, 48, 4)).
    /// </summary>
    public static TheoryData<string, string> KnownAnswers => new()
    {
        {
            "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAErBBXifq1y1RJCILfSsurjJTySZYJN1g3K2aTd91ekh9PIbOwiexkQLZct2gE4st5kLz47J5pT/spwc+z7jKD1g==",
            "3SFT:FW4C:ZE4T:PHZF:X5JP:CVML:2IC3:QZRC:P3QC:IATG:WGYQ:YYJM"
        },
        {
            "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEWykv2FhNfxXeAaVuvc0HBwXGaF3dk3fhttUFvZJQ/IyhlL0thL8or1L5c0iV4kNRzyvst7Vp9/BDGMmhD+pvGg==",
            "2LXS:JRXO:TRFY:ROGQ:XRC3:VR7O:NLFI:W464:EEYE:C5ZT:TS24:IUVM"
        },
        {
            "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA4Ts/vZonLtSiJTburK8kDBJTafwII8cE+0nPgJ/+Y/AifKVNALAYQw3J97bdRE7k8n2j+GzvwA4NB9oO"
            + "L0pbSkma3TwJZ5lK6QjRrf459Zj+52hKpDghMdyppoqCpx6by5p7c9besApotEtVxnakiOpIar4r+hkBapsI27M8ccZMnVhzOxyE2tPDGpKQGUcM0x2x7SET8Z"
            + "ZWicN3pqv3FyQKilQ2S3QA+kUcNOPGX3vo6aHBZoqJcmeMb4QCJUnEnI2cm2a4R6omcVQP4wdE/GKE+dvh++NxBdNWikgejR+nQbNl8jj+HMkXziNNR8IsNOj7"
            + "SfIDxPGEUHp4Hu5q1wIDAQAB",
            "6QUX:BE3H:3B4J:2DQ4:4LQU:VG6L:L5HC:HXB4:NYNW:C5RM:P5M3:W62N"
        },
    };

    [Theory]
    [MemberData(nameof(KnownAnswers))]
    public void Compute_OfAKnownKey_GivesTheIndependentlyComputedId(string subjectPublicKeyInfo, string expected) =>
        Assert.Equal(expected, LibtrustKeyId.Compute(Convert.FromBase64String(subjectPublicKeyInfo)));
}
