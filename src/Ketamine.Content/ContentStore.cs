namespace Ketamine.Content;

/// <summary>Holds the content that is served; swapped whole, so that nobody ever sees half of a change.</summary>
public sealed class ContentStore(SiteContent first, TimeProvider clock)
{
    private volatile Edition _edition = new(first, clock.GetUtcNow());
    private readonly AsyncLocal<Edition?> _here = new();
    private volatile ContentHealth _health = ContentHealth.Good;

    /// <summary>
    /// What visitors see now. Cheap; the same object until the content changes or the clock leaves <see cref="Edition.Since"/> to
    /// <see cref="Edition.Until"/>.
    /// </summary>
    public Edition Current
    {
        get
        {
            if (_here.Value is { } here) return here;
            var edition = _edition;
            var now = clock.GetUtcNow();
            if (edition.HoldsAt(now)) return edition;
            var next = new Edition(edition.Content, now);
            return Interlocked.CompareExchange(ref _edition, next, edition) == edition ? next : _edition;
        }
    }

    /// <summary>Shows another edition to whatever the caller goes on to run, and to nobody else: a preview's request.</summary>
    public void ShowHere(Edition edition) => _here.Value = edition;

    /// <summary>How the last reading of the folder went.</summary>
    public ContentHealth Health => _health;

    /// <summary>Takes a new reading; from here on every page is of it.</summary>
    public void Publish(SiteContent content)
    {
        Interlocked.Exchange(ref _edition, new Edition(content, clock.GetUtcNow()));
        _health = ContentHealth.Good;
    }

    /// <summary>Keeps the last good content and remembers what is wrong with the folder.</summary>
    public void Reject(IReadOnlyList<Diagnostic> errors) => _health = new ContentHealth(errors);
}

/// <param name="Errors">Empty when what is served is what lies in the folder.</param>
public sealed record ContentHealth(IReadOnlyList<Diagnostic> Errors)
{
    public static ContentHealth Good { get; } = new([]);
}
