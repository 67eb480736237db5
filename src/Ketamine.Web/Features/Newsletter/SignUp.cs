using Ketamine.Web.Data;
using Ketamine.Web.Leads;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>
/// An address that someone entered and whose owner hasn't confirmed yet. There is one row per address, deleted when its link expires. The page that caused the
/// email has its own attempts; later pages for the same address share others, so a stranger can't use up the owner's.
/// </summary>
public sealed class SignUp : SealedRow<ReaderAddress>
{
    /// <summary>How long the code works.</summary>
    public static readonly TimeSpan CodeLasts = TimeSpan.FromHours(24);

    /// <summary>How long the link in the email works, and how long the address is kept.</summary>
    public static readonly TimeSpan LinkLasts = TimeSpan.FromDays(7);

    /// <summary>At most one confirmation email per address in this time, no matter who requests it.</summary>
    public static readonly TimeSpan BetweenMails = TimeSpan.FromDays(1);

    /// <summary>How many codes can be tried, including the right one: five out of a million.</summary>
    public const int MaxTries = 5;

    private SignUp() { }

    public SignUp(EmailAddress address, byte[] addressHash)
    {
        Id = Guid.NewGuid();
        AddressHash = addressHash;
        Words = new ReaderAddress(address.ToString());
    }

    /// <inheritdoc cref="Subscriber.AddressHash"/>
    public byte[] AddressHash { get; private set; } = [];

    /// <summary>As typed; null once confirmed. Sealed.</summary>
    public string? Email => Words.Email;

    public byte[] CodeHash { get; private set; } = [];

    /// <summary>SHA-256 of the link's secret.</summary>
    public byte[] LinkHash { get; private set; } = [];

    /// <summary>Attempts on the page that caused the email. The database counts each before the code is compared, so simultaneous attempts all count.</summary>
    public int Tries { get; private set; }

    /// <summary>The same for all other pages for this address together.</summary>
    public int OtherTries { get; private set; }

    public DateTimeOffset MailedAt { get; private set; }

    public DateTimeOffset? ConfirmedAt { get; private set; }

    public string ConsentWords { get; private set; } = "";

    /// <summary>Whether an email to the address may be sent now.</summary>
    public bool MayMail(DateTimeOffset now) => now >= MailedAt + BetweenMails;

    /// <summary>Whether another code can be tried.</summary>
    /// <param name="own">Whether it is the page that caused the email.</param>
    public bool TakesCodes(bool own, DateTimeOffset now) => (own ? Tries : OtherTries) < MaxTries && now < MailedAt + CodeLasts;

    public bool LinkWorks(DateTimeOffset now) => now < MailedAt + LinkLasts;

    /// <summary>A new code and link for an email sent now; earlier ones stop working.</summary>
    public (string Code, string LinkToken) Mail(EmailAddress address, string consentWords, NewsletterKey key, DateTimeOffset now)
    {
        var code = RandomNumberGenerator.GetInt32(1_000_000).ToString("000000", CultureInfo.InvariantCulture);
        var (token, hash) = SecretLink.Create();
        (Words, MailedAt, ConfirmedAt, Tries, OtherTries) = (new ReaderAddress(address.ToString()), now, null, 0, 0);
        (CodeHash, LinkHash, ConsentWords) = (key.HashOf(Id, code), hash, consentWords);
        return (code, token);
    }

    public bool IsCode(string code, NewsletterKey key) => CryptographicOperations.FixedTimeEquals(CodeHash, key.HashOf(Id, code));

    /// <summary>Records that its owner confirmed. Returns the address and the agreement the first time, and null for a repeat, which changes nothing.</summary>
    public (EmailAddress Address, Agreement Agreement)? Confirm(DateTimeOffset now)
    {
        if (ConfirmedAt is not null || Email is null) return null;
        var address = EmailAddress.Parse(Email);
        (ConfirmedAt, Words) = (now, Erased);
        return (address, new Agreement(ConsentWords, now, Agreement.Website));
    }

    protected override string Table => "NewsletterSignUps";

    protected override ReaderAddress Erased => new(null);

    /// <summary>Takes in unsealed data from an old database.</summary>
    internal void TakeIn(ReaderAddress words) => Words = words;

    private sealed class Mapping : IEntityTypeConfiguration<SignUp>
    {
        public void Configure(EntityTypeBuilder<SignUp> signUp)
        {
            signUp.ToTable("NewsletterSignUps");
            signUp.Property(s => s.Id).ValueGeneratedNever();
            signUp.HasIndex(s => s.AddressHash).IsUnique();
            signUp.Property(s => s.OtherTries).HasDefaultValue(0).ValueGeneratedNever();
            signUp.Ignore(s => s.Email);
            signUp.Property(s => s.Sealed).IsRequired(false);
            signUp.HasIndex(s => s.LinkHash).IsUnique();
            signUp.HasIndex(s => s.MailedAt);
            // If two requests come at once, only one sends an email.
            signUp.Property(s => s.MailedAt).IsConcurrencyToken();
            signUp.Property(s => s.ConfirmedAt).IsConcurrencyToken();
        }
    }
}
