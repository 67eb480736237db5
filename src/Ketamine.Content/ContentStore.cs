namespace Ketamine.Content;

/// <summary>Holds the content being served. It is replaced as a whole, so no one ever sees half of a change.</summary>
public sealed class ContentStore(SiteContent first, TimeProvider clock)
{
    private volatile Edition _edition = new(first, clock.GetUtcNow());
    private readonly AsyncLocal<Edition?> _ofThisRequest = new();
    private volatile ContentHealth _health = ContentHealth.Good;

    /// <summary>
    /// What visitors see now. Cheap; returns the same object until the content changes or the time is outside <see cref="Edition.Since"/> to
    /// <see cref="Edition.Until"/>.
    /// </summary>
    public Edition Current
    {
        get
        {
            if (_ofThisRequest.Value is { } preview) return preview;
            var edition = _edition;
            var now = clock.GetUtcNow();
            if (edition.IsCurrentAt(now)) return edition;
            var next = new Edition(edition.Content, now);
            return Interlocked.CompareExchange(ref _edition, next, edition) == edition ? next : _edition;
        }
    }

    /// <summary>Shows another edition only to the rest of the caller's work, such as a preview request.</summary>
    public void UseInThisRequest(Edition edition) => _ofThisRequest.Value = edition;

    /// <summary>The state of the last read of the folder.</summary>
    public ContentHealth Health => _health;

    /// <summary>Replaces the content; from now on, every page shows it.</summary>
    public void Publish(SiteContent content)
    {
        Interlocked.Exchange(ref _edition, new Edition(content, clock.GetUtcNow()));
        _health = ContentHealth.Good;
    }

    /// <summary>Keeps the last good content and records the folder's errors.</summary>
    public void Reject(IReadOnlyList<Diagnostic> errors) => _health = new ContentHealth(errors);
}

/// <param name="Errors">Empty if the folder's current state is being served.</param>
public sealed record ContentHealth(IReadOnlyList<Diagnostic> Errors)
{
    public static ContentHealth Good { get; } = new([]);
}
