using CsCheck;
using OrleansTokens.Client.Leases;
using OrleansTokens.DeployTokens;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.Client.Tests.Leases;

/// <summary>Two questions have one key exactly where they are the same question.</summary>
public sealed class DecisionKeyTests
{
    // Few and alike, so that parts that could be taken for one another often are side by side.
    private static readonly Gen<string> Text = Gen.OneOf("a", "aa", "ab", "b", "ä", "\u20ac", new string('a', 300), new string('b', 400));

    private static readonly Gen<string?> Name = Gen.OneOf(Text.Select(static t => (string?)t), Gen.OneOf<string?>("", null));

    private static readonly Gen<Credential?> SomeCredential = Gen.Select(Text, Name, Gen.Bool)
        .Select(static (secret, name, isNone) => isNone ? null
            : name is null ? Credential.SecretOnly(SecretOf(secret)) : Credential.WithUsername(name, SecretOf(secret)));

    private static readonly Gen<NamespacePath> Path = Gen.OneOf(
        "a", "a/a", "aa", "a/b", "ab", "A/B", "a/B", new string('a', 255) + "/" + new string('b', 255))
        .Select(LeasedClient.Path);

    private static readonly Gen<Resource> SomeResource = Gen.Select(Gen.Int[0, 5], Gen.Long[1, 2], Path).Select(static (kind, id, path) => kind switch
    {
        0 => default,
        1 => Resource.Of(new ProjectId(id)),
        2 => Resource.Of(new GroupId(id)),
        3 => Resource.At(path),
        4 => Resource.Within(path),
        _ => Resource.GroupAt(path),
    });

    private static readonly Gen<(Credential? Credential, RegistryAction Action, Resource Resource)> SomeQuestion =
        Gen.Select(SomeCredential, Gen.Enum<RegistryAction>(), SomeResource);

    [Fact]
    public void Keys_AreTheSameExactlyWhereQuestionsAre() =>
        Gen.Select(SomeQuestion, SomeQuestion).Sample(static (one, other) => (KeyOf(one) == KeyOf(other)) == AreSame(one, other), iter: 20_000);

    [Fact]
    public void Keys_OfQuestionsThatAreTheSameButForOnePart_Differ() => Gen.Select(SomeQuestion, SomeQuestion).Sample(static (one, other) =>
    {
        var questions = new[]
        {
            (other.Credential, one.Action, one.Resource), (one.Credential, other.Action, one.Resource), (one.Credential, one.Action, other.Resource),
        };
        return questions.All(mixed => (KeyOf(one) == KeyOf(mixed)) == AreSame(one, mixed));
    });

    [Fact]
    public void Key_OfAnActionThatDoesNotExist_IsNone() =>
        Assert.False(DecisionKey.TryCompute(null, (RegistryAction)256, default, out _));

    private static bool AreSame(
        (Credential? Credential, RegistryAction Action, Resource Resource) one,
        (Credential? Credential, RegistryAction Action, Resource Resource) other) =>
        one.Action == other.Action && one.Resource == other.Resource && one.Credential is null == other.Credential is null
        && one.Credential?.Secret.Reveal() == other.Credential?.Secret.Reveal() && one.Credential?.Username == other.Credential?.Username;

    private static UInt128 KeyOf((Credential? Credential, RegistryAction Action, Resource Resource) question)
    {
        Assert.True(DecisionKey.TryCompute(question.Credential, question.Action, question.Resource, out var key));
        return key;
    }

    private static Secret SecretOf(string text) => Secret.TryCreate(text, out var secret) ? secret : throw new ArgumentException(text);
}
