namespace OrleansTokens.Histories.Wire;

/// <summary>What is on its way through it waits while it is closed.</summary>
internal sealed class Gate
{
    private volatile TaskCompletionSource? _opens;

    public Task WhenOpenAsync() => _opens?.Task ?? Task.CompletedTask;

    public void Set(bool open)
    {
        if (!open)
        {
            _opens ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        else if (_opens is { } opens)
        {
            _opens = null;
            opens.SetResult();
        }
    }
}
