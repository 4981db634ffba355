using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Serialization;
using OrleansTokens.DeployTokens;

namespace OrleansTokens.Grains.Interfaces.Tests.DeployTokens;

/// <summary>Every way by which values usually reach a log, a page or a file, tried with a secret and with a tag key.</summary>
public sealed partial class SecretLeakTests
{
    private const string Text = "gldt-AbCdEfGhIjKlMnOpQrSt";

    private static readonly Secret Sample = SecretOf(Text);

    [Fact]
    public void ToString_InEveryKindOfFormatting_IsRedacted()
    {
        Assert.Equal("[secret]", Sample.ToString());
        Assert.Equal("secret [secret].", $"secret {Sample}.");
        Assert.Equal("secret [secret].", string.Create(null, $"secret {Sample}."));
        Assert.Equal("Request { User = someone, Secret = [secret] }", new Request("someone", Sample).ToString());
        Assert.Equal("[tag key]", new TagKey(new byte[TagKey.Length]).ToString());
    }

    [Fact]
    public void DebuggerView_Always_ShowsNothing()
    {
        foreach (var type in new[] { typeof(Secret), typeof(TagKey) })
        {
            Assert.DoesNotContain('{', type.GetCustomAttribute<DebuggerDisplayAttribute>()!.Value);
            var holders = type.GetMembers(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)
                .Where(member => member is FieldInfo or PropertyInfo);
            Assert.All(holders, member => Assert.Equal(
                DebuggerBrowsableState.Never, member.GetCustomAttribute<DebuggerBrowsableAttribute>()?.State));
        }
    }

    [Fact]
    public void PublicProperties_OfSecretsAndKeys_DoNotExist()
    {
        // Serializers, object dumpers and structured loggers that destructure take public properties and fields.
        const BindingFlags PublicInstance = BindingFlags.Public | BindingFlags.Instance;
        Assert.Empty(typeof(Secret).GetProperties(PublicInstance));
        Assert.Empty(typeof(Secret).GetFields(PublicInstance));
        Assert.Empty(typeof(TagKey).GetProperties(PublicInstance));
        Assert.Empty(typeof(TagKey).GetFields(PublicInstance));
    }

    [Fact]
    public void Json_OfASecretAtAnyDepth_ThrowsWithoutShowingIt()
    {
        object[] holders = [Sample, new Request("someone", Sample), new[] { Sample }, new Dictionary<string, Secret> { ["x"] = Sample }];
        Assert.All(holders, holder =>
        {
            var refusal = Assert.Throws<NotSupportedException>(() => JsonSerializer.Serialize(holder, holder.GetType()));
            Assert.DoesNotContain(Text, refusal.ToString(), StringComparison.Ordinal);
        });
        Assert.Throws<NotSupportedException>(() => JsonSerializer.Deserialize<Secret>($"\"{Text}\""));
    }

    [Fact]
    public void Logging_WithASecretAsStructuredArgument_IsRedacted()
    {
        var logger = new RecordingLogger();

        LogGenerated(logger, Sample);
        LogTemplate(logger, "Received {Secret}.", Sample);

        Assert.Equal(["Received [secret].", "Received [secret]."], logger.Messages);
        Assert.All(logger.Arguments, argument => Assert.DoesNotContain(Text, argument, StringComparison.Ordinal));
    }

    [Fact]
    public void Exceptions_ThatNameASecretOrItsText_DoNotShowIt()
    {
        var outOfRange = new ArgumentOutOfRangeException("secret", Sample, "Not usable.");
        Assert.DoesNotContain(Text, outOfRange.ToString(), StringComparison.Ordinal);

        var tooLong = new string('s', Limits.MaxSecretLength + 1);
        var invalid = Assert.Throws<InvalidDataException>(() => new SecretConverter().ConvertFromSurrogate(new SecretSurrogate(tooLong)));
        Assert.DoesNotContain("sss", invalid.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void GrainCall_WithASecret_CarriesItAndDoesNotCopyItWithinASilo()
    {
        using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();

        Assert.Equal(Sample, serializer.Deserialize<Secret>(serializer.SerializeToArray(Sample)));
        Assert.Same(Sample, services.GetRequiredService<DeepCopier>().Copy(Sample));
    }

    [Fact]
    public void GrainCall_WithATextThatIsNoSecret_IsRefusedOnArrival()
    {
        string?[] texts = [null, "", "\uD800", new string('s', Limits.MaxSecretLength + 1)];
        Assert.All(texts, text => Assert.Throws<InvalidDataException>(
            () => new SecretConverter().ConvertFromSurrogate(new SecretSurrogate(text!))));
    }

    private static Secret SecretOf(string text) => Secret.TryCreate(text, out var secret) ? secret : throw new ArgumentException(text);

    [LoggerMessage(Level = LogLevel.Information, Message = "Received {Secret}.")]
    private static partial void LogGenerated(ILogger logger, Secret secret);

#pragma warning disable CA1848, CA1873, CA2254 // The careless way is what is tested.
    private static void LogTemplate(ILogger logger, string template, object argument) => logger.LogInformation(template, argument);
#pragma warning restore CA1848, CA1873, CA2254

    private sealed record Request(string User, Secret Secret);

    private sealed class RecordingLogger : ILogger
    {
        public List<string> Messages { get; } = [];

        public List<string> Arguments { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Messages.Add(formatter(state, exception));
            Arguments.AddRange(((IEnumerable<KeyValuePair<string, object?>>)state!).Select(argument => $"{argument.Value}"));
        }
    }
}
