using Ketamine.Web.Data;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>
/// Someone who subscribed to the newsletter, now or earlier. Identified by the keyed hash of the address, which stays after the address is deleted, so
/// people who unsubscribed never get another issue, even after an import. The address itself is sealed.
/// </summary>
public sealed class Subscriber : SealedRow<ReaderAddress>
{
    public const int MaxReasonLength = 200;

    private Subscriber() { }

    /// <summary>A person who has just agreed.</summary>
    public Subscriber(EmailAddress address, byte[] addressHash, Agreement agreement, DateTimeOffset now)
    {
        Id = Guid.CreateVersion7(now);
        AddressHash = addressHash;
        Subscribe(address, agreement, now);
    }

    /// <summary><see cref="NewsletterKey.HashOf(EmailAddress)"/>; one subscriber per address.</summary>
    public byte[] AddressHash { get; private set; } = [];

    /// <summary>As typed; null unless <see cref="SubscriberState.Subscribed"/>, because no others are needed.</summary>
    public string? Email => Words.Email;

    public SubscriberState State { get; private set; }

    /// <summary>When <see cref="State"/> last changed.</summary>
    public DateTimeOffset Since { get; private set; }

    /// <summary>Why the address is unreachable: the receiving server's code, or a note from staff. Null for subscribed and unsubscribed people.</summary>
    public string? Reason { get; private set; }

    /// <summary>The wording that they agreed to.</summary>
    public string ConsentWords { get; private set; } = "";

    public DateTimeOffset ConsentAt { get; private set; }

    /// <summary>Where they agreed: <c>website</c>, or the source from the import.</summary>
    public string ConsentSource { get; private set; } = "";

    /// <summary>Subscribes new and returning people after they proved that the address is theirs.</summary>
    public void Subscribe(EmailAddress address, Agreement agreement, DateTimeOffset now)
    {
        if (State is SubscriberState.Subscribed && Email is not null) return;
        (State, Since, Words, Reason) = (SubscriberState.Subscribed, now, new ReaderAddress(address.ToString()), null);
        (ConsentWords, ConsentAt, ConsentSource) = (agreement.Words, agreement.At, agreement.Source);
    }

    /// <summary>Unsubscribes them and deletes the address right away. Returns false if they weren't subscribed.</summary>
    public bool Leave(DateTimeOffset now)
    {
        if (State is SubscriberState.Left) return false;
        (State, Since, Words, Reason) = (SubscriberState.Left, now, Erased, null);
        return true;
    }

    /// <summary>Marks the address as unreachable: deletes it and sends it nothing more. Returns false if they weren't subscribed.</summary>
    public bool Suppress(string reason, DateTimeOffset now)
    {
        if (State is not SubscriberState.Subscribed) return false;
        (State, Since, Words, Reason) = (SubscriberState.Suppressed, now, Erased, TypedText.Truncate(reason, MaxReasonLength));
        return true;
    }

    protected override string Table => "NewsletterSubscribers";

    protected override ReaderAddress Erased => new(null);

    /// <summary>Takes in unsealed data from an old database.</summary>
    internal void TakeIn(ReaderAddress words) => Words = words;

    private sealed class Mapping : IEntityTypeConfiguration<Subscriber>
    {
        public void Configure(EntityTypeBuilder<Subscriber> subscriber)
        {
            subscriber.ToTable("NewsletterSubscribers");
            subscriber.Property(s => s.Id).ValueGeneratedNever();
            subscriber.HasIndex(s => s.AddressHash).IsUnique();
            subscriber.Ignore(s => s.Email);
            subscriber.Property(s => s.Sealed).IsRequired(false);
            subscriber.Property(s => s.State).HasConversion<string>().HasMaxLength(20).IsConcurrencyToken();
            subscriber.HasIndex(s => s.State);
            subscriber.Property(s => s.Reason).HasMaxLength(MaxReasonLength);
            subscriber.Property(s => s.ConsentSource).HasMaxLength(Agreement.MaxSourceLength);
        }
    }
}

/// <summary>A reader's sealed data; the sealed JSON uses these names.</summary>
/// <param name="Email">As typed; null once it is no longer needed.</param>
public sealed record ReaderAddress(string? Email);

/// <summary>Whether someone gets the newsletter.</summary>
public enum SubscriberState
{
    /// <summary>Receives every issue.</summary>
    Subscribed,

    /// <summary>Unsubscribed. Can return by signing up, never through an import.</summary>
    Left,

    /// <summary>The mailbox permanently refuses email. Can return by signing up, which proves that email arrives.</summary>
    Suppressed,
}

/// <summary>What someone agreed to, when, and where.</summary>
/// <param name="Source">At most <see cref="MaxSourceLength"/> characters.</param>
public sealed record Agreement(string Words, DateTimeOffset At, string Source)
{
    public const int MaxSourceLength = 200;

    /// <summary>The source for people who signed up on the site.</summary>
    public const string Website = "website";
}
