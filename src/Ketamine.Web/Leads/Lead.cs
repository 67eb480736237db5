using Ketamine.Web.Data;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ketamine.Web.Leads;

/// <summary>What a prospect told the clinic, how to reach them, and what staff have done about it.</summary>
public sealed partial class Lead : SealedRow<LeadWords>
{
    // EF Core fills the properties.
    private Lead() { }

    /// <summary>A new lead that arrived at <paramref name="now"/>.</summary>
    /// <param name="latest">The last lead from the same request; null for a new request.</param>
    /// <param name="staffToken">The hash of the token in the link for staff; see <see cref="SecretLink"/>.</param>
    /// <param name="fingerprint">See <see cref="Fingerprint"/>.</param>
    public Lead(LeadRequest request, Lead? latest, byte[] fingerprint, DateTimeOffset answerBy, DangerSigns signs, byte[] staffToken, DateTimeOffset now)
    {
        Id = Guid.CreateVersion7(now);
        Reference = LeadReference.Create();
        Kind = request.Kind;
        Words = new LeadWords(
            request.Contact.Name,
            request.Contact.Email?.ToString(),
            request.Contact.Phone?.E164,
            request.Contact.Phone?.Extension,
            request.Message,
            request.About,
            request.Answers,
            request.Times);
        ReachBy = request.Contact.By;
        VoicemailAllowed = request.Contact.VoicemailAllowed;
        MayNameClinic = request.Contact.MayNameClinic;
        ConsentWords = request.Consent.Words;
        ConsentVersion = request.Consent.Version;
        ConsentAt = now;
        CreatedAt = now;
        AnswerBy = answerBy;
        SuggestsRisk = signs.Risk || request.Danger is DangerAnswer.Yes or DangerAnswer.Unsure;
        Emergency = signs.Emergency;
        Danger = request.Danger;
        Network = request.Network;
        StaffTokenHash = staffToken;
        Fingerprint = fingerprint;
        Repeat = latest is null ? 0 : latest.Repeat + 1;
        // Never hold back someone who may be in danger, even if the form looks like spam.
        Status = request.Suspicion is null || SuggestsRisk || Emergency ? LeadStatus.New : LeadStatus.Quarantined;
        Suspicion = request.Suspicion;
    }

    /// <summary>The name that the prospect and staff use for it: eight letters and digits in two groups, without look-alikes. Unique.</summary>
    public string Reference { get; private set; } = "";

    public LeadKind Kind { get; private set; }
    public LeadStatus Status { get; private set; }

    /// <summary>The name that they want us to use; 1 to 100 characters on one line.</summary>
    public string Name => Words.Name;

    public string? Email => Words.Email;

    /// <summary>The keyed hash of <see cref="EmailAddress.Normalized"/>, for finding a person's leads.</summary>
    public byte[]? EmailHash { get; private set; }

    /// <summary>E.164.</summary>
    public string? Phone => Words.Phone;

    /// <summary>The keyed hash of <see cref="Phone"/>.</summary>
    public byte[]? PhoneHash { get; private set; }

    /// <summary>Digits to dial once <see cref="Phone"/> answers; null if there is no extension.</summary>
    public string? PhoneExtension => Words.PhoneExtension;

    /// <summary>The phone number with its extension; null if not given.</summary>
    public PhoneNumber? Number => Phone is null ? null : PhoneNumber.FromStored(Phone, PhoneExtension);

    /// <summary>The ways of reaching them that they agreed to; never empty.</summary>
    public ReachBy ReachBy { get; private set; }

    public bool VoicemailAllowed { get; private set; }

    /// <summary>Whether staff may say the clinic's name to anyone who answers, and on voicemail.</summary>
    public bool MayNameClinic { get; private set; }

    /// <summary>Health information: never logged, never in a URL or subject; deleted with the lead.</summary>
    public string? Message => Words.Message;

    /// <summary>The title of the article that they asked about.</summary>
    public string? About => Words.About;

    /// <summary>Answers to the clinic's own questions, one per line: "Question: answer". Null if there are none.</summary>
    public string? Answers => Words.Answers;

    /// <summary>When a call would suit them, in their words or as a time that couldn't be held; null if a call is booked or wasn't requested.</summary>
    public string? Times => Words.Times;

    /// <summary>The exact wording that they agreed to.</summary>
    public string ConsentWords { get; private set; } = "";

    public string ConsentVersion { get; private set; } = "";
    public DateTimeOffset ConsentAt { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>The deadline for an answer that the page promised.</summary>
    public DateTimeOffset AnswerBy { get; private set; }

    public DateTimeOffset? AnsweredAt { get; private set; }

    /// <summary>Someone may be at risk: their words suggest it, or they said so when asked about danger.</summary>
    public bool SuggestsRisk { get; private set; }

    /// <summary>Their words suggest a medical emergency in progress: 911 comes first.</summary>
    public bool Emergency { get; private set; }

    /// <summary>Their answer to the question about danger; null if they skipped it.</summary>
    public DangerAnswer? Danger { get; private set; }

    /// <summary>
    /// The network it came from (an IPv4 address or an IPv6 /64), which shows staff that many requests have one sender. Deleted after
    /// <see cref="LeadService.NetworkKept"/>; null if limits are off.
    /// </summary>
    public string? Network { get; private set; }

    /// <summary>SHA-256 of the token in the link for staff.</summary>
    public byte[] StaffTokenHash { get; private set; } = [];

    /// <summary>A keyed hash of the request and its sender, the same for identical requests.</summary>
    public byte[] Fingerprint { get; private set; } = [];

    /// <summary>
    /// 0 for a new request, and one more for each later lead from the same request. Unique with <see cref="Fingerprint"/>: if two arrive at the same
    /// moment, both following the same lead, the database keeps one.
    /// </summary>
    public int Repeat { get; private set; }

    /// <summary>Why it looks like spam; null if it doesn't. Such a lead is held unless someone may be in danger.</summary>
    public string? Suspicion { get; private set; }

    /// <summary>When staff saw it in the list of quarantined leads; one that they haven't seen is never deleted.</summary>
    public DateTimeOffset? SeenAt { get; private set; }

    /// <summary>Their first name, for emails that reveal as little as possible.</summary>
    public string FirstName => Name.Split(' ', 2)[0];

    /// <summary>Staff got back to them. False if that was already recorded.</summary>
    public bool TryAnswer(DateTimeOffset now)
    {
        if (Status is not LeadStatus.New) return false;
        Status = LeadStatus.Answered;
        AnsweredAt ??= now;
        DoneAt = now;
        (NextAt, Next) = (null, null);
        Version++;
        return true;
    }

    /// <summary>Releases it from quarantine with a new deadline. False if it wasn't there.</summary>
    public bool TryRelease(DateTimeOffset answerBy)
    {
        if (Status is not LeadStatus.Quarantined) return false;
        Status = LeadStatus.New;
        AnswerBy = answerBy;
        Version++;
        return true;
    }

    /// <summary>A call holds the time that they chose, so no preferred times remain, and the call's start is the deadline.</summary>
    public void CallHeld(DateTimeOffset startsAt) => (Words, AnswerBy) = (Words with { Times = null }, startsAt);

    /// <summary>The call's time was freed: their choice is only a preference again, and staff answer by <paramref name="answerBy"/>.</summary>
    /// <param name="times">The time in words.</param>
    public void CallFreed(string times, DateTimeOffset answerBy) =>
        (Words, AnswerBy) = (Words with { Times = TypedText.OneLine(times) }, Status is LeadStatus.New ? answerBy : AnswerBy);

    /// <summary>Staff judged it fake. False for someone who may be in danger, who always gets an answer from a person.</summary>
    public bool TryQuarantine(string suspicion)
    {
        if (Status is not LeadStatus.New || SuggestsRisk || Emergency) return false;
        (Status, Suspicion) = (LeadStatus.Quarantined, suspicion);
        return true;
    }

    /// <summary>A new secret for the link for staff; the old link stops working.</summary>
    public string RenewStaffToken()
    {
        (var token, StaffTokenHash) = SecretLink.Create();
        return token;
    }

    /// <summary>Staff have seen it.</summary>
    public void Seen(DateTimeOffset now) => SeenAt ??= now;

    protected override string Table => "Leads";

    protected override void Index(KeyedHash hash)
    {
        EmailHash = Email is { } email ? HashOf(hash, EmailAddress.Parse(email)) : null;
        PhoneHash = Number is { } phone ? HashOf(hash, phone) : null;
    }

    /// <summary>The <see cref="EmailHash"/> of an address.</summary>
    public static byte[] HashOf(KeyedHash hash, EmailAddress email) => hash.Of("email", email.Normalized);

    /// <summary>The <see cref="PhoneHash"/> of a number.</summary>
    public static byte[] HashOf(KeyedHash hash, PhoneNumber phone) => hash.Of("phone", phone.E164);

    /// <summary>The keyed <see cref="Fingerprint"/> of a request.</summary>
    public static byte[] FingerprintOf(KeyedHash hash, byte[] request) => hash.Of([.. "fingerprint"u8, .. request]);

    /// <summary>Takes in unsealed data from an old database.</summary>
    internal void TakeIn(LeadWords words, KeyedHash hash)
    {
        Words = words;
        Fingerprint = FingerprintOf(hash, Fingerprint);
    }

    internal sealed class Mapping : IEntityTypeConfiguration<Lead>
    {
        public void Configure(EntityTypeBuilder<Lead> lead)
        {
            lead.ToTable("Leads");
            lead.HasKey(l => l.Id);
            lead.Property(l => l.Reference).HasMaxLength(9);
            lead.HasIndex(l => l.Reference).IsUnique();
            lead.Property(l => l.Kind).HasConversion<string>().HasMaxLength(20);
            // If two people answer, release, or book at the same moment, the second has to look again.
            lead.Property(l => l.Status).HasConversion<string>().HasMaxLength(20).IsConcurrencyToken();
            lead.Property(l => l.Id).ValueGeneratedNever();
            lead.Property(l => l.Sealed).IsRequired(false); // leads from before sealing wait in Unsealed
            lead.HasIndex(l => l.EmailHash);
            lead.HasIndex(l => l.PhoneHash);
            lead.Ignore(l => l.Number);
            lead.Ignore(l => l.MailTo);
            lead.Property(l => l.Stopped).HasConversion<int>().HasDefaultValue(ContactChannels.None).ValueGeneratedNever();
            lead.Property(l => l.ReachBy).HasConversion<int>();
            lead.Property(l => l.ConsentVersion).HasMaxLength(20);
            lead.Property(l => l.Suspicion).HasMaxLength(100);
            lead.Property(l => l.Danger).HasConversion<string>().HasMaxLength(10);
            lead.Property(l => l.Emergency).HasDefaultValue(false).ValueGeneratedNever();
            lead.Property(l => l.Network).HasMaxLength(50);
            lead.HasIndex(l => l.Network);
            lead.Property(l => l.Repeat).HasDefaultValue(0).ValueGeneratedNever();
            lead.HasIndex(l => new { l.Fingerprint, l.Repeat }).IsUnique();
            lead.HasIndex(l => l.StaffTokenHash).IsUnique();
            lead.HasIndex(l => new { l.Status, l.AnswerBy });
            MapDesk(lead);
        }
    }
}

/// <summary>
/// Everything that a prospect told the clinic about themselves; see <see cref="Lead"/>. The sealed JSON uses these names: renaming one needs a migration.
/// </summary>
public sealed record LeadWords(
    string Name, string? Email, string? Phone, string? PhoneExtension, string? Message, string? About, string? Answers, string? Times);

/// <summary>What the prospect asked for.</summary>
public enum LeadKind
{
    /// <summary>A message through the contact form.</summary>
    Contact,

    /// <summary>A free call.</summary>
    Consultation,
}

/// <summary>A lead's progress.</summary>
public enum LeadStatus
{
    /// <summary>Waiting for an answer.</summary>
    New,

    /// <summary>Staff got back to them.</summary>
    Answered,

    /// <summary>Looks like spam; staff can release it.</summary>
    Quarantined,

    /// <summary>They booked a visit, in the clinic's own system.</summary>
    Booked,

    /// <summary>Closed without a visit; <see cref="Lead.ClosedFor"/> says why.</summary>
    Closed,
}

/// <summary>What someone answered when the form asked whether anyone is in danger.</summary>
public enum DangerAnswer
{
    No,
    Unsure,
    Yes,
}

/// <summary>What someone's own words suggest.</summary>
/// <param name="Risk">Suicide, or harm to themselves or others.</param>
/// <param name="Emergency">A medical emergency in progress.</param>
public readonly record struct DangerSigns(bool Risk, bool Emergency);

/// <summary>Ways of reaching someone that they agreed to.</summary>
[Flags]
public enum ReachBy
{
    /// <summary>None; never stored with a lead.</summary>
    None = 0,
    Call = 1,
    Text = 2,
    Email = 4,
}

/// <summary>Creates leads' references.</summary>
public static class LeadReference
{
    // Without 0/O, 1/I/L, and U/V, because people read them over the phone.
    private const string Alphabet = "23456789ABCDEFGHJKMNPQRSTWXYZ";

    /// <summary>Two groups of four out of 29 characters. It identifies a lead but grants no access.</summary>
    public static string Create() =>
        $"{RandomNumberGenerator.GetString(Alphabet, 4)}-{RandomNumberGenerator.GetString(Alphabet, 4)}";

    /// <summary>The reference as stored, from one typed in any case, with spaces, or without the hyphen. Other text becomes one that no lead has.</summary>
    public static string Read(string typed)
    {
        var letters = string.Concat(typed.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();
        return letters.Length == 8 ? $"{letters[..4]}-{letters[4..]}" : letters;
    }
}

/// <summary>A link's secret: 256 random bits. The database stores only the hash.</summary>
public static class SecretLink
{
    /// <summary>A new secret in base64url (RFC 4648 §5, 43 characters), and its hash.</summary>
    public static (string Token, byte[] Hash) Create()
    {
        var token = System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        return (token, Hash(token));
    }

    /// <summary>SHA-256 of the token in the link.</summary>
    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
