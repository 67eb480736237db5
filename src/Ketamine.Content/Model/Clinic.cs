using System.Collections.Immutable;
using NodaTime;

namespace Ketamine.Content.Model;

/// <summary>Who the clinic is: <c>clinic.yml</c>. Keys, defaults and meaning are docs/editors/reference.md's.</summary>
public sealed record Clinic
{
    /// <summary>As patients know it.</summary>
    public required string Name { get; init; }

    /// <summary>For the footer and the structured data; <see cref="Name"/> where the folder gives none.</summary>
    public required string LegalName { get; init; }

    /// <summary>
    /// The name without its treatments and conditions ("Cedar &amp; Sage"), for everything that others may see over someone's shoulder: senders,
    /// subjects, calendar entries.
    /// </summary>
    public string DiscreetName => Model.DiscreetName.Of(Name);

    public string? Tagline { get; init; }

    /// <summary>The home page's meta description.</summary>
    public string? Description { get; init; }

    /// <summary>The canonical origin: https, no path, no trailing slash in <see cref="Uri.OriginalString"/>.</summary>
    public required Uri Url { get; init; }

    /// <summary>The canonical absolute address of a path on this site.</summary>
    public string Absolute(string path) => Url.GetLeftPart(UriPartial.Authority) + path;

    /// <summary>The same instant with the clinic's offset, so that its date is the one that pages show.</summary>
    public DateTimeOffset Local(DateTimeOffset instant) => Instant.FromDateTimeOffset(instant).InZone(TimeZone).ToDateTimeOffset();

    /// <summary>BCP 47, of the site's own words; <c>en-US</c> where the folder gives none.</summary>
    public string Locale { get; init; } = "en-US";

    /// <summary>Every time on the site is shown in it.</summary>
    public required DateTimeZone TimeZone { get; init; }

    /// <summary>The picture of the name; null shows the name in type.</summary>
    public Picture? Logo { get; init; }

    /// <summary>The clinic's own colors; <see cref="Theme.None"/> leaves the look's.</summary>
    public Theme Theme { get; init; } = Theme.None;

    /// <summary>The clinic's drawings or photographs for the places that belong to no text.</summary>
    public SitePictures Pictures { get; init; } = new();

    public PhoneNumber? Phone { get; init; }

    /// <summary>
    /// Where a visitor's phone number without a country code is dialed, ISO 3166-1 alpha-2: the country of the clinic's own number, else the
    /// locale's, else the United States.
    /// </summary>
    public string PhoneRegion => Phone?.Region is { } region and not PhoneNumber.International ? region
        : Locale.Split('-') is [.., { Length: 2 } country] && char.IsAsciiLetterUpper(country[0]) ? country : "US";

    public EmailAddress? Email { get; init; }

    public PostalAddress? Address { get; init; }

    public GeoPoint? Geo { get; init; }

    /// <summary>Licenses, registrations, who answers for the medicine, and what notices are made from.</summary>
    public PracticeFacts Practice { get; init; } = new();

    public bool ByAppointmentOnly { get; init; }

    public ImmutableArray<OpeningHours> Hours { get; init; } = [];

    /// <summary>In the order of their days; they hold at every location.</summary>
    public ImmutableArray<Holiday> Holidays { get; init; } = [];

    /// <summary>When the clinic is open.</summary>
    public OpeningCalendar Calendar => new(Hours, Holidays, TimeZone);

    /// <summary>When one of the further places is open.</summary>
    public OpeningCalendar CalendarOf(ClinicLocation location) => new(location.Hours, Holidays, TimeZone);

    /// <summary>The banner above every page; null without one.</summary>
    public Notice? Notice { get; init; }

    /// <summary>Further places; empty for a clinic with one, whose place is the top-level address.</summary>
    public ImmutableArray<ClinicLocation> Locations { get; init; } = [];

    public ImmutableArray<string> AreasServed { get; init; } = [];

    /// <summary>In the footer's order: instagram, facebook, x, youtube, linkedin, tiktok.</summary>
    public ImmutableArray<SocialLink> Social { get; init; } = [];

    /// <summary>The folder's own navigation; empty takes the default, as far as its pages exist.</summary>
    public ImmutableArray<NavigationLink> Navigation { get; init; } = [];

    /// <summary>What treatment costs without insurance, in the file's order.</summary>
    public ImmutableArray<Price> Prices { get; init; } = [];

    /// <summary>Insurance plans that patients ask about, in the file's order.</summary>
    public ImmutableArray<InsurancePlan> Plans { get; init; } = [];

    /// <summary>Null if clinic.yml has no such section.</summary>
    public PaymentWays? Payment { get; init; }

    /// <summary>There is something for a page about cost to show.</summary>
    public bool TellsCost => !Prices.IsEmpty || !Plans.IsEmpty || Payment is not null;

    /// <summary>The parts of the site that clinic.yml alone decides.</summary>
    public ContentParts Parts =>
        (Locations.IsEmpty ? ContentParts.None : ContentParts.Locations) | (TellsCost ? ContentParts.Cost : ContentParts.None)
        | (Consultation is null ? ContentParts.None : ContentParts.Consultation) | (Newsletter is null ? ContentParts.None : ContentParts.Newsletter)
        | (Practice.FederalFunds == true ? ContentParts.FederalFunds : ContentParts.None) | (Prices.IsEmpty ? ContentParts.None : ContentParts.Prices);

    /// <summary>Null: no booking, the contact form stands.</summary>
    public ConsultationRules? Consultation { get; init; }

    /// <summary>Null: no newsletter.</summary>
    public NewsletterWords? Newsletter { get; init; }

    public ArticleSettings Articles { get; init; } = new();

    /// <summary>This folder is made up: every page says so and nothing is indexed.</summary>
    public bool Sample { get; init; }

    /// <summary>False: the clinic is still at work on its texts, and search engines are kept out.</summary>
    public bool Published { get; init; } = true;

    /// <summary>clinic.yml says whether it is published; a folder that says nothing is, as long as nobody has left something to write in it.</summary>
    public bool SaysPublished { get; init; }

    /// <summary>Search engines may list it.</summary>
    public bool Indexed => Published && !Sample;

    /// <summary>At the foot of every article.</summary>
    public Prose? Disclaimer { get; init; }

    /// <summary>The 988 Suicide &amp; Crisis Lifeline where the folder names no other; can't be turned off.</summary>
    public required CrisisLine Crisis { get; init; }
}

/// <summary>A set of colors as #rrggbb; null leaves the look's own, or for dark one derived from the light.</summary>
public sealed record Palette(string? Accent = null, string? Paper = null, string? Ink = null);

/// <summary>The clinic's own colors, checked on load against WCAG 2.2 AA (4.5:1 for text).</summary>
public sealed record Theme(Palette Light, Palette Dark)
{
    public static Theme None { get; } = new(new Palette(), new Palette());
}

/// <summary>Pictures of the site itself, from <c>theme</c>. They decorate; a place without one shows light on a wall.</summary>
/// <param name="Mark">The clinic's sign before the words of a button that books.</param>
/// <param name="Call">Beside the booking form.</param>
/// <param name="Done">After a call was booked, moved or canceled, and after a message.</param>
/// <param name="NotFound">On the page for an address that leads nowhere.</param>
public sealed record SitePictures(Picture? Mark = null, Picture? Call = null, Picture? Done = null, Picture? NotFound = null);

public sealed record PostalAddress(string Street, string City, string? Region, string? PostalCode, string? Country);

/// <summary>Degrees, WGS 84.</summary>
public sealed record GeoPoint(double Latitude, double Longitude);

/// <summary>Local hours of the clinic's zone that hold on each of <paramref name="Days"/>.</summary>
public sealed record OpeningHours(ImmutableArray<IsoDayOfWeek> Days, LocalTime Opens, LocalTime Closes);

public sealed record ClinicLocation
{
    public required string Name { get; init; }

    /// <summary>The last part of its address; unique.</summary>
    public required string Slug { get; init; }

    public PhoneNumber? Phone { get; init; }
    public PostalAddress? Address { get; init; }
    public GeoPoint? Geo { get; init; }
    public ImmutableArray<OpeningHours> Hours { get; init; } = [];
    public bool ByAppointmentOnly { get; init; }
    public Prose? Directions { get; init; }
    public Prose? Parking { get; init; }

    /// <summary>The way in without steps, or what there is instead.</summary>
    public Prose? StepFree { get; init; }

    public Picture? Image { get; init; }

    /// <summary>A drawing of the way, of the clinic's own: no map is loaded from elsewhere.</summary>
    public Picture? Map { get; init; }

    /// <summary>Its page on this site.</summary>
    public string Path => $"/locations/{Slug}";
}

/// <param name="Network">The key in clinic.yml: instagram, facebook, x, youtube, linkedin or tiktok.</param>
/// <param name="Name">As people write it: Instagram, X, YouTube.</param>
/// <param name="Href">https.</param>
public sealed record SocialLink(string Network, string Name, Uri Href);

/// <param name="Title">As shown.</param>
/// <param name="Href">A path on this site, checked on load.</param>
public sealed record NavigationLink(string Title, string Href);

public sealed record NewsletterWords(string Heading, string Invitation, string Thanks);

/// <param name="ShowViews">Show how often an article was read.</param>
/// <param name="ShowReviewer">Name who reviewed an article medically.</param>
/// <param name="PageSize">Articles a page of the index, 1 to 100.</param>
public sealed record ArticleSettings(bool ShowViews = false, bool ShowReviewer = true, int PageSize = 10);

/// <param name="Phone">As dialed, e.g. 988.</param>
/// <param name="TextTo">The number that takes a text message, e.g. 988.</param>
public sealed record CrisisLine(string Heading, string Text, string Phone, string TextTo, Uri Href)
{
    /// <summary>How the clinic itself words the question about danger on its forms; null asks in the site's own words.</summary>
    public string? Question { get; init; }

    /// <summary>The line is 988 itself, which also takes chats, and calls in Spanish and from veterans by a key press.</summary>
    public bool Is988 => Phone == "988";
}

/// <summary>When a free call can be booked. Hours are local to the clinic's zone.</summary>
public sealed record ConsultationRules
{
    public required string Title { get; init; }
    public int Minutes { get; init; } = 20;
    public int BufferMinutes { get; init; } = 10;
    public int MinimumNoticeHours { get; init; } = 24;
    public int HorizonDays { get; init; } = 21;

    /// <summary>How long a time is held for someone who gave an email address and hasn't confirmed it yet.</summary>
    public int HoldHours { get; init; } = 12;

    /// <summary>How many calls may start at the same time.</summary>
    public int Seats { get; init; } = 1;

    /// <summary>Empty: prospects say when they can be reached, without choosing a time.</summary>
    public ImmutableArray<WeeklyHours> Weekly { get; init; } = [];

    /// <summary>Days without calls beside the clinic's holidays, both ends included.</summary>
    public ImmutableArray<DateInterval> Closed { get; init; } = [];

    /// <summary>Ways of talking that the clinic offers, in its order: phone, video. Never empty.</summary>
    public ImmutableArray<CallKind> By { get; init; } = [CallKind.Phone];

    /// <summary>The room that every video call is held in; null: staff send a link for each call.</summary>
    public Uri? VideoRoom { get; init; }

    public ImmutableArray<ConsultationQuestion> Questions { get; init; } = [];

    /// <summary>What is done with the answers, beside the consent box.</summary>
    public Prose? Privacy { get; init; }
}

public sealed record WeeklyHours(IsoDayOfWeek Day, LocalTime From, LocalTime To);

public enum CallKind
{
    Phone,
    Video,
}

/// <param name="Name">A slug, each once.</param>
/// <param name="Choices">Empty for free text.</param>
public sealed record ConsultationQuestion(string Name, string Label, ImmutableArray<string> Choices, bool Required);
