using Ketamine.Content;
using Ketamine.Language;
using Ketamine.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>
/// Someone who asked for the newsletter, or once did. Known by the keyed hash of the address, which stays when the address goes: who has left is
/// never written to again, whatever a later import says. The address itself is sealed.
/// </summary>
public sealed class Subscriber : SealedRow<ReaderAddress>
{
    public const int MaxReasonLength = 200;

    private Subscriber()
    {
    }

    /// <summary>A person who has just agreed.</summary>
    public Subscriber(EmailAddress address, byte[] addressHash, Agreement agreement, DateTimeOffset now)
    {
        Id = Guid.CreateVersion7(now);
        AddressHash = addressHash;
        Subscribe(address, agreement, now);
    }

    /// <summary><see cref="NewsletterKey.HashOf(EmailAddress)"/>; one subscriber an address.</summary>
    public byte[] AddressHash { get; private set; } = [];

    /// <summary>As typed; null unless <see cref="SubscriberState.Subscribed"/>: nobody else's is needed.</summary>
    public string? Email => Words.Email;

    public SubscriberState State { get; private set; }

    /// <summary>When <see cref="State"/> became what it is.</summary>
    public DateTimeOffset Since { get; private set; }

    /// <summary>Why nothing reaches the address: the receiving server's code, or what staff said. Null for who subscribed or left.</summary>
    public string? Reason { get; private set; }

    /// <summary>The words that they agreed to.</summary>
    public string ConsentWords { get; private set; } = "";

    public DateTimeOffset ConsentAt { get; private set; }

    /// <summary>Where they agreed: <c>website</c>, or what the import named.</summary>
    public string ConsentSource { get; private set; } = "";

    /// <summary>They asked for it themselves, and the address is theirs: holds for who is new and for who comes back.</summary>
    public void Subscribe(EmailAddress address, Agreement agreement, DateTimeOffset now)
    {
        if (State is SubscriberState.Subscribed && Email is not null) return;
        (State, Since, Words, Reason) = (SubscriberState.Subscribed, now, new ReaderAddress(address.ToString()), null);
        (ConsentWords, ConsentAt, ConsentSource) = (agreement.Words, agreement.At, agreement.Source);
    }

    /// <summary>They left; their address goes at once. False when they had gone before.</summary>
    public bool Leave(DateTimeOffset now)
    {
        if (State is SubscriberState.Left) return false;
        (State, Since, Words, Reason) = (SubscriberState.Left, now, Unsaid, null);
        return true;
    }

    /// <summary>Nothing reaches the address: it goes, and is not written to again. False when they are no longer subscribed.</summary>
    public bool Suppress(string reason, DateTimeOffset now)
    {
        if (State is not SubscriberState.Subscribed) return false;
        (State, Since, Words, Reason) = (SubscriberState.Suppressed, now, Unsaid, TypedText.Truncate(reason, MaxReasonLength));
        return true;
    }

    /// <inheritdoc />
    protected override string Table => "NewsletterSubscribers";

    /// <inheritdoc />
    protected override ReaderAddress Unsaid => new(null);

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

/// <summary>What is sealed of a reader; its name is that of the sealed JSON.</summary>
/// <param name="Email">As typed; null once it isn't needed any more.</param>
public sealed record ReaderAddress(string? Email);

/// <summary>Whether someone gets the newsletter.</summary>
public enum SubscriberState
{
    /// <summary>Gets every issue.</summary>
    Subscribed,

    /// <summary>Left. Comes back by signing up, never by an import.</summary>
    Left,

    /// <summary>The mailbox refuses mail for good. Comes back by signing up, which proves that mail arrives.</summary>
    Suppressed,
}

/// <summary>What someone agreed to, when and where.</summary>
/// <param name="Source">At most <see cref="MaxSourceLength"/> characters.</param>
public sealed record Agreement(string Words, DateTimeOffset At, string Source)
{
    public const int MaxSourceLength = 200;

    /// <summary>The source of who signed up on the site.</summary>
    public const string Website = "website";
}
