using System.Security.Cryptography;
using System.Text;
using Ketamine.Content;
using Ketamine.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ketamine.Web.Leads;

/// <summary>What a prospect told the clinic, how they may be reached, and how far staff got with it.</summary>
public sealed partial class Lead : SealedRow<LeadWords>
{
    // EF Core fills the properties.
    private Lead()
    {
    }

    /// <summary>A new lead as it came in at <paramref name="now"/>.</summary>
    /// <param name="latest">The last lead that the same request made; null for a request that is new.</param>
    /// <param name="staffToken">The hash of the token in the staff mail's link; see <see cref="SecretLink"/>.</param>
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
            request.Times
        );
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
        // Someone who may be in danger is never held back, whatever else their form looks like.
        Status = request.Suspicion is null || SuggestsRisk || Emergency ? LeadStatus.New : LeadStatus.Quarantined;
        Suspicion = request.Suspicion;
    }

    /// <summary>What prospect and staff call it: eight letters and digits in two groups, no look-alikes. Unique.</summary>
    public string Reference { get; private set; } = "";

    public LeadKind Kind { get; private set; }
    public LeadStatus Status { get; private set; }

    /// <summary>As they wish to be called; 1 to 100 characters on one line.</summary>
    public string Name => Words.Name;

    public string? Email => Words.Email;

    /// <summary>The keyed hash of <see cref="EmailAddress.Normalized"/>, for finding a person's leads.</summary>
    public byte[]? EmailHash { get; private set; }

    /// <summary>E.164.</summary>
    public string? Phone => Words.Phone;

    /// <summary>The keyed hash of <see cref="Phone"/>.</summary>
    public byte[]? PhoneHash { get; private set; }

    /// <summary>Digits to dial once <see cref="Phone"/> answers; null for a number without an extension.</summary>
    public string? PhoneExtension => Words.PhoneExtension;

    /// <summary>The phone number with its extension; null where none was given.</summary>
    public PhoneNumber? Number => Phone is null ? null : PhoneNumber.FromStored(Phone, PhoneExtension);

    /// <summary>How they agreed to be reached; never empty.</summary>
    public ReachBy ReachBy { get; private set; }

    public bool VoicemailAllowed { get; private set; }

    /// <summary>Whether the clinic's name may be said to whoever answers, and on voicemail.</summary>
    public bool MayNameClinic { get; private set; }

    /// <summary>Health information: never logged, never in a URL or subject; goes with the lead.</summary>
    public string? Message => Words.Message;

    /// <summary>The title of the article that they asked about.</summary>
    public string? About => Words.About;

    /// <summary>Answers to the clinic's own questions, a line each: "Question: answer". Null when there are none.</summary>
    public string? Answers => Words.Answers;

    /// <summary>When a call would suit, in their own words or as a time that could not be held; null when a call is booked or none was asked for.</summary>
    public string? Times => Words.Times;

    /// <summary>The exact words that were agreed to.</summary>
    public string ConsentWords { get; private set; } = "";

    public string ConsentVersion { get; private set; } = "";
    public DateTimeOffset ConsentAt { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>The time that the page promised an answer by.</summary>
    public DateTimeOffset AnswerBy { get; private set; }

    public DateTimeOffset? AnsweredAt { get; private set; }

    /// <summary>Someone may be at risk: their words suggest it, or they said so when asked.</summary>
    public bool SuggestsRisk { get; private set; }

    /// <summary>Their words suggest a medical emergency under way: 911 comes before everything else.</summary>
    public bool Emergency { get; private set; }

    /// <summary>What they answered when the form asked about danger; null when they left it open.</summary>
    public DangerAnswer? Danger { get; private set; }

    /// <summary>
    /// The network it came from (an IPv4 address or an IPv6 /64), by which staff see that many requests are one sender's. Deleted after
    /// <see cref="LeadService.NetworkKept"/>; null where limits are switched off.
    /// </summary>
    public string? Network { get; private set; }

    /// <summary>SHA-256 of the token in the staff mail's link.</summary>
    public byte[] StaffTokenHash { get; private set; } = [];

    /// <summary>A keyed hash over what was asked and by whom: the same request has the same one.</summary>
    public byte[] Fingerprint { get; private set; } = [];

    /// <summary>
    /// 0 for a request that is new, one more for each lead that the same request makes later. Unique with <see cref="Fingerprint"/>: of two that come
    /// at the same moment, and both follow the same lead, the database keeps one.
    /// </summary>
    public int Repeat { get; private set; }

    /// <summary>What makes it look like spam; null where nothing does. Held back for it unless someone may be in danger.</summary>
    public string? Suspicion { get; private set; }

    /// <summary>When staff were shown it in the list of quarantined leads; one that nobody saw is never deleted.</summary>
    public DateTimeOffset? SeenAt { get; private set; }

    /// <summary>Their first name, for mails that tell as little as possible.</summary>
    public string FirstName => Name.Split(' ', 2)[0];

    /// <summary>Staff got back to them. False when that was known already.</summary>
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

    /// <summary>Takes it out of quarantine, with a new promise of an answer. False unless it was there.</summary>
    public bool TryRelease(DateTimeOffset answerBy)
    {
        if (Status is not LeadStatus.Quarantined) return false;
        Status = LeadStatus.New;
        AnswerBy = answerBy;
        Version++;
        return true;
    }

    /// <summary>A call is booked: it is the answer, and its start the time that was promised.</summary>
    public void SetAnswerDueAt(DateTimeOffset answerBy) => AnswerBy = answerBy;

    /// <summary>A call holds the time that they chose: what would suit is settled, and the call's start is when they hear from the clinic.</summary>
    public void CallHeld(DateTimeOffset startsAt) => (Words, AnswerBy) = (Words with { Times = null }, startsAt);

    /// <summary>The call's time was given up: what they chose is a wish again, and staff answer by <paramref name="answerBy"/>.</summary>
    /// <param name="times">The time in words.</param>
    public void CallFreed(string times, DateTimeOffset answerBy) =>
        (Words, AnswerBy) = (Words with { Times = times }, Status is LeadStatus.New ? answerBy : AnswerBy);

    /// <summary>Staff judged it made up. False for someone who may be in danger, which is answered by a person.</summary>
    public bool TryQuarantine(string suspicion)
    {
        if (Status is not LeadStatus.New || SuggestsRisk || Emergency) return false;
        (Status, Suspicion) = (LeadStatus.Quarantined, suspicion);
        return true;
    }

    /// <summary>A new secret for the staff mail's link; the old link opens nothing from here on.</summary>
    public string RenewStaffToken()
    {
        (var token, StaffTokenHash) = SecretLink.Create();
        return token;
    }

    /// <summary>Staff were shown it.</summary>
    public void Seen(DateTimeOffset now) => SeenAt ??= now;

    /// <inheritdoc />
    protected override string Table => "Leads";

    /// <inheritdoc />
    protected override void Index(KeyedHash hash)
    {
        EmailHash = Email is { } email ? HashOf(hash, EmailAddress.Parse(email)) : null;
        PhoneHash = Number is { } phone ? HashOf(hash, phone) : null;
    }

    /// <summary>What <see cref="EmailHash"/> is for an address.</summary>
    public static byte[] HashOf(KeyedHash hash, EmailAddress email) => hash.Of("email", email.Normalized);

    /// <summary>What <see cref="PhoneHash"/> is for a number.</summary>
    public static byte[] HashOf(KeyedHash hash, PhoneNumber phone) => hash.Of("phone", phone.E164);

    /// <summary>What <see cref="Fingerprint"/> is for a request's own.</summary>
    public static byte[] FingerprintOf(KeyedHash hash, byte[] request) => hash.Of([.. "fingerprint"u8, .. request]);

    /// <summary>Takes in what an old database held unsealed.</summary>
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
            // Two who answer, release or book at the same moment: the second one looks again.
            lead.Property(l => l.Status).HasConversion<string>().HasMaxLength(20).IsConcurrencyToken();
            lead.Property(l => l.Id).ValueGeneratedNever();
            lead.Property(l => l.Sealed).IsRequired(false); // a lead of before sealing waits in Unsealed
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
/// Everything that a prospect told the clinic about themselves; see <see cref="Lead"/>. Its names are those of the sealed JSON: a rename needs a migration.
/// </summary>
public sealed record LeadWords(
    string Name,
    string? Email,
    string? Phone,
    string? PhoneExtension,
    string? Message,
    string? About,
    string? Answers,
    string? Times
);

/// <summary>What the prospect asked for.</summary>
public enum LeadKind
{
    /// <summary>A message through the contact form.</summary>
    Contact,

    /// <summary>A free call.</summary>
    Consultation,
}

/// <summary>How far staff got.</summary>
public enum LeadStatus
{
    /// <summary>Waits for an answer.</summary>
    New,

    /// <summary>Staff got back to them.</summary>
    Answered,

    /// <summary>Looks like spam; staff may release it.</summary>
    Quarantined,

    /// <summary>They booked a visit, in the clinic's own system.</summary>
    Booked,

    /// <summary>Nothing more will come of it; <see cref="Lead.ClosedFor"/> says why.</summary>
    Closed,
}

/// <summary>What someone answered when the form asked whether anyone is in danger.</summary>
public enum DangerAnswer
{
    No,
    Unsure,
    Yes,
}

/// <summary>What somebody's own words suggest.</summary>
/// <param name="Risk">Suicide, or harm to themselves or others.</param>
/// <param name="Emergency">A medical emergency under way.</param>
public readonly record struct DangerSigns(bool Risk, bool Emergency);

/// <summary>Ways of reaching someone that they agreed to.</summary>
[Flags]
public enum ReachBy
{
    /// <summary>No way: never kept with a lead.</summary>
    None = 0,
    Call = 1,
    Text = 2,
    Email = 4,
}

/// <summary>Makes the references that leads are called by.</summary>
public static class LeadReference
{
    // No 0/O, 1/I/L, U/V: they are read over the phone.
    private const string Alphabet = "23456789ABCDEFGHJKMNPQRSTWXYZ";

    /// <summary>Two groups of four from 29 signs. It names a lead, and opens nothing.</summary>
    public static string Create() =>
        $"{RandomNumberGenerator.GetString(Alphabet, 4)}-{RandomNumberGenerator.GetString(Alphabet, 4)}";
}

/// <summary>A link's secret: 256 random bits, of which the database holds the hash alone.</summary>
public static class SecretLink
{
    /// <summary>A new secret in the alphabet of addresses (RFC 4648 §5, 43 characters), and its hash.</summary>
    public static (string Token, byte[] Hash) Create()
    {
        var token = System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        return (token, Hash(token));
    }

    /// <summary>SHA-256 of the token as it stands in the link.</summary>
    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
