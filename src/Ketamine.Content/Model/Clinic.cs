namespace Ketamine.Content.Model;

/// <summary>The clinic: <c>clinic.yml</c>. See docs/editors/reference.md for keys, defaults, and meaning.</summary>
public sealed record Clinic
{
    /// <summary>The name that patients know.</summary>
    public required string Name { get; init; }

    /// <summary>For the footer and structured data; <see cref="Name"/> if not given.</summary>
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

    /// <summary>The same instant with the clinic's offset, so its date matches the pages.</summary>
    public DateTimeOffset Local(DateTimeOffset instant) => instant.InZone(TimeZone).ToDateTimeOffset();

    /// <summary>The language of the site's own text (BCP 47); <c>en-US</c> if not given.</summary>
    public string Locale { get; init; } = "en-US";

    /// <summary>The time zone of all times on the site.</summary>
    public required DateTimeZone TimeZone { get; init; }

    /// <summary>The logo; null shows the name as text.</summary>
    public Picture? Logo { get; init; }

    /// <summary>The clinic's own colors; <see cref="Theme.None"/> for the defaults.</summary>
    public Theme Theme { get; init; } = Theme.None;

    /// <summary>The clinic's drawings or photographs for places outside its texts.</summary>
    public SitePictures Pictures { get; init; } = new();

    public PhoneNumber? Phone { get; init; }

    /// <summary>
    /// The country of visitors' phone numbers without a country code (ISO 3166-1 alpha-2): that of the clinic's own number, else of the locale, else
    /// the United States.
    /// </summary>
    public string PhoneRegion => Phone?.Region is { } region and not PhoneNumber.International ? region
        : Locale.Split('-') is [.., { Length: 2 } country] && char.IsAsciiLetterUpper(country[0]) ? country : "US";

    public EmailAddress? Email { get; init; }

    public PostalAddress? Address { get; init; }

    public GeoPoint? Geo { get; init; }

    /// <summary>Licenses, registrations, the medical director, and facts for the notices.</summary>
    public PracticeFacts Practice { get; init; } = new();

    public bool ByAppointmentOnly { get; init; }

    public ImmutableArray<OpeningHours> Hours { get; init; } = [];

    /// <summary>By date; they apply at every location.</summary>
    public ImmutableArray<Holiday> Holidays { get; init; } = [];

    public OpeningCalendar Calendar => new(Hours, Holidays, TimeZone);

    /// <summary>When one of the other locations is open.</summary>
    public OpeningCalendar CalendarOf(ClinicLocation location) => new(location.Hours, Holidays, TimeZone);

    /// <summary>The banner above every page; null if there is none.</summary>
    public Notice? Notice { get; init; }

    /// <summary>Locations; empty for a clinic with only one, which uses the top-level address.</summary>
    public ImmutableArray<ClinicLocation> Locations { get; init; } = [];

    public ImmutableArray<string> AreasServed { get; init; } = [];

    /// <summary>In the footer's order: instagram, facebook, x, youtube, linkedin, tiktok.</summary>
    public ImmutableArray<SocialLink> Social { get; init; } = [];

    /// <summary>The folder's own navigation; if empty, the default, limited to pages that exist.</summary>
    public ImmutableArray<NavigationLink> Navigation { get; init; } = [];

    /// <summary>What treatment costs without insurance, in the file's order.</summary>
    public ImmutableArray<Price> Prices { get; init; } = [];

    /// <summary>Insurance plans that patients ask about, in the file's order.</summary>
    public ImmutableArray<InsurancePlan> Plans { get; init; } = [];

    /// <summary>Null if clinic.yml has no such section.</summary>
    public PaymentOptions? Payment { get; init; }

    /// <summary>Whether there is anything to show on a page about cost.</summary>
    public bool HasCostPage => !Prices.IsEmpty || !Plans.IsEmpty || Payment is not null;

    /// <summary>The parts of the site that depend only on clinic.yml.</summary>
    public ContentParts Parts =>
        (Locations.IsEmpty ? ContentParts.None : ContentParts.Locations) | (HasCostPage ? ContentParts.Cost : ContentParts.None)
        | (Consultation is null ? ContentParts.None : ContentParts.Consultation) | (Newsletter is null ? ContentParts.None : ContentParts.Newsletter)
        | (Practice.FederalFunds == true ? ContentParts.FederalFunds : ContentParts.None) | (Prices.IsEmpty ? ContentParts.None : ContentParts.Prices);

    /// <summary>Null if there is no booking; the contact form remains.</summary>
    public ConsultationRules? Consultation { get; init; }

    /// <summary>Null if there is no newsletter.</summary>
    public NewsletterWords? Newsletter { get; init; }

    public ArticleSettings Articles { get; init; } = new();

    /// <summary>Whether this clinic is made up: every page says so, and nothing is indexed.</summary>
    public bool Sample { get; init; }

    /// <summary>False while the clinic is still working on its texts; keeps search engines out.</summary>
    public bool Published { get; init; } = true;

    /// <summary>Whether clinic.yml sets <c>published</c>. A folder without it counts as published, unless it still has marks for text to write.</summary>
    public bool SetsPublished { get; init; }

    /// <summary>Whether search engines may list it.</summary>
    public bool Indexed => Published && !Sample;

    /// <summary>At the foot of every article.</summary>
    public Prose? Disclaimer { get; init; }

    /// <summary>The 988 Suicide &amp; Crisis Lifeline, unless the folder names another; can't be turned off.</summary>
    public required CrisisLine Crisis { get; init; }
}

/// <summary>A set of colors as #rrggbb; null means the default or, for dark colors, one derived from the light color.</summary>
public sealed record Palette(string? Accent = null, string? Paper = null, string? Ink = null);

/// <summary>The clinic's own colors, checked on load against WCAG 2.2 AA (4.5:1 for text).</summary>
public sealed record Theme(Palette Light, Palette Dark)
{
    public static Theme None { get; } = new(new Palette(), new Palette());
}

/// <summary>Pictures for the site itself, from <c>theme</c>. They are decoration; a place without one shows light on a wall.</summary>
/// <param name="Mark">The clinic's symbol before the text of booking buttons.</param>
/// <param name="Call">Next to the forms, and in the panel that ends most pages.</param>
/// <param name="Done">After a call is booked, moved, or canceled, after a message, and beside the questions and the newsletter.</param>
/// <param name="NotFound">On the page for addresses that don't exist.</param>
/// <param name="Reviews">Beside the title of the reviews.</param>
/// <param name="Research">Beside the title of the studies.</param>
/// <param name="Search">Beside the title of the search, where there is room.</param>
public sealed record SitePictures(
    Picture? Mark = null,
    Picture? Call = null,
    Picture? Done = null,
    Picture? NotFound = null,
    Picture? Reviews = null,
    Picture? Research = null,
    Picture? Search = null);

public sealed record PostalAddress(string Street, string City, string? Region, string? PostalCode, string? Country);

/// <summary>Degrees, WGS 84.</summary>
public sealed record GeoPoint(double Latitude, double Longitude);

/// <summary>Hours in the clinic's time zone that apply on each of <paramref name="Days"/>.</summary>
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

    /// <summary>The step-free entrance, or the alternative.</summary>
    public Prose? StepFree { get; init; }

    public Picture? Image { get; init; }

    /// <summary>The clinic's own drawing of how to get there: no map is loaded from other sites.</summary>
    public Picture? Map { get; init; }

    /// <summary>Its page on this site.</summary>
    public string Path => $"/locations/{Slug}";
}

/// <param name="Network">The key in clinic.yml: instagram, facebook, x, youtube, linkedin, or tiktok.</param>
/// <param name="Name">As people write it: Instagram, X, YouTube.</param>
/// <param name="Href">https.</param>
public sealed record SocialLink(string Network, string Name, Uri Href);

/// <param name="Title">As shown.</param>
/// <param name="Href">A path on this site, checked on load.</param>
public sealed record NavigationLink(string Title, string Href);

public sealed record NewsletterWords(string Heading, string Invitation, string Thanks);

/// <param name="ShowViews">Whether to show how often an article was read.</param>
/// <param name="ShowReviewer">Whether to name an article's medical reviewer.</param>
/// <param name="PageSize">Articles per page of the index, 1 to 100.</param>
public sealed record ArticleSettings(bool ShowViews = false, bool ShowReviewer = true, int PageSize = 10);

/// <param name="Phone">As dialed, e.g. 988.</param>
/// <param name="TextTo">The number that takes a text message, e.g. 988.</param>
public sealed record CrisisLine(string Heading, string Text, string Phone, string TextTo, Uri Href)
{
    /// <summary>The clinic's own wording of the question about danger on its forms; null for the site's wording.</summary>
    public string? Question { get; init; }

    /// <summary>Whether the line is 988, which also offers chat, and calls in Spanish and for veterans by pressing a key.</summary>
    public bool Is988 => Phone == "988";
}

/// <summary>When a free call can be booked. Hours are local to the clinic's zone.</summary>
public sealed record ConsultationRules
{
    /// <summary>The longest call.</summary>
    public const int MostMinutes = 240;

    public required string Title { get; init; }

    /// <summary>How long a call is, 5 to <see cref="MostMinutes"/>.</summary>
    public int Minutes { get; init; } = 20;

    /// <summary>How long a seat stays free between two calls, 0 to 240.</summary>
    public int BufferMinutes { get; init; } = 10;
    public int MinimumNoticeHours { get; init; } = 24;
    public int HorizonDays { get; init; } = 21;

    /// <summary>How long to hold a time for someone who gave an email address but hasn't confirmed it yet.</summary>
    public int HoldHours { get; init; } = 12;

    /// <summary>Who makes the calls, whose face and name appear where people book; null if clinic.yml doesn't say.</summary>
    public Person? With { get; init; }

    /// <summary>How many calls may start at the same time.</summary>
    public int Seats { get; init; } = 1;

    /// <summary>If empty, prospects say when they can be reached instead of choosing a time.</summary>
    public ImmutableArray<WeeklyHours> Weekly { get; init; } = [];

    /// <summary>Days without calls in addition to the clinic's holidays, both ends included.</summary>
    public ImmutableArray<DateInterval> Closed { get; init; } = [];

    /// <summary>The ways of talking that the clinic offers, in its order: phone, video. Never empty.</summary>
    public ImmutableArray<CallKind> By { get; init; } = [CallKind.Phone];

    /// <summary>The room for all video calls; null if staff send a link for each call.</summary>
    public Uri? VideoRoom { get; init; }

    public ImmutableArray<ConsultationQuestion> Questions { get; init; } = [];

    /// <summary>How the answers are used, shown next to the consent box.</summary>
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
